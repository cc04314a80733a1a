//! Check of taps that are given.

use crate::error::{KeyPath, Problems};

/// Largest absolute value of a given tap.
const TAP_MAX: f64 = 1e3;

/// Reports given taps that are not `count`, or no numbers.
pub(super) fn check(at: &KeyPath, fixed: &[f64], count: usize, problems: &mut Problems) {
    let mut report = |remedy| problems.report(at, "fixed", format!("{fixed:?}"), remedy);
    if !fixed.is_empty() && fixed.len() != count {
        report(format!("must be as many values as there are taps, {count}, or none"));
    } else if fixed.iter().any(|tap| !tap.is_finite() || tap.abs() > TAP_MAX) {
        report(format!("must be numbers from -{TAP_MAX} to {TAP_MAX}"));
    }
}
