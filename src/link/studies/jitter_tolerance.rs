//! Jitter tolerance: the largest sinusoidal jitter at which a lane's bit error ratio stays below a
//! limit.

use crate::chain::{
    NotEvaluated, PlanCache, Predictor, Sinusoid, Stop, Trained, WorkspacePool, count,
};
use crate::error::{KeyPath, Problems, Result};
use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::solve::budget::TRAINING_BLOCKS;
use crate::measured::Library;
use crate::run_options::CancelToken;
use crate::units::{giga, mega};
use std::f64::consts::PI;

/// Frequency below which the mask rises, MHz (`derived`: a loop of 4 MHz, as 802.3's PAM4 clauses
/// test it).
pub const MASK_CORNER_MHZ: f64 = 4.0;
/// The mask above that frequency, UI peak to peak.
const MASK_UI: f64 = 0.05;
/// Largest change of the phase that is tried, UI per symbol: beyond it the filters' memory matters.
const STEEPEST_UI: f64 = 0.01;
/// Smallest jitter that is tried, UI peak to peak.
const UI_MIN: f64 = 1e-3;
/// Factor between the last amplitude that keeps the limit and the first that does not.
const NARROW: f64 = 1.04;

/// Sinusoidal jitter that a receiver has to tolerate, UI peak to peak: 0.05 above 4 MHz, 2e5 Hz / f
/// below.
pub fn mask_ui(mhz: f64) -> f64 {
    MASK_UI * (MASK_CORNER_MHZ / mhz).max(1.0)
}

/// A trained lane with sinusoidal jitter at its transmitter.
///
/// The receiver is trained once, without jitter; every count draws the same symbols and noises, so
/// that counts differ in the amplitude only. A loop that loses its lock, or slips, does not keep
/// the limit.
///
/// # Limits
///
/// Of a lane with several segments, only the optical one has the jitter and is counted.
pub struct JitterTolerance {
    lane: Lane,
    trained: Trained,
    workspaces: WorkspacePool,
}

impl JitterTolerance {
    /// Builds and trains lane `number` of a checked description; its optical receiver should have a
    /// recovered clock.
    ///
    /// # Errors
    ///
    /// A file that cannot be read; a receiver that does not train; a description without stream
    /// mode.
    pub fn new(config: &Config, number: usize) -> Result<Self> {
        let mut config = config.clone();
        config.receiver.dsp.clock.sinusoidal_ui = 0.0;
        config.host.rx.dsp.clock.sinusoidal_ui = 0.0;
        config.simulation.stream = true;
        let mut problems = Problems::new();
        let library = Library::default();
        config.check(&library, &mut problems);
        problems.finish()?;
        let lane = Lane::build_through(&config, number, &library, &mut PlanCache::default())?;
        let workspaces = WorkspacePool::default();
        let trained = workspaces.with(&lane.optical().plan, |workspace| {
            let (training, scoring) = (lane.blocks(TRAINING_BLOCKS, true), lane.blocks(1, false));
            Predictor::new(
                &lane.optical().plan,
                &lane.optical().dsp,
                lane.shared_seed,
                lane.lane_seed,
                training,
                scoring,
                workspace,
            )
            .train(workspace, 1.0, None)
        });
        let trained = trained.map_err(|NotEvaluated { because }| {
            let mut problems = Problems::new();
            problems.report(&KeyPath::root(), "receiver", "", because);
            problems
        })?;
        Ok(JitterTolerance { lane, trained, workspaces })
    }

    /// Bit error ratio with sinusoidal jitter, counted over `simulation.symbols` and a whole period
    /// at least; `None` when the clock loses its lock or slips, and when it was cancelled before.
    pub fn ber(
        &mut self,
        sinusoidal_mhz: f64,
        sinusoidal_ui: f64,
        cancel: &CancelToken,
    ) -> Option<f64> {
        let frequency = mega(sinusoidal_mhz) / giga(self.lane.config.symbol_rate_gbd);
        let mut clocking = *self.lane.optical().plan.clocking().expect("built for stream mode");
        clocking.sinusoid = Some(Sinusoid { amplitude_ui: sinusoidal_ui / 2.0, frequency });
        self.lane.optical_mut().plan.set_clocking(clocking);
        let symbols = self.lane.config.simulation.symbols.max((1.0 / frequency) as u64);
        let stop = Stop { round_blocks: 1 << 32, symbols, bit_errors: u64::MAX };
        let counted =
            count(&[self.lane.counted(&self.trained)], &stop, &self.workspaces, &mut (), cancel)
                .remove(0);
        let slipped =
            counted.clocks.iter().any(|clock| clock.slips_forward + clock.slips_backward > 0);
        (counted.not_evaluated.is_none() && !slipped && counted.end.symbols > 0)
            .then(|| counted.end.ber())
    }

    /// The largest amplitude, UI peak to peak, at which the bit error ratio stays below
    /// `limit_ber`, to 4 %; `None` when it does not without jitter, and when the search was
    /// cancelled. The amplitude is limited to a change of 0.01 UI per symbol.
    pub fn at(&mut self, sinusoidal_mhz: f64, limit_ber: f64, cancel: &CancelToken) -> Option<f64> {
        let most_ui =
            STEEPEST_UI * giga(self.lane.config.symbol_rate_gbd) / (PI * mega(sinusoidal_mhz));
        let mut keeps =
            |ui: f64| self.ber(sinusoidal_mhz, ui, cancel).is_some_and(|ber| ber < limit_ber);
        if !keeps(UI_MIN) {
            return None;
        }
        let mut kept = UI_MIN;
        let mut missed = None;
        let mut next = mask_ui(sinusoidal_mhz).min(most_ui);
        loop {
            let is_kept = keeps(next);
            if cancel.is_cancelled() {
                return None; // the last count may be cut short
            }
            if is_kept {
                kept = next
            } else {
                missed = Some(next)
            }
            next = match missed {
                Some(missed) if missed / kept <= NARROW => return Some(kept),
                Some(missed) => (kept * missed).sqrt(),
                None if kept >= most_ui => return Some(most_ui),
                None => (2.0 * kept).min(most_ui),
            };
        }
    }
}
