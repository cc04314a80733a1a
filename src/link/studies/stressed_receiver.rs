//! The stressed receiver test: a source degraded to a given SECQ, and the receiver under that
//! stress.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::describe::tdecq::TestPattern;
use crate::link::layers::layered::LayeredConfig;
use crate::link::result::figures::LinkResult;
use crate::link::run::link::Link;
use crate::link::studies::jitter_tolerance::{MASK_CORNER_MHZ, mask_ui};
use crate::link::test_points::transmitter;
use crate::measured::Library;
use crate::run_options::{CancelToken, RunOptions};
use crate::units::dbm_from_watt;
use serde::{Deserialize, Serialize};

/// Share of SECQ, in dB, from the low-pass.
///
/// IEEE Std 802.3 clause 121.8.9.2: at least half of it (status: secondary source, unverified).
const LOW_PASS_PART: f64 = 0.5;
/// Range of the low-pass bandwidth, symbol rates: from a closed eye to no effect.
const BAND_SYMBOL_RATES: [f64; 2] = [0.15, 2.0];
/// Largest noise tried, % of the OMA in half the symbol rate.
const NOISE_PERCENT_MAX: f64 = 20.0;
/// Halvings of each search, and steps on the test pattern after it.
const HALVINGS: usize = 14;
const STEPS: usize = 4;
/// Tolerance of the SECQ, dB.
const NEAR_DB: f64 = 0.005;

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
    let mut bench = StressCalibration {
        config: resolved.lanes[0].clone(),
        library: resolved.library,
        workspaces: WorkspacePool::default(),
        cache: PlanCache::default(),
        cancel: &options.cancel,
    };
    let source = bench.config.transmitter.stressed.clone();
    let (bandwidth_ghz, low_pass_secq_db) = bench.low_pass(stress)?;
    bench.set(|c| c.transmitter.stressed.interferer_percent = source.interferer_percent);
    let (noise_percent, secq_db) = bench.noise(stress, low_pass_secq_db)?;

    for (key, value) in [
        ("transmitter.stressed.bandwidth_ghz", bandwidth_ghz),
        ("transmitter.stressed.noise_percent", noise_percent),
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
        secq_db,
        low_pass_secq_db,
        bandwidth_ghz,
        interferer_percent: source.interferer_percent,
        interferer_mhz: source.interferer_mhz,
        noise_percent,
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
        "fibre.mpi_penalty_db=0",
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

/// Link whose source is calibrated to a SECQ.
struct StressCalibration<'a> {
    config: Config,
    library: Library,
    workspaces: WorkspacePool,
    cache: PlanCache,
    cancel: &'a CancelToken,
}

impl StressCalibration<'_> {
    fn set(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
    }

    /// Bandwidth of the low-pass that alone makes its part of the SECQ, GHz, and the SECQ with it,
    /// dB.
    fn low_pass(&mut self, stress: &Stress) -> Result<(f64, f64)> {
        self.set(|c| {
            (c.transmitter.stressed.interferer_percent, c.transmitter.stressed.noise_percent) =
                (0.0, 0.0)
        });
        self.set(|c| c.tdecq.pattern = TestPattern::Prbs13q);
        let part_db = LOW_PASS_PART * stress.secq_db;
        let [low, high] = BAND_SYMBOL_RATES.map(|rates| rates * self.config.symbol_rate_gbd);
        let band = |c: &mut Config, ghz: f64| c.transmitter.stressed.bandwidth_ghz = ghz;
        // more bandwidth closes the eye less
        let bandwidth_ghz = self.search(low, high, part_db, stress, band)?;
        self.set(|c| band(c, bandwidth_ghz));
        Ok((bandwidth_ghz, self.secq()?))
    }

    /// Noise that makes the rest of the SECQ, %, and the SECQ with it, dB: by halving, then on the
    /// test pattern.
    fn noise(&mut self, stress: &Stress, low_pass_secq_db: f64) -> Result<(f64, f64)> {
        let noise = |c: &mut Config, percent: f64| c.transmitter.stressed.noise_percent = percent;
        let mut noise_percent =
            self.search(NOISE_PERCENT_MAX, 0.0, stress.secq_db, stress, noise)?;
        // the test pattern differs by a few hundredths of a decibel: secant through the last two
        // points
        self.set(|c| c.tdecq.pattern = TestPattern::Ssprq);
        let mut tried: Vec<(f64, f64)> = Vec::new();
        for _ in 0..STEPS {
            self.set(|c| noise(c, noise_percent));
            let secq_db = self.secq()?;
            tried.push((noise_percent, secq_db));
            if (secq_db - stress.secq_db).abs() < NEAR_DB {
                break;
            }
            let slope = match tried[..] {
                [.., (x0, y0), (x1, y1)] if x0 != x1 && y0 != y1 => (y1 - y0) / (x1 - x0),
                // noise adds in power
                _ => 2.0 * (secq_db - low_pass_secq_db).max(0.1) / noise_percent.max(0.1),
            };
            noise_percent =
                (noise_percent + (stress.secq_db - secq_db) / slope).clamp(0.0, NOISE_PERCENT_MAX);
        }
        let nearest = tried
            .into_iter()
            .min_by(|a, b| (a.1 - stress.secq_db).abs().total_cmp(&(b.1 - stress.secq_db).abs()));
        Ok(nearest.expect("at least one step"))
    }

    /// SECQ of the present setting; infinite for a closed eye.
    fn secq(&mut self) -> Result<f64> {
        if self.cancel.is_cancelled() {
            return Err(refused("stopped while the stress was being built".to_owned()));
        }
        let lane = Lane::build_through(&self.config, 0, &self.library, &mut self.cache)?;
        Ok(transmitter::tecq_db(&lane, &self.workspaces, &mut self.cache).unwrap_or(f64::INFINITY))
    }

    /// Bisection from `bad`, where SECQ is above `wanted_db`, to `good`, where it is below.
    fn search(
        &mut self,
        mut bad: f64,
        mut good: f64,
        wanted_db: f64,
        stress: &Stress,
        set: impl Fn(&mut Config, f64),
    ) -> Result<f64> {
        for (at, above) in [(bad, true), (good, false)] {
            set(&mut self.config, at);
            let secq_db = self.secq()?;
            if (secq_db > wanted_db) != above {
                let words = if above { "at most" } else { "at least" };
                return Err(refused(format!(
                    "a SECQ of {} dB cannot be built: low-pass, interferer and noise make {words} \
                     {secq_db:.2} dB where {wanted_db:.2} dB are wanted",
                    stress.secq_db
                )));
            }
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (bad + good);
            set(&mut self.config, middle);
            if self.secq()? > wanted_db { bad = middle } else { good = middle }
        }
        Ok(good)
    }
}

fn refused(remedy: String) -> Error {
    let mut problems = Problems::new();
    problems.report(&KeyPath::root(), "--secq-db", "", remedy);
    Error::Input(problems)
}
