//! The reference receiver: 4th-order Bessel-Thomson filter, and the noise that has passed it.

use crate::math::prototype::{Family, poles};
use crate::math::resample;
use num_complex::Complex64;

/// Order of the filter, clause 121.8.5.1 (status: secondary source, standards.md 7).
const ORDER: usize = 4;
/// Frequencies of the noise integral, and their upper end in bandwidths: the density has fallen by
/// 10^-13 there.
const INTEGRAL_POINTS: usize = 4096;
const INTEGRAL_END: f64 = 60.0;

/// A Bessel-Thomson low-pass as a polynomial, so that a million frequencies are quick.
///
/// ```text
/// H(j w) = c0 / (c0 + c1 j w - c2 w^2 - c3 j w^3 + w^4),   |H| = 1/sqrt 2 at w = 1
/// ```
struct BesselThomson([f64; ORDER]);

impl BesselThomson {
    fn new() -> Self {
        let mut polynomial = vec![Complex64::new(1.0, 0.0)];
        for pole in poles(Family::Bessel, ORDER) {
            let shifted = polynomial.iter().copied().chain([Complex64::default()]);
            let before = std::iter::once(Complex64::default()).chain(polynomial.iter().copied());
            polynomial = shifted.zip(before).map(|(c, lower)| lower - pole * c).collect();
        }
        Self(std::array::from_fn(|i| polynomial[i].re))
    }

    fn at(&self, w: f64) -> Complex64 {
        let [c0, c1, c2, c3] = self.0;
        let square = w * w;
        c0 / Complex64::new(c0 + square * (square - c2), w * (c1 - c3 * square))
    }
}

/// The filter's response at a frequency in turns per sample.
pub(super) fn response(
    samples_per_symbol: usize,
    bandwidth_symbol_rates: f64,
) -> impl Fn(f64) -> Complex64 {
    let filter = BesselThomson::new();
    let scale = samples_per_symbol as f64 / bandwidth_symbol_rates;
    move |turns_per_sample| filter.at(turns_per_sample * scale)
}

/// One period of a waveform after the reference receiver's filter, its delay included.
pub fn filtered(
    waveform: &[f32],
    samples_per_symbol: usize,
    bandwidth_symbol_rates: f64,
) -> Vec<f32> {
    resample::filtered(waveform, response(samples_per_symbol, bandwidth_symbol_rates))
}

/// Correlation of white noise after the filter, at 0 .. `lags` symbol periods; 1 at 0.
///
/// ```text
/// rho(k) = int |H(f)|^2 cos(2 pi f k T) df / int |H(f)|^2 df
/// ```
pub fn noise_correlation(bandwidth_symbol_rates: f64, lags: usize) -> Vec<f64> {
    let filter = BesselThomson::new();
    let step = INTEGRAL_END / INTEGRAL_POINTS as f64;
    let density = |i: usize| filter.at(i as f64 * step).norm_sqr() * if i == 0 { 0.5 } else { 1.0 };
    let densities: Vec<f64> = (0..INTEGRAL_POINTS).map(density).collect();
    let integral = |lag: usize| -> f64 {
        let turn = std::f64::consts::TAU * bandwidth_symbol_rates * lag as f64 * step;
        densities.iter().enumerate().map(|(i, d)| d * (turn * i as f64).cos()).sum()
    };
    let power = integral(0);
    (0..lags).map(|lag| integral(lag) / power).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_that_of_its_poles() {
        let (filter, poles) = (BesselThomson::new(), poles(Family::Bessel, ORDER));
        for w in [0.0, 0.3, 1.0, 2.5, 20.0] {
            let expected: Complex64 =
                poles.iter().map(|p| -p / (Complex64::new(0.0, w) - p)).product();
            assert!((filter.at(w) - expected).norm() < 1e-12 * expected.norm().max(1e-3), "{w}");
        }
    }

    /// Half the symbol rate: neighbouring noise samples are nearly independent. Wide filter:
    /// independent.
    #[test]
    fn noise_a_symbol_apart_is_nearly_independent_at_half_the_rate_and_wholly_behind_a_wide_filter()
    {
        let narrow = noise_correlation(0.5, 3);
        assert!(narrow[0] == 1.0 && narrow[1].abs() < 0.2 && narrow[2].abs() < 0.05, "{narrow:?}");
        assert!(noise_correlation(5.0, 2)[1].abs() < 1e-4);
    }
}
