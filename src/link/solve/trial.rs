//! A trial of settings: a segment of lane 0, built and predicted quickly.

use crate::chain::{PlanCache, Predictor, WorkspacePool, block_levels};
use crate::link::build::segment::Segment;
use crate::link::describe::config::Config;
use crate::link::describe::segments::SegmentKind;
use crate::link::solve::budget::{SETTINGS_BLOCK_SYMBOLS, SETTINGS_BLOCKS};
use crate::measured::{BuildContext, FileError, Library};
use crate::pattern::{Pattern, PatternKind};
use crate::seed::Seed;
use crate::serdes::dsp::ClockConfig;
use crate::transmitter::Modulator;
use std::sync::Arc;

/// Improvement of ln of the error ratio from which a setting is accepted: less is rounding.
pub(super) const BETTER: f64 = 1e-4;

/// Modulator, files and caches with which a trial is built and predicted.
pub(super) struct TrialContext<'a> {
    pub(super) modulator: &'a Arc<dyn Modulator>,
    pub(super) library: &'a Library,
    pub(super) cache: &'a mut PlanCache,
    pub(super) workspaces: &'a WorkspacePool,
}

/// The description with ideal clocks, so that blocks are independent, and short blocks.
pub(super) fn trial_of(config: &Config) -> Config {
    let mut trial = config.clone();
    trial.simulation.stream = false;
    for clock in [
        &mut trial.receiver.dsp.clock,
        &mut trial.host.rx.dsp.clock,
        &mut trial.module.rx.dsp.clock,
    ] {
        *clock = ClockConfig::default();
    }
    trial.simulation.block_symbols = SETTINGS_BLOCK_SYMBOLS.max(trial.longest_equaliser() * 8);
    trial
}

/// A segment of lane 0: settings are searched once for all equal lanes.
fn first_lane(
    config: &Config,
    kind: SegmentKind,
    bench: &mut TrialContext<'_>,
) -> Result<Segment, FileError> {
    let lane_seed = Seed::new(config.simulation.seed).named("lane").index(0);
    let grid = config.grid(bench.modulator.recording());
    let (library, cache) = (bench.library, &mut *bench.cache);
    let temperature = config.temperature();
    let mut context = BuildContext { grid, lane: 0, lane_seed, temperature, library, cache };
    Segment::build(config, &**bench.modulator, kind, &[], &mut context)
}

/// ln of the error ratio of a segment; infinite where no receiver trains.
pub(super) fn cost(config: &Config, kind: SegmentKind, bench: &mut TrialContext<'_>) -> f64 {
    if bench.workspaces.is_cancelled() {
        return f64::INFINITY;
    }
    // a file that is missing is reported by the later build
    let Ok(segment) = first_lane(config, kind, bench) else { return f64::INFINITY };
    let symbols = Pattern { kind: PatternKind::Random, ..Pattern::default() }
        .build()
        .expect("random symbols build");
    let block = |b| {
        let mut levels = vec![0; segment.plan.grid().symbols];
        block_levels(&symbols, false, 0, b, segment.streams, &mut levels);
        levels
    };
    bench.workspaces.with(&segment.plan, |workspace| {
        let blocks: Vec<Vec<u8>> = (0..SETTINGS_BLOCKS).map(block).collect();
        let mut predictor =
            Predictor::for_search(&segment.plan, &segment.dsp, segment.streams, blocks, workspace);
        let Ok(trained) = predictor.train(workspace, 1.0, None) else { return f64::INFINITY };
        match predictor.try_at(workspace, 1.0, &trained) {
            // at an error ratio of zero, the signal to noise ratio decides
            Ok((_, prediction)) => prediction.ber.max(1e-300).ln() - 1e-3 * prediction.snr_db,
            Err(_) => f64::INFINITY,
        }
    })
}
