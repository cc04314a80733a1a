//! A comparison: a number of ours, made anew each time, against one that was found otherwise.

use serde::{Deserialize, Serialize};

/// Origin of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceKind {
    /// A formula, written out beside the comparison without the code that it checks.
    ClosedForm,
    /// The stored result of a program of others, or of a script without our code.
    IndependentProgram,
    /// A measured device, a data sheet, a standard or a contribution to one.
    Published,
}

impl ReferenceKind {
    /// All kinds, in the order of the report.
    pub const ALL: [ReferenceKind; 3] =
        [ReferenceKind::ClosedForm, ReferenceKind::IndependentProgram, ReferenceKind::Published];

    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            ReferenceKind::ClosedForm => "closed form",
            ReferenceKind::IndependentProgram => "independent program",
            ReferenceKind::Published => "published",
        }
    }
}

/// Largest difference with which a comparison agrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// In the unit of the numbers.
    Absolute(f64),
    /// As a part of the reference.
    Relative(f64),
    /// The reference is an upper bound: any smaller number agrees.
    AtMost,
}

impl Tolerance {
    /// The largest difference in the unit of the numbers; 0 beside a bound.
    pub(super) fn absolute(self, reference: f64) -> f64 {
        match self {
            Tolerance::Absolute(difference) => difference,
            Tolerance::Relative(part) => part * reference.abs(),
            Tolerance::AtMost => 0.0,
        }
    }

    /// True if a number agrees with the reference.
    pub(super) fn holds(self, ours: f64, reference: f64) -> bool {
        match self {
            Tolerance::AtMost => ours <= reference,
            _ => (ours - reference).abs() <= self.absolute(reference),
        }
    }
}

/// A change of one parameter that a comparison must notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutation {
    /// The parameter: a key of a description or an argument.
    pub parameter: String,
    /// Its value in the comparison.
    pub value: f64,
    /// What is added to it.
    pub change: f64,
}

/// A disagreement that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disagreement {
    /// The difference ours less reference that it has, to within the tolerance.
    pub difference: f64,
    /// The cause, as far as it is known.
    pub because: &'static str,
}

/// Our number at a value of the mutated parameter; `None` where it does not exist.
pub(super) type Ours = Box<dyn Fn(f64) -> Option<f64> + Send + Sync>;

/// One row of the validation report.
pub struct Comparison {
    /// Subject and name: `fec.kp4_parity`.
    pub id: String,
    /// Origin of the reference.
    pub kind: ReferenceKind,
    /// The conditions in one line.
    pub conditions: String,
    /// Author, title, year and place; or the script with its program.
    pub source: String,
    /// Unit of both numbers; empty for none.
    pub unit: &'static str,
    /// The reference.
    pub reference: f64,
    /// Largest difference with which it agrees.
    pub tolerance: Tolerance,
    /// Why this much and no more.
    pub derivation: String,
    /// A change that it must notice.
    pub mutation: Mutation,
    /// The disagreement, where it has one.
    pub known: Option<Disagreement>,
    /// Our number, made by the code itself.
    pub(super) ours: Ours,
}

impl Mutation {
    pub(super) fn new(parameter: &str, value: f64, change: f64) -> Mutation {
        Mutation { parameter: parameter.to_owned(), value, change }
    }

    /// The value after the change.
    pub fn changed(&self) -> f64 {
        self.value + self.change
    }
}

impl Comparison {
    /// True if a number is the one on record: within the tolerance of the reference, or of the
    /// reference with the known difference.
    pub(super) fn is_as_recorded(&self, ours: f64) -> bool {
        let known = self.known.map_or(0.0, |known| known.difference);
        let agrees = self.tolerance.holds(ours - known, self.reference);
        // a disagreement that is gone is news as well
        agrees && self.known.is_none_or(|_| !self.tolerance.holds(ours, self.reference))
    }
}
