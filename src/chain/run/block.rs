//! The inner loops of a block, each compiled for several vector units.

use crate::chain::build::plan::Plan;
use crate::chain::describe::chain::LEVEL_CONTEXTS;
use crate::math::simd::multiversion;
use crate::math::{elementary, fft};
use crate::seed::Seed;
use num_complex::{Complex32, Complex64};

/// The symbols of a block as the converter holds them: levels 0..3 by the plan's drives, or in
/// equal steps, through its transmit taps.
pub(crate) fn transmit(plan: &Plan, levels: &[u8], out: &mut [f32]) {
    match &plan.drives {
        Some(drives) => transmit_drives(levels, &plan.taps, drives, out),
        None => transmit_taps(levels, &plan.taps, plan.compression, out),
    }
}

/// Drives of every three levels through taps at the symbol rate, periodically.
fn transmit_drives(levels: &[u8], taps: &[f32], drives: &[f32; LEVEL_CONTEXTS], out: &mut [f32]) {
    let (n, main) = (levels.len(), taps.len() / 2);
    out.fill(0.0);
    for (j, &tap) in taps.iter().enumerate() {
        let mut at = (j + n - main % n) % n; // out[k + j - main] += tap x[k]
        let mut context = usize::from(levels[n - 1]) << 2 | usize::from(levels[0]);
        for after in levels[1..].iter().chain(&levels[..1]) {
            context = (context << 2 | usize::from(*after)) & (LEVEL_CONTEXTS - 1);
            out[at] += tap * drives[context];
            at = if at + 1 == n { 0 } else { at + 1 };
        }
    }
}

multiversion! {
/// Levels 0..3, compressed by `c`, through taps at the symbol rate, periodically; the middle tap is
/// the main one.
fn transmit_taps(levels: &[u8], taps: &[f32], c: f32, out: &mut [f32]) {
    let (n, main) = (levels.len(), taps.len() / 2);
    out.fill(0.0);
    for (j, &tap) in taps.iter().enumerate() {
        let shift = (j + n - main % n) % n; // out[k] += tap x[k + main - j]
        for (out, level) in out[shift..].iter_mut().zip(&levels[..n - shift]) {
            *out += tap * amplitude(*level, c);
        }
        for (out, level) in out[..shift].iter_mut().zip(&levels[n - shift..]) {
            *out += tap * amplitude(*level, c);
        }
    }
}
}

#[inline(always)]
fn amplitude(level: u8, c: f32) -> f32 {
    let x = f32::from(level) * (2.0 / 3.0) - 1.0;
    (x - c * x * x * x) * (1.0 / (1.0 - c))
}

multiversion! {
/// Adds the impulses of displaced edges: (x[k-1] - x[k]) displacement[k].
pub(crate) fn edges(x: &[f32], normals: &[f32], rms: f32, out: &mut [f32]) {
    let n = x.len();
    out[0] += (x[n - 1] - x[0]) * normals[0] * rms;
    for ((out, x), normal) in out[1..].iter_mut().zip(x.windows(2)).zip(&normals[1..n]) {
        *out += (x[0] - x[1]) * normal * rms;
    }
}

pub(crate) fn replicate(
    symbols: &[Complex32],
    n: usize,
    response: &[Complex32],
    out: &mut [Complex32],
) {
    fft::replicate(symbols, n, response, out);
}

pub(crate) fn replicate_add(
    symbols: &[Complex32],
    n: usize,
    response: &[Complex32],
    out: &mut [Complex32],
) {
    fft::replicate_add(symbols, n, response, out);
}

pub(crate) fn fold_spectrum(x: &[Complex32], m: usize, n: usize, out: &mut [Complex32]) {
    fft::fold(x, m, n, out);
}

/// x + scale deviation (n, n) bin by bin.
pub(crate) fn add_noise(x: &mut [Complex32], deviation: &[f32], normals: &[f32], scale: f32) {
    let normals = normals.as_chunks::<2>().0;
    for ((x, d), n) in x.iter_mut().zip(deviation).zip(normals) {
        let d = d * scale;
        *x = Complex32::new(x.re + d * n[0], x.im + d * n[1]);
    }
}

/// Shot noise of variance `density` (x + dark).
pub(crate) fn shot(x: &mut [f32], normals: &[f32], density: f32, dark: f32, scale: f32) {
    for (x, n) in x.iter_mut().zip(normals) {
        *x += scale * (density * (*x + dark)).max(0.0).sqrt() * n;
    }
}

/// Relative intensity noise: half of it on the field.
pub(crate) fn relative(field: &mut [Complex32], normals: &[f32], rms: f32) {
    let half = 0.5 * rms;
    field.iter_mut().zip(normals).for_each(|(e, n)| *e *= 1.0 + half * n);
}

/// Turns a field by a random walk that returns to a multiple of 2 pi at the block's end: a Brownian
/// bridge.
pub(crate) fn phase_bridge(field: &mut [Complex32], steps: &mut [f32], rms_rad: f32) {
    let turns = rms_rad / std::f32::consts::TAU;
    let steps = &mut steps[..field.len()];
    let end: f64 = steps.iter().map(|&s| f64::from(s * turns)).sum();
    let ramp = (end - end.round()) / steps.len() as f64;
    let mut walk = 0f64;
    for s in steps.iter_mut() {
        walk += f64::from(*s * turns) - ramp;
        *s = walk as f32;
    }
    for (e, s) in field.iter_mut().zip(steps.iter()) {
        let (sine, cosine) = elementary::sin_cos_turns(*s);
        *e = Complex32::new(e.re * cosine - e.im * sine, e.re * sine + e.im * cosine);
    }
}

/// Random PAM4 symbols in units of the full scale.
pub(crate) fn aggressor(stream: Seed, out: &mut [f32]) {
    let mut rng = stream.rng();
    for chunk in out.chunks_mut(16 * 16) {
        let words = rng.step();
        for (shift, run) in chunk.chunks_mut(16).enumerate() {
            // levels as in LEVELS: thirds of -3, -1, 1, 3
            run.iter_mut().zip(&words).for_each(|(out, word)| {
                *out = (2 * (word >> (2 * shift) & 3) as i32 - 3) as f32 * (1.0 / 3.0)
            });
        }
    }
}

pub(crate) fn fold_derivative(
    x: &[Complex32],
    m: usize,
    n: usize,
    bin_hz: f64,
    out: &mut [Complex32],
) {
    let rate = (std::f64::consts::TAU * bin_hz) as f32;
    fft::fold_derivative(x, m, n, rate, out);
}

/// Folds the second time derivative.
pub(crate) fn fold_curvature(
    x: &[Complex32],
    m: usize,
    n: usize,
    bin_hz: f64,
    out: &mut [Complex32],
) {
    let rate = (std::f64::consts::TAU * bin_hz) as f32;
    fft::fold_curvature(x, m, n, rate, out);
}

/// Displaced instants to second order.
///
/// The first order alone increases the variance of stationary noise, which must not depend on the
/// instant; the second order corrects this.
pub(crate) fn apply_aperture_jitter(
    x: &mut [f32],
    slope: &[f32],
    curvature: &[f32],
    normals: &[f32],
    jitter_s: f32,
) {
    for (((x, s), c), n) in x.iter_mut().zip(slope).zip(curvature).zip(normals) {
        let late = jitter_s * n;
        *x += late * (s + 0.5 * late * c);
    }
}

/// The converter's noise: quantisation and, where slopes are given, displaced instants.
pub(crate) fn add_adc_noise(
    x: &mut [f32],
    slope: &[f32],
    normals: &[f32],
    quantisation: f32,
    jitter_s: f32,
) {
    let q2 = quantisation * quantisation;
    if slope.is_empty() {
        x.iter_mut().zip(normals).for_each(|(x, n)| *x += quantisation * n);
    } else {
        for ((x, s), n) in x.iter_mut().zip(slope).zip(normals) {
            let j = jitter_s * s;
            *x += (q2 + j * j).sqrt() * n;
        }
    }
}

/// The converter's range.
pub(crate) fn clip(x: &mut [f32], half_scale: f32) {
    x.iter_mut().for_each(|x| *x = x.clamp(-half_scale, half_scale));
}
}

/// Turns a spectrum by a delay: out[k] = x[k] e^(j 2 pi k turns_per_bin).
pub(crate) fn phase_ramp(x: &[Complex32], turns_per_bin: f64, out: &mut [Complex32]) {
    let angle = |k: usize| std::f64::consts::TAU * (k as f64 * turns_per_bin).fract();
    let single = |z: Complex64| Complex32::new(z.re as f32, z.im as f32);
    // products of f64 by far more than f32 can show: a sine and a cosine for each would take longer
    // than the turn
    let (bin, run) = (Complex64::cis(angle(1)), Complex64::cis(angle(TURNED)));
    let mut at = Complex64::new(1.0, 0.0);
    let steps: [Complex32; TURNED] = std::array::from_fn(|_| {
        let here = at;
        at *= bin;
        single(here)
    });
    let mut base = Complex64::new(1.0, 0.0);
    for (out, x) in out.chunks_mut(TURNED).zip(x.chunks(TURNED)) {
        turn_by(x, single(base), &steps, out);
        base *= run;
    }
}

/// Bins whose phase ramp starts from one base.
const TURNED: usize = 64;

multiversion! {
fn turn_by(x: &[Complex32], base: Complex32, steps: &[Complex32; TURNED], out: &mut [Complex32]) {
    for ((o, x), t) in out.iter_mut().zip(x).zip(steps) {
        let (re, im) = (x.re * base.re - x.im * base.im, x.re * base.im + x.im * base.re);
        *o = Complex32::new(re * t.re - im * t.im, re * t.im + im * t.re);
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::describe::chain::level_context;

    #[test]
    fn transmit_taps_wrap_around_the_block_about_the_middle_tap() {
        let mut out = [0f32; 4];
        transmit_taps(&[3, 0, 0, 0], &[-0.1, 0.8, -0.2], 0.0, &mut out);
        // the impulse of +2 over the base of -1: a tap before the main one acts a symbol early
        let base = -0.5;
        for (out, expected) in out.iter().zip([base + 1.6, base - 0.4, base, base - 0.2]) {
            assert!((out - expected).abs() < 1e-6);
        }
    }

    /// Equal steps by a table are those without one; an entry acts where its three levels stand.
    #[test]
    fn drives_of_three_levels_pass_the_same_taps() {
        let levels = [3, 0, 1, 2, 2, 0, 3, 1];
        let taps = [-0.1, 0.8, -0.2];
        let (mut plain, mut by_table) = ([0f32; 8], [0f32; 8]);
        transmit_taps(&levels, &taps, 0.0, &mut plain);
        let mut drives: [f32; LEVEL_CONTEXTS] =
            std::array::from_fn(|i| (i / 4 % 4) as f32 * (2.0 / 3.0) - 1.0);
        transmit_drives(&levels, &taps, &drives, &mut by_table);
        assert!(plain.iter().zip(&by_table).all(|(a, b)| (a - b).abs() < 1e-6));
        drives[level_context(1, 3, 0)] += 0.5; // at symbol 0: 1 before it, 0 after
        transmit_drives(&levels, &taps, &drives, &mut by_table);
        let added: Vec<f32> = by_table.iter().zip(&plain).map(|(a, b)| a - b).collect();
        for (added, expected) in added.iter().zip([0.4, -0.1, 0.0, 0.0, 0.0, 0.0, 0.0, -0.05]) {
            assert!((added - expected).abs() < 1e-6, "{added}");
        }
    }

    #[test]
    fn a_phase_bridge_keeps_power_and_has_no_seam() {
        let mut field = vec![Complex32::new(2.0, 0.0); 4096];
        let mut steps = vec![0.0; 4096];
        crate::math::normals::fill(&mut Seed::new(3).rng(), &mut steps);
        phase_bridge(&mut field, &mut steps, 0.1);
        assert!(field.iter().all(|e| (e.norm() - 2.0).abs() < 1e-5));
        let seam = (field[0] * field[4095].conj()).arg().abs();
        assert!(seam < 0.6, "{seam}"); // one step is 0.1 rad rms
    }
}
