//! The Gaussian tail `Q(x)`: exact, in logarithms, inverted, fast; and the bit error ratio of PAM4
//! that it gives.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, LOG2_E, PI};

/// Beyond it [`ln_q`] takes its asymptotic series; the first term left out is below 2e-13 of `Q`.
const SERIES_FROM: f64 = 25.0;
/// Beyond it the far thresholds add less than 1e-40 of a PAM4 error ratio.
const PAM4_SINGLE_TAIL_FROM: f64 = 5.0;
/// Newton needs five to eight steps; the bound only makes the loop finite.
const NEWTON_STEPS: usize = 40;

/// The probability that a standard normal number exceeds `x`.
///
/// ```text
/// Q(x) = erfc(x / sqrt 2) / 2
/// ```
///
/// In and out: pure numbers. The rounding of `x / sqrt 2` costs a relative `x^2 / 2^53`: 2e-13 at
/// `x = 37`.
///
/// # Limits
///
/// Subnormal from `x = 37.6`, zero from `x = 38.5`; [`ln_q`] goes on.
///
/// # Reference
///
/// M. Abramowitz, I. A. Stegun, *Handbook of Mathematical Functions*, 26.2.3.
pub fn q(x: f64) -> f64 {
    0.5 * libm::erfc(x * FRAC_1_SQRT_2)
}

/// The natural logarithm of [`q`], also where `q` itself underflows.
///
/// ```text
/// ln Q(x) = -x^2 / 2 - ln(x sqrt(2 pi)) + ln(1 - 1/x^2 + 3/x^4 - 15/x^6 + ...)    for x >= 25
/// ```
///
/// # Reference
///
/// M. Abramowitz, I. A. Stegun, *Handbook of Mathematical Functions*, 26.2.12.
pub fn ln_q(x: f64) -> f64 {
    if x < 0.0 {
        libm::log1p(-q(-x))
    } else if x < SERIES_FROM {
        libm::log(q(x))
    } else {
        let y = 1.0 / (x * x);
        let series = -y * (1.0 - y * (3.0 - y * (15.0 - y * (105.0 - y * 945.0))));
        libm::log1p(series) - 0.5 * x * x - libm::log(x) - 0.5 * libm::log(2.0 * PI)
    }
}

/// The `x` with `Q(x) = p`.
///
/// In: a probability. Out: `x`, negative for `p > 1/2`; `+inf` for `p <= 0`, `-inf` for `p >= 1`.
/// Newton on `ln Q` in the tail, on `erf` near the middle, so that `x` keeps its relative accuracy
/// at both ends.
pub fn q_inverse(p: f64) -> f64 {
    Q.invert(p)
}

/// The bit error ratio of Gray-coded PAM4 with four equal levels in Gaussian noise.
///
/// ```text
/// BER(x) = (3 Q(x) + 2 Q(3 x) - Q(5 x)) / 4
/// ```
///
/// In: half the height of one eye over the noise's standard deviation. Out: errors per bit, two
/// bits a symbol.
///
/// # Limits
///
/// Equal eyes, equal noise on the four levels, thresholds in the middle.
///
/// # Reference
///
/// K. Cho, D. Yoon, *On the general BER expression of one- and two-dimensional amplitude
/// modulations*, IEEE Trans. Commun. 50 (2002), the 4-PAM case.
pub fn pam4_ber(x: f64) -> f64 {
    0.25 * (3.0 * q(x) + 2.0 * q(3.0 * x) - q(5.0 * x))
}

/// Half the height of one PAM4 eye over the noise's standard deviation, from the bit error ratio:
/// the inverse of [`pam4_ber`].
///
/// Zero for a BER of 1/2, negative above (levels upside down), `+inf` for zero.
pub fn pam4_half_eye_from_ber(ber: f64) -> f64 {
    PAM4.invert(ber)
}

/// [`q`] for bulk use: no branch, no call, a loop over a slice becomes SIMD code (inside
/// `simd::multiversion` of every width).
///
/// ```text
/// Q(x) = exp(-x^2 / 2) g(x),    g(x) = N(x) / D(x),    exp(-x^2 / 2) = 2^n 2^f,  -1/2 <= f <= 1/2
/// ```
///
/// The relative error is below 1e-10 for `0 <= x <= 37.5`. Beyond, the result is subnormal and
/// correct to two of the smallest subnormals (5e-324 each); below zero it is `1 - q_fast(-x)`.
///
/// # Reference
///
/// Coefficients by interpolation of `g` at the Chebyshev nodes of `(x - 3) / (x + 3)` on `[0, 39]`,
/// and of `2^f` at those of `[-1/2, 1/2]`, by
///
/// ```text
/// from mpmath import *; mp.dps = 40
/// cheb = lambda n: [cos(pi * (i + 0.5) / n) for i in range(n)]
/// g = lambda x: exp(x * x / 2) * erfc(x / sqrt(2)) / 2
/// xs = [3 * (1 + t) / (1 - t) for t in (-1 + mpf(13) / 14 * (1 + c) for c in cheb(14))]
/// nd = lu_solve(matrix([[x**j for j in range(7)] + [-g(x) * x**j for j in range(1, 8)] for x in xs]), matrix([g(x) for x in xs]))
/// ex = lu_solve(matrix([[(c / 2)**j for j in range(8)] for c in cheb(8)]), matrix([2**(c / 2) for c in cheb(8)]))
/// for c in (nd[:7], [1] + list(nd[7:]), ex): print([float(k) for k in c])
/// ```
#[inline(always)]
pub fn q_fast(x: f64) -> f64 {
    // Q(39) is zero in an f64, so the clamp loses nothing; written so that a NaN passes.
    let a = if x.abs() > 39.0 { 39.0 } else { x.abs() };

    // Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits: no conversion
    // instruction, which SSE2 lacks.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    // The exponent is kept 128 too high until the end, so that subnormal results are rounded once.
    const LIFT: u64 = 128;
    const LOWER: f64 = f64::from_bits((1023 - LIFT) << 52);

    let exponent = a * a * (-0.5 * LOG2_E);
    let shifted = exponent + ROUND;
    let fraction = exponent - (shifted - ROUND);
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add((1023 + LIFT) << 52));

    let ratio = horner(&NUMERATOR, a) / horner(&DENOMINATOR, a);
    let tail = ratio * horner(&EXP2, fraction) * scale * LOWER;
    if x < 0.0 { 1.0 - tail } else { tail }
}

/// `N(x)` of [`q_fast`], from the constant up.
const NUMERATOR: [f64; 7] = [
    0.5000000000010382,
    0.5930203164858919,
    0.3433619439505621,
    0.11977889340802687,
    0.026327066949373524,
    0.0034728920271941276,
    0.00021955479891744368,
];

/// `D(x)` of [`q_fast`], from the constant up; all positive, so nothing cancels.
const DENOMINATOR: [f64; 8] = [
    1.0,
    1.9839251940614215,
    1.7696671638717403,
    0.9255468678767598,
    0.3089476599040715,
    0.06654247327790146,
    0.00870525005164255,
    0.000550342261515891,
];

/// `2^f` of [`q_fast`], from the constant up.
const EXP2: [f64; 8] = [
    0.9999999999595618,
    0.6931471805568324,
    0.24022651213498092,
    0.055504109063258665,
    0.009618025613318034,
    0.0013333478473685416,
    0.00015469729214118296,
    1.5303700711365693e-05,
];

#[inline(always)]
fn horner<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    coefficients[..N - 1].iter().rev().fold(coefficients[N - 1], |sum, c| sum * x + c)
}

/// A decreasing function of `x` with `tail(-x) = 1 - tail(x)`, as Newton wants it.
struct Tail {
    /// `ln tail(x)`.
    ln: fn(f64) -> f64,
    /// `1/2 - tail(x)` without cancellation near zero.
    to_half: fn(f64) -> f64,
    /// `-tail'(x)` over the standard normal density at `x`.
    density: fn(f64) -> f64,
}

const Q: Tail =
    Tail { ln: ln_q, to_half: |x| 0.5 * libm::erf(x * FRAC_1_SQRT_2), density: |_| 1.0 };

const PAM4: Tail = Tail {
    ln: |x| {
        if x < PAM4_SINGLE_TAIL_FROM { libm::log(pam4_ber(x)) } else { ln_q(x) + libm::log(0.75) }
    },
    to_half: |x| 0.25 * (3.0 * (Q.to_half)(x) + 2.0 * (Q.to_half)(3.0 * x) - (Q.to_half)(5.0 * x)),
    density: |x| 0.25 * (3.0 + 6.0 * libm::exp(-4.0 * x * x) - 5.0 * libm::exp(-12.0 * x * x)),
};

impl Tail {
    /// The `x` with `tail(x) = p`.
    fn invert(&self, p: f64) -> f64 {
        if p > 0.5 {
            return -self.invert(1.0 - p);
        } else if p <= 0.0 {
            return f64::INFINITY;
        }
        if p > 0.25 {
            return newton(0.0, |x| (0.5 - p - (self.to_half)(x)) * self.inverse_slope(x, 0.0));
        }
        let ln_p = libm::log(p);
        // Q(x) <= exp(-x^2 / 2) / 2 starts above the root, and ln Q is concave: the steps come down
        // and never overshoot.
        newton((-2.0 * (ln_p + LN_2)).sqrt(), |x| {
            let ln_tail = (self.ln)(x);
            (ln_tail - ln_p) * self.inverse_slope(x, ln_tail)
        })
    }

    /// `exp(ln_factor) / -tail'(x)`, finite also where the two underflow.
    fn inverse_slope(&self, x: f64, ln_factor: f64) -> f64 {
        (2.0 * PI).sqrt() * libm::exp(ln_factor + 0.5 * x * x) / (self.density)(x)
    }
}

fn newton(start: f64, step: impl Fn(f64) -> f64) -> f64 {
    let mut x = start;
    for _ in 0..NEWTON_STEPS {
        let change = step(x);
        x += change;
        // Newton squares the error: a last step of 1e-11 leaves rounding only.
        if change.abs() <= 1e-11 * x.abs() {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, expected: f64, relative: f64, at: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "at {at}: {found:e}, expected {expected:e}"
        );
    }

    /// python: mp.dps = 50; Q = lambda x: erfc(mpf(x) / sqrt(2)) / 2; [(x, float(log(Q(x)))) for x
    /// in ...]
    #[test]
    fn ln_q_is_that_of_mpmath() {
        let table = [
            (-5.0, -2.866516129637636e-07),
            (-1.0, -0.17275377902344988),
            (-0.125, -0.598313068912425),
            (0.0, -std::f64::consts::LN_2),
            (0.5, -1.1759117615936185),
            (3.0, -6.607726221510349),
            (8.0, -35.01343715991455),
            (20.0, -203.91715537109727),
            (29.5, -439.42947460915025),
            (37.0, -689.0305855768906),
            (100.0, -5005.524208694205),
            (1e4, -50000010.12927891),
        ];
        for (x, expected) in table {
            assert_close(ln_q(x), expected, 1e-13, x);
        }
    }

    #[test]
    fn ln_q_has_no_seam_where_the_series_begins() {
        let below = libm::log(q(SERIES_FROM));
        assert_close(ln_q(SERIES_FROM), below, 2e-15, SERIES_FROM);
    }

    /// python: findroot(lambda x: log(Q(x)) - log(mpf(p)), sqrt(-2 * log(2 * mpf(p))))
    #[test]
    fn q_inverse_is_that_of_mpmath() {
        let table = [
            (0.9999, -3.7190164854557084),
            (0.75, -0.6744897501960817),
            (0.499999, 2.5066282745665593e-06),
            (0.3, 0.5244005127080408),
            (0.1, 1.2815515655446004),
            (2.4e-4, 3.4916760634039634),
            (1e-12, 7.034483825301132),
            (1e-100, 21.273453560965326),
            (1e-299, 36.98493649690257),
        ];
        for (p, expected) in table {
            assert_close(q_inverse(p), expected, 1e-14, p);
        }
    }

    /// Down the whole range, through the seam at 1/4 and into the subnormals.
    #[test]
    fn q_inverse_and_pam4_half_eye_undo_their_functions() {
        for step in 0..=7400 {
            let ln_p = -0.01 - 0.1 * f64::from(step);
            let p = libm::exp(ln_p);
            let x = q_inverse(p);
            let half_eye = pam4_half_eye_from_ber(p);
            // A relative error e of x is an error of about x^2 e in ln Q; subnormal p carries its
            // own rounding.
            let tolerance = 1e-14 * (1.0 + x * x) + 5e-324 / p;
            assert_close(ln_q(x), libm::log(p), tolerance / libm::log(p).abs(), p);
            assert_close((PAM4.ln)(half_eye), libm::log(p), tolerance / libm::log(p).abs(), p);
        }
    }

    #[test]
    fn the_inverses_are_infinite_for_certainty_and_zero_for_a_coin() {
        for inverse in [q_inverse, pam4_half_eye_from_ber] {
            assert_eq!(inverse(0.0), f64::INFINITY);
            assert_eq!(inverse(1.0), f64::NEG_INFINITY);
            assert_eq!(inverse(0.5), 0.0);
            assert!(inverse(f64::NAN).is_nan());
        }
    }

    /// python: [(x, float((3 * Q(x) + 2 * Q(3 * x) - Q(5 * x)) / 4)) for x in ...]
    #[test]
    fn pam4_ber_is_that_of_mpmath() {
        let table = [
            (-1.0, 0.8803336821984852),
            (0.0, 0.5),
            (0.25, 0.3878714885095275),
            (1.0, 0.11966631780151486),
            (3.5, 0.0001744718092766438),
            (8.0, 4.665720430703838e-16),
            (37.0, 4.2941784168934327e-300),
        ];
        for (x, expected) in table {
            assert_close(pam4_ber(x), expected, 3e-13, x);
            assert_close(pam4_half_eye_from_ber(expected), x, 2e-15, x);
        }
    }

    #[test]
    fn q_fast_is_q_to_1e_10() {
        for step in 0..=375_000 {
            let x = 1e-4 * f64::from(step);
            assert_close(q_fast(x), q(x), 1e-10, x);
            assert_close(q_fast(-x), q(-x), 1e-10, -x);
        }
    }

    #[test]
    fn q_fast_underflows_gradually_and_passes_nan() {
        for step in 0..=3000 {
            let x = 37.5 + 1e-3 * f64::from(step);
            assert!((q_fast(x) - q(x)).abs() <= 1e-10 * q(x) + 1e-323, "at {x}");
        }
        assert_eq!(q_fast(f64::INFINITY), 0.0);
        assert_eq!(q_fast(f64::NEG_INFINITY), 1.0);
        assert!(q_fast(f64::NAN).is_nan());
    }
}
