//! Continuous-time linear equaliser.

use crate::chain::Shape;
use crate::error::{KeyPath, Problems};
use crate::units::{amplitude_ratio, giga};
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// An equaliser of two zeros and three poles: it attenuates low frequencies and passes half the
/// symbol rate.
///
/// ```text
/// H(f) = (g + j f/f_z) (g2 + j f/f_l) / ((1 + j f/f_p1) (1 + j f/f_p2) (1 + j f/f_l)),   g = 10^(gain/20), g2 = 10^(low_gain/20)
/// ```
///
/// With `adapt` both gains are searched together with the transmitter's taps, in steps of 1 dB.
///
/// # Reference
///
/// IEEE 802.3, 93A.1.4.3, receiver equalizer, and the parameters of 802.3ck: zero and first pole at
/// the symbol rate over 2.5, second pole at the symbol rate, low pole at the symbol rate over 40.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ctle {
    /// Search for both gains below instead of using them.
    pub adapt: bool,
    /// Gain at low frequency relative to that near the poles, dB.
    pub gain_db: f64,
    /// Additional gain below the low pole, dB.
    pub low_gain_db: f64,
    /// Least gain in the search, dB; the largest is 0.
    pub gain_min_db: f64,
    /// Least low gain in the search, dB; the largest is 0.
    pub low_gain_min_db: f64,
    /// Zero, GHz.
    pub zero_ghz: f64,
    /// First pole, GHz.
    pub pole_1_ghz: f64,
    /// Second pole, GHz.
    pub pole_2_ghz: f64,
    /// Pole and zero of the low gain, GHz.
    pub low_ghz: f64,
}

impl Default for Ctle {
    fn default() -> Self {
        let (gain_min_db, low_gain_min_db) = (-20.0, -6.0);
        Ctle {
            adapt: true,
            gain_db: -6.0,
            low_gain_db: -1.0,
            gain_min_db,
            low_gain_min_db,
            zero_ghz: 21.25,
            pole_1_ghz: 21.25,
            pole_2_ghz: 53.125,
            low_ghz: 1.328_125,
        }
    }
}

impl Ctle {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        let gains = [
            ("gain_db", self.gain_db),
            ("low_gain_db", self.low_gain_db),
            ("gain_min_db", self.gain_min_db),
            ("low_gain_min_db", self.low_gain_min_db),
        ];
        for (key, db) in gains {
            problems.range(at, key, db, -40.0..=0.0);
        }
        for (key, ghz) in [
            ("zero_ghz", self.zero_ghz),
            ("pole_1_ghz", self.pole_1_ghz),
            ("pole_2_ghz", self.pole_2_ghz),
        ] {
            problems.range(at, key, ghz, 1.0..=500.0);
        }
        problems.range(at, "low_ghz", self.low_ghz, 0.01..=50.0);
    }

    /// Gain at 0 Hz.
    pub(crate) fn settled(&self) -> f64 {
        amplitude_ratio(self.gain_db + self.low_gain_db)
    }

    /// Its responses.
    pub(crate) fn shapes(&self) -> [Shape; 2] {
        let root = |ghz: f64| Complex64::new(-TAU * giga(ghz), 0.0);
        let zeros = vec![
            root(self.zero_ghz * amplitude_ratio(self.gain_db)),
            root(self.low_ghz * amplitude_ratio(self.low_gain_db)),
        ];
        let poles = vec![root(self.pole_1_ghz), root(self.pole_2_ghz), root(self.low_ghz)];
        [Shape::Gain(self.settled()), Shape::Rational { zeros, poles }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula, factor by factor.
    #[test]
    fn its_response_is_the_formula_of_93a() {
        let ctle = Ctle { gain_db: -8.0, low_gain_db: -3.0, ..Ctle::default() };
        let [gain, roots] = ctle.shapes();
        for f_ghz in [0.0, 0.3, 1.328, 10.0, 26.56, 80.0] {
            let j = |pole_ghz: f64| Complex64::new(0.0, f_ghz / pole_ghz);
            let (g, g2) = (10f64.powf(-8.0 / 20.0), 10f64.powf(-3.0 / 20.0));
            let expected = (g + j(21.25)) / ((1.0 + j(21.25)) * (1.0 + j(53.125)))
                * (g2 + j(1.328_125))
                / (1.0 + j(1.328_125));
            let h = gain.at(f_ghz * 1e9) * roots.at(f_ghz * 1e9);
            assert!((h - expected).norm() < 1e-12, "{f_ghz}: {h} {expected}");
        }
    }
}
