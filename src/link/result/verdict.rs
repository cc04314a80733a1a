//! Verdicts of intervals on limits.

use crate::link::result::figures::LaneResult;

/// Whether a counted error ratio keeps the limit; absent unless all of its interval lies on one
/// side.
pub(crate) fn judged([low, high]: [f64; 2], limit: f64) -> Option<bool> {
    if high <= limit { Some(true) } else { (low > limit).then_some(false) }
}

/// The same for a counted margin.
pub(crate) fn judged_by_margin(result: &LaneResult) -> Option<bool> {
    if result.least_ber.is_some() {
        return Some(false);
    }
    judged([-result.loss_margin_db_high?, -result.loss_margin_db_low?], 0.0)
}
