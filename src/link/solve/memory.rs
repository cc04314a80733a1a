//! Memory of a run, estimated from its description.

use crate::link::describe::config::Config;
use crate::link::describe::tdecq::TestPattern;

/// Program, tables and caches, MiB.
const BASE_MIB: f64 = 22.0;
/// Plan, receiver and prediction of a lane, bytes per sample of its block.
const LANE_BYTES: f64 = 85.0;
/// The same of a further, electrical segment.
const SEGMENT_BYTES: f64 = 45.0;
/// Least that the electrical parts of a lane between hosts add to it.
const HOST_BYTES: f64 = 60.0;
/// A thread that counts: its workspace, bytes per sample.
const WORKSPACE_BYTES: f64 = 60.0;
/// A thread that solves a lane: noiseless blocks, their slopes, noise.
const SOLVING_BYTES: f64 = 395.0;
/// The same more if the lane is also solved at the corners, and with compliant transmitters.
const CORNERS_BYTES: f64 = 90.0;
const COMPLIANT_BYTES: f64 = 450.0;
/// A thread that measures a transmitter on SSPRQ and on PRBS13Q, MiB.
const SSPRQ_MIB: f64 = 76.0;
const PRBS13Q_MIB: f64 = 12.0;
/// A block that was counted: its errors.
const COUNTED_BLOCK_BYTES: f64 = 8.0;
/// Bytes of a MiB.
const MIB: f64 = (1 << 20) as f64;

/// Memory of a run of some lanes on some threads, bytes; a sweep runs one lane on each thread.
///
/// ```text
/// base + sum over lanes of samples * 85 B + segments + largest lane's samples * (60 B threads + 395 B min(threads, lanes))
/// ```
///
/// # Limits
///
/// Figures are fitted to the resident memory of runs of the presets; docs/architecture.md says how
/// near they come. Errors at ratios near 1/2, and files, are not included.
pub fn memory_bytes<'a>(lanes: impl Iterator<Item = &'a Config>, threads: usize) -> u64 {
    let (mut bytes, mut largest, mut measuring_mib, mut count) = (BASE_MIB * MIB, 0f64, 0f64, 0);
    for lane in lanes {
        let simulation = &lane.simulation;
        let samples = (simulation.block_symbols * simulation.samples_per_symbol) as f64;
        let electrical = (lane.segments().len() - 1) as f64 * SEGMENT_BYTES;
        let hosts = if lane.module.kind.has_hosts() { HOST_BYTES } else { 0.0 };
        let counted = simulation.symbols.saturating_add(simulation.symbols_at_limit) as f64;
        bytes += samples * (LANE_BYTES + electrical.max(hosts));
        bytes += counted / simulation.block_symbols as f64 * COUNTED_BLOCK_BYTES;
        let variants = match (simulation.worst_compliant, simulation.corners) {
            (true, _) => COMPLIANT_BYTES,
            (false, true) => CORNERS_BYTES,
            (false, false) => 0.0,
        };
        largest = largest.max(samples * (SOLVING_BYTES + variants));
        if lane.tdecq.enabled || simulation.worst_compliant {
            measuring_mib = measuring_mib.max(match lane.tdecq.pattern {
                TestPattern::Ssprq => SSPRQ_MIB,
                TestPattern::Prbs13q => PRBS13Q_MIB,
            });
        }
        count += 1;
    }
    let solving = threads.min(count) as f64;
    bytes += solving * (largest + measuring_mib * MIB);
    bytes += threads as f64 * largest * WORKSPACE_BYTES / SOLVING_BYTES;
    bytes as u64 // saturates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(block_symbols: usize, samples_per_symbol: usize) -> Config {
        let mut config = Config::default();
        config.simulation.block_symbols = block_symbols;
        config.simulation.samples_per_symbol = samples_per_symbol;
        config
    }

    fn mib(lane: &Config, lanes: usize, threads: usize) -> f64 {
        memory_bytes(std::iter::repeat_n(lane, lanes), threads) as f64 / MIB
    }

    /// Largest resident memory of `run 800gbase-dr8` with these blocks, lanes and threads, MiB.
    #[test]
    fn the_estimate_is_near_what_runs_took() {
        for (block_symbols, samples_per_symbol, lanes, threads, measured_mib) in [
            (8192, 4, 1, 1, 39.0),
            (8192, 4, 8, 1, 53.0),
            (8192, 4, 8, 2, 71.0),
            (32768, 4, 1, 1, 88.0),
            (65536, 2, 4, 1, 127.0),
            (65536, 8, 4, 1, 413.0),
            (65536, 8, 4, 2, 644.0),
            (131_072, 16, 1, 1, 1048.0),
            (131_072, 16, 4, 2, 2442.0),
        ] {
            let lane = described(block_symbols, samples_per_symbol);
            let ratio = mib(&lane, lanes, threads) / measured_mib;
            assert!((0.85..1.2).contains(&ratio), "{block_symbols} x {lanes}: {ratio}");
        }
    }

    #[test]
    fn a_count_that_never_ends_needs_more_than_any_machine_has() {
        let mut lane = described(8192, 4);
        lane.simulation.symbols = 1 << 50;
        assert!(mib(&lane, 1, 1) > 1e6);
    }

    #[test]
    fn more_of_anything_needs_more() {
        let lane = described(8192, 4);
        let mut measured = lane.clone();
        measured.tdecq.enabled = true;
        assert!(mib(&measured, 1, 1) > mib(&lane, 1, 1) + 50.0);
        assert!(mib(&lane, 2, 1) > mib(&lane, 1, 1) && mib(&lane, 2, 2) > mib(&lane, 2, 1));
        assert!(mib(&lane, 1, 2) > mib(&lane, 1, 1), "blocks of one lane on two threads");
    }
}
