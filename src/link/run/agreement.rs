//! Agreement of the two estimators.

use crate::link::count::reported::CountedBer;
use crate::link::solve::lane::PredictedBer;

/// Largest logarithm of the ratio that is the model's: of a slicer, and with decision feedback,
/// whose noise after an error is known in mean and variance alone.
const MODEL: f64 = 0.03;
const MODEL_FEEDBACK: f64 = 0.05;

/// Whether a count and a prediction agree, where either has at least ten errors: the logarithm of
/// their ratio lies within the intervals of both, widened from two to four standard deviations to
/// avoid false alarms, and by what the model may be off.
pub(super) fn agree(counted: &CountedBer, predicted: PredictedBer) -> Option<bool> {
    if predicted.refused {
        return None;
    }
    let model = if predicted.ber_ideal_feedback.is_some() { MODEL_FEEDBACK } else { MODEL };
    let PredictedBer { ber, interval: predicted, .. } = predicted;
    // importance sampling without a hit has no ratio to compare
    let expected =
        if counted.effective_samples.is_some() { 0.0 } else { ber * counted.bits as f64 };
    if counted.errors < 10 && expected < 10.0 {
        return None;
    }
    let Some(seen) = counted.ber.filter(|_| ber > 0.0) else { return Some(false) };
    let half = |low: f64, high: f64| (high / low.max(1e-300)).ln() / 2.0;
    let counted = half(counted.interval.low, counted.interval.high);
    let predicted = half(predicted.low, predicted.high);
    Some((seen / ber).ln().abs() < 2.0 * counted.hypot(predicted) + model)
}
