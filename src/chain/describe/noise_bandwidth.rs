//! Noise bandwidth of a low-pass: its own integrals, referred to its mid-band gain.

use super::shape::Shape;
use crate::math::prototype::{half_power, magnitude, power_integrals};
use std::f64::consts::TAU;

/// Integrals of a low-pass response H over all frequencies, H0 its mid-band gain.
///
/// A model has H0 = |H(0)|. A measured response has as H0 the mean of |H| up to a tenth of its 3 dB
/// frequency, and the square grows only as far as the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseBandwidth {
    /// 3 dB frequency f3: |H| = H0 / sqrt 2, Hz.
    pub half_power_hz: f64,
    /// Integral of |H/H0|^2 df, Hz.
    pub white_hz: f64,
    /// Integral of (f/f3)^2 |H/H0|^2 df, Hz; infinite for a response that falls by 20 dB per decade
    /// and is no measured one.
    pub square_hz: f64,
    /// Where a measured response's data ends, Hz; infinite for a model.
    pub measured_to_hz: f64,
}

impl Shape {
    /// Noise bandwidth of a low-pass of poles or of a measured response; `None` for other shapes.
    pub fn noise_bandwidth(&self) -> Option<NoiseBandwidth> {
        match self {
            Shape::Rational { zeros, poles } => {
                let unit = poles.iter().map(|p| p.norm()).fold(f64::INFINITY, f64::min);
                let w3 = unit * half_power(|w| magnitude(zeros, poles, w * unit));
                let [white, square] = power_integrals(zeros, poles);
                Some(NoiseBandwidth {
                    half_power_hz: w3 / TAU,
                    white_hz: white / TAU,
                    square_hz: square / w3.powi(2) / TAU,
                    measured_to_hz: f64::INFINITY,
                })
            }
            Shape::Table(table) => {
                let (gain, half_power_hz) = table.mid_band();
                let [white, square] = table.power_integrals().map(|sum| sum / gain.powi(2));
                Some(NoiseBandwidth {
                    half_power_hz,
                    white_hz: white,
                    square_hz: square / half_power_hz.powi(2),
                    measured_to_hz: table.ends_hz(),
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::prototype::Family;

    /// Sum over f = B tan x in steps of x, which reaches infinity; its error is below 1e-6.
    fn summed(shape: &Shape, bandwidth_hz: f64, power: i32) -> f64 {
        let n = 100_000;
        let step = std::f64::consts::FRAC_PI_2 / f64::from(n);
        (0..n)
            .map(|i| (f64::from(i) + 0.5) * step)
            .map(|x| {
                let h = shape.at(bandwidth_hz * x.tan()).norm_sqr();
                h * x.tan().powi(power) * step / x.cos().powi(2)
            })
            .sum()
    }

    #[test]
    fn the_closed_form_is_the_integral_for_every_family_order_and_peaking() {
        let bandwidth_hz = 36e9;
        for family in [Family::Bessel, Family::Butterworth] {
            for order in 1..=8 {
                for peaking_db in [0.0, 1.0, 3.0, 6.0] {
                    let shape = Shape::low_pass(family, order, bandwidth_hz, peaking_db);
                    let band = shape.noise_bandwidth().expect("it is a low-pass");
                    let at = format!("{family:?} {order} {peaking_db} dB: {band:?}");
                    assert!((band.half_power_hz / bandwidth_hz - 1.0).abs() < 1e-9, "{at}");
                    let white = band.white_hz / bandwidth_hz;
                    let expected = summed(&shape, bandwidth_hz, 0);
                    assert!((white / expected - 1.0).abs() < 1e-5, "{at} {expected}");
                    if order > 1 {
                        let square = band.square_hz / bandwidth_hz;
                        let expected = summed(&shape, bandwidth_hz, 2);
                        assert!((square / expected - 1.0).abs() < 1e-5, "{at} {expected}");
                    } else {
                        assert!(band.square_hz.is_infinite(), "{at}");
                    }
                }
            }
        }
    }
}
