//! Running comparisons.

use super::comparison::{Comparison, Tolerance};
use super::result::{MutationResult, RowStatus, ValidationReport, ValidationRow};
use super::{
    budgets, channels, coupling, dispersion, fec, measure, modulators, oracle_links, plain_links,
    receiver, reflections, temperature,
};
use crate::run_options::{RunOptions, WorkUnit};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every comparison, subject by subject.
pub fn comparisons() -> Vec<Comparison> {
    [
        fec::comparisons(),
        measure::comparisons(),
        modulators::comparisons(),
        temperature::comparisons(),
        coupling::comparisons(),
        dispersion::comparisons(),
        reflections::comparisons(),
        receiver::comparisons(),
        channels::comparisons(),
        plain_links::comparisons(),
        oracle_links::comparisons(),
        budgets::comparisons(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Runs comparisons, several at once, and their mutations if asked for. A run that is cancelled
/// has the rows that were done.
pub fn run(
    comparisons: &[Comparison],
    mutations: bool,
    options: &RunOptions<'_>,
) -> ValidationReport {
    let (done, total) = (AtomicUsize::new(0), comparisons.len() as f64);
    let row = |comparison: &Comparison| {
        let row = (!options.cancel.is_cancelled()).then(|| comparison.run(mutations))?;
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        options.report(done as f64, total, WorkUnit::Rows);
        Some(row)
    };
    let rows: Vec<Option<ValidationRow>> = comparisons.par_iter().map(row).collect();
    ValidationReport {
        schema: 2,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: rows.iter().all(Option::is_some),
        rows: rows.into_iter().flatten().collect(),
    }
}

impl Comparison {
    /// Makes our number, and that with the mutation if asked for.
    pub fn run(&self, mutation: bool) -> ValidationRow {
        let number = |at: f64| (self.ours)(at).filter(|ours| ours.is_finite());
        let ours = number(self.mutation.value);
        let mutated = mutation.then(|| number(self.mutation.changed()));
        let recorded = |ours: Option<f64>| ours.is_some_and(|ours| self.is_as_recorded(ours));
        let status = match (recorded(ours), self.known) {
            (true, None) => RowStatus::Agrees,
            (true, Some(_)) => RowStatus::Disagrees,
            (false, _) => RowStatus::Changed,
        };
        ValidationRow {
            id: self.id.clone(),
            kind: self.kind,
            conditions: self.conditions.clone(),
            source: self.source.clone(),
            unit: self.unit.to_owned(),
            reference: self.reference,
            ours,
            difference: ours.map(|ours| ours - self.reference),
            tolerance: self.tolerance.absolute(self.reference),
            is_bound: self.tolerance == Tolerance::AtMost,
            derivation: self.derivation.clone(),
            status,
            because: self.known.map(|known| known.because.to_owned()),
            mutation: MutationResult {
                parameter: self.mutation.parameter.clone(),
                value: self.mutation.value,
                change: self.mutation.change,
                ours: mutated.flatten(),
                caught: mutated.map(|ours| !recorded(ours)),
            },
        }
    }
}
