//! Description of the receiver's clock.

use crate::chain::{Clocking, Recovery, Sinusoid};
use crate::dsp::cdr::{LoopGains, damping_from_peaking_db};
use crate::error::{KeyPath, Problems};
use crate::units::{giga, kilo, mega, micro};
use serde::{Deserialize, Serialize};

/// Recovery of the sampling phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockRecovery {
    /// None: sampling at the trained phase of the transmitter's mean clock; jitter is not tracked.
    #[default]
    Ideal,
    /// Loop after a Mueller-Muller detector on equalised samples.
    MuellerMuller,
    /// Loop after the sign of that detector.
    BangBang,
}

/// Clock recovery and the impairments it tracks.
///
/// ```text
/// phase of the transmitter, UI:  offset n + (sinusoidal_ui / 2) sin(2 pi f n / R),   R symbols a second
/// ```
///
/// The loop is of second order, planned by bandwidth and peaking for the detector's slope in
/// training; see [`LoopGains`]. Anything but an ideal clock without jitter makes the link run in
/// stream mode, block after block.
///
/// # Limits
///
/// The phases move slowly against the memory of the filters: bandwidth and jitter end at a
/// thousandth of the symbol rate. The loop's delay, symbols, is the number of equaliser taps after
/// the main one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// Recovery of the sampling phase.
    pub recovery: ClockRecovery,
    /// Bandwidth of the loop's jitter transfer (3 dB), MHz.
    pub bandwidth_mhz: f64,
    /// Peak of the jitter transfer, dB.
    pub peaking_db: f64,
    /// Frequency of the receiver's free clock over the transmitter's, ppm.
    pub offset_ppm: f64,
    /// Sinusoidal jitter of the transmitter, UI peak to peak, from the first counted symbol on.
    pub sinusoidal_ui: f64,
    /// Frequency of the sinusoidal jitter, MHz.
    pub sinusoidal_mhz: f64,
    /// Corner of the AC coupling before the converter, kHz; 0 is DC coupled. Links have some 100
    /// kHz, without a measurable penalty.
    pub ac_coupling_khz: f64,
}

impl Default for ClockConfig {
    fn default() -> Self {
        ClockConfig {
            recovery: ClockRecovery::Ideal,
            bandwidth_mhz: 4.0,
            peaking_db: 0.1,
            offset_ppm: 0.0,
            sinusoidal_ui: 0.0,
            sinusoidal_mhz: 1.0,
            ac_coupling_khz: 0.0,
        }
    }
}

/// Largest rate of phase change, in symbol rates.
const PHASE_RATE_MAX: f64 = 1e-3;
/// Largest movement of jitter from symbol to symbol, UI.
const STEP_UI_MAX: f64 = 0.01;
/// Highest corner of the AC coupling, in symbol rates.
const CORNER_MAX: f64 = 0.01;

impl ClockConfig {
    /// Reports every parameter that is out of its range or contradicts another.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        // rounded as people write it: 53.1 MHz at 53.125 GBd
        let fastest_mhz = (10.0 * PHASE_RATE_MAX * symbol_rate_hz / mega(1.0)).floor() / 10.0;
        problems.range(
            at,
            "bandwidth_mhz",
            self.bandwidth_mhz,
            (0.1 * fastest_mhz).min(0.1)..=fastest_mhz,
        );
        problems.range(at, "peaking_db", self.peaking_db, 0.01..=6.0);
        problems.range(at, "offset_ppm", self.offset_ppm, -5000.0..=5000.0);
        problems.range(at, "sinusoidal_ui", self.sinusoidal_ui, 0.0..=100.0);
        problems.range(
            at,
            "sinusoidal_mhz",
            self.sinusoidal_mhz,
            (1e-3 * fastest_mhz).min(1e-3)..=fastest_mhz,
        );
        problems.range(
            at,
            "ac_coupling_khz",
            self.ac_coupling_khz,
            0.0..=(CORNER_MAX * symbol_rate_hz / kilo(1.0)).floor(),
        );
        if self.recovery == ClockRecovery::Ideal && self.offset_ppm != 0.0 {
            let remedy = format!(
                "needs {at}.recovery = \"mueller-muller\" or \"bang-bang\": an ideal clock has the transmitter's frequency"
            );
            problems.report(at, "offset_ppm", self.offset_ppm, remedy);
        }
        let steepest =
            std::f64::consts::PI * self.sinusoidal_ui * mega(self.sinusoidal_mhz) / symbol_rate_hz;
        if steepest > STEP_UI_MAX {
            let most =
                STEP_UI_MAX * symbol_rate_hz / (std::f64::consts::PI * mega(self.sinusoidal_mhz));
            let remedy = format!(
                "must be at most {most:.3} at {} MHz: it moves {STEP_UI_MAX} UI from symbol to symbol",
                self.sinusoidal_mhz
            );
            problems.report(at, "sinusoidal_ui", self.sinusoidal_ui, remedy);
        }
    }

    /// True if blocks depend on earlier ones.
    pub fn streams(&self) -> bool {
        self.recovery != ClockRecovery::Ideal
            || self.sinusoidal_ui > 0.0
            || self.ac_coupling_khz > 0.0
    }

    /// Clocking for the engine.
    pub(crate) fn clocking(&self, symbol_rate_gbd: f64, guard: usize) -> Clocking {
        let rate_hz = giga(symbol_rate_gbd);
        let gains = || {
            LoopGains::new(
                mega(self.bandwidth_mhz) / rate_hz,
                damping_from_peaking_db(self.peaking_db),
            )
        };
        let recovery = |bang_bang| Some(Recovery { bang_bang, gains: gains() });
        let sinusoid = Sinusoid {
            amplitude_ui: self.sinusoidal_ui / 2.0,
            frequency: mega(self.sinusoidal_mhz) / rate_hz,
        };
        Clocking {
            guard,
            recovery: match self.recovery {
                ClockRecovery::Ideal => None,
                ClockRecovery::MuellerMuller => recovery(false),
                ClockRecovery::BangBang => recovery(true),
            },
            offset: micro(self.offset_ppm),
            sinusoid: Some(sinusoid).filter(|_| self.sinusoidal_ui > 0.0),
            ac_corner: kilo(self.ac_coupling_khz) / rate_hz,
        }
    }
}
