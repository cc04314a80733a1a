//! A confidence interval, and common functions.

/// A range that contains the true value with the requested confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Interval {
    /// Interval of a ratio before the first trial.
    pub(super) const ANY_RATIO: Self = Self { low: 0.0, high: 1.0 };
}

/// Probability outside an interval, checked.
pub(super) fn outside(confidence: f64) -> f64 {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "confidence = {confidence}: must be between 0 and 1"
    );
    1.0 - confidence
}

/// Sample mean and variance (over `n - 1`) in two passes.
pub(super) fn mean_and_variance(values: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0))
}

/// Asserts that two numbers agree to a relative tolerance.
#[cfg(test)]
pub(super) fn assert_close(found: f64, expected: f64, relative: f64, at: &str) {
    assert!(
        (found - expected).abs() <= relative * expected.abs(),
        "{at}: {found:e}, expected {expected:e}"
    );
}
