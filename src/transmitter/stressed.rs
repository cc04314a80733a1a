//! The stressed receiver's source: an ideal PAM4 transmitter with stress.

use super::modulator::{Drive, Modulator, ModulatorSheet};
use super::power_map::PowerMap;
use crate::chain::{Chain, Density, Law, Map, Noise, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::measured::{BuildContext, FileReader};
use crate::serdes::WIDE_GHZ;
use crate::sheet::{Impairment, Impairments, Part, Tolerance};
use crate::signal::{Field, Volt, Watt};
use crate::units::{femto, giga, mega, power_ratio, watt_from_dbm};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Description of the source in one line.
const ABOUT: &str = "source of the stressed receiver test: evenly spaced levels, low-pass, sinusoidal interferer, Gaussian noise, jitter";

/// A test source: evenly spaced levels through a low-pass, with a sinusoidal interferer, noise and
/// jitter.
///
/// ```text
/// P(t) = P_avg + OMA (x(t) / 2 + a sin 2 pi f t) + n,   P_avg = OMA / 2 (ER + 1) / (ER - 1),   x the symbols, -1 .. 1, filtered
/// ```
///
/// The interferer's frequency is rounded to a whole number of its periods in a block. The noise is
/// white up to half the sampling rate; `noise_percent` is its rms in a band of half the symbol
/// rate. Power below zero counts as zero.
///
/// # Limits
///
/// One interferer; no sinusoidal jitter; the light has no chirp.
///
/// # Reference
///
/// IEEE Std 802.3 clause 121.8.9, stressed receiver conformance test (status: secondary sources,
/// standards.md 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StressedSource {
    /// Outer optical modulation amplitude, dBm.
    pub oma_dbm: f64,
    /// Extinction ratio, dB.
    pub extinction_ratio_db: f64,
    /// 3 dB bandwidth of the low-pass (fourth-order Bessel), GHz.
    pub bandwidth_ghz: f64,
    /// Amplitude of the interferer, % of the OMA.
    pub interferer_percent: f64,
    /// Frequency of the interferer, MHz.
    pub interferer_mhz: f64,
    /// Noise, rms in a band of half the symbol rate, % of the OMA.
    pub noise_percent: f64,
    /// Random jitter of each edge, fs rms.
    pub jitter_fs: f64,
    /// Wavelength, nm.
    pub wavelength_nm: f64,
}

impl Default for StressedSource {
    fn default() -> Self {
        StressedSource {
            oma_dbm: 0.0,
            extinction_ratio_db: 5.0,
            bandwidth_ghz: 40.0,
            interferer_percent: 0.0,
            interferer_mhz: 1000.0,
            noise_percent: 0.0,
            jitter_fs: 0.0,
            wavelength_nm: 1311.0,
        }
    }
}

impl ModulatorSheet for StressedSource {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "oma_dbm", self.oma_dbm, -60.0..=40.0);
        problems.range(at, "extinction_ratio_db", self.extinction_ratio_db, 0.5..=60.0);
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.range(at, "interferer_percent", self.interferer_percent, 0.0..=50.0);
        problems.range(at, "interferer_mhz", self.interferer_mhz, 0.1..=100_000.0);
        problems.range(at, "noise_percent", self.noise_percent, 0.0..=50.0);
        problems.range(at, "jitter_fs", self.jitter_fs, 0.0..=1e4);
        problems.range(at, "wavelength_nm", self.wavelength_nm, 800.0..=1700.0);
    }

    fn model(&self, _: &KeyPath, _: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>> {
        Some(Arc::new(self.clone()))
    }

    fn is_driven(&self) -> bool {
        false
    }

    fn impairments(&self, at: &KeyPath, _: f64, list: &mut Impairments) {
        for (name, key, now, ideal) in [
            ("source bandwidth", "bandwidth_ghz", self.bandwidth_ghz, WIDE_GHZ),
            ("source jitter", "jitter_fs", self.jitter_fs, 0.0),
            ("sinusoidal interferer", "interferer_percent", self.interferer_percent, 0.0),
            ("source noise", "noise_percent", self.noise_percent, 0.0),
        ] {
            list.push(Impairment::new(Part::Transmitter, name).with(at, key, now, ideal));
        }
    }

    fn tolerances(&self, _: &KeyPath, _: &mut Vec<Tolerance>) {
        // an instrument is calibrated
    }

    fn about(&self) -> &'static str {
        ABOUT
    }
}

impl Modulator for StressedSource {
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field> {
        let (mut symbols, grid) = (drive.symbols(), context.grid);
        if self.jitter_fs > 0.0 {
            // a variance of independent symbols as a one-sided density
            let density = femto(self.jitter_fs).powi(2) * 2.0 / grid.symbol_rate_hz;
            symbols =
                symbols.noise(Noise::new("stressed.jitter", Law::Timing, Density::White(density)));
        }
        let oma_w = watt_from_dbm(self.oma_dbm);
        let extinction = power_ratio(self.extinction_ratio_db);
        let cycles = (mega(self.interferer_mhz) / grid.bin_hz()).round().max(1.0);
        let interferer = SineInterferer {
            average_w: oma_w / 2.0 * (extinction + 1.0) / (extinction - 1.0),
            half_oma_w: oma_w / 2.0,
            amplitude_w: oma_w * self.interferer_percent / 100.0,
            cycles,
        };
        let filtered = symbols.hold(grid).response::<Volt>(Shape::low_pass(
            Family::Bessel,
            4,
            giga(self.bandwidth_ghz),
            0.0,
        ));
        let mut power = filtered.map::<Watt>(interferer);
        if self.noise_percent > 0.0 {
            let density =
                (oma_w * self.noise_percent / 100.0).powi(2) / (grid.symbol_rate_hz / 2.0);
            power = power.noise(Noise::new("stressed.noise", Law::Added, Density::White(density)));
        }
        power.map(PowerMap::new("stressed.light", 0.0))
    }

    fn settled_oma_w(&self, _: f64) -> f64 {
        watt_from_dbm(self.oma_dbm)
    }

    fn mean_power_w(&self, _: f64) -> f64 {
        let er = power_ratio(self.extinction_ratio_db);
        0.5 * watt_from_dbm(self.oma_dbm) * (er + 1.0) / (er - 1.0)
    }

    fn rin_per_hz(&self, _: f64) -> Option<f64> {
        None
    }

    fn wavelength_nm(&self) -> f64 {
        self.wavelength_nm
    }

    fn about(&self) -> &str {
        ABOUT
    }
}

/// Symbols become power, and a sine is added.
struct SineInterferer {
    average_w: f64,
    half_oma_w: f64,
    amplitude_w: f64,
    cycles: f64,
}

impl Map<Volt, Watt> for SineInterferer {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        let step = TAU * self.cycles / x.len() as f64;
        for (i, (y, x)) in y.iter_mut().zip(x).enumerate() {
            *y = (self.average_w
                + self.half_oma_w * f64::from(*x)
                + self.amplitude_w * (step * i as f64).sin()) as f32;
        }
    }

    fn name(&self) -> &'static str {
        "stressed"
    }
}
