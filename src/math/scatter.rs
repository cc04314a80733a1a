//! How well a mean is known from the scatter of its values.

use super::interval::{Interval, mean_and_variance, outside, student_t_quantile};

/// The interval of the mean of normal values, from their spread.
///
/// ```text
/// m -+ t s / sqrt n,    t = student_t_quantile((1 + confidence) / 2, n - 1)
/// ```
///
/// Values that are all alike give their mean; fewer than two show no spread and give `[-inf, inf]`.
///
/// # Panics
///
/// If `confidence` is not between 0 and 1.
///
/// # Reference
///
/// W. S. Gosset ("Student"), *The probable error of a mean*, Biometrika 6 (1908).
pub(crate) fn normal_mean(values: &[f64], confidence: f64) -> Interval {
    let side = outside(confidence) / 2.0;
    if values.len() < 2 {
        return Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    }
    let (mean, variance) = mean_and_variance(values.iter().copied());
    let t = -student_t_quantile(side, u32::try_from(values.len() - 1).unwrap_or(u32::MAX));
    let half_width = t * (variance / values.len() as f64).sqrt();
    Interval { low: mean - half_width, high: mean + half_width }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean 2, s = 1, and of two degrees of freedom t = (2 p - 1) / sqrt(2 p (1 - p)), p = 0.975.
    #[test]
    fn the_mean_of_few_values_is_known_as_student_says() {
        let found = normal_mean(&[1.0, 2.0, 3.0], 0.95);
        let half = 0.95 / (2.0 * 0.975 * 0.025f64).sqrt() / 3f64.sqrt();
        assert!((found.low - (2.0 - half)).abs() < 1e-10, "{found:?}");
        assert!((found.high - (2.0 + half)).abs() < 1e-10, "{found:?}");
        assert_eq!(normal_mean(&[0.0; 4], 0.95), Interval { low: 0.0, high: 0.0 });
        assert_eq!(
            normal_mean(&[5.0], 0.95),
            Interval { low: f64::NEG_INFINITY, high: f64::INFINITY }
        );
    }
}
