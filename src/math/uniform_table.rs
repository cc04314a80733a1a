//! Places of numbers in a table of equal steps, for a whole run at once.
//!
//! The look-up itself is for the caller to do one sample after another, by one load of all values
//! of a step, in a function that stays outside [`multiversion!`]: vector units gather from tables
//! more slowly than a plain loop loads.

use super::simd::multiversion;

/// Steps of a table.
pub(crate) const STEPS: usize = 2048;

/// Samples whose places are found at once.
const RUN: usize = 256;

/// Calls `look_up` with the output, the steps and the part of a step of each run of `x`; what lies
/// beyond an end stays there.
pub(crate) fn in_runs<T>(
    first: f32,
    per_unit: f32,
    x: &[f32],
    y: &mut [T],
    look_up: impl Fn(&[u32], &[f32], &mut [T]),
) {
    let (mut places, mut parts) = ([0u32; RUN], [0f32; RUN]);
    for (x, y) in x.chunks(RUN).zip(y.chunks_mut(RUN)) {
        find(first, per_unit, x, &mut places, &mut parts);
        look_up(&places[..x.len()], &parts[..x.len()], y);
    }
}

multiversion! {
fn find(first: f32, per_unit: f32, x: &[f32], places: &mut [u32; RUN], parts: &mut [f32; RUN]) {
    // 1.5 x 2^23: adding it rounds to the nearest integer, which the low bits then are
    const MAGIC: f32 = 12_582_912.0;
    for ((place, part), x) in places.iter_mut().zip(parts).zip(x) {
        let at = ((x - first) * per_unit).max(0.0).min(STEPS as f32 - 0.001);
        let whole = (at - 0.5) + MAGIC;
        *place = whole.to_bits() & (STEPS as u32 - 1);
        *part = at - (whole - MAGIC);
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step's start is exact and the part adds the rest; between two steps either of them will
    /// do.
    #[test]
    fn place_and_part_add_up_and_stay_within_the_table() {
        let x: Vec<f32> = (-500..3000)
            .map(|i| i as f32 * 0.731)
            .chain([0.0, 1.0, 2047.0, 2047.9, 2048.0, 1e9, -1e9])
            .collect();
        let mut y = vec![0f32; x.len()];
        in_runs(0.0, 1.0, &x, &mut y, |places, parts, y| {
            for ((y, &place), &part) in y.iter_mut().zip(places).zip(parts) {
                assert!((place as usize) < STEPS && (0.0..=1.0).contains(&part), "{place} {part}");
                *y = place as f32 + part;
            }
        });
        for (x, y) in x.iter().zip(&y) {
            assert!((x.clamp(0.0, 2047.999) - y).abs() < 1e-3, "{x} {y}");
        }
    }
}
