//! Law of the noise at the slicer given the noise of the symbols before.

use crate::dsp::whitening::Whitening;

/// Symbols whose noise the next one is predicted from.
pub(crate) const MEMORY: usize = 4;

/// Noise at the slicer as a process of order [`MEMORY`], of variance 1.
///
/// ```text
/// nu(k) = sum over i of a(i) nu(k - i) + s w(k),    i = 1 .. MEMORY, w white of variance 1
/// ```
///
/// a and s are those of the least prediction error for the autocorrelation of the noise.
///
/// # Reference
///
/// N. Levinson, *The Wiener rms error criterion in filter design and prediction*, J. Math. Phys. 25
/// (1946).
#[derive(Clone, Debug)]
pub(crate) struct NoiseMemory {
    prediction: [f64; MEMORY],
    innovation: f64,
    /// Law of the noise of the last symbols where no decision says anything about it.
    pub(crate) stationary: PastNoise,
}

/// Mean and covariance of the noise of the last symbols, latest first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct PastNoise {
    pub(crate) mean: [f64; MEMORY],
    pub(crate) covariance: [[f64; MEMORY]; MEMORY],
}

/// Gaussian law of the noise of the next symbol, and its covariance with the noise before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NextNoise {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
    shared: [f64; MEMORY],
}

/// Noise of a symbol that was decided: mean of its law and ratio of its variance to the one before
/// the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecidedNoise {
    pub(crate) mean: f64,
    pub(crate) narrowing: f64,
}

impl NoiseMemory {
    /// From an autocorrelation by lag in symbols, of which the first is 1; white if it is none.
    pub(crate) fn new(autocorrelation: &[f64]) -> NoiseMemory {
        let order = MEMORY.min(autocorrelation.len().saturating_sub(1));
        let filter = Whitening::from_autocorrelation(autocorrelation, order);
        let at = |lag: usize| match lag {
            0 => 1.0,
            _ if filter.is_none() => 0.0,
            _ => autocorrelation.get(lag).copied().unwrap_or(0.0),
        };
        let stationary = PastNoise {
            mean: [0.0; MEMORY],
            covariance: std::array::from_fn(|i| std::array::from_fn(|j| at(i.abs_diff(j)))),
        };
        let mut memory = NoiseMemory { prediction: [0.0; MEMORY], innovation: 1.0, stationary };
        if let Some(filter) = filter {
            let taps = memory.prediction.iter_mut().zip(filter.taps());
            taps.for_each(|(a, &tap)| *a = -f64::from(tap));
            memory.innovation = filter.power_left();
        }
        memory
    }

    /// The next symbol's noise after `past`.
    pub(crate) fn next(&self, past: &PastNoise) -> NextNoise {
        let a = &self.prediction;
        let dot = |x: &[f64; MEMORY]| x.iter().zip(a).map(|(x, a)| x * a).sum::<f64>();
        let shared = past.covariance.map(|row| dot(&row));
        NextNoise { mean: dot(&past.mean), variance: dot(&shared) + self.innovation, shared }
    }
}

impl NextNoise {
    /// The past, one symbol later.
    pub(crate) fn decided(&self, past: &PastNoise, decided: DecidedNoise) -> PastNoise {
        let gain = self.shared.map(|c| c / self.variance);
        let moved = decided.mean - self.mean;
        let lost = 1.0 - decided.narrowing;
        let mut later = PastNoise::default();
        later.mean[0] = decided.mean;
        later.covariance[0][0] = self.variance * decided.narrowing;
        for (i, &gain) in gain.iter().enumerate().take(MEMORY - 1) {
            later.mean[i + 1] = past.mean[i] + gain * moved;
            later.covariance[0][i + 1] = self.shared[i] * decided.narrowing;
            later.covariance[i + 1][0] = later.covariance[0][i + 1];
            for j in 0..MEMORY - 1 {
                later.covariance[i + 1][j + 1] =
                    past.covariance[i][j] - gain * self.shared[j] * lost;
            }
        }
        later
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process of first order: the noise after one of value x is Gaussian with mean r x and
    /// variance 1 - r^2, and three symbols later r^3 x and 1 - r^6.
    #[test]
    fn a_known_noise_is_forgotten_as_its_autocorrelation_says() {
        let r = -0.4f64;
        let memory = NoiseMemory::new(&std::array::from_fn::<_, 9, _>(|lag| r.powi(lag as i32)));
        let mut past = memory.stationary;
        let next = memory.next(&past);
        assert!(next.mean.abs() < 1e-12 && (next.variance - 1.0).abs() < 1e-6, "{next:?}");
        past = next.decided(&past, DecidedNoise { mean: 2.5, narrowing: 0.0 });
        for lag in 1..=3 {
            let next = memory.next(&past);
            assert!((next.mean - 2.5 * r.powi(lag)).abs() < 1e-6, "{lag}: {next:?}");
            assert!((next.variance - (1.0 - r.powi(2 * lag))).abs() < 1e-6, "{lag}: {next:?}");
            // a decision that says nothing
            past = next.decided(&past, DecidedNoise { mean: next.mean, narrowing: 1.0 });
        }
    }

    #[test]
    fn numbers_that_are_no_autocorrelation_are_white_noise() {
        let memory = NoiseMemory::new(&[1.0, 2.0, 1.0, 0.0, 0.0]);
        let past = memory.stationary;
        let decided = memory.next(&past).decided(&past, DecidedNoise { mean: 3.0, narrowing: 0.1 });
        let next = memory.next(&decided);
        assert_eq!((next.mean, next.variance), (0.0, 1.0));
    }
}
