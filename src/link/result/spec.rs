//! A limit beside the worst value, and the finding.

use crate::link::describe::limits::Status;
use serde::{Deserialize, Serialize};

/// Which side of a limit is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LimitSide {
    /// At or above it.
    Min,
    /// At or below it.
    Max,
}

/// Verdict on a value and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Source of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LimitStatus {
    /// From a published standard.
    Normative,
    /// From a draft.
    Draft,
    /// Computed from such numbers.
    Derived,
    /// From memory or by judgement.
    Assumed,
    /// Set by the user: it differs from that of the preset.
    User,
}

impl LimitStatus {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            LimitStatus::Normative => "normative",
            LimitStatus::Draft => "draft",
            LimitStatus::Derived => "derived",
            LimitStatus::Assumed => "assumed",
            LimitStatus::User => "user",
        }
    }
}

impl From<Status> for LimitStatus {
    fn from(status: Status) -> LimitStatus {
        match status {
            Status::Normative => LimitStatus::Normative,
            Status::Draft => LimitStatus::Draft,
            Status::Derived => LimitStatus::Derived,
            Status::Assumed => LimitStatus::Assumed,
        }
    }
}

/// A limit, the worst lane's value beside it, and what is said of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecRow {
    /// Key of the limit.
    pub limit_key: String,
    /// Limited quantity, with its unit.
    pub name: String,
    /// The worst lane's value; absent when a lane has none.
    pub value: Option<f64>,
    /// That lane.
    pub lane: Option<usize>,
    /// The limit.
    pub limit: f64,
    /// Which side of it is good.
    pub side: LimitSide,
    /// How the limit is known: `normative`, `draft`, `derived`, `assumed`, or `own` where it
    /// differs from the preset's.
    pub status: LimitStatus,
    /// Verdict.
    pub finding: Finding,
}
