//! Calibration of the stressed source to a given SECQ.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::describe::tdecq::TestPattern;
use crate::link::test_points::transmitter;
use crate::measured::Library;
use crate::run_options::CancelToken;

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

/// Settings of a calibrated source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CalibratedSource {
    /// SECQ, dB.
    pub(crate) secq_db: f64,
    /// SECQ with the low-pass alone, dB.
    pub(crate) low_pass_secq_db: f64,
    /// The low-pass (fourth-order Bessel), GHz.
    pub(crate) bandwidth_ghz: f64,
    /// Noise, rms in a band of half the symbol rate, % of the OMA.
    pub(crate) noise_percent: f64,
}

/// Calibrates the stressed source of a description to a SECQ. The low-pass alone is set to make
/// half of it; then, with the interferer, noise makes the rest.
///
/// # Errors
///
/// A file that cannot be read any more; a SECQ out of reach of low-pass and noise; a cancelled
/// search.
pub(crate) fn calibrated(
    config: Config,
    secq_db: f64,
    library: Library,
    cancel: &CancelToken,
) -> Result<CalibratedSource> {
    let interferer_percent = config.transmitter.stressed.interferer_percent;
    let mut bench = StressCalibration {
        config,
        wanted_db: secq_db,
        library,
        workspaces: WorkspacePool::cancelled_by(cancel),
        cache: PlanCache::default(),
        cancel,
    };
    let (bandwidth_ghz, low_pass_secq_db) = bench.low_pass()?;
    bench.set(|c| c.transmitter.stressed.interferer_percent = interferer_percent);
    let (noise_percent, secq_db) = bench.noise(low_pass_secq_db)?;
    Ok(CalibratedSource { secq_db, low_pass_secq_db, bandwidth_ghz, noise_percent })
}

/// Link whose source is calibrated to a SECQ.
struct StressCalibration<'a> {
    config: Config,
    wanted_db: f64,
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
    fn low_pass(&mut self) -> Result<(f64, f64)> {
        self.set(|c| {
            (c.transmitter.stressed.interferer_percent, c.transmitter.stressed.noise_percent) =
                (0.0, 0.0)
        });
        self.set(|c| c.tdecq.pattern = TestPattern::Prbs13q);
        let part_db = LOW_PASS_PART * self.wanted_db;
        let [low, high] = BAND_SYMBOL_RATES.map(|rates| rates * self.config.symbol_rate_gbd);
        let band = |c: &mut Config, ghz: f64| c.transmitter.stressed.bandwidth_ghz = ghz;
        // more bandwidth closes the eye less
        let bandwidth_ghz = self.search(low, high, part_db, band)?;
        self.set(|c| band(c, bandwidth_ghz));
        Ok((bandwidth_ghz, self.secq()?))
    }

    /// Noise that makes the rest of the SECQ, %, and the SECQ with it, dB: by halving, then on the
    /// test pattern.
    fn noise(&mut self, low_pass_secq_db: f64) -> Result<(f64, f64)> {
        let noise = |c: &mut Config, percent: f64| c.transmitter.stressed.noise_percent = percent;
        let wanted_db = self.wanted_db;
        let mut noise_percent = self.search(NOISE_PERCENT_MAX, 0.0, wanted_db, noise)?;
        // the test pattern differs by a few hundredths of a decibel: secant through the last two
        // points
        self.set(|c| c.tdecq.pattern = TestPattern::Ssprq);
        let mut tried: Vec<(f64, f64)> = Vec::new();
        for _ in 0..STEPS {
            self.set(|c| noise(c, noise_percent));
            let secq_db = self.secq()?;
            tried.push((noise_percent, secq_db));
            if (secq_db - wanted_db).abs() < NEAR_DB {
                break;
            }
            let slope = match tried[..] {
                [.., (x0, y0), (x1, y1)] if x0 != x1 && y0 != y1 => (y1 - y0) / (x1 - x0),
                // noise adds in power
                _ => 2.0 * (secq_db - low_pass_secq_db).max(0.1) / noise_percent.max(0.1),
            };
            noise_percent =
                (noise_percent + (wanted_db - secq_db) / slope).clamp(0.0, NOISE_PERCENT_MAX);
        }
        let nearest = tried
            .into_iter()
            .min_by(|a, b| (a.1 - wanted_db).abs().total_cmp(&(b.1 - wanted_db).abs()));
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
                    self.wanted_db
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
