//! The stressed receiver test: a source degraded to a given SECQ, and the receiver under that
//! stress.

use crate::error::{Problems, Result};
use crate::link::describe::config::Config;
use crate::link::layers::layered::LayeredConfig;
use crate::link::result::figures::LinkResult;
use crate::link::run::link::Link;
use crate::link::studies::jitter_tolerance::{MASK_CORNER_MHZ, mask_ui};
use crate::link::test_points::stressed_source::calibrated;
use crate::measured::Library;
use crate::run_options::RunOptions;
use crate::units::dbm_from_watt;
use serde::{Deserialize, Serialize};

/// Requested stress.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stress {
    /// SECQ, dB.
    pub secq_db: f64,
    /// Outer optical modulation amplitude at TP3, dBm.
    pub oma_dbm: f64,
    /// Amplitude of the sinusoidal interferer, % of the OMA.
    pub interferer_percent: f64,
    /// Sinusoidal jitter of the source, UI peak to peak; 0 is none.
    pub sinusoidal_ui: f64,
    /// Its frequency, MHz.
    pub sinusoidal_mhz: f64,
}

impl Stress {
    /// Frequency of the sinusoidal jitter when none is given, MHz: ten times the bandwidth of the
    /// reference clock, where the table of IEEE Std 802.3 clause 121.8.9 ends (status: from memory,
    /// unverified).
    pub const SINUSOIDAL_MHZ: f64 = 10.0 * MASK_CORNER_MHZ;

    /// The stress given by a link's limits; `None` for values that have no limit.
    pub fn of_limits(config: &Config) -> (Option<f64>, Option<f64>) {
        (config.limits.tdecq_max_db, config.limits.stressed_sensitivity_max_dbm)
    }
}

/// Result of a stressed receiver test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stressed {
    /// SECQ of the source, dB.
    pub secq_db: f64,
    /// SECQ of the source with its low-pass alone, dB.
    pub low_pass_secq_db: f64,
    /// The low-pass (fourth-order Bessel), GHz.
    pub bandwidth_ghz: f64,
    /// Amplitude of the interferer, % of the OMA.
    pub interferer_percent: f64,
    /// Its frequency, MHz.
    pub interferer_mhz: f64,
    /// Noise, rms in a band of half the symbol rate, % of the OMA.
    pub noise_percent: f64,
    /// Sinusoidal jitter, UI peak to peak.
    pub sinusoidal_ui: f64,
    /// Its frequency, MHz.
    pub sinusoidal_mhz: f64,
    /// OMA at TP3, dBm.
    pub oma_dbm: f64,
    /// OMA at which the worst lane just keeps the limit under this stress, dBm.
    pub stressed_sensitivity_oma_dbm: Option<f64>,
    /// Result of the receivers under the stress, lane by lane.
    pub result: LinkResult,
}

impl Stressed {
    /// True when the source has all the jitter that the test asks for at its frequency: only then
    /// is the receiver's sensitivity one that a limit applies to.
    #[must_use]
    pub fn has_its_jitter(&self) -> bool {
        self.sinusoidal_ui >= mask_ui(self.sinusoidal_mhz)
    }
}

/// Builds the stressed signal and runs the link's receivers on it, without a fibre.
///
/// The low-pass alone is set to make half of SECQ; then, with the interferer, noise makes the rest.
/// Sinusoidal jitter is off until the SECQ is there, and the receivers' clocks follow it as far as
/// they do. Progress is that of the link's run, after the stress is built.
///
/// # Errors
///
/// Every problem of the description; a SECQ out of reach of low-pass and noise; a cancelled search.
pub fn stressed(
    stack: &LayeredConfig,
    stress: &Stress,
    options: &RunOptions<'_>,
) -> Result<Stressed> {
    let mut stack = stack.clone();
    // the module's own transmitters stay those of the description
    let described = stack.resolve()?;
    if let Some(oma_dbm) = launched_oma_dbm(&described.lanes[0], &described.library) {
        stack.set_by(FLAG, &format!("receiver.crosstalk.tx_oma_dbm={}", float(oma_dbm)))?;
    }
    connect(&mut stack, stress)?;
    let resolved = stack.resolve()?;
    let config = resolved.lanes[0].clone();
    let source = config.transmitter.stressed.clone();
    let calibrated = calibrated(config, stress.secq_db, resolved.library, &options.cancel)?;
    for (key, value) in [
        ("transmitter.stressed.bandwidth_ghz", calibrated.bandwidth_ghz),
        ("transmitter.stressed.noise_percent", calibrated.noise_percent),
    ] {
        stack.set_by(FLAG, &format!("{key}={}", float(value)))?;
    }
    for (flag, key, value) in [
        ("--sinusoidal-ui", "sinusoidal_ui", stress.sinusoidal_ui),
        ("--sinusoidal-mhz", "sinusoidal_mhz", stress.sinusoidal_mhz),
    ] {
        stack.set_by(flag, &format!("receiver.dsp.clock.{key}={}", float(value)))?;
    }
    let result = Link::new(stack.resolve()?).run(options)?;
    let sensitivities = result.lanes.iter().map(|lane| Some(stress.oma_dbm - lane.loss_margin_db?));
    let worst = sensitivities
        .collect::<Option<Vec<f64>>>()
        .and_then(|all| all.into_iter().reduce(f64::max));
    Ok(Stressed {
        secq_db: calibrated.secq_db,
        low_pass_secq_db: calibrated.low_pass_secq_db,
        bandwidth_ghz: calibrated.bandwidth_ghz,
        interferer_percent: source.interferer_percent,
        interferer_mhz: source.interferer_mhz,
        noise_percent: calibrated.noise_percent,
        sinusoidal_ui: stress.sinusoidal_ui,
        sinusoidal_mhz: stress.sinusoidal_mhz,
        oma_dbm: stress.oma_dbm,
        stressed_sensitivity_oma_dbm: worst,
        result,
    })
}

/// Name of the layer of what the test sets.
const FLAG: &str = "srs";

/// Puts the source in the place of transmitter and fibre.
fn connect(stack: &mut LayeredConfig, stress: &Stress) -> Result<()> {
    for assignment in [
        "module.kind=optics",
        "transmitter.kind=stressed",
        "fibre.length_km=0",
        "fibre.connector_loss_db=0",
        "fibre.reflections.enabled=false",
        "spread.launch_power_db=0",
        "receiver.dsp.clock.sinusoidal_ui=0",
        "simulation.corners=false",
    ] {
        stack.set_by(FLAG, assignment)?;
    }
    for (flag, key, value) in [
        ("--oma-dbm", "oma_dbm", stress.oma_dbm),
        ("--interferer-percent", "interferer_percent", stress.interferer_percent),
    ] {
        stack.set_by(flag, &format!("transmitter.stressed.{key}={}", float(value)))?;
    }
    Ok(())
}

/// Launched OMA of the module's own transmitters, where the description does not state it, dBm.
fn launched_oma_dbm(config: &Config, library: &Library) -> Option<f64> {
    if config.receiver.crosstalk.tx_oma_dbm.is_some() {
        return None;
    }
    let (_, modulator) = config.read(library, &mut Problems::new());
    Some(dbm_from_watt(config.settled_oma_w(&*modulator?)))
}

/// A number as a TOML float.
fn float(x: f64) -> String {
    format!("{x:?}")
}
