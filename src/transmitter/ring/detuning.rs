//! Detuning of the laser against a ring, chosen by the settled outer levels.

use super::resonator::Resonator;
use serde::{Deserialize, Serialize};

/// Choice of the detuning that the heater locks to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Detuning {
    /// The value given.
    Given,
    /// The largest outer modulation amplitude.
    Oma,
    /// The static extinction ratio given, at the larger of two detunings: more light, bandwidth.
    #[default]
    Er,
    /// The least error ratio of the link, by search.
    Ber,
}

/// Side of the resonance on which the laser stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// At a shorter wavelength than the resonance: heating moves the resonance away.
    #[default]
    Blue,
    /// At a longer one: heating draws the resonance near.
    Red,
}

impl Side {
    /// Sign of the detuning on this side.
    pub fn sign(self) -> f64 {
        match self {
            Side::Blue => -1.0,
            Side::Red => 1.0,
        }
    }
}

/// Largest detuning considered, widths of the resonance.
const WIDTHS_MAX: f64 = 8.0;
/// Steps in which a maximum is bracketed, and the last distance of a search, pm.
const STEPS: usize = 800;
const CLOSE_PM: f64 = 1e-4;

/// The settled outer levels of a ring at a detuning: drives of the upper and the lower, V.
pub(super) struct OuterDrives<'a> {
    pub(super) ring: &'a Resonator,
    pub(super) high_v: f64,
    pub(super) low_v: f64,
    pub(super) side: Side,
}

impl OuterDrives<'_> {
    fn powers(&self, distance_pm: f64) -> [f64; 2] {
        let detuning_pm = self.side.sign() * distance_pm;
        [self.high_v, self.low_v].map(|v| self.ring.transfer(detuning_pm, v).norm_sqr())
    }

    /// Outer modulation amplitude over the input's power.
    fn oma(&self, distance_pm: f64) -> f64 {
        let [high, low] = self.powers(distance_pm);
        high - low
    }

    /// Ratio of the outer levels.
    fn ratio(&self, distance_pm: f64) -> f64 {
        let [high, low] = self.powers(distance_pm);
        high / low.max(f64::MIN_POSITIVE)
    }

    fn farthest_pm(&self) -> f64 {
        WIDTHS_MAX * self.ring.width_pm()
    }

    /// Distance of the maximum of `figure`.
    fn best(&self, figure: impl Fn(f64) -> f64) -> f64 {
        let step = self.farthest_pm() / STEPS as f64;
        let best = (0..=STEPS)
            .map(|i| step * i as f64)
            .max_by(|a, b| figure(*a).total_cmp(&figure(*b)))
            .unwrap_or_default();
        let (mut near, mut far) = ((best - step).max(0.0), best + step);
        while far - near > CLOSE_PM {
            let third = (far - near) / 3.0;
            if figure(near + third) < figure(far - third) {
                near += third;
            } else {
                far -= third;
            }
        }
        0.5 * (near + far)
    }

    /// Detuning of the largest outer modulation amplitude, pm.
    pub(super) fn of_largest_oma(&self) -> f64 {
        self.side.sign() * self.best(|pm| self.oma(pm))
    }

    /// The larger detuning of an extinction ratio, pm; that of the largest ratio where it is not
    /// reached.
    pub(super) fn of_extinction_ratio(&self, ratio: f64) -> f64 {
        let mut near = self.best(|pm| self.ratio(pm));
        let mut far = self.farthest_pm();
        if self.ratio(near) > ratio && self.ratio(far) < ratio {
            while far - near > CLOSE_PM {
                let middle = 0.5 * (near + far);
                if self.ratio(middle) < ratio {
                    far = middle;
                } else {
                    near = middle;
                }
            }
        }
        self.side.sign() * near
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{db_from_power_ratio, power_ratio};

    fn ring(side: Side) -> Resonator {
        Resonator::new(3900.0, 22.0, true, 1314.4).driven(-40.0 * side.sign(), 0.0)
    }

    /// By the equations, to the digits given: at 2 Vpp the largest OMA is -5.31 dB, at -102.7 pm
    /// and 5.20 dB of extinction ratio; 3.5 dB are at -130.0 pm. The curve is the same on both
    /// sides.
    #[test]
    fn both_sides_detune_to_the_same_oma_and_extinction_ratio() {
        for side in [Side::Blue, Side::Red] {
            let ring = ring(side);
            let outer = OuterDrives { ring: &ring, high_v: 1.0, low_v: -1.0, side };
            let by_oma = outer.of_largest_oma();
            assert!((by_oma - side.sign() * 102.7).abs() < 0.1, "{by_oma}");
            let oma_db = db_from_power_ratio(outer.oma(by_oma.abs()));
            let er_db = db_from_power_ratio(outer.ratio(by_oma.abs()));
            assert!((oma_db + 5.314).abs() < 1e-3 && (er_db - 5.20).abs() < 0.01);
            let by_er = outer.of_extinction_ratio(power_ratio(3.5));
            assert!((by_er - side.sign() * 130.0).abs() < 0.1, "{by_er}");
            assert!((db_from_power_ratio(outer.ratio(by_er.abs())) - 3.5).abs() < 1e-4);
            // none has 60 dB: that of the largest ratio
            let most = outer.of_extinction_ratio(1e6).abs();
            assert!((1..300).all(|pm| outer.ratio(f64::from(pm)) <= outer.ratio(most)));
        }
    }
}
