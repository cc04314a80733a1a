//! A laser over temperature and bias.

use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::sheet::Temperature;
use crate::units::milli;
use serde::{Deserialize, Serialize};

/// What a laser's driver holds over temperature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaserControl {
    /// The current (ACC).
    #[default]
    ConstantCurrent,
    /// The power (APC), up to `current_max_ma`.
    ConstantPower,
}

/// Light over current, wavelength, RIN and linewidth of a laser over temperature and bias.
///
/// ```text
/// P = eta (I - I_th),   I_th(T) = I_th0 exp((T - T_ref) / T0),   eta(T) = eta_0 exp(-(T - T_ref) / T1)
/// ```
///
/// T is the chip's, as far above the case as at the reference; a measured curve is shifted by the
/// change of threshold and scaled by that of slope. RIN and linewidth hold at `rin_power_dbm`. At x
/// times that power the linewidth is 1 / x, and a RIN that is white or a table x^-`rin_exponent`
/// times as large; with y times the current above threshold, a relaxation oscillation has the
/// resonance times sqrt(y), and a damping of which the part above 1 / lifetime grows as y.
///
/// # Limits
///
/// Heat of the laser's own that changes with its current is not followed, so that the power does
/// not roll over. The wavelength does not depend on the current. No mode hop.
///
/// # Reference
///
/// L. Coldren, S. Corzine, M. Masanovic, *Diode Lasers and Photonic Integrated Circuits*, threshold
/// and slope over temperature, resonance, damping and linewidth over power; G. P. Agrawal,
/// *Fiber-Optic Communication Systems*, fall of the RIN with the inverse of high powers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LaserThermal {
    /// True if a cooler holds the chip's temperature, whatever the case's.
    pub cooled: bool,
    /// What is held over temperature.
    pub control: LaserControl,
    /// Largest current of a constant power, mA.
    pub current_max_ma: f64,
    /// Threshold at the reference, mA.
    pub threshold_ma: f64,
    /// Slope above threshold at the reference, W/A.
    pub slope_w_per_a: f64,
    /// Characteristic temperature T0 of the threshold, K.
    pub t0_k: f64,
    /// Characteristic temperature T1 of the slope, K.
    pub t1_k: f64,
    /// Drift of the wavelength, nm/K.
    pub drift_nm_per_k: f64,
    /// Power at which RIN and linewidth hold, dBm; absent for that at the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rin_power_dbm: Option<f64>,
    /// Power law of RIN over inverse power; white and tables.
    pub rin_exponent: f64,
}

impl Default for LaserThermal {
    fn default() -> Self {
        LaserThermal {
            cooled: false,
            control: LaserControl::ConstantCurrent,
            current_max_ma: 400.0, // maker's limit of a CW laser of 100 mW, assumed
            // 12 mA and 0.40 W/A at 25 degrees Celsius, at 50 with T0 and T1, assumed
            threshold_ma: 17.6,
            slope_w_per_a: 0.348,
            t0_k: 65.0,           // 50 to 90 K, assumed
            t1_k: 180.0,          // 120 to 300 K, assumed
            drift_nm_per_k: 0.09, // 0.08 to 0.10 nm/K of InP at 1310 nm, assumed
            rin_power_dbm: None,
            rin_exponent: 1.0,
        }
    }
}

/// Operating point of a laser at a temperature.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OperatingPoint {
    /// Power at the begin of life, W.
    pub(super) power_w: f64,
    /// Current, mA.
    pub(super) bias_ma: f64,
    /// Power over that at which RIN and linewidth hold.
    pub(super) power_ratio: f64,
    /// Current above threshold over that at the same point.
    pub(super) pump_ratio: f64,
    /// True if a constant power is not reached with the largest current.
    pub(super) is_short_of_power: bool,
}

impl LaserThermal {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "current_max_ma", self.current_max_ma, 0.1..=10_000.0);
        problems.range(at, "threshold_ma", self.threshold_ma, 0.0..=5000.0);
        problems.range(at, "slope_w_per_a", self.slope_w_per_a, 0.001..=10.0);
        problems.range(at, "t0_k", self.t0_k, 5.0..=10_000.0);
        problems.range(at, "t1_k", self.t1_k, 5.0..=10_000.0);
        problems.range(at, "drift_nm_per_k", self.drift_nm_per_k, -1.0..=1.0);
        problems.range(at, "rin_exponent", self.rin_exponent, 0.0..=4.0);
        if let Some(dbm) = self.rin_power_dbm {
            problems.range(at, "rin_power_dbm", dbm, -60.0..=40.0);
        }
    }

    /// Chip above the reference, K.
    pub(super) fn rise_k(&self, temperature: Temperature) -> f64 {
        if self.cooled { 0.0 } else { temperature.rise_k() }
    }

    /// Drift of the wavelength from the reference, nm.
    pub(super) fn drift_nm(&self, temperature: Temperature) -> f64 {
        self.drift_nm_per_k * self.rise_k(temperature)
    }

    /// Threshold, mA, and slope, mW/mA.
    fn law(&self, rise_k: f64) -> (f64, f64) {
        (
            self.threshold_ma * (rise_k / self.t0_k).exp(),
            self.slope_w_per_a * (-rise_k / self.t1_k).exp(),
        )
    }

    /// Current for a power at the reference, mA.
    pub(super) fn current_ma(&self, power_mw: f64) -> f64 {
        self.threshold_ma + power_mw / self.slope_w_per_a
    }

    /// Power of a current at the reference, mW; none below threshold.
    pub(super) fn power_mw(&self, current_ma: f64) -> f64 {
        self.slope_w_per_a * (current_ma - self.threshold_ma).max(0.0)
    }

    /// The operating point at a temperature, from power and current at the reference, by a measured
    /// curve of power, mW, over current, mA, or by the law.
    pub(super) fn operating_point(
        &self,
        [reference_w, reference_ma]: [f64; 2],
        curve: Option<&Monotone>,
        temperature: Temperature,
    ) -> OperatingPoint {
        let rise_k = self.rise_k(temperature);
        let ((cold_ma, cold_slope), (warm_ma, warm_slope)) = (self.law(0.0), self.law(rise_k));
        let power_mw = |bias_ma: f64| match curve {
            Some(curve) => {
                let at_ma = (bias_ma - (warm_ma - cold_ma)).clamp(curve.first(), curve.last());
                curve.at(at_ma).max(0.0) * warm_slope / cold_slope
            }
            None => warm_slope * (bias_ma - warm_ma).max(0.0),
        };
        let (mut power_w, mut bias_ma, mut is_short_of_power) = (reference_w, reference_ma, false);
        if rise_k != 0.0 {
            match self.control {
                LaserControl::ConstantCurrent => power_w = milli(power_mw(bias_ma)),
                LaserControl::ConstantPower => {
                    let most_ma = self.current_max_ma.max(reference_ma);
                    bias_ma = least(most_ma, |ma| milli(power_mw(ma)) >= reference_w);
                    is_short_of_power = bias_ma == most_ma;
                    if is_short_of_power {
                        power_w = milli(power_mw(most_ma)).min(reference_w);
                    }
                }
            }
        }
        let held_w = self.rin_power_dbm.map_or(reference_w, crate::units::watt_from_dbm);
        let power_ratio = power_w / held_w;
        OperatingPoint {
            power_w,
            bias_ma,
            power_ratio,
            pump_ratio: if rise_k == 0.0 {
                power_ratio
            } else {
                power_ratio * cold_slope / warm_slope
            },
            is_short_of_power,
        }
    }
}

/// The least current up to `most_ma` at which a condition holds, to 1e-12 of the range, by 1000
/// steps and bisection; `most_ma` where it holds nowhere.
fn least(most_ma: f64, holds: impl Fn(f64) -> bool) -> f64 {
    const STEPS: u32 = 1000;
    let at = |step: u32| most_ma * f64::from(step) / f64::from(STEPS);
    let Some(step) = (1..=STEPS).find(|&step| holds(at(step))) else { return most_ma };
    let (mut low, mut high) = (at(step - 1), at(step));
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOT: Temperature = Temperature { case_c: 75.0, reference_c: 50.0 };

    fn point(thermal: &LaserThermal, temperature: Temperature) -> OperatingPoint {
        let mw = 70.0;
        thermal.operating_point([milli(mw), thermal.current_ma(mw)], None, temperature)
    }

    /// Threshold and slope of 12 mA and 0.40 W/A at 25 degrees are the defaults at 50, to the
    /// digits given; at 75 the current of 70 mW, 218.7 mA, gives 0.3029 (218.7 - 25.86) mW.
    #[test]
    fn a_constant_current_gives_what_the_laws_of_threshold_and_slope_say() {
        let thermal = LaserThermal::default();
        let (threshold_ma, slope) = thermal.law(-25.0);
        assert!((threshold_ma - 12.0).abs() < 0.05 && (slope - 0.4).abs() < 0.0005, "{slope}");
        assert_eq!(point(&thermal, Temperature::default()).power_w, milli(70.0));
        let hot = point(&thermal, HOT);
        let bias_ma = 17.6 + 70.0 / 0.348;
        let expected_mw =
            0.348 * (-25.0f64 / 180.0).exp() * (bias_ma - 17.6 * (25.0f64 / 65.0).exp());
        assert!((hot.power_w / milli(expected_mw) - 1.0).abs() < 1e-12, "{hot:?}");
        assert!((expected_mw - 58.4).abs() < 0.1, "{expected_mw}");
        assert_eq!(hot.bias_ma, bias_ma);
        let pump = (bias_ma - 17.6 * (25.0f64 / 65.0).exp()) / (bias_ma - 17.6);
        assert!((hot.pump_ratio - pump).abs() < 1e-12);
    }

    /// The current of a constant power inverts the law to 1e-9 of its range; beyond the largest
    /// current the power is what it gives.
    #[test]
    fn a_constant_power_is_held_up_to_the_largest_current() {
        let mut thermal =
            LaserThermal { control: LaserControl::ConstantPower, ..LaserThermal::default() };
        let hot = point(&thermal, HOT);
        let expected_ma = 17.6 * (25.0f64 / 65.0).exp() + 70.0 / (0.348 * (-25.0f64 / 180.0).exp());
        assert_eq!((hot.power_w, hot.is_short_of_power), (milli(70.0), false));
        assert!((hot.bias_ma - expected_ma).abs() < 1e-6, "{hot:?}");
        thermal.current_max_ma = 240.0;
        let hot = point(&thermal, HOT);
        let (threshold_ma, slope) = thermal.law(25.0);
        assert!(hot.is_short_of_power && hot.bias_ma == 240.0);
        assert!((hot.power_w / milli(slope * (240.0 - threshold_ma)) - 1.0).abs() < 1e-12);
        thermal.cooled = true;
        assert_eq!(point(&thermal, HOT).power_w, milli(70.0));
    }

    /// A curve that is the law itself gives what the law gives: it is piecewise linear, and exact
    /// between its points.
    #[test]
    fn a_measured_curve_moves_as_the_law_does() {
        let thermal = LaserThermal::default();
        let curve = Monotone::new(
            vec![17.6, 100.0, 200.0, 400.0],
            [17.6, 100.0, 200.0, 400.0].map(|ma| thermal.power_mw(ma)).to_vec(),
        );
        let reference = [milli(70.0), thermal.current_ma(70.0)];
        for temperature in [HOT, Temperature { case_c: 10.0, ..HOT }] {
            let (law, read) = (
                thermal.operating_point(reference, None, temperature),
                thermal.operating_point(reference, Some(&curve), temperature),
            );
            assert!((law.power_w / read.power_w - 1.0).abs() < 1e-9, "{law:?} {read:?}");
        }
    }
}
