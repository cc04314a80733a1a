//! Pooled error ratio of several lanes.

use crate::math::interval::{Interval, clopper_pearson};

/// One lane's count with its interval.
pub(crate) struct LaneErrors {
    pub(crate) bits: u64,
    /// Bit errors, or the weighted number of importance sampling.
    pub(crate) errors: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// The pooled error ratio of several lanes and its 95 % interval: the half widths of the lanes,
/// weighted by bits, added in quadrature, since lanes differ and are not draws of one ratio. `None`
/// when no bits were counted.
pub(crate) fn pooled(lanes: impl Iterator<Item = LaneErrors>) -> (Option<f64>, Option<Interval>) {
    let lanes: Vec<LaneErrors> = lanes.filter(|lane| lane.bits > 0).collect();
    let (bits, errors) = lanes
        .iter()
        .fold((0, 0.0), |(bits, errors), lane| (bits + lane.bits, errors + lane.errors));
    if bits == 0 {
        return (None, None);
    }
    if errors == 0.0 && lanes.iter().all(|lane| lane.high >= 1.0) {
        return (None, None);
    }
    if errors == 0.0 {
        return (None, Some(clopper_pearson(0, bits, 0.95)));
    }
    let ber = errors / bits as f64;
    let quadrature = |half: &dyn Fn(&LaneErrors, f64) -> f64| {
        let square = |lane: &LaneErrors| {
            (lane.bits as f64 / bits as f64 * half(lane, lane.errors / lane.bits as f64)).powi(2)
        };
        lanes.iter().map(square).sum::<f64>().sqrt()
    };
    let low = (ber - quadrature(&|lane, own| own - lane.low)).max(0.0);
    let high = (ber + quadrature(&|lane, own| lane.high - own)).min(1.0);
    (Some(ber), Some(Interval { low, high }))
}
