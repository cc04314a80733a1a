//! Polarisation-mode dispersion of first order.

use crate::chain::Shape;
use crate::error::{KeyPath, Problems};
use crate::units::pico;
use serde::{Deserialize, Serialize};

/// Polarisation-mode dispersion of first order: both principal states of the fibre arrive at
/// different times, and the diode detects the sum of their powers.
///
/// ```text
/// i(t) = R (g |E(t + tau / 2)|^2 + (1 - g) |E(t - tau / 2)|^2)
/// H(f) = g e^(j pi f tau) + (1 - g) e^(-j pi f tau),   |H| = |cos(pi f tau)| for g = 1/2
/// ```
///
/// Both states carry the same field, so that this is a response of the detected power. It lies
/// before shot noise, and after intensity noise and everything that comes with the light.
///
/// # Limits
///
/// The delay stands still; no higher orders, no loss that depends on the polarisation. Light of
/// other lanes has the delay of the lane that detects it.
///
/// # Reference
///
/// C. D. Poole, R. E. Wagner, *Phenomenological approach to polarisation dispersion in long
/// single-mode fibres*, Electron. Lett. 22 (1986) 1029; G. P. Agrawal, *Fiber-Optic Communication
/// Systems*, polarisation-mode dispersion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pmd {
    /// Differential group delay of the link, ps.
    pub differential_group_delay_ps: f64,
    /// Part of the power in one of the principal states, 0 to 1; a half is the worst.
    pub power_split: f64,
}

impl Default for Pmd {
    fn default() -> Self {
        Pmd { differential_group_delay_ps: 0.0, power_split: 0.5 }
    }
}

impl Pmd {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        let delay_ps = self.differential_group_delay_ps;
        problems.range(at, "differential_group_delay_ps", delay_ps, 0.0..=1000.0);
        problems.range(at, "power_split", self.power_split, 0.0..=1.0);
    }

    /// Response of the detected power; `None` without any delay.
    pub(super) fn response(&self) -> Option<Shape> {
        let delay_s = pico(self.differential_group_delay_ps);
        (delay_s > 0.0).then_some(Shape::SplitDelay { delay_s, split: self.power_split })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::db_from_amplitude_ratio;

    /// A cosine at equal powers: 2.24 ps, the largest delay of 500 m, cost 0.15 dB at half of
    /// 53.125 GBd and 0.62 dB at half of 106.25 GBd; a null at 1 / (2 tau). In one state alone it
    /// is a delay.
    #[test]
    fn the_response_is_a_cosine_of_the_delay() {
        let pmd = |delay_ps: f64, split: f64| Pmd {
            differential_group_delay_ps: delay_ps,
            power_split: split,
        };
        let worst = pmd(2.24, 0.5).response().unwrap();
        for (f_hz, db) in [(26.5625e9, -0.15), (53.125e9, -0.62)] {
            let found = db_from_amplitude_ratio(worst.at(f_hz).norm());
            assert!((found - db).abs() < 0.01, "{found}");
        }
        assert!(pmd(8.0, 0.5).response().unwrap().at(62.5e9).norm() < 1e-12);
        assert!((pmd(8.0, 1.0).response().unwrap().at(62.5e9).norm() - 1.0).abs() < 1e-12);
        let uneven = pmd(8.0, 0.9).response().unwrap().at(62.5e9).norm();
        assert!((uneven - 0.8).abs() < 1e-12, "{uneven}");
        assert!(Pmd::default().response().is_none());
    }
}
