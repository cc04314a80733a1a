//! What decides behind the feed-forward equaliser, as it is described.

use super::{Equaliser, FeedbackEqualiser, SequenceDetector};
use crate::chain::{Decision, Dsp};
use crate::error::{Path, Problems};
use serde::{Deserialize, Serialize};

/// What decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecisionKind {
    /// Three thresholds, symbol by symbol.
    #[default]
    Slicer,
    /// The same behind decision feedback.
    Dfe,
    /// The likeliest sequence of symbols.
    Mlse,
}

/// Largest value that a given tap may have.
const MOST_TAP: f64 = 1e3;

/// Reports given taps that are not as many as there are, or no numbers.
pub(super) fn check_frozen(at: &Path, frozen: &[f64], count: usize, problems: &mut Problems) {
    let written = || format!("{frozen:?}");
    if !frozen.is_empty() && frozen.len() != count {
        problems.report(
            at,
            "frozen",
            written(),
            format!("must be as many values as there are taps, {count}, or none"),
        );
    } else if frozen.iter().any(|tap| !tap.is_finite() || tap.abs() > MOST_TAP) {
        problems.report(
            at,
            "frozen",
            written(),
            format!("must be numbers from -{MOST_TAP} to {MOST_TAP}"),
        );
    }
}

/// The signal processing of a receiver: its equaliser and what decides behind it, of which only the
/// chosen one is looked at.
pub(crate) fn dsp(
    ffe: &Equaliser,
    decision: DecisionKind,
    dfe: &FeedbackEqualiser,
    mlse: &SequenceDetector,
) -> Dsp {
    let decision = match decision {
        DecisionKind::Slicer => Decision::Slicer,
        DecisionKind::Dfe => dfe.decision(),
        DecisionKind::Mlse => mlse.decision(),
    };
    Dsp {
        taps: ffe.taps,
        precursors: ffe.precursors,
        adaptation: ffe.adaptation(),
        frozen: ffe.frozen.clone(),
        decision,
    }
}
