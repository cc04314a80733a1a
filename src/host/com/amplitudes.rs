//! Amplitude distribution of interference: convolved PDFs of PAM symbols with Gaussian noise.

use crate::math::gaussian::{q, q_inverse};

/// Halvings of the interval of an amplitude, enough for full precision.
const HALVINGS: usize = 60;
/// Standard deviations beyond which a tail probability is taken as 0 or 1.
const SIGMAS_MAX: f64 = 40.0;

/// The distribution of a sum of independent PAM symbols, each with its amplitude.
///
/// ```text
/// p(y) = sum over l of delta(y - h (2 l / (L - 1) - 1)) / L for one amplitude h, convolved over all     (93A-39, 93A-40)
/// ```
///
/// On a grid of even bins; each impulse is put in the nearest.
#[derive(Clone, Debug)]
pub(super) struct Amplitudes {
    bin_v: f64,
    /// The middle is 0 V; odd length.
    probabilities: Vec<f64>,
    levels: usize,
}

impl Amplitudes {
    /// The distribution of 0 V.
    pub(super) fn none(bin_v: f64, levels: usize) -> Self {
        Amplitudes { bin_v, probabilities: vec![1.0], levels }
    }

    /// Adds a symbol.
    pub(super) fn add(&mut self, amplitude_v: f64) {
        let reach = (amplitude_v.abs() / self.bin_v).round() as usize;
        if reach == 0 {
            return;
        }
        let length = self.probabilities.len();
        let mut sums = vec![0.0; length + 2 * reach];
        for level in 0..self.levels {
            let place = amplitude_v.abs() * (2.0 * level as f64 / (self.levels - 1) as f64 - 1.0)
                / self.bin_v;
            let from = (reach as f64 + place.round()) as usize;
            sums[from..from + length]
                .iter_mut()
                .zip(&self.probabilities)
                .for_each(|(sum, p)| *sum += p);
        }
        sums.iter_mut().for_each(|p| *p /= self.levels as f64);
        self.probabilities = sums;
    }

    /// Amplitude that the sum plus Gaussian noise of `sigma_v` exceeds with `probability`.
    pub(super) fn exceeded_v(&self, probability: f64, sigma_v: f64) -> f64 {
        let middle = (self.probabilities.len() / 2) as f64;
        let tail = |y: f64| -> f64 {
            let one = |(i, p): (usize, &f64)| {
                let distance = y - (i as f64 - middle) * self.bin_v;
                match distance {
                    d if d > SIGMAS_MAX * sigma_v => 0.0,
                    d if d < -SIGMAS_MAX * sigma_v => *p,
                    _ if sigma_v == 0.0 => *p,
                    d => p * q(d / sigma_v),
                }
            };
            self.probabilities.iter().enumerate().map(one).sum()
        };
        let (mut low, mut high) =
            (0.0, middle * self.bin_v + (q_inverse(probability).max(0.0) + 1.0) * sigma_v);
        for _ in 0..HALVINGS {
            let between = (low + high) / 2.0;
            if tail(between) > probability { low = between } else { high = between }
        }
        (low + high) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(amplitudes: &[f64], bin: f64) -> Amplitudes {
        let mut sum = Amplitudes::none(bin, 4);
        amplitudes.iter().for_each(|&h| sum.add(h));
        sum
    }

    /// All 4^4 combinations of amplitudes that fall on the grid.
    #[test]
    fn convolved_symbols_are_distributed_as_all_their_combinations() {
        let amplitudes = [3.0, 12.0, -6.0, 3.0];
        let sum = of(&amplitudes, 1.0);
        assert_eq!(sum.probabilities.len(), 2 * 24 + 1);
        let mut counts = vec![0.0; sum.probabilities.len()];
        for number in 0..256 {
            let symbol = |i: u32| f64::from(number / 4i32.pow(i) % 4) * 2.0 / 3.0 - 1.0;
            let total: f64 = (0..4).map(|i| symbol(i) * amplitudes[i as usize]).sum();
            counts[(total.round() + 24.0) as usize] += 1.0 / 256.0;
        }
        assert!(sum.probabilities.iter().zip(&counts).all(|(p, count)| (p - count).abs() < 1e-15));
        // without noise: the sum is 24 with 4^-4 and never larger
        assert!((sum.exceeded_v(1e-3, 0.0) - 24.0).abs() < 1e-12);
        assert!((sum.exceeded_v(1.5 / 256.0, 0.0) - 22.0).abs() < 1e-12);
    }

    /// n equal amplitudes are binomial for two levels.
    #[test]
    fn equal_amplitudes_of_two_levels_are_binomial() {
        let mut sum = Amplitudes::none(1.0, 2);
        (0..10).for_each(|_| sum.add(1.0));
        let mut choose = 1.0;
        for k in 0..=10 {
            assert!((sum.probabilities[2 * k] - choose / 1024.0).abs() < 1e-15, "{k}");
            choose *= (10 - k) as f64 / (k + 1) as f64;
        }
    }

    #[test]
    fn noise_alone_is_exceeded_at_its_quantile() {
        for p in [1e-12, 1e-4, 0.3] {
            assert!(
                (of(&[], 1e-5).exceeded_v(p, 2e-3) / (2e-3 * q_inverse(p)) - 1.0).abs() < 1e-9,
                "{p}"
            );
        }
    }

    /// One symbol of amplitude h in noise: a quarter of the sum of four tails.
    #[test]
    fn a_symbol_in_noise_is_the_mean_of_four_tails() {
        let (h, sigma, p) = (3e-3, 1e-3, 1e-4);
        let y = of(&[h], 1e-6).exceeded_v(p, sigma);
        let tails: f64 = [-h, -h / 3.0, h / 3.0, h].iter().map(|v| q((y - v) / sigma) / 4.0).sum();
        assert!((tails / p - 1.0).abs() < 1e-9, "{tails:e}");
    }
}
