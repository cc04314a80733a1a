//! Quantiles of the beta distribution.

use crate::math::gaussian::q_inverse;
use std::f64::consts::{LN_2, PI};

/// Newton on a log-concave tail needs four to ten steps; the bound only makes the loop finite.
const NEWTON_STEPS: usize = 60;

/// Which tail of a distribution.
#[derive(Clone, Copy)]
pub(super) enum BetaTail {
    Below,
    Above,
}

/// `ln(p / (1 - p))` of a ratio `p`: keeps the digits of ratios near zero and near one.
#[derive(Clone, Copy)]
pub(super) struct Logit(pub(super) f64);

impl Logit {
    /// The ratio.
    pub(super) fn ratio(self) -> f64 {
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
pub(super) struct Beta {
    pub(super) a: f64,
    pub(super) b: f64,
}

impl Beta {
    /// The logit beyond which, on `side`, lies the probability `exp(ln_probability)`, at most about
    /// 1/2.
    pub(super) fn quantile(self, side: BetaTail, ln_probability: f64) -> Logit {
        let sign = match side {
            BetaTail::Below => -1.0,
            BetaTail::Above => 1.0,
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
    fn tail(self, side: BetaTail, logit: f64) -> (f64, f64) {
        // p <= 1/2 from here on: the mirror image has the same numbers without cancellation in q.
        if logit > 0.0 {
            let mirrored = match side {
                BetaTail::Below => BetaTail::Above,
                BetaTail::Above => BetaTail::Below,
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
            BetaTail::Below => half_line(|v| {
                libm::exp(-a * width * v - n * libm::log1p(p * libm::expm1(-width * v)))
            }),
            BetaTail::Above => half_line(|v| {
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

/// Remainder of Stirling's formula: `ln Gamma(a) - (a - 1/2) ln a + a - ln(2 pi) / 2`.
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
