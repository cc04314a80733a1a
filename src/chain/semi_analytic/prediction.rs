//! Semi-analytic prediction for one lane.

use super::expected_bursts::ExpectedBursts;
use super::over_reflections::OverReflections;
use super::phase_law::OverPhase;
use crate::chain::describe::noise::{NoiseClass, NoiseId, NoiseSource};
use crate::math::interval::Interval;

/// Semi-analytic prediction for one lane.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Bit error ratio; of a feedback equaliser, with the errors that its own errors cause; of a
    /// sequence detector, the sum over its error events.
    pub ber: f64,
    /// Why `ber` only guides a count; `None` where it is the receiver's own ratio.
    pub no_prediction: Option<&'static str>,
    /// Bit error ratio with past decisions assumed correct, of a receiver that uses them: lower
    /// than its own for a DFE, higher for an MLSE. The figures of the slicer's input below are
    /// those of such feedback.
    pub ber_ideal_feedback: Option<f64>,
    /// Bursts of a feedback equaliser or a sequence detector; `None` of a slicer.
    pub bursts: Option<PredictedBursts>,
    /// Phase error of a receiver whose phase moves, UI rms; `ber` is averaged over it, the figures
    /// of the slicer's input are those of the trained phase.
    pub phase_error_rms_ui: Option<f64>,
    /// Bit error ratios at its phases.
    pub(crate) over_phase: Option<OverPhase>,
    /// How the ratio depends on the phases of strong reflections; `ber` is its mean.
    pub(crate) over_reflections: Option<OverReflections>,
    /// Its 95 % interval, over other symbols sent: from the spread over the blocks that are scored,
    /// and from what other training symbols would have made of the receiver. In a search from the
    /// blocks alone.
    pub interval: Interval,
    /// True if 1 % of the symbols cause more than half of the errors; the result then depends on
    /// the pattern.
    pub pattern_limited: bool,
    /// Signal to noise ratio at the slicer: variance of the levels over the mean square of the
    /// residual, dB.
    pub snr_db: f64,
    /// Mean and rms of the four levels at the slicer, full scale -1 .. 1.
    pub levels: [(f64, f64); 4],
    /// Each source's part of the noise variance at the slicer, largest first.
    pub shares: Vec<Share>,
    /// Residual interference, crosstalk included, as part of noise and interference together.
    pub interference_share: f64,
    /// Crosstalk, as part of the same; 0 in a search, which does not look at it.
    pub crosstalk_share: f64,
}

impl Prediction {
    /// Bit error ratios in the states of the phases of strong reflections, by rising ratio, with
    /// the probabilities of the states; empty without such reflections.
    #[must_use]
    pub fn reflection_states(&self) -> Vec<(f64, f64)> {
        let states = self.over_reflections.iter().flat_map(|over| over.states());
        states.map(|&(relative, weight)| ((relative * self.ber).min(0.5), weight)).collect()
    }
}

/// Predicted bursts of consecutive decision errors on the line.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedBursts {
    /// Symbol error ratio on the line.
    pub symbol_error_ratio: f64,
    /// Share of the symbol errors that another one follows.
    pub continuation: f64,
    /// Shares of bursts of 1, 2, .. symbols; the last with longer ones.
    pub shares: Vec<f64>,
}

impl PredictedBursts {
    /// From expected numbers among so many symbols; `None` without any.
    pub(crate) fn of(bursts: &ExpectedBursts, symbols: usize) -> Option<PredictedBursts> {
        let continuation = bursts.continuation()?;
        let symbol_error_ratio = bursts.symbol_errors / symbols as f64;
        Some(PredictedBursts { symbol_error_ratio, continuation, shares: bursts.shares() })
    }
}

/// One source's part of the noise variance.
#[derive(Clone, Debug)]
pub struct Share {
    /// Identity of the source.
    pub id: NoiseId,
    /// Its kind.
    pub class: NoiseClass,
    /// Part, 0 to 1.
    pub share: f64,
}

impl Share {
    /// The part of a source.
    pub(crate) fn new(source: &NoiseSource, share: f64) -> Share {
        Share { id: source.id.clone(), class: source.class, share }
    }
}

/// True when the largest hundredth of the values makes more than half of their sum.
pub(crate) fn pattern_limited(mut errors: Vec<f64>) -> bool {
    let total: f64 = errors.iter().sum();
    let worst = (errors.len() / 100).max(1);
    let split = errors.len() - worst;
    errors.select_nth_unstable_by(split, f64::total_cmp);
    errors[split..].iter().sum::<f64>() > 0.5 * total
}
