//! A bit error ratio from weighted samples.

use crate::math::interval::{Interval, IntervalKind};

/// Standard deviations on each side of a 95 % interval.
const SIDE: f64 = 1.959_964;

/// Sums over the targets of importance sampling.
///
/// ```text
/// ber = mean of v,    v = w F / 2,
///     F bits wrong of what begins at the target,
///     w its likelihood ratio over the chance that it was looked at
/// effective samples = (sum of w)^2 / sum of w^2    over the targets that were hit
/// gain = variance of plain counting over as many simulated symbols / variance of the mean of v
/// ```
///
/// # Reference
///
/// P. J. Smith, M. Shafi, H. Gao, *Quick simulation: a review of importance sampling techniques in
/// communications systems*, IEEE JSAC 15 (1997). A. B. Owen, *Monte Carlo theory, methods and
/// examples*, chapter 9.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weighted {
    /// Number of targets.
    pub targets: u64,
    /// Number of targets at which an error event began.
    pub hits: u64,
    /// Symbols for which noise was drawn, around all targets.
    pub simulated: u64,
    sum: f64,
    square: f64,
    weights: f64,
    weight_squares: f64,
    /// Sum of w F^2 / 4: the variance of plain counting.
    plain: f64,
}

impl Weighted {
    /// Adds a target: symbols simulated for it, its weight, and bits wrong.
    pub(crate) fn push(&mut self, simulated: u64, weight: f64, bits: u64) {
        self.targets += 1;
        self.simulated += simulated;
        if bits > 0 {
            let half = bits as f64 / 2.0;
            self.hits += 1;
            self.sum += weight * half;
            self.square += (weight * half).powi(2);
            self.weights += weight;
            self.weight_squares += weight * weight;
            self.plain += weight * half * half;
        }
    }

    /// Adds the sums of later targets.
    pub fn merge(&mut self, next: &Weighted) {
        self.targets += next.targets;
        self.hits += next.hits;
        self.simulated += next.simulated;
        self.sum += next.sum;
        self.square += next.square;
        self.weights += next.weights;
        self.weight_squares += next.weight_squares;
        self.plain += next.plain;
    }

    /// Bit error ratio; zero when no target was hit.
    pub fn ber(&self) -> f64 {
        self.sum / self.targets.max(1) as f64
    }

    /// Standard deviation of [`Weighted::ber`], from the spread of the samples.
    pub fn deviation(&self) -> f64 {
        let n = self.targets.max(1) as f64;
        ((self.square / n - self.ber().powi(2)).max(0.0) / n).sqrt()
    }

    /// Its 95 % interval: normal on the weighted samples, the half width carried to the logarithm
    /// so that the lower end stays positive. Without a hit it is 0 to 1.
    pub fn interval(&self) -> (Interval, IntervalKind) {
        if self.hits == 0 {
            return (Interval { low: 0.0, high: 1.0 }, IntervalKind::None);
        }
        let half = SIDE * self.deviation() / self.ber();
        (
            Interval { low: self.ber() * (-half).exp(), high: (self.ber() * half.exp()).min(1.0) },
            IntervalKind::WeightedSamples,
        )
    }

    /// Number of equally weighted hits of the same accuracy; below about ten, the interval is
    /// unreliable.
    pub fn effective_samples(&self) -> f64 {
        if self.hits == 0 { 0.0 } else { self.weights.powi(2) / self.weight_squares }
    }

    /// Ratio of the symbols that plain counting would need to those simulated; absent while the
    /// spread is unknown.
    pub fn variance_reduction(&self) -> Option<f64> {
        let plain = (self.plain / self.targets.max(1) as f64 - self.ber().powi(2))
            / self.simulated.max(1) as f64;
        let own = self.deviation().powi(2);
        (self.hits > 1 && own > 0.0).then(|| plain / own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a shift every weight is 1 and one symbol is simulated per target: plain counting,
    /// with a variance reduction of 1, as many effective samples as hits, and the binomial
    /// deviation. Half as many hits of twice the weight give the same ratio with half the effective
    /// samples.
    #[test]
    fn without_a_push_it_is_plain_counting() {
        let count = |every: u64, weight: f64| {
            let mut weighted = Weighted::default();
            (0..100_000u64).for_each(|k| weighted.push(1, weight, u64::from(k % every == 0)));
            weighted
        };
        let plain = count(100, 1.0);
        assert_eq!((plain.ber(), plain.hits, plain.effective_samples()), (0.005, 1000, 1000.0));
        assert!((plain.variance_reduction().unwrap() - 1.0).abs() < 1e-9);
        // of a bit in two a symbol
        assert!((plain.deviation() / (0.25 * 0.01 * 0.99 / 1e5f64).sqrt() - 1.0).abs() < 1e-9);
        let doubled = count(200, 2.0);
        assert_eq!((doubled.ber(), doubled.effective_samples()), (0.005, 500.0));
        assert!((doubled.variance_reduction().unwrap() - 0.5).abs() < 0.01);
    }
}
