//! Timing detectors at one sample per symbol.

/// Mean square of the levels -1, -1/3, 1/3, 1.
const MEAN_SQUARE: f32 = 5.0 / 9.0;

/// Timing error from two neighbouring samples and their levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimingDetectorKind {
    /// Difference of products, in units of the main cursor; its mean is h(t + 1) - h(t - 1), t the
    /// lateness of sampling.
    MuellerMuller,
    /// Sign of that difference: early or late.
    BangBang,
}

/// Timing error from samples and decisions.
///
/// ```text
/// e[n] = (z[n] l[n-1] - z[n-1] l[n]) / <l^2>,    above 0: early;    bang-bang: its sign
/// ```
///
/// In: equalised samples and the levels decided. Out: the timing error; the first sample gives 0.
/// The last sample is kept from call to call.
///
/// # Limits
///
/// It settles where pre- and postcursor are alike, which is not the best phase of a skewed pulse.
///
/// # Reference
///
/// K. H. Mueller, M. Muller, *Timing recovery in digital synchronous data receivers*, IEEE Trans.
/// Commun. 24 (1976).
#[derive(Clone, Debug)]
pub struct TimingDetector {
    kind: TimingDetectorKind,
    sample: f32,
    level: f32,
}

impl TimingDetector {
    /// A detector before its first sample.
    #[must_use]
    pub fn new(kind: TimingDetectorKind) -> Self {
        Self { kind, sample: 0.0, level: 0.0 }
    }

    /// Takes a sample and its level; returns the timing error between it and the previous one.
    #[inline(always)]
    pub fn push(&mut self, sample: f32, level: f32) -> f32 {
        let error = (sample * self.level - self.sample * level) * (1.0 / MEAN_SQUARE);
        (self.sample, self.level) = (sample, level);
        match self.kind {
            TimingDetectorKind::MuellerMuller => error,
            TimingDetectorKind::BangBang => {
                f32::from(i8::from(error > 0.0) - i8::from(error < 0.0))
            }
        }
    }
}

/// Slope of a bang-bang detector's mean at its centre, per UI, with Gaussian noise of `sigma_ui` on
/// its input.
///
/// ```text
/// <sign(t + noise)> = erf(t / (sqrt(2) sigma)),    slope sqrt(2 / pi) / sigma
/// ```
///
/// A loop designed for a slope of 1 takes the detector's output divided by this.
///
/// # Reference
///
/// J. Lee, K. S. Kundert, B. Razavi, *Analysis and modeling of bang-bang clock and data recovery
/// circuits*, IEEE JSSC 39 (2004).
#[must_use]
pub fn bang_bang_gain_per_ui(sigma_ui: f64) -> f64 {
    (2.0 / std::f64::consts::PI).sqrt() / sigma_ui
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::levels::LEVELS;
    use crate::math::gaussian::q;
    use crate::seed::Seed;

    /// All 256 quadruples of symbols, through a pulse with values before, at and after its peak.
    #[test]
    fn its_mean_is_the_difference_of_the_neighbouring_cursors() {
        for [pre, main, post] in [[0.0, 1.0, 0.0], [0.2, 0.9, 0.0], [-0.1, 1.0, 0.3]] {
            let mut sum = 0.0;
            for number in 0..256usize {
                let l: [f32; 4] = std::array::from_fn(|i| LEVELS[number >> (2 * i) & 3]);
                let sample = |n: usize| pre * l[n + 1] + main * l[n] + post * l[n - 1];
                let mut detector = TimingDetector::new(TimingDetectorKind::MuellerMuller);
                detector.push(sample(1), l[1]);
                sum += f64::from(detector.push(sample(2), l[2]));
            }
            assert!((sum / 256.0 - f64::from(post - pre)).abs() < 1e-6);
        }
    }

    #[test]
    fn bang_bang_is_the_sign() {
        let mut detectors = [TimingDetectorKind::MuellerMuller, TimingDetectorKind::BangBang]
            .map(TimingDetector::new);
        let mut rng = Seed::new(1).named("timing").rng();
        for n in 0..1000 {
            let (sample, level) = (rng.normal() as f32, LEVELS[n % 4]);
            let [error, sign] = detectors.each_mut().map(|d| d.push(sample, level));
            assert_eq!(sign, if error == 0.0 { 0.0 } else { error.signum() });
        }
    }

    /// The mean of the sign of t + noise is 1 - 2 Q(t / sigma).
    #[test]
    fn the_slope_is_that_of_the_error_function() {
        let (sigma, t) = (0.03, 1e-5);
        assert!(((1.0 - 2.0 * q(t / sigma)) / t / bang_bang_gain_per_ui(sigma) - 1.0).abs() < 1e-6);
    }
}
