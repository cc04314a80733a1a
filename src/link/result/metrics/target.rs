//! Metrics for which a range may be expected.

use crate::error::nearest;
use crate::link::result::metrics::lane::lane_metrics;
use crate::link::result::metrics::limit::LaneMetric;
use crate::link::result::metrics::port::{FEC_METRICS, FecMetric, PORT_METRICS, PortMetric};
use crate::table::renamed;

/// A metric with the result that it is taken from.
#[derive(Clone, Copy)]
pub(in crate::link) enum TargetMetric {
    /// Of the worst lane.
    Lane(&'static LaneMetric),
    /// Of all lanes together.
    Port(&'static PortMetric),
    /// Of the error correction of the port.
    Fec(&'static FecMetric),
}

impl TargetMetric {
    /// Its name.
    pub(in crate::link) fn name(self) -> &'static str {
        match self {
            TargetMetric::Lane(metric) => metric.name,
            TargetMetric::Port(metric) => metric.name,
            TargetMetric::Fec(metric) => metric.name,
        }
    }
}

/// All of them, in the order of their tables.
pub(in crate::link) fn target_metrics() -> impl Iterator<Item = TargetMetric> {
    let lane = lane_metrics().filter(|metric| metric.target).map(TargetMetric::Lane);
    let port = PORT_METRICS.iter().filter(|metric| metric.target).map(TargetMetric::Port);
    let fec = FEC_METRICS.iter().filter(|metric| metric.target).map(TargetMetric::Fec);
    lane.chain(port).chain(fec)
}

/// Remedy for a name that is not a target; `None` for one that is.
pub(in crate::link) fn target_remedy(name: &str) -> Option<String> {
    let names: Vec<&str> = target_metrics().map(TargetMetric::name).collect();
    if names.contains(&name) {
        return None;
    }
    if let Some(new) = renamed().name(name) {
        return Some(format!("is called {new} now"));
    }
    if let Some(near) = nearest(name, names.iter().copied()) {
        return Some(format!("unknown key, did you mean {near}?"));
    }
    Some(format!("unknown key; known here: {}", names.join(", ")))
}
