//! The results that are expected of a link.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ranges `[low, high]` by the name of a metric; `check` fails outside.
///
/// A range is expected of the worst lane, or of the port where the metric is one of the port. The
/// registry of metrics says which metrics may have one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Targets(pub BTreeMap<String, [f64; 2]>);

impl Targets {
    /// True if no range is expected.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The range expected of a metric.
    pub fn range(&self, metric: &str) -> Option<[f64; 2]> {
        self.0.get(metric).copied()
    }
}
