//! Detuning of a ring by the least error ratio of its link.

use super::level_training;
use super::trial::{BETTER, TrialContext, cost, trial_of};
use crate::chain::{PlanCache, WorkspacePool};
use crate::error::{KeyPath, Problems};
use crate::link::describe::config::Config;
use crate::measured::{FileReader, Library};
use crate::run_options::CancelToken;
use crate::transmitter::{Detuning, Modulator, Ring, TransmitterKind};
use std::sync::Arc;

/// Steps of the detuning, coarse to fine, in widths of the resonance.
const STRIDES: [f64; 3] = [1.0 / 16.0, 1.0 / 48.0, 1.0 / 144.0];
/// Symbols of a trial, over those of a search for taps: the error ratio is flat about its least.
const TRIAL: usize = 4;
/// The same of the comparison with the start.
const CONFIRMATION: usize = 16;
/// Resolution of the detuning found, pm.
const RESOLUTION_PM: f64 = 0.1;

/// True if the detuning is to be found by the error ratio.
pub(super) fn searches(config: &Config) -> bool {
    let transmitter = &config.transmitter;
    transmitter.kind == TransmitterKind::Ring && transmitter.ring.detuning == Detuning::Ber
}

/// The modulator of a description; `None` where one of its files is refused, which the later build
/// reports.
pub(super) fn modulator_of(config: &Config, library: &Library) -> Option<Arc<dyn Modulator>> {
    config.read(library, &mut Problems::new()).1
}

/// The description with the detuning of the least error ratio of its optical segment, from that of
/// the largest OMA in both directions and on the same side of the resonance: a local minimum, which
/// must be better than the start on more symbols than it was found on.
///
/// The levels, where they are trained, are trained before each size of step.
pub(super) fn detuned(
    config: &Config,
    library: &Library,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Config {
    let mut best = config.clone();
    let mut ring = config.transmitter.misaligned().ring;
    ring.detuning = Detuning::Oma;
    let mut problems = Problems::new();
    let mut files = FileReader::new(library, &mut problems).at_temperature(config.temperature());
    let start = ring.read(&KeyPath::root(), &mut files);
    let Some(start_pm) = start.map(|model| model.lock_pm()) else { return best };
    best.transmitter.ring.detuning_pm = start_pm;
    let width_pm = ring.resonator(1.0).width_pm();
    let workspaces = WorkspacePool::cancelled_by(cancel);
    let mut search = Search { library, cache, workspaces };
    if search.train_levels(&mut best).is_none() {
        return best;
    }
    let start = best.clone();
    for stride in STRIDES {
        if search.train_levels(&mut best).is_none() {
            return start;
        }
        let mut least = search.cost(&best, TRIAL);
        for step_pm in [stride * width_pm, -stride * width_pm] {
            while let Some(trial) = moved(&best, step_pm) {
                let found = search.cost(&trial, TRIAL);
                if found.is_nan() || found >= least - BETTER {
                    break;
                }
                (least, best) = (found, trial);
            }
        }
    }
    let is_better = search.train_levels(&mut best).is_some()
        && search.cost(&best, CONFIRMATION) < search.cost(&start, CONFIRMATION);
    if is_better { best } else { start }
}

/// Files and caches of a search.
struct Search<'a> {
    library: &'a Library,
    cache: &'a mut PlanCache,
    workspaces: WorkspacePool,
}

impl Search<'_> {
    /// Trains the levels of a description, if it trains any; `None` where a file is missing, which
    /// the later build reports.
    fn train_levels(&mut self, config: &mut Config) -> Option<()> {
        let modulator = &modulator_of(config, self.library)?;
        if !level_training::trains(config, &**modulator) {
            return Some(());
        }
        level_training::reset(config);
        level_training::train(config, &mut self.bench(modulator)).ok()
    }

    /// ln of the error ratio, on so many times the symbols of a search for taps.
    fn cost(&mut self, config: &Config, blocks: usize) -> f64 {
        let Some(modulator) = &modulator_of(config, self.library) else { return f64::INFINITY };
        let mut trial = trial_of(config);
        trial.simulation.block_symbols *= blocks;
        cost(&trial, config.optical(), &mut self.bench(modulator))
    }

    fn bench<'b>(&'b mut self, modulator: &'b Arc<dyn Modulator>) -> TrialContext<'b> {
        let Search { library, cache, workspaces } = self;
        TrialContext { modulator, library, cache, workspaces }
    }
}

/// The description with a moved detuning; `None` where it would leave the side of the resonance or
/// the range of the key.
fn moved(config: &Config, step_pm: f64) -> Option<Config> {
    let mut trial = config.clone();
    let before_pm = config.transmitter.ring.detuning_pm;
    let after_pm = ((before_pm + step_pm) / RESOLUTION_PM).round() * RESOLUTION_PM;
    trial.transmitter.ring.detuning_pm = after_pm;
    (after_pm * before_pm > 0.0 && after_pm.abs() <= Ring::DETUNING_MAX_PM).then_some(trial)
}
