//! A limit beside the worst value, and the finding.

use serde::Serialize;

/// Which side of a limit is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// At or above it.
    Min,
    /// At or below it.
    Max,
}

/// What is said of a value and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Within a limit that has a source.
    Pass,
    /// Outside of it.
    Fail,
    /// Within a limit that is assumed, or the user's own.
    InsideAssumedLimit,
    /// Outside of it.
    OutsideAssumedLimit,
    /// There is no value.
    NotMeasured,
}

impl Finding {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Finding::Pass => "pass",
            Finding::Fail => "FAIL",
            Finding::InsideAssumedLimit => "inside assumed limit",
            Finding::OutsideAssumedLimit => "OUTSIDE ASSUMED LIMIT",
            Finding::NotMeasured => "not measured",
        }
    }
}

/// A limit, the worst lane's value beside it, and what is said of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpecRow {
    /// Key of the limit.
    pub limit_key: &'static str,
    /// What is limited, with its unit.
    pub name: String,
    /// The worst lane's value; absent when a lane has none.
    pub value: Option<f64>,
    /// That lane.
    pub lane: Option<usize>,
    /// The limit.
    pub limit: f64,
    /// Which side of it is good.
    pub side: Side,
    /// How the limit is known: `normative`, `draft`, `derived`, `assumed`, or `own` where it
    /// differs from the preset's.
    pub status: &'static str,
    /// What is said.
    pub finding: Finding,
}
