//! Analogue low-pass prototypes by their poles.

use num_complex::Complex64;
use std::sync::OnceLock;

/// Highest order.
const ORDER_MAX: usize = 8;

/// The families of low-pass filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Bessel-Thomson: flat group delay.
    #[default]
    Bessel,
    /// Butterworth: flat magnitude.
    Butterworth,
}

/// Poles in rad/s of the low-pass of `family` and `order` (1 to 8) whose magnitude is 1/sqrt 2 at 1
/// rad/s.
///
/// # Reference
///
/// W. E. Thomson, *Delay networks having maximally flat frequency characteristics*, Proc. IEE 96
/// (1949); S. Butterworth, *On the theory of filter amplifiers* (1930).
pub fn poles(family: Family, order: usize) -> Vec<Complex64> {
    match family {
        Family::Butterworth => (0..order)
            .map(|k| {
                Complex64::from_polar(
                    1.0,
                    std::f64::consts::PI * (0.5 + (2 * k + 1) as f64 / (2 * order) as f64),
                )
            })
            .collect(),
        Family::Bessel => {
            // a sweep asks for the same few thousands of times
            static KNOWN: [OnceLock<Vec<Complex64>>; ORDER_MAX + 1] =
                [const { OnceLock::new() }; ORDER_MAX + 1];
            let compute = || {
                let poles = roots(&bessel_polynomial(order));
                let scale = half_power(|w| magnitude(&[], &poles, w));
                poles.iter().map(|p| p / scale).collect()
            };
            KNOWN[order].get_or_init(compute).clone()
        }
    }
}

/// |H(j w)| with the given zeros and poles and unit gain at zero frequency.
pub fn magnitude(zeros: &[Complex64], poles: &[Complex64], w: f64) -> f64 {
    let factor = |roots: &[Complex64]| {
        roots.iter().map(|r| (Complex64::new(0.0, w) - r).norm() / r.norm()).product::<f64>()
    };
    factor(zeros) / factor(poles)
}

/// Integrals of |H(j w)|^2 and of w^2 |H(j w)|^2 over all w from 0, for a stable low-pass of unit
/// gain at zero frequency whose poles are distinct.
///
/// ```text
/// integral_0^inf w^2k |H|^2 dw = pi sum over poles p of Res_p [ H(s) H(-s) (-s^2)^k ]
/// ```
///
/// The second is infinite where H has one pole more than zeros.
pub fn power_integrals(zeros: &[Complex64], poles: &[Complex64]) -> [f64; 2] {
    let one = Complex64::new(1.0, 0.0);
    let mut sums = [0.0; 2];
    for (i, &p) in poles.iter().enumerate() {
        let mut residue = -p;
        for z in zeros {
            residue *= (one - p / z) * (one + p / z);
        }
        for (j, q) in poles.iter().enumerate() {
            residue /= one + p / q;
            if j != i {
                residue /= one - p / q;
            }
        }
        sums[0] += residue.re;
        sums[1] += (residue * -(p * p)).re;
    }
    if poles.len() <= zeros.len() + 1 {
        sums[1] = f64::INFINITY;
    }
    sums.map(|sum| std::f64::consts::PI * sum)
}

/// The lowest frequency above the last maximum at which `magnitude` falls through 1/sqrt 2.
pub fn half_power(magnitude: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e-3);
    while magnitude(high) > std::f64::consts::FRAC_1_SQRT_2 {
        low = high;
        high *= 1.1;
    }
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if magnitude(middle) > std::f64::consts::FRAC_1_SQRT_2 {
            low = middle
        } else {
            high = middle
        }
    }
    0.5 * (low + high)
}

/// Coefficients of the reverse Bessel polynomial, s^0 first: (2n - k)! / (2^(n-k) k! (n-k)!).
fn bessel_polynomial(n: usize) -> Vec<f64> {
    let factorial = |m: usize| (1..=m).map(|i| i as f64).product::<f64>();
    (0..=n)
        .map(|k| {
            factorial(2 * n - k) / (2f64.powi((n - k) as i32) * factorial(k) * factorial(n - k))
        })
        .collect()
}

/// All roots of a monic polynomial (Durand-Kerner), coefficients s^0 first.
fn roots(coefficients: &[f64]) -> Vec<Complex64> {
    let n = coefficients.len() - 1;
    let radius = coefficients[0].abs().powf(1.0 / n as f64);
    let mut roots: Vec<Complex64> =
        (0..n).map(|i| Complex64::new(0.4, 0.9).powi(i as i32) * radius).collect();
    for _ in 0..200 {
        for i in 0..n {
            let value =
                coefficients.iter().rev().fold(Complex64::default(), |v, c| v * roots[i] + c);
            let others =
                (0..n).filter(|&j| j != i).map(|j| roots[i] - roots[j]).product::<Complex64>();
            roots[i] -= value / others;
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 105 / (p^4 + 10 p^3 + 45 p^2 + 105 p + 105) with p = j 2.11392 f / f3dB, the reference
    /// receiver of TDECQ; 2.11392 is given to six digits, so the two agree to 1e-5.
    #[test]
    fn bessel_thomson_of_order_four_is_the_reference_receiver() {
        let poles = poles(Family::Bessel, 4);
        for f in [0.1, 0.5, 1.0, 1.5, 3.0] {
            let p = Complex64::new(0.0, 2.113_92 * f);
            let expected = 105.0
                / (p.powi(4) + 10.0 * p.powi(3) + 45.0 * p.powi(2) + 105.0 * p + 105.0).norm();
            let here = magnitude(&[], &poles, f);
            assert!((here / expected - 1.0).abs() < 1e-5, "at {f}: {here} against {expected}");
        }
    }

    #[test]
    fn butterworth_has_the_closed_form_magnitude() {
        for n in 1..=8 {
            let poles = poles(Family::Butterworth, n);
            for w in [0.2f64, 0.9, 1.0, 1.7, 5.0] {
                let expected = 1.0 / (1.0 + w.powi(2 * n as i32)).sqrt();
                assert!((magnitude(&[], &poles, w) / expected - 1.0).abs() < 1e-12);
            }
        }
    }

    /// Butterworth of order n: pi / 2n / sin(pi / 2n) and pi / 2n / sin(3 pi / 2n). Bessel of order
    /// 4: 1.0464 and 0.7127, given to four digits.
    #[test]
    fn noise_integrals_are_the_closed_forms() {
        for n in 1..=8 {
            let [white, square] = power_integrals(&[], &poles(Family::Butterworth, n));
            let step = std::f64::consts::FRAC_PI_2 / n as f64;
            assert!((white / (step / step.sin()) - 1.0).abs() < 1e-9, "{n}: {white}");
            if n > 1 {
                let expected = step / (3.0 * step).sin();
                assert!((square / expected - 1.0).abs() < 1e-9, "{n}: {square}");
            } else {
                assert!(square.is_infinite());
            }
        }
        let [white, square] = power_integrals(&[], &poles(Family::Bessel, 4));
        assert!((white - 1.0464).abs() < 5e-5 && (square - 0.7127).abs() < 5e-5);
    }

    #[test]
    fn every_bessel_order_is_stable_and_falls_by_3_db_at_one() {
        for n in 1..=8 {
            let poles = poles(Family::Bessel, n);
            assert!(poles.iter().all(|p| p.re < 0.0));
            assert!((magnitude(&[], &poles, 1.0) - std::f64::consts::FRAC_1_SQRT_2).abs() < 1e-9);
        }
    }
}
