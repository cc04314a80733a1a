//! The laser: power, relative intensity noise, linewidth, wavelength.

use super::laser_feedback::LaserFeedback;
use super::laser_thermal::{LaserControl, LaserThermal, OperatingPoint};
use crate::chain::{Chain, Density, Law, Noise};
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::measured::{FileReader, LightCurve, SeriesKind};
use crate::signal::Field;
use crate::units::{dbm_from_watt, giga, mega, milli, nano, power_ratio, watt_from_dbm};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Quantity that sets a laser's operating point at the reference temperature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LaserSetting {
    /// `power_dbm`.
    #[default]
    Power,
    /// `bias_ma`, by threshold and slope.
    Current,
}

/// The spectrum of relative intensity noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RinKind {
    /// The same density at all frequencies.
    #[default]
    White,
    /// A floor and the peak of the relaxation oscillation.
    Relaxation,
    /// Measured: `rin_file`.
    Table,
}

/// Parameters of the relaxation oscillation.
///
/// ```text
/// RIN(w) = floor + 16 pi dnu (1/tau^2 + w^2) / ((wr^2 - w^2)^2 + g^2 w^2)
/// ```
///
/// # Reference
///
/// L. Coldren, S. Corzine, M. Masanovic, *Diode Lasers and Photonic Integrated Circuits*, relative
/// intensity noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Relaxation {
    /// Resonance, GHz.
    pub resonance_ghz: f64,
    /// Damping, 1e9 rad/s.
    pub damping_grad_per_s: f64,
    /// Schawlow-Townes linewidth, MHz.
    pub schawlow_townes_mhz: f64,
    /// Differential carrier lifetime, ns.
    pub lifetime_ns: f64,
}

impl Default for Relaxation {
    fn default() -> Self {
        Relaxation {
            resonance_ghz: 20.0,
            damping_grad_per_s: 90.0,
            schawlow_townes_mhz: 0.3,
            lifetime_ns: 0.3,
        }
    }
}

/// A single-mode laser.
///
/// RIN is intrinsic and one-sided and acts on every level; lanes that share a laser share its draw.
///
/// # Limits
///
/// Those of [`LaserThermal`] and [`LaserFeedback`]. Shot noise is the photodiode's alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Laser {
    /// Quantity that sets the operating point; without effect with a `curve`, which has a current.
    pub operating_point: LaserSetting,
    /// Power at its facet at the reference temperature, dBm.
    pub power_dbm: f64,
    /// Current, mA, on a measured `curve` or with `operating_point = "current"`.
    pub bias_ma: f64,
    /// A measured power over current in place of the power.
    pub curve: LightCurve,
    /// Loss of power at the end of life, dB.
    pub ageing_db: f64,
    /// Spectrum of the RIN.
    pub rin: RinKind,
    /// One-sided RIN, or its floor far above the relaxation peak, dB/Hz.
    pub rin_db_per_hz: f64,
    /// Frequency and RIN in dB/Hz, one-sided, used by `rin = "table"`; beyond its ends it stays.
    pub rin_file: String,
    /// The relaxation oscillation, used by `rin = "relaxation"`.
    pub relaxation: Relaxation,
    /// Full width of the line at half maximum, MHz.
    pub linewidth_mhz: f64,
    /// Wavelength at the reference temperature, nm.
    pub wavelength_nm: f64,
    /// Light, wavelength and noise over temperature and bias.
    pub thermal: LaserThermal,
    /// Light that returns into it.
    pub feedback: LaserFeedback,
}

impl Default for Laser {
    fn default() -> Self {
        Laser {
            operating_point: LaserSetting::Power,
            power_dbm: 8.1,
            bias_ma: 100.0,
            curve: LightCurve::default(),
            ageing_db: 0.0,
            rin: RinKind::White,
            rin_db_per_hz: -146.0,
            rin_file: String::new(),
            relaxation: Relaxation::default(),
            linewidth_mhz: 1.0,
            wavelength_nm: 1311.0,
            thermal: LaserThermal::default(),
            feedback: LaserFeedback::default(),
        }
    }
}

impl Laser {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "power_dbm", self.power_dbm, -60.0..=40.0);
        problems.range(at, "bias_ma", self.bias_ma, 0.0..=10_000.0);
        problems.range(at, "ageing_db", self.ageing_db, 0.0..=20.0);
        problems.range(at, "rin_db_per_hz", self.rin_db_per_hz, -300.0..=-100.0);
        problems.range(at, "linewidth_mhz", self.linewidth_mhz, 0.0..=1000.0);
        problems.range(at, "wavelength_nm", self.wavelength_nm, 800.0..=1700.0);
        if self.rin == RinKind::Table && self.rin_file.is_empty() {
            problems.report(
                at,
                "rin_file",
                "",
                "must name a file of frequency and dB/Hz, as rin = \"table\" requires",
            );
        }
        self.thermal.check(&at.key("thermal"), problems);
        self.feedback.check(&at.key("feedback"), problems);
        let (r, at) = (&self.relaxation, at.key("relaxation"));
        problems.range(&at, "resonance_ghz", r.resonance_ghz, 0.1..=200.0);
        problems.range(&at, "damping_grad_per_s", r.damping_grad_per_s, 0.1..=2000.0);
        problems.range(&at, "schawlow_townes_mhz", r.schawlow_townes_mhz, 0.0..=100.0);
        problems.range(&at, "lifetime_ns", r.lifetime_ns, 0.01..=100.0);
    }

    /// Reads its files and returns the laser; `None` if the file of its RIN was refused.
    pub fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<LaserModel> {
        let rin = files.curve(at, "rin_file", &self.rin_file, SeriesKind::Rin);
        let curve = files.curve(&at.key("curve"), "file", &self.curve.file, SeriesKind::Light);
        if let Some(curve) = &curve {
            let (first_ma, last_ma) = (curve.first(), curve.last());
            if !(first_ma..=last_ma).contains(&self.bias_ma) || curve.at(self.bias_ma) <= 0.0 {
                let remedy = format!(
                    "must lie on the curve above threshold, which runs from {first_ma} to {last_ma} mA"
                );
                files.problems().report(at, "bias_ma", self.bias_ma, remedy);
            }
        }
        let reference = match (&curve, self.operating_point) {
            (Some(curve), _) => [milli(curve.at(self.bias_ma)), self.bias_ma],
            (None, LaserSetting::Current) => {
                [milli(self.thermal.power_mw(self.bias_ma)), self.bias_ma]
            }
            (None, LaserSetting::Power) => {
                let power_w = watt_from_dbm(self.power_dbm);
                [power_w, self.thermal.current_ma(power_w / milli(1.0))]
            }
        };
        let temperature = files.temperature();
        let point = self.thermal.operating_point(reference, curve.as_deref(), temperature);
        let [_, reference_ma] = reference;
        if self.thermal.control == LaserControl::ConstantPower
            && temperature.rise_k() != 0.0
            && self.thermal.current_max_ma < reference_ma
        {
            let remedy =
                format!("must be at least the current of the reference, {reference_ma:.1}");
            let most_ma = self.thermal.current_max_ma;
            files.problems().report(&at.key("thermal"), "current_max_ma", most_ma, remedy);
        }
        if reference[0] <= 0.0 {
            if curve.is_none() {
                let remedy =
                    format!("must be above threshold_ma, {} mA", self.thermal.threshold_ma);
                files.problems().report(at, "bias_ma", self.bias_ma, remedy);
            }
        } else if point.power_w <= 0.0 {
            let remedy = format!(
                "must leave light at a case of {} degrees Celsius, where {:.1} mA is below \
                 threshold: lower the temperature, or raise power, current or t0_k",
                temperature.case_c, point.bias_ma
            );
            let threshold_ma = self.thermal.threshold_ma;
            files.problems().report(&at.key("thermal"), "threshold_ma", threshold_ma, remedy);
        }
        Some(LaserModel {
            power_w: point.power_w * power_ratio(-self.ageing_db),
            bias_ma: point.bias_ma,
            rin: self.rin(rin, &point)?,
            linewidth_hz: mega(self.linewidth_mhz) / point.power_ratio,
            wavelength_nm: self.wavelength_nm + self.thermal.drift_nm(temperature),
            reference_wavelength_nm: self.wavelength_nm,
            short_of_power: point.is_short_of_power.then(|| {
                format!(
                    "the laser does not reach its power at a case of {} degrees Celsius: the \
                     largest current, {:.1} mA, gives {:.2} dBm",
                    temperature.case_c,
                    point.bias_ma,
                    dbm_from_watt(point.power_w)
                )
            }),
        })
    }

    /// One-sided RIN at an operating point; `measured` is what its file holds.
    fn rin(&self, measured: Option<Arc<Monotone>>, point: &OperatingPoint) -> Option<Density> {
        let floor = power_ratio(self.rin_db_per_hz);
        let r = &self.relaxation;
        let density = match self.rin {
            RinKind::White => Density::White(floor),
            RinKind::Table => Density::Table(measured?),
            RinKind::Relaxation => {
                let (x, y) = (point.power_ratio, point.pump_ratio);
                let (damping, constant) = (giga(r.damping_grad_per_s), 1.0 / nano(r.lifetime_ns));
                let grows = (damping - constant).max(0.0);
                Density::Relaxation {
                    floor: floor * x.powf(-self.thermal.rin_exponent),
                    rise_hz: 16.0 * std::f64::consts::PI * mega(r.schawlow_townes_mhz) / x,
                    lifetime_s: nano(r.lifetime_ns),
                    resonance_hz: giga(r.resonance_ghz) * y.sqrt(),
                    damping_rad_per_s: if y == 1.0 { damping } else { damping - grows + grows * y },
                }
            }
        };
        let of_power = match self.rin {
            RinKind::White | RinKind::Table => point.power_ratio.powf(-self.thermal.rin_exponent),
            RinKind::Relaxation => 1.0,
        };
        let factor = of_power * power_ratio(self.feedback.rise_db());
        Some(if factor == 1.0 { density } else { density.times(factor) })
    }
}

/// A laser with its files read, at the temperature of its module.
#[derive(Clone, Debug)]
pub struct LaserModel {
    /// Power at the end of life, W.
    pub power_w: f64,
    /// Current, mA.
    pub bias_ma: f64,
    /// One-sided RIN.
    pub rin: Density,
    /// Full width of the line at half maximum, Hz.
    pub linewidth_hz: f64,
    /// Wavelength, nm.
    pub wavelength_nm: f64,
    /// The same at the reference temperature, nm.
    pub reference_wavelength_nm: f64,
    /// Warning of a constant power that is not reached.
    pub(super) short_of_power: Option<String>,
}

impl LaserModel {
    /// Mean of the RIN from 0 to `band_hz`, 1/Hz, by the middles of 1000 steps.
    pub fn mean_rin_per_hz(&self, band_hz: f64) -> f64 {
        const STEPS: u32 = 1000;
        (0..STEPS)
            .map(|i| self.rin.at((f64::from(i) + 0.5) / f64::from(STEPS) * band_hz))
            .sum::<f64>()
            / f64::from(STEPS)
    }

    /// Adds the noises of laser number `index` of a `kind` of transmitter to its modulated light.
    pub fn extend(&self, light: Chain<Field>, kind: &str, index: usize) -> Chain<Field> {
        let light = light.noise(Noise::shared(
            &format!("laser.{kind}{index}.rin"),
            Law::Relative,
            self.rin.clone(),
        ));
        if self.linewidth_hz == 0.0 {
            return light;
        }
        let frequency = Density::White(self.linewidth_hz / std::f64::consts::PI);
        light.noise(Noise::shared(&format!("laser.{kind}{index}.linewidth"), Law::Phase, frequency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Temperature;

    /// Operating point of a laser at a current of `above_ma` above its threshold of 10 mA, held
    /// against that of 25 mA.
    fn point(laser: &Laser, above_ma: f64) -> OperatingPoint {
        let held_dbm = dbm_from_watt(milli(0.4 * 25.0));
        let thermal = LaserThermal {
            threshold_ma: 10.0,
            slope_w_per_a: 0.4,
            rin_power_dbm: Some(held_dbm),
            ..laser.thermal.clone()
        };
        let bias_ma = 10.0 + above_ma;
        let reference = [milli(thermal.power_mw(bias_ma)), bias_ma];
        thermal.operating_point(reference, None, Temperature::default())
    }

    /// At four times the current above threshold: resonance twice, linewidths a quarter, damping as
    /// 1 / lifetime + 4 (g - 1 / lifetime); the peak's height 16 pi dnu / g^2 and white noise
    /// follow to the part that the carriers' lifetime adds, (1 / (tau w_r))^2 = 4e-5.
    #[test]
    fn noise_over_power_follows_resonance_damping_and_linewidth() {
        let relaxation = Relaxation {
            resonance_ghz: 8.0,
            damping_grad_per_s: 20.0,
            schawlow_townes_mhz: 1.0,
            lifetime_ns: 1.0,
        };
        let mut laser = Laser {
            rin: RinKind::Relaxation,
            rin_db_per_hz: -300.0,
            relaxation,
            ..Laser::default()
        };
        let peak = |resonance_hz: f64, above_ma: f64| {
            laser.rin(None, &point(&laser, above_ma)).unwrap().at(resonance_hz)
        };
        let (once, four) = (peak(8e9, 25.0), peak(16e9, 100.0));
        let expected = 0.25 * (20.0f64 / (1.0 + 4.0 * 19.0)).powi(2);
        assert!((four / once / expected - 1.0).abs() < 5e-4, "{}", four / once / expected);
        (laser.rin, laser.rin_db_per_hz) = (RinKind::White, -150.0);
        let white = laser.rin(None, &point(&laser, 100.0)).unwrap().at(1e9);
        assert!((white / 2.5e-16 - 1.0).abs() < 1e-9, "{white}");
        laser.feedback.ratio_db = Some(-30.0);
        let raised = laser.rin(None, &point(&laser, 100.0)).unwrap().at(1e9);
        assert!((raised / white / power_ratio(4.0) - 1.0).abs() < 1e-9);
    }

    /// devices.md 1.1: peak and mean over 0-27 and 0-53 GHz of three lasers, to 0.1 dB as printed
    /// there; the lifetime does not enter at that precision.
    #[test]
    fn relaxation_noise_has_the_tabulated_peak_and_means() {
        for (fr, g, dnu, peak, to_27, to_53) in [
            (10.0, 30.0, 1.0, -132.5, -138.6, -141.3),
            (14.0, 60.0, 0.5, -141.6, -145.4, -147.6),
            (20.0, 90.0, 0.3, -147.3, -150.7, -151.9),
        ] {
            let relaxation = Relaxation {
                resonance_ghz: fr,
                damping_grad_per_s: g,
                schawlow_townes_mhz: dnu,
                lifetime_ns: 1.0,
            };
            let laser = Laser {
                rin: RinKind::Relaxation,
                rin_db_per_hz: -300.0,
                relaxation,
                ..Laser::default()
            };
            let density = laser.rin(None, &point(&laser, 25.0)).unwrap();
            let at: Vec<f64> = (0..5300).map(|i| density.at((i as f64 + 0.5) * 1e7)).collect();
            let db = crate::units::db_from_power_ratio;
            let mean = |n: usize| db(at[..n].iter().sum::<f64>() / n as f64);
            assert!(
                (db(at.iter().copied().fold(0.0, f64::max)) - peak).abs() < 0.15,
                "{fr}: {}",
                db(at.iter().copied().fold(0.0, f64::max))
            );
            assert!((mean(2700) - to_27).abs() < 0.15, "{fr}: {}", mean(2700));
            assert!((mean(5300) - to_53).abs() < 0.15, "{fr}: {}", mean(5300));
        }
    }
}
