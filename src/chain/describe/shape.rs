//! Responses as values: described by parameters, evaluated at a frequency.

use super::table::Table;
use crate::math::prototype::{self, Family, half_power, magnitude};
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// A linear time-invariant response, as a value that can be compared and kept.
///
/// The basis is e^(+j 2 pi f t). Every response of a real quantity is its own conjugate at the
/// negative frequency.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A factor, the same at all frequencies.
    Gain(f64),
    /// Zero-order hold of an impulse train for one period, s, about the impulse: sin(x) / x.
    Hold(f64),
    /// A transition of this time from 20 to 80 %, s, of Gaussian shape: exp(-2 (pi f t / 1.6832)^2)
    /// (802.3, 93A-46).
    Gaussian(f64),
    /// A delay, s.
    Delay(f64),
    /// The edges of a hold of one period, s, as impulses of area V s half a period before the
    /// symbol's middle.
    Edge(f64),
    /// Zeros and poles in rad/s; unit gain at zero frequency.
    Rational {
        /// Zeros, rad/s.
        zeros: Vec<Complex64>,
        /// Poles, rad/s.
        poles: Vec<Complex64>,
    },
    /// Dispersion of a whole fibre: exp(-j (b2 w^2 / 2 + b3 w^3 / 6)), b2 in s^2, b3 in s^3 (length
    /// included).
    Dispersion {
        /// Second derivative of the propagation constant times length, s^2.
        b2_s2: f64,
        /// Third derivative times length, s^3.
        b3_s3: f64,
    },
    /// A matched travelling-wave electrode: (1 - e^-x) / x, x = skin sqrt(f) + junction f^2 + j 2
    /// pi f skew.
    TravellingWave {
        /// Skin loss of the whole length, neper at 1 Hz, growing as the root of frequency.
        skin_neper: f64,
        /// Junction loss of the whole length, neper at 1 Hz, growing as the square of frequency.
        junction_neper: f64,
        /// Delay between the electrical and the optical wave over the whole length, s.
        skew_s: f64,
    },
    /// A line with reflections at both ends, of unit gain at zero frequency: (1 - g) / (1 - g
    /// e^-x), x = (1 + j) skin sqrt(f) + j 2 pi f delay.
    Echo {
        /// Product of both reflection coefficients, negative where they differ in sign.
        gain: f64,
        /// Delay of the round trip, s.
        delay_s: f64,
        /// Skin loss of the round trip, neper at 1 Hz, growing as the root of frequency.
        skin_neper: f64,
    },
    /// Two paths of the same signal, one early and one late by half a delay:
    /// split e^(j pi f delay) + (1 - split) e^(-j pi f delay).
    SplitDelay {
        /// Distance of the two, s.
        delay_s: f64,
        /// Part of the early one.
        split: f64,
    },
    /// A coupling that rises with frequency: j f / f0, as of crosstalk.
    Derivative(f64),
    /// Passband of an optical filter, without phase: falls by 3 dB at half its width on either side
    /// of the centre, exp(-ln 2 / 2 x^(2 order)), times a ripple.
    Passband {
        /// Frequency of its centre from the carrier, Hz.
        centre_hz: f64,
        /// Half of its width, Hz.
        half_width_hz: f64,
        /// Order: 1 is a Gaussian, larger ones have flatter tops.
        order: i32,
        /// Ripple from crest to trough, neper of the field.
        ripple_neper: f64,
        /// Period of the ripple, Hz; a crest is at the centre.
        ripple_hz: f64,
    },
    /// A table of points, as measured.
    Table(Arc<Table>),
}

impl Shape {
    /// A low-pass of `order` that falls by 3 dB at `bandwidth_hz`, its magnitude raised by about
    /// `peaking_db` below.
    ///
    /// The peak is one resonant section centred at 0.7 of the bandwidth with a quality of 0.7; the
    /// whole is scaled so that -3 dB stay at `bandwidth_hz`. Orders from 1 to 8.
    pub fn low_pass(family: Family, order: usize, bandwidth_hz: f64, peaking_db: f64) -> Shape {
        let mut poles = prototype::poles(family, order);
        let mut zeros = Vec::new();
        if peaking_db != 0.0 {
            let (centre, quality, gain) = (0.7, 0.7, crate::units::amplitude_ratio(peaking_db));
            zeros.extend(resonance(centre, quality / gain));
            poles.extend(resonance(centre, quality));
        }
        let scale = TAU * bandwidth_hz / half_power(|w| magnitude(&zeros, &poles, w));
        for root in zeros.iter_mut().chain(&mut poles) {
            *root *= scale;
        }
        Shape::Rational { zeros, poles }
    }

    /// The response at `f_hz`, which may be negative.
    pub fn at(&self, f_hz: f64) -> Complex64 {
        let one = Complex64::new(1.0, 0.0);
        match self {
            Shape::Gain(gain) => Complex64::new(*gain, 0.0),
            Shape::Hold(period_s) => Complex64::new(sinc(f_hz * period_s), 0.0),
            Shape::Gaussian(time_s) => Complex64::new(
                (-2.0 * (PI * f_hz * time_s / GAUSSIAN_TRANSITION).powi(2)).exp(),
                0.0,
            ),
            Shape::Delay(delay_s) => Complex64::from_polar(1.0, -TAU * f_hz * delay_s),
            Shape::Edge(period_s) => Complex64::from_polar(1.0 / period_s, PI * f_hz * period_s),
            Shape::Rational { zeros, poles } => {
                let s = Complex64::new(0.0, TAU * f_hz);
                let factor =
                    |roots: &[Complex64]| roots.iter().map(|r| one - s / r).product::<Complex64>();
                factor(zeros) / factor(poles)
            }
            Shape::Dispersion { b2_s2, b3_s3 } => {
                let w = TAU * f_hz;
                Complex64::from_polar(1.0, -(b2_s2 * w * w / 2.0 + b3_s3 * w * w * w / 6.0))
            }
            Shape::TravellingWave { skin_neper, junction_neper, skew_s } => {
                let f = f_hz.abs();
                let x = Complex64::new(
                    skin_neper * f.sqrt() + junction_neper * f * f,
                    TAU * f_hz * skew_s,
                );
                if x.norm() < 1e-6 { one - x / 2.0 } else { (one - (-x).exp()) / x }
            }
            Shape::Echo { gain, delay_s, skin_neper } => {
                let skin = skin_neper * f_hz.abs().sqrt();
                let round_trip = Complex64::from_polar(
                    gain * (-skin).exp(),
                    -TAU * f_hz * delay_s - skin * f_hz.signum(),
                );
                (one - gain) / (one - round_trip)
            }
            Shape::SplitDelay { delay_s, split } => {
                let early = Complex64::cis(PI * f_hz * delay_s);
                split * early + (1.0 - split) * early.conj()
            }
            Shape::Derivative(f0_hz) => Complex64::new(0.0, f_hz / f0_hz),
            Shape::Passband { centre_hz, half_width_hz, order, ripple_neper, ripple_hz } => {
                let beside_hz = f_hz - centre_hz;
                let fall =
                    0.5 * std::f64::consts::LN_2 * (beside_hz / half_width_hz).powi(2 * order);
                let trough = ripple_neper * 0.5 * (1.0 - (TAU * beside_hz / ripple_hz).cos());
                Complex64::new((-fall - trough).exp(), 0.0)
            }
            Shape::Table(table) => table.at(f_hz),
        }
    }

    /// The factor, if the response is only a factor.
    pub(crate) fn gain(&self) -> Option<f64> {
        match self {
            Shape::Gain(gain) => Some(*gain),
            Shape::Dispersion { b2_s2: 0.0, b3_s3: 0.0 } => Some(1.0),
            _ => None,
        }
    }

    /// Symmetry of the response at negative frequencies; `None` when it must be evaluated there.
    pub(crate) fn mirrors(&self) -> Option<Mirrored> {
        match self {
            Shape::Dispersion { b3_s3, .. } => (*b3_s3 == 0.0).then_some(Mirrored::Same),
            Shape::Passband { centre_hz, .. } => (*centre_hz == 0.0).then_some(Mirrored::Same),
            _ => Some(Mirrored::Conjugate),
        }
    }

    /// Phase that dispersion adds to a sideband at `f_hz`; zero for every other response.
    pub(crate) fn dispersion_phase(&self, f_hz: f64) -> f64 {
        match self {
            Shape::Dispersion { b2_s2, .. } => b2_s2 * (TAU * f_hz).powi(2) / 2.0,
            _ => 0.0,
        }
    }
}

/// A response at the negative of a frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mirrored {
    Same,
    Conjugate,
}

/// Transition time times the deviation of the Gaussian's spectrum: two distances of a fifth of the
/// step.
const GAUSSIAN_TRANSITION: f64 = 1.6832;

/// The two roots of s^2 + s w0 / Q + w0^2.
fn resonance(w0: f64, quality: f64) -> [Complex64; 2] {
    let real = -w0 / (2.0 * quality);
    let root = Complex64::new(real * real - w0 * w0, 0.0).sqrt();
    [real + root, real - root]
}

/// sin(pi x) / (pi x).
fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_pass_falls_by_3_db_at_its_bandwidth_with_and_without_peaking() {
        for order in 1..=5 {
            for peaking_db in [0.0, 2.0, 4.0] {
                let shape = Shape::low_pass(Family::Bessel, order, 40e9, peaking_db);
                assert!((shape.at(0.0).re - 1.0).abs() < 1e-12);
                assert!(
                    (shape.at(40e9).norm() - 0.5f64.sqrt()).abs() < 1e-9,
                    "order {order}, peaking {peaking_db}"
                );
                assert!((shape.at(-25e9) - shape.at(25e9).conj()).norm() < 1e-12);
            }
        }
    }

    /// Published electrodes (devices.md 2.1, physics.md 6): with a1 = 1.6 dB/(cm sqrt GHz), aj =
    /// 0.008 dB/(cm GHz^2) and an index mismatch of 0.2 the bandwidth is 60.7, 50.0 and 42.7 GHz at
    /// 1.5, 2.0 and 2.5 mm, given to 0.1 GHz.
    #[test]
    fn the_travelling_wave_electrode_has_the_published_bandwidths() {
        for (length_m, expected_ghz) in [(1.5e-3, 60.7), (2.0e-3, 50.0), (2.5e-3, 42.7)] {
            let neper_per_db_per_cm = std::f64::consts::LN_10 / 20.0 * 100.0 * length_m;
            let shape = Shape::TravellingWave {
                skin_neper: 1.6 * neper_per_db_per_cm / 1e9f64.sqrt(),
                junction_neper: 0.008 * neper_per_db_per_cm / 1e18,
                skew_s: 0.2 * length_m / crate::units::LIGHT_M_PER_S,
            };
            let bandwidth_hz = half_power(|w| shape.at(w * 1e9).norm()) * 1e9;
            assert!((bandwidth_hz / 1e9 - expected_ghz).abs() < 0.1, "{length_m}: {bandwidth_hz}");
        }
    }

    /// The step's transition from 20 to 80 %: the Gaussian impulse of deviation t / 1.6832 has
    /// these points 1.6832 deviations apart.
    #[test]
    fn a_gaussian_has_its_transition_time() {
        let time_s = 7.5e-12;
        let h = |f: f64| Shape::Gaussian(time_s).at(f).re;
        // step(t) = 1/2 + integral of H sin(2 pi f t) / (pi f)
        let step = |t: f64| {
            0.5 + (0..20_000)
                .map(|i| (f64::from(i) + 0.5) * 1e7)
                .map(|f| h(f) * (TAU * f * t).sin() / (PI * f) * 1e7)
                .sum::<f64>()
        };
        assert!((step(time_s / 2.0) - 0.8).abs() < 1e-4, "{}", step(time_s / 2.0));
        assert!((Shape::Delay(1e-11).at(25e9) - Complex64::new(0.0, -1.0)).norm() < 1e-12);
    }

    #[test]
    fn a_hold_has_its_first_zero_at_the_symbol_rate() {
        assert!(Shape::Hold(1e-11).at(1e11).norm() < 1e-12);
        assert!((Shape::Hold(1e-11).at(5e10).re - 2.0 / PI).abs() < 1e-12);
    }
}
