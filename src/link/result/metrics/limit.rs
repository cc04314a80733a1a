//! Limits that figures of metrics show.

use crate::link::result::figures::LaneResult;
use crate::table::Metric;

/// Values of the limits that a lane is held against.
#[derive(Clone, Copy, Debug)]
pub struct LaneLimits {
    /// Bit error ratio before error correction; absent where lanes or points differ in it.
    pub ber: Option<f64>,
}

/// A metric of a lane.
pub type LaneMetric = Metric<LaneResult, LaneLimits>;

/// The limit of error ratios before error correction.
pub(super) fn pre_fec_ber(limits: &LaneLimits) -> Option<f64> {
    limits.ber
}

/// The limit of margins.
pub(super) fn no_margin(_: &LaneLimits) -> Option<f64> {
    Some(0.0)
}
