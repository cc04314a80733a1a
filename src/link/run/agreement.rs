//! Whether the two estimators agree.

use crate::link::count::reported::Told;
use crate::link::solve::lane::Foreseen;

/// Whether a count and a prediction agree, where either has at least ten errors: the logarithm of
/// their ratio lies within the intervals of both, widened from two to four standard deviations so
/// that chance does not cry wolf, and 3 % of model.
pub(super) fn agree(told: &Told, foreseen: Foreseen) -> Option<bool> {
    if foreseen.ideal_feedback {
        return None;
    }
    let Foreseen { ber, interval: foreseen, .. } = foreseen;
    // rare events that were not hit say nothing of the ratio
    let expected = if told.effective_samples.is_some() { 0.0 } else { ber * told.bits as f64 };
    if told.errors < 10 && expected < 10.0 {
        return None;
    }
    let Some(seen) = told.ber.filter(|_| ber > 0.0) else { return Some(false) };
    let half = |low: f64, high: f64| (high / low.max(1e-300)).ln() / 2.0;
    let counted = half(told.interval.low, told.interval.high);
    let predicted = half(foreseen.low, foreseen.high);
    Some((seen / ber).ln().abs() < 2.0 * counted.hypot(predicted) + 0.03)
}
