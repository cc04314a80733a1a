//! Verdicts of intervals on limits.

use crate::link::result::figures::LaneResult;

/// Whether a counted error ratio keeps the limit; absent unless all of its interval lies on one
/// side.
pub(crate) fn judged([low, high]: [f64; 2], limit: f64) -> Option<bool> {
    if high <= limit { Some(true) } else { (low > limit).then_some(false) }
}

/// The same for a margin.
pub(crate) fn judged_by_margin(result: &LaneResult) -> Option<bool> {
    if result.least_ber.is_some() {
        return Some(false);
    }
    // a predicted margin has no interval
    let margin_db = result.loss_margin_db?;
    let [low_db, high_db] =
        [result.loss_margin_db_low, result.loss_margin_db_high].map(|db| db.unwrap_or(margin_db));
    judged([-high_db, -low_db], 0.0)
}
