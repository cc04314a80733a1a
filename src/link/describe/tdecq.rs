//! Measurement of a transmitter.

use crate::error::{KeyPath, Problems};
use crate::measure::tdecq::Reference;
use serde::{Deserialize, Serialize};

/// Test pattern of the measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestPattern {
    /// 65 535 symbols, as the clauses require.
    #[default]
    Ssprq,
    /// 8191 symbols: ten times as fast, with a difference of a few hundredths of a decibel.
    Prbs13q,
}

/// Measurement of the transmitter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tdecq {
    /// True to measure TECQ, TDECQ and the other readings at TP2.
    pub enabled: bool,
    /// Reference receiver and equaliser, by name.
    pub reference: String,
    /// Test pattern; a captured waveform keeps its own.
    pub pattern: TestPattern,
    /// Smallest dispersion of the test fibre, ps/nm.
    pub dispersion_min_ps_per_nm: f64,
    /// Largest dispersion of the test fibre, ps/nm.
    pub dispersion_max_ps_per_nm: f64,
}

impl Default for Tdecq {
    fn default() -> Self {
        Tdecq {
            enabled: false,
            reference: Reference::SMF_100G.name.to_owned(),
            pattern: TestPattern::Ssprq,
            dispersion_min_ps_per_nm: -0.93,
            dispersion_max_ps_per_nm: 0.8,
        }
    }
}

impl Tdecq {
    /// Reports every value that is out of its range.
    pub(crate) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(
            at,
            "dispersion_min_ps_per_nm",
            self.dispersion_min_ps_per_nm,
            -10_000.0..=10_000.0,
        );
        problems.range(
            at,
            "dispersion_max_ps_per_nm",
            self.dispersion_max_ps_per_nm,
            -10_000.0..=10_000.0,
        );
        if self.reference().is_none() {
            let names: Vec<&str> =
                Reference::all().iter().map(|reference| reference.name).collect();
            problems.report(
                at,
                "reference",
                format!("\"{}\"", self.reference),
                format!("must be one of {}", names.join(", ")),
            );
        }
    }

    pub(crate) fn reference(&self) -> Option<Reference> {
        Reference::all().into_iter().find(|reference| reference.name == self.reference)
    }
}
