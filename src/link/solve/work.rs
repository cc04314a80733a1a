//! Work of a run, in symbols: those that are counted, and what solving a lane is worth.

use crate::link::describe::config::Config;
use crate::link::describe::simulation::Simulation;
use crate::run_options::{RunOptions, WorkUnit};
use std::sync::atomic::{AtomicU64, Ordering};

/// Symbols counted in the time of training, predicting and searching margins on one block of
/// symbols, as measured on the presets.
const SOLVING_BLOCKS: u64 = 150;
/// Symbols counted in the time of a transmitter measurement.
const TRANSMITTER_SYMBOLS: u64 = 12_000_000;

/// Work of a run, reported as it is done; threads share it.
pub(crate) struct WorkMeter<'a> {
    options: &'a RunOptions<'a>,
    done: AtomicU64,
    total: u64,
}

impl<'a> WorkMeter<'a> {
    /// Work of solving and counting these lanes.
    pub(crate) fn new<'c>(
        lanes: impl Iterator<Item = &'c Config>,
        counted: &Simulation,
        options: &'a RunOptions<'a>,
    ) -> WorkMeter<'a> {
        let total = lanes
            .map(|lane| {
                let counted = counted.symbols.saturating_add(counted.symbols_at_limit);
                solving_symbols(lane).saturating_add(counted_symbols(lane, counted))
            })
            .fold(0, u64::saturating_add);
        WorkMeter { options, done: AtomicU64::new(0), total }
    }

    /// Reports that work was done, or is not needed.
    pub(crate) fn add(&self, symbols: u64) {
        let done = self.done.fetch_add(symbols, Ordering::Relaxed).saturating_add(symbols);
        // whole blocks may be more than what was asked for
        self.options.report(done.min(self.total) as f64, self.total as f64, WorkUnit::Symbols);
    }
}

/// Symbols counted, of every segment that is counted on its own, for so many of the light's.
pub(crate) fn counted_symbols(lane: &Config, symbols: u64) -> u64 {
    let electrical = (lane.segments().len() - 1) as u64;
    // nearly as many as those of the light
    lane.inner_of_modules().map_or(symbols, |_| symbols.saturating_mul(1 + electrical))
}

/// Symbols of a lane's chain that are counted in about the time of solving it.
pub(crate) fn solving_symbols(lane: &Config) -> u64 {
    let simulation = &lane.simulation;
    let solve = SOLVING_BLOCKS * simulation.block_symbols as u64;
    let variants = 2 * u64::from(simulation.corners) + 4 * u64::from(simulation.worst_compliant);
    let measured = u64::from(lane.tdecq.enabled) + 3 * u64::from(simulation.worst_compliant);
    solve * (1 + variants) + measured * TRANSMITTER_SYMBOLS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_options::Progress;
    use std::sync::Mutex;

    #[test]
    fn what_is_counted_is_nearly_all_of_a_long_run_and_the_end_is_the_total() {
        let lanes = vec![Config::default(); 2];
        let simulation = Simulation { symbols: 1 << 30, ..Simulation::default() };
        let seen = Mutex::new(Vec::new());
        let progress = |at: Progress| seen.lock().expect("no holder panics").push(at.share());
        let options = RunOptions { progress: Some(&progress), ..RunOptions::default() };
        let work = WorkMeter::new(lanes.iter(), &simulation, &options);
        lanes.iter().for_each(|lane| work.add(solving_symbols(lane)));
        (0..2).for_each(|_| work.add(1 << 30));
        // a block more than what was asked for
        (0..2).for_each(|_| work.add(simulation.symbols_at_limit + 8192));
        let seen = seen.into_inner().expect("no holder panics");
        assert!(seen[1] < 0.01 && seen.last() == Some(&1.0), "{seen:?}");
        assert!(seen.is_sorted(), "{seen:?}");
    }
}
