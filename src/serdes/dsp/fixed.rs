//! Check of fixed taps.

use crate::error::{KeyPath, Problems};

/// Largest magnitude of a fixed tap.
const TAP_MAX: f64 = 1e3;

/// Reports fixed taps that are not `count`, or not finite.
pub(super) fn check(at: &KeyPath, fixed: &[f64], count: usize, problems: &mut Problems) {
    let mut report = |remedy| problems.report(at, "fixed", format!("{fixed:?}"), remedy);
    if !fixed.is_empty() && fixed.len() != count {
        report(format!("must be as many values as there are taps, {count}, or none"));
    } else if fixed.iter().any(|tap| !tap.is_finite() || tap.abs() > TAP_MAX) {
        report(format!("must be numbers from -{TAP_MAX} to {TAP_MAX}"));
    }
}
