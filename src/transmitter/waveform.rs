//! A captured transmitter: power over time from a file.

use super::impairments::NO_RIN_DB_PER_HZ;
use super::modulator::{Drive, Modulator, ModulatorSheet};
use super::power_map::PowerMap;
use crate::chain::{Chain, Density, Law, Noise};
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, CaptureFormat, FileReader, PowerUnit, Recording, Residual};
use crate::sheet::{Impairment, Impairments, Part, Tolerance};
use crate::signal::Field;
use crate::units::{micro, power_ratio, watt_from_dbm};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Power at TP2 as an oscilloscope or another simulator recorded it, in place of converter, driver,
/// modulator and laser.
///
/// ```text
/// E = sqrt(P + n) e^(j alpha/2 ln P) sqrt(1 + r)
/// ```
///
/// P is the mean of the capture's periods; the noises n and r have the variance and the spectrum of
/// the differences between periods, n constant and r growing with power. The pattern is found in
/// the file ([`crate::measured::locate`]); one period of it is the block, in place of
/// `simulation.block_symbols`, and `pattern` need not name it. Power below zero, which is noise of
/// the capture, counts as zero.
///
/// # Limits
///
/// A power has no phase, so chirp is a single number. Noise on edges counts as noise on levels. A
/// capture of one period holds no noise that could be separated from its signal; only
/// `rin_db_per_hz` is added. No precoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapturedWaveform {
    /// Text of time and power, or of power alone, a `.npy` array, or an HDF5 or MATLAB file: one or
    /// more whole periods of a pattern.
    pub file: String,
    /// Unit of its power.
    pub unit: PowerUnit,
    /// Name or number, from 1, of the column of power; the first one after the time if empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// Average power to which it is scaled, dBm; if absent, the captured power.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_power_dbm: Option<f64>,
    /// Noise of the instrument, rms over the capture's band, uW; it is excluded from the added
    /// noise.
    pub instrument_noise_uw: f64,
    /// White one-sided RIN added to the noise of the capture, dB/Hz, for an averaged capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rin_db_per_hz: Option<f64>,
    /// Chirp parameter.
    pub chirp_alpha: f64,
    /// Wavelength, nm.
    pub wavelength_nm: f64,
}

impl Default for CapturedWaveform {
    fn default() -> Self {
        CapturedWaveform {
            file: String::new(),
            unit: PowerUnit::Header,
            column: String::new(),
            launch_power_dbm: None,
            instrument_noise_uw: 0.0,
            rin_db_per_hz: None,
            chirp_alpha: 0.0,
            wavelength_nm: 1311.0,
        }
    }
}

impl ModulatorSheet for CapturedWaveform {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "instrument_noise_uw", self.instrument_noise_uw, 0.0..=1e6);
        problems.range(at, "chirp_alpha", self.chirp_alpha, -20.0..=20.0);
        problems.range(at, "wavelength_nm", self.wavelength_nm, 800.0..=1700.0);
        if let Some(rin_db_per_hz) = self.rin_db_per_hz {
            problems.range(at, "rin_db_per_hz", rin_db_per_hz, -300.0..=-100.0);
        }
        match self.launch_power_dbm {
            Some(dbm) => problems.range(at, "launch_power_dbm", dbm, -60.0..=40.0),
            None if self.unit == PowerUnit::Linear => {
                problems.report(
                    at,
                    "launch_power_dbm",
                    "",
                    "must be given where unit = \"linear\" leaves the power open",
                );
            }
            None => {}
        }
    }

    fn check_used(&self, at: &KeyPath, problems: &mut Problems) {
        if self.file.is_empty() {
            let remedy = "must name a file of time and power, as kind = \"waveform\" requires";
            problems.report(at, "file", "", remedy);
        }
    }

    fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>> {
        let instrument_rms_w = micro(self.instrument_noise_uw);
        let format = CaptureFormat { unit: self.unit, column: self.column.clone() };
        let recording = files.recording(at, "file", &self.file, format, instrument_rms_w)?;
        let mean = &recording.periods.mean;
        let average = mean.iter().map(|&p| f64::from(p)).sum::<f64>() / mean.len() as f64;
        let scale = self.launch_power_dbm.map_or(1.0, |dbm| watt_from_dbm(dbm) / average);
        Some(Arc::new(WaveformModel { sheet: self.clone(), recording, scale }))
    }

    fn is_driven(&self) -> bool {
        false
    }

    fn impairments(&self, at: &KeyPath, _: f64, list: &mut Impairments) {
        let new = |name: &str| Impairment::new(Part::Transmitter, name);
        let added = self
            .rin_db_per_hz
            .map(|now| new("added RIN").with(at, "rin_db_per_hz", now, NO_RIN_DB_PER_HZ));
        list.extend(added);
        list.push(new("chirp").with(at, "chirp_alpha", self.chirp_alpha, 0.0));
        let because = "the capture holds bandwidth, noise and distortion of its transmitter";
        list.push_inseparable(Part::Transmitter, "captured transmitter", because);
    }

    fn tolerances(&self, _: &KeyPath, _: &mut Vec<Tolerance>) {
        // a capture is of one transmitter
    }

    fn about(&self) -> &'static str {
        "a capture of the light at TP2, text, NumPy, HDF5 or MATLAB: pattern, phase, rate and polarity are found, the noise of its repeats is added again"
    }
}

/// A captured transmitter with its file read.
struct WaveformModel {
    sheet: CapturedWaveform,
    recording: Arc<Recording>,
    /// W per unit of the recording.
    scale: f64,
}

impl Modulator for WaveformModel {
    /// The recording contains its drive.
    fn extend(&self, _: Drive<'_>, _: &mut BuildContext<'_>) -> Chain<Field> {
        let (recording, scale) = (&self.recording, self.scale);
        let power_w =
            recording.periods.mean.iter().map(|&p| (f64::from(p) * scale) as f32).collect();
        let residual = recording.residual.as_ref();
        let mut power = Chain::recorded(power_w);
        if let Some(added) = residual.and_then(|residual| residual.added(scale)) {
            power = power.noise(Noise::new("waveform.added", Law::Added, added));
        }
        let mut light = power.map(PowerMap::new("waveform", self.sheet.chirp_alpha));
        if let Some(relative) = residual.and_then(Residual::relative) {
            light = light.noise(Noise::new("waveform.relative", Law::Relative, relative));
        }
        match self.sheet.rin_db_per_hz {
            Some(db) => light.noise(Noise::new(
                "waveform.rin",
                Law::Relative,
                Density::White(power_ratio(db)),
            )),
            None => light,
        }
    }

    /// Between the mean powers of the outer levels at the best sampling instant, amid five symbols
    /// of one level where the pattern has them: beside others, interference takes its part.
    fn settled_oma_w(&self, _: f64) -> f64 {
        let (periods, delay_ui) = (&self.recording.periods, self.recording.located.delay_ui);
        let (s, n) = (periods.samples_per_symbol, periods.levels.len());
        let at = |k: usize| {
            f64::from(
                periods.mean[(k * s + (delay_ui * s as f64).round() as usize) % periods.mean.len()],
            )
        };
        let mean_amid = |level: u8, beside: usize| {
            let is_amid = |k: &usize| {
                (0..=2 * beside).all(|j| periods.levels[(k + j + n - beside) % n] == level)
            };
            let powers: Vec<f64> = (0..n).filter(is_amid).map(at).collect();
            (!powers.is_empty()).then(|| powers.iter().sum::<f64>() / powers.len() as f64)
        };
        let mean = |level: u8| {
            let settled = if n > 2 { mean_amid(level, 2) } else { None };
            settled.or_else(|| mean_amid(level, 0)).unwrap_or(f64::NAN)
        };
        (mean(3) - mean(0)).abs() * self.scale
    }

    fn rin_per_hz(&self, _: f64) -> Option<f64> {
        None
    }

    fn wavelength_nm(&self) -> f64 {
        self.sheet.wavelength_nm
    }

    fn about(&self) -> &str {
        self.sheet.about()
    }

    fn recording(&self) -> Option<&Recording> {
        Some(&self.recording)
    }
}
