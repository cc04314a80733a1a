//! Intervals of a mean, from the spread of its values.

use super::beta::{Beta, BetaTail};
use super::range::{Interval, mean_and_variance, outside};

/// The one-sided quantile of Student's t: `P(T <= t) = p`.
///
/// For a two-sided interval of confidence `c` ask for `p = (1 + c) / 2`. Good to 1e-11; `-inf` for
/// `p <= 0`, `+inf` for `p >= 1`.
///
/// ```text
/// P(|T| > t) = I_x(degrees / 2, 1 / 2),    x = degrees / (degrees + t^2)
/// ```
///
/// # Panics
///
/// If `degrees` is zero.
///
/// # Reference
///
/// M. Abramowitz, I. A. Stegun, *Handbook of Mathematical Functions*, 26.7.1.
pub fn student_t_quantile(p: f64, degrees: u32) -> f64 {
    assert!(degrees > 0, "Student's t needs at least one degree of freedom");
    let beyond = p.min(1.0 - p);
    let sign = if p < 0.5 { -1.0 } else { 1.0 };
    if beyond <= 0.0 {
        return sign * f64::INFINITY;
    } else if beyond == 0.5 {
        return 0.0;
    }
    let degrees = f64::from(degrees);
    let x = Beta { a: degrees / 2.0, b: 0.5 };
    // The smaller of the two probabilities keeps its digits in the logarithm.
    let logit = if beyond < 0.25 {
        x.quantile(BetaTail::Below, libm::log(2.0 * beyond))
    } else {
        x.quantile(BetaTail::Above, libm::log(1.0 - 2.0 * beyond))
    };
    sign * (degrees * libm::exp(-logit.0)).sqrt()
}

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
pub(crate) fn student_t_mean(values: &[f64], confidence: f64) -> Interval {
    let side = outside(confidence) / 2.0;
    if values.len() < 2 {
        return Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    }
    let (mean, variance) = mean_and_variance(values.iter().copied());
    let t = -student_t_quantile(side, u32::try_from(values.len() - 1).unwrap_or(u32::MAX));
    let half_width = t * (variance / values.len() as f64).sqrt();
    Interval { low: mean - half_width, high: mean + half_width }
}

/// Scatter of the logarithm of a positive figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scatter {
    /// Variance of the logarithm.
    pub variance: f64,
    /// Degrees of freedom from which it is known.
    pub degrees: u32,
}

impl Scatter {
    /// None at all.
    pub const NONE: Scatter = Scatter { variance: 0.0, degrees: 1 };

    /// Of the mean of independent values, from their spread: `s^2 / (m^2 n)` with n - 1 degrees of
    /// freedom. Values that are all alike have none, fewer than two an infinite one.
    ///
    /// # Reference
    ///
    /// The delta method on the logarithm: G. Casella, R. L. Berger, *Statistical Inference*, 5.5.4.
    pub fn of_mean(values: &[f64]) -> Scatter {
        if values.len() < 2 {
            return Scatter { variance: f64::INFINITY, degrees: 1 };
        }
        let (mean, variance) = mean_and_variance(values.iter().copied());
        if variance == 0.0 {
            return Scatter::NONE;
        }
        let degrees = u32::try_from(values.len() - 1).unwrap_or(u32::MAX);
        Scatter { variance: variance / (mean * mean * values.len() as f64), degrees }
    }
}

/// The interval of a positive figure from independent scatters of its logarithm.
///
/// ```text
/// [m e^-h, m e^h],    h = t sqrt(v),    v = sum of v_i,    t = student_t_quantile((1 + confidence) / 2, d)
/// d = v^2 / sum of v_i^2 / d_i, rounded down
/// ```
///
/// Only the half width is carried to the logarithm, so the lower limit of a poorly known figure
/// stays positive.
///
/// # Panics
///
/// If `confidence` is not between 0 and 1.
///
/// # Reference
///
/// F. E. Satterthwaite, *An Approximate Distribution of Estimates of Variance Components*,
/// Biometrics Bulletin 2, 1946.
pub fn log_normal(figure: f64, scatters: &[Scatter], confidence: f64) -> Interval {
    let side = outside(confidence) / 2.0;
    let total: f64 = scatters.iter().map(|scatter| scatter.variance).sum();
    if total == 0.0 {
        return Interval { low: figure, high: figure };
    }
    if total.is_infinite() {
        return Interval { low: 0.0, high: f64::INFINITY };
    }
    let part = |s: &Scatter| (s.variance / total).powi(2) / f64::from(s.degrees.max(1));
    // whole numbers stay what they are in spite of rounding
    let degrees = (1.0 + 1e-12) / scatters.iter().map(part).sum::<f64>();
    let half_width = -student_t_quantile(side, (degrees as u32).max(1)) * total.sqrt();
    Interval { low: figure * libm::exp(-half_width), high: figure * libm::exp(half_width) }
}

#[cfg(test)]
mod tests {
    use super::super::range::assert_close;
    use super::*;
    use std::f64::consts::PI;

    /// python, mp.dps = 50: findroot of betainc(d / 2, 0.5, 0, d / (d + t^2), regularized=True) /
    /// 2 - (1 - p); the last degree from scipy.stats.t.ppf 1.17.1.
    #[test]
    fn student_t_quantile_is_the_root_of_the_incomplete_beta() {
        let table: [(f64, u32, f64); 9] = [
            (0.975, 1, 12.706204736174694),
            (0.975, 30, 2.0422724563012378),
            (0.9995, 4, 8.610301581379522),
            (0.500001, 5, 2.6343055242196797e-06),
            (0.999999, 12, 8.504302718031097),
            (0.9999999999990905, 3, 10663.019114246485),
            (0.975, 1000, 1.962339080826408),
            (0.975, 4_294_967_295, 1.9599639850923913),
            (0.025, 9, -2.2621571627982053),
        ];
        for (p, degrees, t) in table {
            assert_close(
                student_t_quantile(p, degrees),
                t,
                1e-12,
                &format!("p = {p}, degrees = {degrees}"),
            );
        }
    }

    /// Closed forms: one degree is Cauchy, t = tan(pi (p - 1/2)); two degrees t = (2 p - 1) /
    /// sqrt(2 p (1 - p)).
    #[test]
    fn student_t_quantile_has_its_closed_forms() {
        for step in 1..1000 {
            let p = 1e-3 * f64::from(step);
            // 2 p - 1 carries the rounding of p: relative 1e-16 / |2 p - 1|.
            let centre = (p - 0.5).abs();
            let tolerance = 1e-12 + 1e-15 / (centre + 1e-300);
            assert_close(student_t_quantile(p, 1), libm::tan(PI * (p - 0.5)), tolerance, "Cauchy");
            let two = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
            assert_close(student_t_quantile(p, 2), two, tolerance, "two degrees");
        }
        assert_eq!(student_t_quantile(0.5, 3), 0.0);
        assert_eq!(student_t_quantile(1.0, 3), f64::INFINITY);
        assert_eq!(student_t_quantile(0.0, 3), f64::NEG_INFINITY);
    }

    fn of_values(values: &[f64]) -> Interval {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        log_normal(mean, &[Scatter::of_mean(values)], 0.95)
    }

    /// Two values 1 and 3: m = 2, s = sqrt 2, t = tan(0.475 pi) = 12.706, h = t / 2.
    #[test]
    fn the_logarithm_of_a_mean_of_two_values_is_by_hand() {
        let found = of_values(&[1.0, 3.0]);
        let h = libm::tan(0.475 * PI) / 2.0;
        assert_close(found.low, 2.0 * libm::exp(-h), 1e-11, "low");
        assert_close(found.high, 2.0 * libm::exp(h), 1e-11, "high");
    }

    #[test]
    fn too_few_or_equal_values_have_their_limits() {
        assert_eq!(of_values(&[0.0; 5]), Interval { low: 0.0, high: 0.0 });
        assert_eq!(of_values(&[1e-9]), Interval { low: 0.0, high: f64::INFINITY });
        assert_eq!(of_values(&[2e-9; 5]), Interval { low: 2e-9, high: 2e-9 });
    }

    /// Values 1 and 3 have v = 2 / (4 x 2) = 1/4 with one degree; with 3/4 of two, v = 1 of 1 /
    /// (1/16 + 9/32) = 2.9 degrees, so of two, where t = (2 p - 1) / sqrt(2 p (1 - p)).
    #[test]
    fn scatters_add_up_as_satterthwaite_says() {
        let other = Scatter { variance: 0.75, degrees: 2 };
        let found = log_normal(2.0, &[Scatter::of_mean(&[1.0, 3.0]), other], 0.95);
        let h = 0.95 / (2.0 * 0.975 * 0.025f64).sqrt();
        assert_close(found.low, 2.0 * libm::exp(-h), 1e-11, "low");
        assert_close(found.high, 2.0 * libm::exp(h), 1e-11, "high");
        let alone = log_normal(2.0, &[Scatter::NONE, other], 0.95);
        let h = h * 0.75f64.sqrt();
        assert_close(alone.high, 2.0 * libm::exp(h), 1e-11, "of the other alone");
    }

    /// Mean 2, s = 1, and of two degrees of freedom t = (2 p - 1) / sqrt(2 p (1 - p)), p = 0.975.
    #[test]
    fn the_mean_of_few_values_is_known_as_student_says() {
        let found = student_t_mean(&[1.0, 2.0, 3.0], 0.95);
        let half = 0.95 / (2.0 * 0.975 * 0.025f64).sqrt() / 3f64.sqrt();
        assert!((found.low - (2.0 - half)).abs() < 1e-10, "{found:?}");
        assert!((found.high - (2.0 + half)).abs() < 1e-10, "{found:?}");
        assert_eq!(student_t_mean(&[0.0; 4], 0.95), Interval { low: 0.0, high: 0.0 });
        assert_eq!(
            student_t_mean(&[5.0], 0.95),
            Interval { low: f64::NEG_INFINITY, high: f64::INFINITY }
        );
    }
}
