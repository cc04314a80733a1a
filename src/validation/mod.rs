//! Validation: numbers of ours beside those of closed forms, of independent programs, and of
//! published devices and links.
//!
//! A [`Comparison`] holds a reference with its source, a tolerance with its derivation, and a
//! function that makes our number by the code itself, anew each time. Each has a [`Mutation`], the
//! change of one parameter that it must notice. [`run`] gives a [`ValidationReport`]. A comparison
//! that disagrees stays, with the difference on record and its cause as far as known.
//!
//! ```
//! use lightlane::{run_options::RunOptions, validation};
//! let mut all = validation::comparisons();
//! all.retain(|comparison| comparison.id.starts_with("fec.kp4_parity"));
//! let report = validation::run(&all, true, &RunOptions::default());
//! assert!(report.is_as_recorded() && report.rows[0].mutation.caught == Some(true));
//! ```

mod budgets;
mod channels;
mod charts;
mod comparison;
mod coupling;
mod dispersion;
mod fec;
mod lane;
mod measure;
mod modulators;
mod oracle_links;
mod plain_links;
mod receiver;
mod reflections;
mod result;
mod run;
mod stored;
mod temperature;

pub use charts::{agreement_chart, kp4_chart, waterfall_chart};
pub use comparison::{Comparison, Disagreement, Mutation, ReferenceKind, Tolerance};
pub use result::{MutationResult, RowStatus, ValidationReport, ValidationRow};
pub use run::{comparisons, run};
