//! Description of the receiver's feed-forward equaliser.

use super::fixed;
use crate::chain::Adaptation;
use crate::dsp::ffe::TAPS_MAX;
use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};

/// Training of the taps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdaptationKind {
    /// Least mean square error in closed form.
    #[default]
    Mmse,
    /// Normalised LMS on noisy training blocks.
    Lms,
}

/// A feed-forward equaliser at the converter's rate: T-spaced at one sample per symbol, T/2-spaced
/// at two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FfeConfig {
    /// Number of taps.
    pub taps: usize,
    /// Taps before the main one; absent, half of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precursors: Option<usize>,
    /// Training of the taps.
    pub adaptation: AdaptationKind,
    /// Step of the normalised LMS at its start.
    pub lms_step: f64,
    /// Fixed values of the taps, first precursor first, one per tap; the gain before them is still
    /// trained. Empty: all are trained.
    pub fixed: Vec<f64>,
}

impl Default for FfeConfig {
    fn default() -> Self {
        FfeConfig {
            taps: 21,
            precursors: None,
            adaptation: AdaptationKind::Mmse,
            lms_step: 0.2,
            fixed: Vec::new(),
        }
    }
}

impl FfeConfig {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.count(at, "taps", self.taps, 1..=TAPS_MAX);
        if let Some(precursors) = self.precursors
            && precursors >= self.taps
        {
            let remedy = format!(
                "must be below the number of taps, {}; without it half of the others come first",
                self.taps
            );
            problems.report(at, "precursors", precursors, remedy);
        }
        problems.range(at, "lms_step", self.lms_step, 1e-6..=1.0);
        fixed::check(at, &self.fixed, self.taps, problems);
        if !self.fixed.is_empty() && self.fixed.iter().all(|tap| *tap == 0.0) {
            problems.report(
                at,
                "fixed",
                format!("{:?}", self.fixed),
                "must have a tap that is not 0",
            );
        }
    }

    /// Taps before the main one.
    pub(super) fn precursors(&self) -> usize {
        self.precursors.unwrap_or(self.taps / 2)
    }

    pub(super) fn adaptation(&self) -> Adaptation {
        match self.adaptation {
            AdaptationKind::Mmse => Adaptation::Mmse,
            AdaptationKind::Lms => Adaptation::Lms(self.lms_step),
        }
    }
}
