//! Limits, worst values and verdicts.

use crate::link::describe::limits::Status;
use serde::{Deserialize, Serialize};

/// Side on which a limit is kept.
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
    /// Within a limit that is assumed or set by the user.
    InsideAssumedLimit,
    /// Outside of it.
    OutsideAssumedLimit,
    /// There is no value.
    NotMeasured,
}

impl Finding {
    /// Text of the verdict.
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
    /// Derived from numbers of a standard or draft.
    Derived,
    /// Assumed, without a document at hand.
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

/// A limit with the worst lane's value and the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecRow {
    /// Key of the limit.
    pub limit_key: String,
    /// Limited quantity, with its unit.
    pub name: String,
    /// The worst lane's value; absent when a lane has none.
    pub value: Option<f64>,
    /// The worst lane.
    pub lane: Option<usize>,
    /// The limit.
    pub limit: f64,
    /// Side on which it is kept.
    pub side: LimitSide,
    /// Source of the limit: `normative`, `draft`, `derived`, `assumed`, or `user` where it differs
    /// from the preset's.
    pub status: LimitStatus,
    /// Verdict.
    pub finding: Finding,
}
