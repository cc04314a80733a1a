//! All metrics of a lane.

use crate::link::result::figures::LaneResult;
use crate::link::result::metrics::limit::LaneMetric;
use crate::link::result::metrics::{count, fec, margin, receiver, transmitter};
use serde_json::Value;

/// The lists in the order of [`LaneResult`].
static LISTS: [&[LaneMetric]; 11] = [
    count::HERE,
    receiver::SLICER,
    transmitter::LEVELS,
    receiver::TP3,
    transmitter::MEASURED,
    margin::MARGIN,
    count::AT_LIMIT,
    count::BURSTS,
    fec::LANE,
    receiver::CLOCK,
    count::NOT_EVALUATED,
];

/// Every metric of a lane, in the order of its fields: the columns of a sweep.
pub fn lane_metrics() -> impl Iterator<Item = &'static LaneMetric> {
    LISTS.iter().copied().flatten()
}

/// The metric of a name.
pub fn lane_metric(name: &str) -> Option<&'static LaneMetric> {
    lane_metrics().find(|metric| metric.name == name)
}

/// The cells of a lane's row.
pub fn lane_cells(lane: &LaneResult) -> Vec<Value> {
    lane_metrics().map(|metric| (metric.value)(lane)).collect()
}
