//! The interval of an error ratio.

use super::beta::{Beta, BetaTail};
use super::range::{Interval, outside};

/// The two-sided Clopper-Pearson interval of a ratio: exact for independent trials, never too
/// narrow.
///
/// ```text
/// P(X >= k | low) = P(X <= k | high) = (1 - confidence) / 2,    X binomial with n trials
/// low = 0,  high = 1 - ((1 - confidence) / 2)^(1/n)    for k = 0
/// ```
///
/// Good to 1e-12 of each limit for all counts up to 1e16, and takes the same time for all. No trial
/// at all gives `[0, 1]`.
///
/// # Panics
///
/// If `successes > trials`, or `confidence` is not between 0 and 1.
///
/// # Reference
///
/// C. J. Clopper, E. S. Pearson, *The use of confidence or fiducial limits illustrated in the case
/// of the binomial*, Biometrika 26 (1934).
pub(super) fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> Interval {
    assert!(successes <= trials, "{successes} successes in {trials} trials");
    clopper_pearson_real(successes as f64, (trials - successes) as f64, confidence)
}

/// The same limits for numbers of hits and misses that need not be whole, such as those of errors
/// in bursts counted as independent ones.
pub(super) fn clopper_pearson_real(hits: f64, misses: f64, confidence: f64) -> Interval {
    let ln_side = libm::log(outside(confidence) / 2.0);
    let trials = hits + misses;
    if trials == 0.0 {
        return Interval::ANY_RATIO;
    }
    let ln_all = ln_side / trials;
    let low = if hits == 0.0 {
        0.0
    } else if misses == 0.0 {
        libm::exp(ln_all)
    } else {
        Beta { a: hits, b: misses + 1.0 }.quantile(BetaTail::Below, ln_side).ratio()
    };
    let high = if misses == 0.0 {
        1.0
    } else if hits == 0.0 {
        -libm::expm1(ln_all)
    } else {
        Beta { a: hits + 1.0, b: misses }.quantile(BetaTail::Above, ln_side).ratio()
    };
    Interval { low, high }
}

#[cfg(test)]
mod tests {
    use super::super::range::assert_close;
    use super::*;
    use crate::math::gaussian::q_inverse;

    /// python, mpmath, mp.dps = 50: findroot over l = ln(p / (1 - p)) of
    ///
    /// ```text
    /// loggamma(n+1) - loggamma(k+1) - loggamma(n-k+1) + k*log(p) + (n-k)*log1p(-p) + log(1 + r1 + r1*r2 + ...) - log(side)
    /// ```
    ///
    /// with the ratios r of neighbouring binomial terms, upwards for the lower limit, downwards for
    /// the upper, summed to 1e-25. scipy.stats.beta.ppf 1.17.1 agrees to 1e-11 but for k = 3, n =
    /// 1e9, where its upper limit is 5e-9 off.
    #[test]
    fn clopper_pearson_is_the_root_of_the_binomial_tails() {
        let table: [(u64, u64, f64, f64, f64); 16] = [
            (1, 1000, 0.95, 2.5317487491294065e-05, 0.005558924279826672),
            (500, 1000, 0.95, 0.46854917297179194, 0.531450827028208),
            (999, 1000, 0.95, 0.9944410757201734, 0.9999746825125088),
            (1, 1_000_000, 0.95, 2.53178076637942e-08, 5.571630655172243e-06),
            (50, 1_000_000, 0.99, 3.366403979491189e-05, 7.126533069617593e-05),
            (100_000, 1_000_000, 0.95, 0.09941266986603788, 0.10058964818742552),
            (999_999, 1_000_000, 0.95, 0.9999944283693448, 0.9999999746821924),
            (3, 1_000_000_000, 0.95, 6.18672123322896e-10, 8.767273044460696e-09),
            (3, 1_000_000_000_000, 0.999999, 1.4474761825670368e-14, 2.214842132465998e-11),
            (10000, 1_000_000_000_000, 0.95, 9.804952468211496e-09, 1.0197951623652122e-08),
            (1, 10_000_000_000_000_000, 0.95, 2.53178079842899e-18, 5.571643390938896e-16),
            (200, 10_000_000_000_000_000, 0.9, 1.7732048703304142e-14, 2.248743510493303e-14),
            (1_000_000, 10_000_000_000_000_000, 0.95, 9.980409833403917e-11, 1.001961911945334e-10),
            (1_000_000, 1_000_005, 0.95, 0.9999883317651658, 0.9999983765197982),
            (1_000_000, 1_000_000_000, 0.5, 0.0009993256653773447, 0.0010006749703104574),
            (7, 8, 0.95, 0.4734903291247935, 0.9968402764687481),
        ];
        for (k, n, confidence, low, high) in table {
            let found = clopper_pearson(k, n, confidence);
            let at = format!("k = {k}, n = {n}");
            assert_close(found.low, low, 1e-12, &at);
            assert_close(found.high, high, 1e-12, &at);
        }
    }

    #[test]
    fn clopper_pearson_without_errors_is_the_rule_of_three() {
        for n in [1_000, 1_000_000_000, 10_000_000_000_000_000] {
            // One-sided 95 %: 1 - 0.05^(1/n) -> -ln(0.05) / n, the next term is 1.5 / n of it.
            let found = clopper_pearson(0, n, 0.9);
            let expected = -libm::log(0.05) / n as f64;
            assert_eq!(found.low, 0.0);
            assert_close(found.high, expected, 2.0 / n as f64 + 1e-15, "no errors");
            let all = clopper_pearson(n, n, 0.9);
            assert_eq!(all.high, 1.0);
            assert_close(1.0 - all.low, found.high, 1e-15 / found.high, "all errors");
        }
        assert_eq!(clopper_pearson(0, 0, 0.95), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn clopper_pearson_of_the_misses_is_the_mirror_image() {
        for (k, n) in [
            (1, 2),
            (1, 40),
            (17, 40),
            (20, 40),
            (333, 1_000),
            (5_000_000_000_000_000, 10_000_000_000_000_000),
        ] {
            let (hits, misses) = (clopper_pearson(k, n, 0.99), clopper_pearson(n - k, n, 0.99));
            assert!((hits.low - (1.0 - misses.high)).abs() < 1e-15, "{hits:?} {misses:?}");
            assert!((hits.high - (1.0 - misses.low)).abs() < 1e-15, "{hits:?} {misses:?}");
        }
    }

    /// With k of 1e12 in 1e16 the binomial is normal; the skewness moves the limits by about z^2 /
    /// sqrt(k) = 4e-6 of the half width.
    #[test]
    fn clopper_pearson_of_huge_counts_is_normal() {
        let found = clopper_pearson(1_000_000_000_000, 10_000_000_000_000_000, 0.95);
        let half_width = q_inverse(0.025) * (1e-4_f64 * (1.0 - 1e-4) / 1e16).sqrt();
        assert_close(found.high - 1e-4, half_width, 1e-5, "above");
        assert_close(1e-4 - found.low, half_width, 1e-5, "below");
    }

    #[test]
    #[should_panic(expected = "confidence = 95")]
    fn a_confidence_in_percent_is_refused() {
        clopper_pearson(3, 1_000, 95.0);
    }
}
