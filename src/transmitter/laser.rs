//! The laser: power, relative intensity noise, linewidth, wavelength.

use crate::chain::{Chain, Density, Law, Noise};
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::measured::{FileReader, LightCurve, SeriesKind};
use crate::signal::Field;
use crate::units::{giga, mega, milli, nano, power_ratio, watt_from_dbm};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
/// Power does not depend on temperature; there is no mode hop and no feedback. Shot noise is the
/// photodiode's alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Laser {
    /// Power at its facet, dBm; with a `curve`, its power at `bias_ma` counts.
    pub power_dbm: f64,
    /// Bias on a measured `curve`, mA.
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
    /// Wavelength, nm.
    pub wavelength_nm: f64,
}

impl Default for Laser {
    fn default() -> Self {
        Laser {
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
        let new_w =
            curve.map_or_else(|| watt_from_dbm(self.power_dbm), |c| milli(c.at(self.bias_ma)));
        Some(LaserModel {
            power_w: new_w * power_ratio(-self.ageing_db),
            rin: self.rin(rin)?,
            linewidth_hz: mega(self.linewidth_mhz),
            wavelength_nm: self.wavelength_nm,
        })
    }

    /// One-sided RIN; `measured` is what its file holds.
    fn rin(&self, measured: Option<Arc<Monotone>>) -> Option<Density> {
        let floor = power_ratio(self.rin_db_per_hz);
        let r = &self.relaxation;
        Some(match self.rin {
            RinKind::White => Density::White(floor),
            RinKind::Table => Density::Table(measured?),
            RinKind::Relaxation => Density::Relaxation {
                floor,
                rise_hz: 16.0 * std::f64::consts::PI * mega(r.schawlow_townes_mhz),
                lifetime_s: nano(r.lifetime_ns),
                resonance_hz: giga(r.resonance_ghz),
                damping_rad_per_s: giga(r.damping_grad_per_s),
            },
        })
    }
}

/// A laser with its files read.
#[derive(Clone, Debug)]
pub struct LaserModel {
    /// Power at the end of life, W.
    pub power_w: f64,
    /// One-sided RIN.
    pub rin: Density,
    /// Full width of the line at half maximum, Hz.
    pub linewidth_hz: f64,
    /// Wavelength, nm.
    pub wavelength_nm: f64,
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
            let density = Laser {
                rin: RinKind::Relaxation,
                rin_db_per_hz: -300.0,
                relaxation,
                ..Laser::default()
            }
            .rin(None)
            .unwrap();
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
