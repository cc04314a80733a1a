//! Expected results of a link.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ranges `[low, high]` by the name of a metric; `check` fails outside.
///
/// A range applies to the worst lane or, for a metric of the port, to the port. The registry of
/// metrics defines which metrics may have one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Targets(pub BTreeMap<String, [f64; 2]>);

impl Targets {
    /// True if there is no range.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The expected range of a metric.
    pub fn range(&self, metric: &str) -> Option<[f64; 2]> {
        self.0.get(metric).copied()
    }
}
