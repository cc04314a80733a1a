//! Coherent crosstalk between two waveguides of a photonic chip.

use crate::error::{KeyPath, Problems};
use crate::units::power_ratio;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};

/// Coherent crosstalk between the waveguides of two lanes that one laser feeds: lanes 0 and 1, 2
/// and 3, and so on.
///
/// ```text
/// E_0 <- t E_0 + j k exp(j phi) E_1
/// E_1 <- t E_1 + j k exp(-j phi) E_0,    k^2 = 10^(ratio / 10),  t^2 + k^2 = 1
/// ```
///
/// A lossless directional coupler: the sum of both powers stays. The interference term of lane 0 is
/// `2 t k sqrt(P_0 P_1) cos(phi + 90 degrees)`.
///
/// # Limits
///
/// The phase stands still: what temperature makes of it is an axis of a sweep. Transmitter
/// measurements (OMA, TDECQ) are those of a lane alone; settings are searched without crosstalk.
///
/// # Reference
///
/// A. Yariv, *Coupled-mode theory for guided-wave optics*, IEEE J. Quantum Electron. 9 (1973) 919.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WaveguideCrosstalk {
    /// Part of the power that changes waveguides, dB; without it there is no crosstalk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_db: Option<f64>,
    /// Phase of the second lane's light against the first one's at the coupler, degrees.
    pub phase_deg: f64,
}

impl Default for WaveguideCrosstalk {
    fn default() -> Self {
        // -90 and 90 degrees are the worst for one lane of a pair and for the other
        WaveguideCrosstalk { ratio_db: None, phase_deg: 90.0 }
    }
}

impl WaveguideCrosstalk {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        if let Some(ratio_db) = self.ratio_db {
            problems.range(at, "ratio_db", ratio_db, -100.0..=-3.0);
        }
        problems.range(at, "phase_deg", self.phase_deg, -360.0..=360.0);
    }

    /// The other lane of a lane's pair; `None` without crosstalk.
    pub(crate) fn partner(&self, lane: usize) -> Option<usize> {
        self.ratio_db.map(|_| lane ^ 1)
    }

    /// Factors of a lane's field on the field of its own waveguide and on that of its partner's.
    pub(crate) fn factors(&self, lane: usize) -> [Complex64; 2] {
        let across = self.ratio_db.map_or(0.0, power_ratio);
        let phase = self.phase_deg.to_radians() * if lane.is_multiple_of(2) { 1.0 } else { -1.0 };
        let through = Complex64::new((1.0 - across).sqrt(), 0.0);
        [through, Complex64::new(0.0, across.sqrt()) * Complex64::cis(phase)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a lossless coupler are orthogonal and of length 1.
    #[test]
    fn the_coupler_is_unitary() {
        let crosstalk = WaveguideCrosstalk { ratio_db: Some(-17.0), phase_deg: 35.0 };
        let [own, other] = crosstalk.factors(4);
        let [own_1, other_1] = crosstalk.factors(5);
        assert!((own.norm_sqr() + other.norm_sqr() - 1.0).abs() < 1e-12);
        assert!((own * other_1.conj() + other * own_1.conj()).norm() < 1e-12);
        assert!((other.norm_sqr() - power_ratio(-17.0)).abs() < 1e-12);
        assert_eq!((crosstalk.partner(4), crosstalk.partner(5)), (Some(5), Some(4)));
        assert_eq!(WaveguideCrosstalk::default().partner(4), None);
    }
}
