//! Sums over all symbols of products of samples, at every sampling phase: ISI, jitter and crosstalk
//! of a setting without its samples.

use super::paths::SAMPLES;
use super::settings::{Mix, TransmitSetting};

/// A number for every sampling phase.
pub(super) type Phases = [f64; SAMPLES];

/// Correlations of three responses with each other, symbols apart.
///
/// ```text
/// r_ij(l, p) = sum over n of x_i(n, p) x_j(n + l, p);   kept: r_ii, and r_ij + r_ji where i < j
/// ```
///
/// The sum of squares after any CTLE setting is quadratic in the three weights, and after any
/// transmit taps a sum over lags.
pub(super) struct Correlation {
    lags: usize,
    values: Vec<Phases>,
}

/// Correlations after one transmit equaliser at one lag, to be weighted by products of the CTLE's
/// weights.
pub(super) struct LagCorrelation([Phases; 6]);

impl Correlation {
    pub(super) fn new(parts: &[Vec<f64>; 3], lags: usize) -> Self {
        let one = |a: &[f64], b: &[f64], lag: usize| {
            let mut sums = [0.0; SAMPLES];
            // records are periodic
            let later = b[lag * SAMPLES..]
                .chunks_exact(SAMPLES)
                .chain(b[..lag * SAMPLES].chunks_exact(SAMPLES));
            for (x, y) in a.chunks_exact(SAMPLES).zip(later) {
                sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (x, y))| *sum += x * y);
            }
            sums
        };
        let pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];
        let both = |i: usize, j: usize, lag: usize| {
            let mut sums = one(&parts[i], &parts[j], lag);
            if i != j {
                sums.iter_mut()
                    .zip(one(&parts[j], &parts[i], lag))
                    .for_each(|(sum, other)| *sum += other);
            }
            sums
        };
        Correlation {
            lags,
            values: pairs
                .iter()
                .flat_map(|&(i, j)| (0..lags).map(move |lag| both(i, j, lag)))
                .collect(),
        }
    }

    /// Correlations after a transmit equaliser, at a lag.
    pub(super) fn sent(&self, transmit: &TransmitSetting, lag: usize) -> LagCorrelation {
        LagCorrelation(std::array::from_fn(|pair| {
            let mut sums = [0.0; SAMPLES];
            let mut add = |weight: f64, lag: usize| {
                sums.iter_mut()
                    .zip(&self.values[pair * self.lags + lag])
                    .for_each(|(sum, value)| *sum += weight * value);
            };
            for (apart, weight) in transmit.weights.iter().enumerate() {
                add(*weight, lag + apart);
                if apart > 0 {
                    add(*weight, lag.abs_diff(apart));
                }
            }
            sums
        }))
    }
}

impl LagCorrelation {
    /// At one phase.
    pub(super) fn at(&self, products: &[f64; 6], phase: usize) -> f64 {
        products.iter().zip(&self.0).map(|(product, sums)| product * sums[phase]).sum()
    }

    /// At every phase.
    pub(super) fn phases(&self, mix: &Mix) -> Phases {
        let products = mix.products();
        let mut sums = [0.0; SAMPLES];
        for (product, values) in products.iter().zip(&self.0) {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += product * value);
        }
        sums
    }

    /// Phase of the largest value, and the value.
    pub(super) fn largest(&self, mix: &Mix) -> (usize, f64) {
        let phases = self.phases(mix);
        (0..SAMPLES)
            .map(|phase| (phase, phases[phase]))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .expect("never empty")
    }
}
