//! Histograms of many samples, and the Gaussian tails beyond a threshold that they sum to.

use super::gaussian::q_fast;
use super::simd::multiversion;

/// Parallel sums.
const STRANDS: usize = 8;

/// Where each sample falls on a grid of `bins` cells from `low`, `scale` cells a unit: cell and
/// place in it, 0 to 1.
///
/// Samples outside are clamped to the nearest end. `cells` gets `row + cell`, `row` from `rows`
/// (one a sample).
pub(crate) fn place(
    samples: &[f32],
    low: f32,
    scale: f32,
    bins: usize,
    rows: &[u32],
    cells: &mut [u32],
    places: &mut [f32],
) {
    assert!(
        samples.len() == rows.len()
            && samples.len() == cells.len()
            && samples.len() == places.len()
    );
    place_kernel(samples, low, scale, (bins - 1) as f32 - 1e-3, rows, cells, places);
}

multiversion! {
fn place_kernel(
    samples: &[f32],
    low: f32,
    scale: f32,
    top: f32,
    rows: &[u32],
    cells: &mut [u32],
    places: &mut [f32],
) {
    for (((z, row), cell), place) in samples.iter().zip(rows).zip(cells).zip(places) {
        let at = ((z - low) * scale).max(0.0).min(top);
        let below = at as i32;
        *cell = row + below as u32;
        *place = at - below as f32;
    }
}
}

/// Sums over a histogram of Gaussian noise crossing one threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tails {
    /// sum w Q(d / s): what crosses.
    pub(crate) crossing: f64,
    /// sum w phi(d / s): s times the derivative to the threshold's distance, negative.
    pub(crate) density: f64,
    /// sum w phi(d / s) d / s: s times the derivative to s.
    pub(crate) moment: f64,
}

impl std::ops::AddAssign for Tails {
    fn add_assign(&mut self, other: Tails) {
        self.crossing += other.crossing;
        self.density += other.density;
        self.moment += other.moment;
    }
}

/// Tails of a histogram with `weights` at the distances `first + i step` from the threshold, in
/// noise of `sigma`.
pub(crate) fn tails(weights: &[f32], first: f64, step: f64, sigma: f64) -> Tails {
    let mut sums = [[0.0; STRANDS]; 3];
    tails_kernel(weights, first / sigma, step / sigma, &mut sums);
    let [crossing, density, moment] = sums.map(|strands| strands.iter().sum());
    Tails { crossing, density, moment }
}

multiversion! {
fn tails_kernel(weights: &[f32], first: f64, step: f64, sums: &mut [[f64; STRANDS]; 3]) {
    let (blocks, rest) = weights.as_chunks::<STRANDS>();
    let [crossing, density, moment] = sums;
    for (b, weights) in blocks.iter().enumerate() {
        for i in 0..STRANDS {
            let (q, phi, x) = tail(first + (b * STRANDS + i) as f64 * step);
            let w = f64::from(weights[i]);
            crossing[i] += w * q;
            density[i] += w * phi;
            moment[i] += w * phi * x;
        }
    }
    for (i, &w) in rest.iter().enumerate() {
        let (q, phi, x) = tail(first + (blocks.len() * STRANDS + i) as f64 * step);
        crossing[i] += f64::from(w) * q;
        density[i] += f64::from(w) * phi;
        moment[i] += f64::from(w) * phi * x;
    }
}

/// Adds Q(x) at evenly spaced x, to be looked up.
pub(crate) fn add_table(out: &mut [f64], first: f64, step: f64) {
    for (i, out) in out.iter_mut().enumerate() {
        *out += q_fast(first + i as f64 * step);
    }
}
}

/// Q, normal density and x itself.
#[inline(always)]
fn tail(x: f64) -> (f64, f64, f64) {
    // the density at 13 is 1e-37: nothing
    let near = x.clamp(-13.0, 13.0);
    let phi = f64::from(super::elementary::exp((-0.5 * near * near) as f32))
        * (0.5 / std::f64::consts::PI).sqrt();
    (q_fast(x), phi, x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::q;

    /// phi by f32 exponential: 5e-7.
    #[test]
    fn tails_are_the_sums_they_stand_for() {
        let weights: Vec<f32> = (0..37).map(|i| ((i * 7) % 5) as f32).collect();
        let (first, step, sigma) = (-0.3, 0.04, 0.2);
        let sums = tails(&weights, first, step, sigma);
        let mut expected = Tails::default();
        for (i, &w) in weights.iter().enumerate() {
            let (x, w) = ((first + i as f64 * step) / sigma, f64::from(w));
            let phi = (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
            expected += Tails { crossing: w * q(x), density: w * phi, moment: w * phi * x };
        }
        assert!((sums.crossing / expected.crossing - 1.0).abs() < 1e-9);
        assert!((sums.density / expected.density - 1.0).abs() < 1e-6);
        assert!((sums.moment / expected.moment - 1.0).abs() < 2e-6);
    }

    #[test]
    fn samples_fall_where_they_lie_and_outliers_at_the_ends() {
        let samples = [-2.0, -1.0, 0.25, 0.999, 7.0];
        let (mut cells, mut places) = ([0; 5], [0.0; 5]);
        place(&samples, -1.0, 4.0, 9, &[0, 0, 100, 0, 0], &mut cells, &mut places);
        assert_eq!(cells, [0, 0, 105, 7, 7]);
        assert!(
            places[0] == 0.0
                && places[1] == 0.0
                && places[2] == 0.0
                && (places[3] - 0.996).abs() < 1e-5
                && places[4] > 0.99
        );
    }
}
