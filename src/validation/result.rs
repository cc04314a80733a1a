//! The report of a validation, as data.

use super::comparison::ReferenceKind;
use serde::{Deserialize, Serialize};

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowStatus {
    /// Within its tolerance.
    Agrees,
    /// Outside, by the difference on record.
    Disagrees,
    /// Not as recorded: outside its tolerance, or a disagreement that is another one or none.
    Changed,
}

impl RowStatus {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            RowStatus::Agrees => "agrees",
            RowStatus::Disagrees => "disagrees",
            RowStatus::Changed => "changed",
        }
    }
}

/// The change of one parameter that a comparison must notice, and whether it did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MutationResult {
    /// The parameter.
    pub parameter: String,
    /// Its value in the comparison.
    pub value: f64,
    /// What is added to it.
    pub change: f64,
    /// Our number with the change; absent where it was not run or does not exist.
    pub ours: Option<f64>,
    /// True if the comparison fails with the change; absent where it was not run.
    pub caught: Option<bool>,
}

/// One comparison with both numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationRow {
    /// Subject and name.
    pub id: String,
    /// Origin of the reference.
    pub kind: ReferenceKind,
    /// The conditions.
    pub conditions: String,
    /// Source of the reference.
    pub source: String,
    /// Unit of both numbers; empty for none.
    pub unit: String,
    /// The reference.
    pub reference: f64,
    /// Our number; absent where it does not exist.
    pub ours: Option<f64>,
    /// Ours less the reference.
    pub difference: Option<f64>,
    /// Largest difference with which it agrees, in the same unit; 0 for a bound.
    pub tolerance: f64,
    /// True if the reference is an upper bound.
    pub is_bound: bool,
    /// Derivation of the tolerance.
    pub derivation: String,
    /// How it ended.
    pub status: RowStatus,
    /// Cause of a disagreement on record.
    pub because: Option<String>,
    /// The change that it must notice.
    pub mutation: MutationResult,
}

impl ValidationRow {
    /// Difference over tolerance; absent for a bound.
    pub fn of_tolerance(&self) -> Option<f64> {
        let difference = self.difference.filter(|_| self.tolerance > 0.0)?;
        Some(difference.abs() / self.tolerance)
    }
}

/// All comparisons that were asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationReport {
    /// Version of this report's layout.
    pub schema: u32,
    /// Version of lightlane.
    pub version: String,
    /// False if it was stopped before its end.
    pub complete: bool,
    /// The rows, subject by subject.
    pub rows: Vec<ValidationRow>,
}

impl ValidationReport {
    /// True if every row is as recorded and no mutation that was run passed unnoticed.
    pub fn is_as_recorded(&self) -> bool {
        self.rows
            .iter()
            .all(|row| row.status != RowStatus::Changed && row.mutation.caught != Some(false))
    }

    /// Rows of a kind.
    pub fn count(&self, kind: ReferenceKind) -> usize {
        self.rows.iter().filter(|row| row.kind == kind).count()
    }
}
