//! Transmit equaliser.

use crate::chain::Chain;
use crate::error::{KeyPath, Problems};
use crate::signal::Symbol;
use serde::{Deserialize, Serialize};

/// A finite impulse response at the symbol rate whose output never leaves the converter's full
/// scale.
///
/// ```text
/// taps <- taps / sum |taps|
/// ```
///
/// The peak is limited, not the power: peaking costs settled swing, hence OMA and extinction ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransmitFfe {
    /// Taps, first precursor first; the middle one of an odd number is the main tap.
    pub taps: Vec<f64>,
}

impl Default for TransmitFfe {
    fn default() -> Self {
        TransmitFfe { taps: vec![-0.05, 0.9, -0.05] }
    }
}

impl TransmitFfe {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        let written = format!("{:?}", self.taps);
        if self.taps.len().is_multiple_of(2) || self.taps.len() > 31 {
            problems.report(
                at,
                "taps",
                &written,
                "must be an odd number of taps, from 1 to 31, the middle one the main tap",
            );
        }
        if self.taps.iter().any(|t| !t.is_finite() || t.abs() > 100.0) {
            problems.report(at, "taps", &written, "must be numbers from -100 to 100");
        } else if !self.taps.len().is_multiple_of(2) && self.settled() <= 0.0 {
            problems.report(
                at,
                "taps",
                &written,
                "must have a sum above zero, or no level settles",
            );
        }
    }

    /// Taps scaled to the full scale.
    pub(super) fn scaled(&self) -> Vec<f64> {
        let peak: f64 = self.taps.iter().map(|t| t.abs()).sum();
        self.taps.iter().map(|t| t / peak).collect()
    }

    /// Settled value of a long run of the outer level, as part of the full scale.
    pub(crate) fn settled(&self) -> f64 {
        self.scaled().iter().sum()
    }

    pub(crate) fn extend(&self, symbols: Chain<Symbol>) -> Chain<Symbol> {
        symbols.taps(&self.scaled())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (-.1, .8, -.1): settled 0.6 of the full scale, 20 log 0.6 = -4.437 dB.
    #[test]
    fn peaking_costs_settled_swing() {
        let ffe = TransmitFfe { taps: vec![-0.1, 0.8, -0.1] };
        assert!((crate::units::db_from_amplitude_ratio(ffe.settled()) + 4.437).abs() < 1e-3);
        let doubled = TransmitFfe { taps: vec![-0.2, 1.6, -0.2] };
        assert!((ffe.settled() - doubled.settled()).abs() < 1e-15);
    }
}
