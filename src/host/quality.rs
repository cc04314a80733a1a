//! Quality of network data: passivity, reciprocity, causality.

use super::network::Network;
use crate::math::matrix::largest_singular_value;
use crate::measured::shown;
use crate::units::giga;
use num_complex::Complex64;

/// Singular value above which a network is reported as active; about the accuracy of measurements.
pub(super) const PASSIVE: f64 = 1.001;
/// |S - S^T| above which a network is reported as not reciprocal.
const RECIPROCAL: f64 = 0.01;
/// Causality below which a network is reported as doubtful.
const CAUSAL_PERCENT: f64 = 80.0;

/// Passivity, reciprocity and causality of a network's S.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// The largest singular value of S over frequency; above 1 the network gives more power than it
    /// gets.
    pub largest_singular_value: f64,
    /// Frequency of the largest singular value, Hz.
    pub largest_singular_value_hz: f64,
    /// The largest |S - S^T| over elements and frequency; 0 for a reciprocal network.
    pub largest_asymmetry: f64,
    /// Frequency of the largest |S - S^T|, Hz.
    pub largest_asymmetry_hz: f64,
    /// Share of clockwise turning in the paths of S over frequency, percent; 100 for a clean causal
    /// network.
    pub causality_percent: f64,
    /// Causality of the worst single element, however small, as in IEEE 370.
    pub least_causality_percent: f64,
}

impl Network {
    /// Measures how passive, reciprocal and causal the network is.
    ///
    /// ```text
    /// passivity    max over f of sigma_max(S)
    /// reciprocity  max over f, i, j of |S_ij - S_ji|
    /// causality    100 sum max(R, 0) / sum |R|,   R_n = Re D_(n+1) Im D_n - Im D_(n+1) Re D_n,   D_n = S(f_(n+1)) - S(f_n)
    /// ```
    ///
    /// R is the area swept clockwise by the path of an element, as by a delay; sums are over all
    /// frequencies and elements, so strong elements dominate.
    ///
    /// # Limits
    ///
    /// Causality by rotation does not detect an advance smaller than the delay of the line. It is
    /// 100 with fewer than three frequencies or without rotation.
    ///
    /// # Reference
    ///
    /// IEEE 370-2020, initial quality estimation of S-parameters: R, and the worst element for
    /// causality. The limits of [`Quality::warnings`] are assumed.
    pub fn quality(&self) -> Quality {
        let n = self.ports();
        let mut quality = Quality {
            largest_singular_value: 0.0,
            largest_singular_value_hz: self.f_hz[0],
            largest_asymmetry: 0.0,
            largest_asymmetry_hz: self.f_hz[0],
            causality_percent: 100.0,
            least_causality_percent: 100.0,
        };
        for (k, &f_hz) in self.f_hz.iter().enumerate() {
            let s = self.matrix(k);
            let singular = largest_singular_value(s, n);
            if singular > quality.largest_singular_value {
                (quality.largest_singular_value, quality.largest_singular_value_hz) =
                    (singular, f_hz);
            }
            let asymmetry =
                (0..n * n).map(|at| (s[at] - s[at % n * n + at / n]).norm()).fold(0.0, f64::max);
            if asymmetry > quality.largest_asymmetry {
                (quality.largest_asymmetry, quality.largest_asymmetry_hz) = (asymmetry, f_hz);
            }
        }
        let (mut clockwise, mut all) = (0.0, 0.0);
        for at in 0..n * n {
            let step = |k: usize| -> Complex64 { self.matrix(k + 1)[at] - self.matrix(k)[at] };
            let turned = |k: usize| step(k + 1).re * step(k).im - step(k + 1).im * step(k).re;
            let turns = || (0..self.f_hz.len().saturating_sub(2)).map(turned);
            let (here, of) =
                (turns().map(|r| r.max(0.0)).sum::<f64>(), turns().map(f64::abs).sum::<f64>());
            if of > 0.0 {
                quality.least_causality_percent =
                    quality.least_causality_percent.min(100.0 * here / of);
            }
            clockwise += here;
            all += of;
        }
        if all > 0.0 {
            // rounding may lead beyond
            quality.causality_percent = (100.0 * clockwise / all).min(100.0);
        }
        quality
    }
}

impl Quality {
    /// Warnings for the user.
    pub fn warnings(&self) -> Vec<String> {
        let ghz = |f_hz: f64| shown(f_hz / giga(1.0));
        let mut warnings = Vec::new();
        if self.largest_singular_value > PASSIVE {
            let (value, at) = (self.largest_singular_value, ghz(self.largest_singular_value_hz));
            warnings.push(format!("is not passive: the largest singular value of S is {value:.4} at {at} GHz, must be at most 1"));
        }
        if self.largest_asymmetry > RECIPROCAL {
            let (value, at) = (self.largest_asymmetry, ghz(self.largest_asymmetry_hz));
            warnings.push(format!(
                "is not reciprocal: |S - S^T| is {value:.4} at {at} GHz, 0 for a network of wires"
            ));
        }
        if self.causality_percent < CAUSAL_PERCENT {
            warnings.push(format!(
                "may not be causal: only {:.0} % of its phase rotates as that of a delay, {CAUSAL_PERCENT} % or more for a sound measurement; is the port order or the sign of the phase right?",
                self.causality_percent
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn line(f: f64, tau_s: f64) -> Complex64 {
        Complex64::from_polar(0.9 * (-f / 30e9).exp(), -TAU * f * tau_s)
    }

    fn of(s: impl Fn(f64) -> [Complex64; 4]) -> Network {
        let f_hz: Vec<f64> = (0..400).map(|k| f64::from(k) * 50e6).collect();
        Network::two_port(&f_hz, 50.0, s)
    }

    #[test]
    fn a_line_is_passive_reciprocal_and_causal() {
        let quality =
            of(|f| [Complex64::default(), line(f, 2e-9), line(f, 2e-9), Complex64::default()])
                .quality();
        assert!(
            (quality.largest_singular_value - 0.9).abs() < 1e-14
                && quality.largest_singular_value_hz == 0.0
        );
        assert_eq!((quality.largest_asymmetry, quality.warnings().len()), (0.0, 0));
        assert!(
            quality.causality_percent > 99.9 && quality.least_causality_percent > 99.9,
            "{quality:?}"
        );
    }

    #[test]
    fn gain_one_way_transmission_and_a_phase_of_the_wrong_sign_are_told() {
        let amplifier = of(|f| {
            [Complex64::default(), Complex64::default(), 3.0 * line(f, -2e-9), Complex64::default()]
        })
        .quality();
        assert!(
            (amplifier.largest_singular_value - 2.7).abs() < 1e-12
                && (amplifier.largest_asymmetry - 2.7).abs() < 1e-12
        );
        assert!(amplifier.causality_percent < 0.1, "{amplifier:?}");
        let warnings = amplifier.warnings();
        assert!(
            warnings.len() == 3
                && warnings[0]
                    .starts_with("is not passive: the largest singular value of S is 2.7000"),
            "{warnings:?}"
        );
    }
}
