//! How well a count is known: confidence intervals of error ratios, and whether errors come in
//! bursts.

use std::f64::consts::{LN_2, PI};

use super::gaussian::q_inverse;

/// Newton on a log-concave tail needs four to ten steps; the bound only makes the loop finite.
const NEWTON_STEPS: usize = 60;

/// A range that holds the true value with the confidence it was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Interval {
    /// What is known of a ratio before the first trial.
    const ANY_RATIO: Self = Self { low: 0.0, high: 1.0 };
}

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
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> Interval {
    assert!(successes <= trials, "{successes} successes in {trials} trials");
    let ln_side = libm::log(outside(confidence) / 2.0);
    if trials == 0 {
        return Interval::ANY_RATIO;
    }
    let hits = successes as f64;
    let misses = (trials - successes) as f64;
    let ln_all = ln_side / trials as f64;
    let low = if successes == 0 {
        0.0
    } else if successes == trials {
        libm::exp(ln_all)
    } else {
        Beta { a: hits, b: misses + 1.0 }.quantile(Side::Below, ln_side).ratio()
    };
    let high = if successes == trials {
        1.0
    } else if successes == 0 {
        -libm::expm1(ln_all)
    } else {
        Beta { a: hits + 1.0, b: misses }.quantile(Side::Above, ln_side).ratio()
    };
    Interval { low, high }
}

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
        x.quantile(Side::Below, libm::log(2.0 * beyond))
    } else {
        x.quantile(Side::Above, libm::log(1.0 - 2.0 * beyond))
    };
    sign * (degrees * libm::exp(-logit.0)).sqrt()
}

/// The interval of the mean of positive estimates, one per block, from their spread.
///
/// ```text
/// [m e^-h, m e^h],    h = t s / (m sqrt n),    t = student_t_quantile((1 + confidence) / 2, n - 1)
/// ```
///
/// `m` and `s` are mean and standard deviation of the values themselves; only the half width is
/// carried to the logarithm, so the lower limit of a poorly known ratio stays positive.
///
/// Values that are all zero give `[0, 0]`; fewer than two values show no spread and give `[0,
/// inf]`.
///
/// # Panics
///
/// If `confidence` is not between 0 and 1.
///
/// # Reference
///
/// The delta method on the logarithm: G. Casella, R. L. Berger, *Statistical Inference*, 5.5.4.
pub fn log_normal_mean(values: &[f64], confidence: f64) -> Interval {
    let side = outside(confidence) / 2.0;
    if values.len() < 2 {
        return Interval { low: 0.0, high: f64::INFINITY };
    }
    let (mean, variance) = mean_and_variance(values.iter().copied());
    if mean == 0.0 {
        return Interval { low: 0.0, high: 0.0 };
    }
    let degrees = u32::try_from(values.len() - 1).unwrap_or(u32::MAX);
    let t = -student_t_quantile(side, degrees);
    let half_width = t * (variance / values.len() as f64).sqrt() / mean;
    Interval { low: mean * libm::exp(-half_width), high: mean * libm::exp(half_width) }
}

/// Variance over mean of the counts of equal blocks: 1 for independent errors (Poisson), above 1
/// for bursts.
///
/// For `n` blocks of independent errors it scatters by `sqrt(2 / (n - 1))`. Without a count, or
/// with fewer than two blocks, nothing speaks against Poisson and it is 1.
///
/// # Reference
///
/// D. R. Cox, P. A. W. Lewis, *The Statistical Analysis of Series of Events*, the index of
/// dispersion.
pub fn dispersion_index(counts: &[u64]) -> f64 {
    let (mean, variance) = mean_and_variance(counts.iter().map(|&count| count as f64));
    if counts.len() < 2 || mean == 0.0 { 1.0 } else { variance / mean }
}

/// The percentile bootstrap interval of errors over trials, from the errors in blocks of
/// `per_block` trials each.
///
/// ```text
/// ratio* = sum of n blocks drawn with replacement / (n per_block);    limits: percentiles of ratio* over the resamples
/// ```
///
/// Whole blocks are drawn, so bursts shorter than a block widen the interval as they should. The
/// generator is SplitMix64 from `seed`: same arguments, same interval. No trial at all gives `[0,
/// 1]`.
///
/// # Limits
///
/// Too narrow for few blocks (below some 30), and `[0, 0]` without an error: there
/// [`clopper_pearson`] speaks.
///
/// # Panics
///
/// If `resamples` is zero, or `confidence` is not between 0 and 1.
///
/// # Reference
///
/// B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, chapter 13. G. L. Steele, D.
/// Lea, C. H. Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
pub fn block_bootstrap(
    counts: &[u64],
    per_block: u64,
    confidence: f64,
    seed: u64,
    resamples: usize,
) -> Interval {
    assert!(resamples > 0, "a bootstrap of no resamples");
    let side = outside(confidence) / 2.0;
    let trials = counts.len() as f64 * per_block as f64;
    if trials == 0.0 {
        return Interval::ANY_RATIO;
    }
    let mut random = SplitMix64(seed);
    let mut sums: Vec<u64> = (0..resamples)
        .map(|_| counts.iter().map(|_| counts[random.below(counts.len())]).sum())
        .collect();
    sums.sort_unstable();
    let cut = ((side * resamples as f64) as usize).min((resamples - 1) / 2);
    Interval { low: sums[cut] as f64 / trials, high: sums[resamples - 1 - cut] as f64 / trials }
}

/// The probability left outside, checked.
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

/// Which tail of a distribution.
#[derive(Clone, Copy)]
enum Side {
    Below,
    Above,
}

/// `ln(p / (1 - p))` of a ratio `p`: keeps the digits of ratios near zero and near one.
#[derive(Clone, Copy)]
struct Logit(f64);

impl Logit {
    fn ratio(self) -> f64 {
        1.0 / (1.0 + libm::exp(-self.0))
    }
}

/// The beta distribution of a ratio, worked in the ratio's logit, where density and both tails are
/// log-concave.
///
/// ```text
/// density(l) = p^a q^b / B(a, b),    p = 1 / (1 + e^-l),  q = 1 - p
/// tail(l)    = density(l) J(l),      J = integral over u > 0 of exp(a u - (a + b) ln(1 + p (e^u - 1)))    (u < 0: the lower tail)
/// ```
///
/// The density is in saddle-point form, `J` a double-exponential quadrature of fixed length: no
/// loop grows with `a` or `b`.
///
/// # Reference
///
/// C. Loader, *Fast and Accurate Computation of Binomial Probabilities* (2000). H. Takahasi, M.
/// Mori, *Double exponential formulas for numerical integration*, Publ. RIMS 9 (1974).
#[derive(Clone, Copy)]
struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// The logit beyond which, on `side`, lies the probability `exp(ln_probability)`, at most about
    /// 1/2.
    fn quantile(self, side: Side, ln_probability: f64) -> Logit {
        let sign = match side {
            Side::Below => -1.0,
            Side::Above => 1.0,
        };
        let deviate = q_inverse(libm::exp(ln_probability));
        let mut logit =
            libm::log(self.a / self.b) + sign * deviate * (1.0 / self.a + 1.0 / self.b).sqrt();
        for _ in 0..NEWTON_STEPS {
            let (ln_tail, over_density) = self.tail(side, logit);
            let excess = ln_tail - ln_probability;
            let change = excess * over_density;
            logit += sign * change;
            // Newton squares the error; with counts above 1e14 the rounding of a ratio comes first.
            if excess.abs() < 1e-8 || change.abs() < 1e-15 {
                break;
            }
        }
        Logit(logit)
    }

    /// `ln tail` and `tail / density`.
    fn tail(self, side: Side, logit: f64) -> (f64, f64) {
        // p <= 1/2 from here on: the mirror image has the same numbers without cancellation in q.
        if logit > 0.0 {
            let mirrored = match side {
                Side::Below => Side::Above,
                Side::Above => Side::Below,
            };
            return Self { a: self.b, b: self.a }.tail(mirrored, -logit);
        }
        let Self { a, b } = self;
        let n = a + b;
        let p = Logit(logit).ratio();
        let q = 1.0 - p;
        let from_mean = a - n * p;
        let width = 1.0 / (from_mean.abs() + (n * p * q).sqrt());

        let integral = match side {
            Side::Below => half_line(|v| {
                libm::exp(-a * width * v - n * libm::log1p(p * libm::expm1(-width * v)))
            }),
            Side::Above => half_line(|v| {
                libm::exp(a * width * v - n * libm::log1p(p * libm::expm1(width * v)))
            }),
        };
        let deviance =
            n * p * xlogx_excess(from_mean / (n * p)) + n * q * xlogx_excess(-from_mean / (n * q));
        let ln_density = 0.5 * libm::log(a / n * b / (2.0 * PI)) - deviance + stirling_rest(n)
            - stirling_rest(a)
            - stirling_rest(b);
        (ln_density + libm::log(width * integral), width * integral)
    }
}

/// `(1 + e) ln(1 + e) - e`, which is about `e^2 / 2`.
fn xlogx_excess(e: f64) -> f64 {
    (1.0 + e) * libm::log1p(e) - e
}

/// What Stirling's formula leaves: `ln Gamma(a) - (a - 1/2) ln a + a - ln(2 pi) / 2`.
fn stirling_rest(a: f64) -> f64 {
    if a < 16.0 {
        return libm::lgamma(a) - (a - 0.5) * libm::log(a) + a - 0.5 * (LN_2 + libm::log(PI));
    }
    let y = 1.0 / (a * a);
    (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / a
}

/// The integral from 0 to infinity of a function that falls from 1 over a length of about 1, at
/// least exponentially.
///
/// The trapezium rule in `s`, `v = exp(s - exp(-s))`: both ends vanish double-exponentially.
fn half_line(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 16.0;
    let term = |k: i32| {
        let s = STEP * f64::from(k);
        let v = libm::exp(s - libm::exp(-s));
        f(v) * v * (1.0 + libm::exp(-s))
    };
    STEP * (-60..=72).map(term).sum::<f64>()
}

/// The SplitMix64 generator; enough for resampling, and no dependency.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An index below `bound`, biased by less than `bound / 2^64`.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, expected: f64, relative: f64, at: &str) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{at}: {found:e}, expected {expected:e}"
        );
    }

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

    /// Two values 1 and 3: m = 2, s = sqrt 2, t = tan(0.475 pi) = 12.706, h = t / 2.
    #[test]
    fn log_normal_mean_of_two_values_is_by_hand() {
        let found = log_normal_mean(&[1.0, 3.0], 0.95);
        let h = libm::tan(0.475 * PI) / 2.0;
        assert_close(found.low, 2.0 * libm::exp(-h), 1e-11, "low");
        assert_close(found.high, 2.0 * libm::exp(h), 1e-11, "high");
    }

    #[test]
    fn log_normal_mean_of_too_few_or_equal_values_has_its_limits() {
        assert_eq!(log_normal_mean(&[0.0; 5], 0.95), Interval { low: 0.0, high: 0.0 });
        assert_eq!(log_normal_mean(&[1e-9], 0.95), Interval { low: 0.0, high: f64::INFINITY });
        assert_eq!(log_normal_mean(&[2e-9; 5], 0.95), Interval { low: 2e-9, high: 2e-9 });
    }

    /// Counts 0 and 2 by turns: mean 1, variance n / (n - 1).
    #[test]
    fn dispersion_index_is_variance_over_mean() {
        let counts: Vec<u64> = (0..1000).map(|block| 2 * (block % 2)).collect();
        assert_close(dispersion_index(&counts), 1000.0 / 999.0, 1e-14, "by turns");
        assert_eq!(dispersion_index(&[4; 9]), 0.0);
        for nothing in [&[][..], &[7], &[0; 50]] {
            assert_eq!(dispersion_index(nothing), 1.0);
        }
    }

    /// 4000 resamples know a 2.5 % percentile to 0.042 sigma, and 400 blocks are normal to 0.05
    /// sigma: 0.3 sigma is over four.
    #[test]
    fn block_bootstrap_is_as_wide_as_the_spread_of_blocks() {
        let counts: Vec<u64> =
            (0..400).map(|block| if block % 10 == 0 { 50 } else { 5 + block % 3 }).collect();
        let (mean, variance) = mean_and_variance(counts.iter().map(|&count| count as f64));
        let sigma = (variance / 400.0).sqrt();
        let found = block_bootstrap(&counts, 1_000, 0.95, 7, 4_000);
        assert!((found.low * 1e3 - (mean - 1.96 * sigma)).abs() < 0.3 * sigma, "{found:?}");
        assert!((found.high * 1e3 - (mean + 1.96 * sigma)).abs() < 0.3 * sigma, "{found:?}");
        assert_eq!(found, block_bootstrap(&counts, 1_000, 0.95, 7, 4_000));
        assert_ne!(found, block_bootstrap(&counts, 1_000, 0.95, 8, 4_000));
    }

    #[test]
    fn block_bootstrap_of_equal_blocks_is_a_point_and_of_none_is_anything() {
        assert_eq!(
            block_bootstrap(&[3; 20], 1_000, 0.95, 1, 1),
            Interval { low: 3e-3, high: 3e-3 }
        );
        assert_eq!(block_bootstrap(&[], 1_000, 0.95, 1, 100), Interval { low: 0.0, high: 1.0 });
    }

    /// Reference outputs of SplitMix64 for seed 1234567, as in the C program of S. Vigna
    /// (prng.di.unimi.it/splitmix64.c).
    #[test]
    fn split_mix_has_its_known_answers() {
        let mut random = SplitMix64(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
