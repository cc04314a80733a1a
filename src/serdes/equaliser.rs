//! The receiver's feed-forward equaliser, as it is described.

use crate::chain::Adaptation;
use crate::dsp::ffe::MOST_TAPS;
use crate::error::{Path, Problems};
use serde::{Deserialize, Serialize};

/// How the taps are found.
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
pub struct Equaliser {
    /// Number of taps.
    pub taps: usize,
    /// Taps before the main one.
    pub precursors: usize,
    /// How they are found.
    pub adaptation: AdaptationKind,
    /// Step of the normalised LMS at its start.
    pub lms_step: f64,
    /// Given values of the taps, first precursor first, as many as there are taps; the gain ahead
    /// of them is still found. Empty: all are found.
    pub frozen: Vec<f64>,
}

impl Default for Equaliser {
    fn default() -> Self {
        Equaliser {
            taps: 21,
            precursors: 10,
            adaptation: AdaptationKind::Mmse,
            lms_step: 0.2,
            frozen: Vec::new(),
        }
    }
}

impl Equaliser {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &Path, problems: &mut Problems) {
        problems.count(at, "taps", self.taps, 1..=MOST_TAPS);
        if self.precursors >= self.taps {
            problems.report(
                at,
                "precursors",
                self.precursors,
                format!("must be below the number of taps, {}", self.taps),
            );
        }
        problems.range(at, "lms_step", self.lms_step, 1e-6..=1.0);
        super::decision::check_frozen(at, &self.frozen, self.taps, problems);
        if !self.frozen.is_empty() && self.frozen.iter().all(|tap| *tap == 0.0) {
            problems.report(
                at,
                "frozen",
                format!("{:?}", self.frozen),
                "must have a tap that is not 0",
            );
        }
    }

    pub(super) fn adaptation(&self) -> Adaptation {
        match self.adaptation {
            AdaptationKind::Mmse => Adaptation::Mmse,
            AdaptationKind::Lms => Adaptation::Lms(self.lms_step),
        }
    }
}
