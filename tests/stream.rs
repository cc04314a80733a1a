//! Stream mode: blocks that are parts of one sequence.

use crate::ideal::{DSP, plan, source};
use crate::support::{agreement, preset, quiet, run, run_lane};
use lightlane::chain::{
    BlockObserver, BlockView, Clocking, Count, LaneCount, Method, PlanCache, Predictor, SegmentRun,
    Sinusoid, Stop, Workspace, WorkspacePool, count,
};
use lightlane::link::{Config, LaneResult};
use lightlane::pattern::PatternKind;
use lightlane::run_options::CancelToken;
use lightlane::seed::Seed;
use lightlane::serdes::dsp::ClockRecovery;
use lightlane::signal::Grid;

/// Slicer inputs of every block, in order.
#[derive(Default)]
struct Kept {
    sent: Vec<u8>,
    values: Vec<f32>,
    decided: Vec<u8>,
}

impl BlockObserver for Kept {
    type Observation = (Vec<u8>, Vec<f32>, Vec<u8>);

    fn observe(&self, _: usize, seen: &BlockView<'_>) -> Self::Observation {
        (seen.sent.to_vec(), seen.values.to_vec(), seen.decided.to_vec())
    }

    fn collect(&mut self, _: usize, (sent, values, decided): Self::Observation) {
        self.sent.extend(sent);
        self.values.extend(values);
        self.decided.extend(decided);
    }
}

const SCORED: usize = 1024;
const GUARD: usize = 256;
const SEED: u64 = 1;

/// A symbol at the slicer: the level sent, mean and variance.
type AtSlicer = (u8, f32, f32);

/// Blocks of a noiseless ideal link in stream mode, and the periodic blocks of the same symbols:
/// those of block 1 and of block 2 with their guards, and the latter begun 100 symbols earlier.
fn noiseless(clocking: Clocking, blocks: u64) -> (Kept, LaneCount, Vec<Vec<AtSlicer>>) {
    let grid = Grid {
        symbols: SCORED + 2 * GUARD,
        samples_per_symbol: 4,
        symbol_rate_hz: crate::ideal::RATE,
    };
    let plan =
        plan(grid, &[], 0.5 * crate::ideal::RATE, &mut PlanCache::default()).clocked(clocking);
    let (run, source) = (Seed::new(SEED), source());
    let lane = run.named("lane").index(0);
    let window = |from: usize| {
        let mut levels = vec![0; grid.symbols];
        source.fill(from as u64, lane, &mut levels);
        levels
    };
    let mut workspace = Workspace::new(&plan);
    let windows =
        vec![window(SCORED - GUARD), window(2 * SCORED - GUARD), window(2 * SCORED - GUARD - 100)];
    let mut predictor = Predictor::new(
        &plan,
        &DSP,
        run,
        lane,
        vec![window(1 << 30), window(1 << 31)],
        windows,
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
    let expected = predictor
        .mixture(&mut workspace, &trained)
        .chunks(grid.symbols)
        .map(<[_]>::to_vec)
        .collect();
    let segments =
        vec![SegmentRun { name: "light", plan: &plan, trained: &trained, streams: lane }];
    let count_of = Count {
        segments,
        pattern: &source,
        first_symbol: 0,
        precoder: false,
        shared_seed: run,
        lane_seed: lane,
        symbols: None,
        method: Method::Chain,
    };
    let stop = Stop { round_blocks: 3, symbols: blocks * SCORED as u64, bit_errors: u64::MAX };
    let mut kept = Kept::default();
    let counted =
        count(&[count_of], &stop, &WorkspacePool::default(), &mut kept, &CancelToken::default())
            .remove(0);
    (kept, counted, expected)
}

/// The sampler's noise at 20 effective bits is 5e-7 of the full scale, taps lift it a few times;
/// f32 transforms err by 1e-6. The equaliser of a periodic block begins anew, the stream's goes on:
/// both must agree for symbols 256 from an end.
#[test]
fn a_noiseless_stream_has_the_values_of_the_periodic_blocks() {
    let (kept, counted, expected) = noiseless(Clocking::ideal(GUARD), 4);
    assert_eq!(
        (counted.end.symbols, counted.end.symbol_errors, kept.values.len()),
        (4096, 0, 4096)
    );
    for (block, expected) in [(1, &expected[0]), (2, &expected[1])] {
        for k in 0..SCORED {
            let ((level, mean, _), at) = (expected[GUARD + k], block * SCORED + k);
            assert_eq!(kept.sent[at], level);
            assert!(
                (kept.values[at] - mean).abs() < 1e-5,
                "block {block}, symbol {k}: {} {mean}",
                kept.values[at]
            );
        }
    }
    // another window over the same symbols has the same values: the guard is long enough
    for k in 0..SCORED {
        assert!((expected[2][GUARD + 100 + k].1 - kept.values[2 * SCORED + k]).abs() < 1e-5);
    }
}

/// Sinusoidal jitter that no loop follows, 3 UI peak to peak over two blocks: it passes 0.75 UI,
/// where a slip counts, and a quarter on its way back, to both sides in each period. Between slips
/// the symbols are those that were sent, one further on: within 0.08 UI of a whole symbol, where
/// two neighbours leave a quarter of half a step, there is no error.
#[test]
fn slips_are_counted_and_symbols_compared_at_their_shifted_place() {
    let (amplitude_ui, period) = (1.5, 2 * SCORED);
    let sinusoid = Some(Sinusoid { amplitude_ui, frequency: 1.0 / period as f64 });
    let (kept, counted, _) = noiseless(Clocking { sinusoid, ..Clocking::ideal(GUARD) }, 8);
    assert_eq!(counted.end.symbols, 8 * SCORED as u64);
    let clock = &counted.clocks[0];
    // the last period ends as the first began
    assert_eq!((clock.slips_forward, clock.slips_backward, clock.locked), (8, 8, None));
    assert!((clock.phase_error_rms_ui - 0.4).abs() < 0.1, "{}", clock.phase_error_rms_ui);
    let (mut near, mut wrong) = (0, 0);
    for k in 0..kept.sent.len() {
        let late = amplitude_ui * (std::f64::consts::TAU * k as f64 / period as f64).sin();
        // one or two symbols around a slip are skipped
        if (late - late.round()).abs() < 0.08 {
            near += 1;
            wrong += u32::from(kept.sent[k] != kept.decided[k]);
        }
    }
    assert!(near > 800 && wrong == 0, "{wrong} of {near}");
    assert!(counted.end.ber() > 0.01, "half way between symbols the eye is closed");
}

/// Counts of the same link with other draws: |ln ratio| < 5 standard deviations of both.
fn alike(name: &str, a: &LaneResult, b: &LaneResult) {
    let ratio = (a.ber_counted.expect("errors") / b.ber_counted.expect("errors")).ln();
    let sigma = (1.0 / a.errors as f64 + 1.0 / b.errors as f64).sqrt();
    println!(
        "{name}: {} and {} errors, {:.2} standard deviations",
        a.errors,
        b.errors,
        ratio / sigma
    );
    assert!(a.errors > 500 && ratio.abs() < 5.0 * sigma, "{name}: {} {}", a.errors, b.errors);
}

fn noisy() -> Config {
    let mut config = preset("800gbase-dr8");
    config.fibre.connector_loss_db = 10.0;
    config.pattern.kind = PatternKind::Prbs31q;
    config
}

#[test]
fn a_stream_with_an_ideal_clock_has_the_error_ratio_of_periodic_blocks() {
    for (samples_per_symbol, jitter_fs) in [(1, 180.0), (2, 600.0)] {
        let mut config = noisy();
        config.receiver.dsp.adc.samples_per_symbol = samples_per_symbol;
        config.receiver.dsp.adc.jitter_fs = jitter_fs;
        let periodic = run_lane(&config, 1 << 20);
        config.simulation.stream = true;
        let stream = run_lane(&config, 1 << 20);
        alike(&format!("{samples_per_symbol} a symbol, {jitter_fs} fs"), &stream, &periodic);
        agreement("stream", &stream);
        assert_eq!(stream.bits, 1 << 21);
        assert_eq!(stream.ber_semi_analytic_not_evaluated, None);
    }
}

#[test]
fn a_stream_gives_the_same_bits_on_any_number_of_threads() {
    let mut config = noisy();
    config.lanes = 3;
    config.simulation.symbols = 600_000; // more than one round
    config.receiver.dsp.clock.recovery = ClockRecovery::MuellerMuller;
    config.receiver.dsp.clock.offset_ppm = 50.0;
    (config.receiver.dsp.clock.sinusoidal_ui, config.receiver.dsp.clock.ac_coupling_khz) =
        (0.05, 100.0);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        serde_json::to_string(&pool.install(|| run(&config))).expect("results are JSON")
    };
    assert_eq!(with(1), with(4));
}

/// The payload of eight lanes through a precoder, in blocks whose seams cut codewords, with a
/// recovered clock.
#[test]
fn a_port_of_streams_gives_its_codewords_back() {
    for recovery in [ClockRecovery::Ideal, ClockRecovery::MuellerMuller] {
        let mut config = preset("800gbase-dr8");
        config.pattern.precoder = true;
        config.simulation.stream = true;
        config.simulation.block_symbols = 1000;
        config.simulation.symbols = 20_000;
        config.simulation.symbols_at_limit = 0;
        config.receiver.dsp.clock.recovery = recovery;
        quiet(&mut config);
        let result = run(&config);
        let fec = result.port.fec.expect("all lanes are there");
        assert_eq!(
            (result.port.errors, fec.uncorrectable, fec.miscorrected, fec.post_fec_ber),
            (0, 0, 0, None),
            "{recovery:?}"
        );
        assert!(fec.codewords >= 4 * 14 && fec.fec_bins[0] == fec.codewords, "{fec:?}");
    }
}

/// 17 dB of signal to noise ratio, eight lanes: errors before the code, symbol errors and lost
/// codewords are as many as in periodic mode.
#[test]
fn codewords_are_lost_in_streams_as_in_periodic_blocks() {
    let reported = |stream: bool| {
        let mut config = preset("800gbase-dr8");
        config.fibre.length_km = 0.0;
        config.fibre.connector_loss_db += 9.2;
        config.spread.launch_power_db = 0.0;
        config.simulation.block_symbols = 1360;
        config.simulation.symbols = 60 * 1360;
        config.simulation.symbols_at_limit = 0;
        config.simulation.stream = stream;
        let fec = run(&config).port.fec.expect("all lanes are there");
        assert_eq!(fec.codewords, 240);
        (fec.pre_fec_ber.expect("errors") * 240.0 * 5440.0, fec.uncorrectable as f64)
    };
    let ((errors, lost), (stream_errors, stream_lost)) = (reported(false), reported(true));
    println!("{errors} and {stream_errors} errors, {lost} and {stream_lost} lost");
    assert!(
        errors > 2000.0 && (errors - stream_errors).abs() < 5.0 * (errors + stream_errors).sqrt()
    );
    // codewords of a set share their errors: twice the variance of independent ones
    assert!(lost > 10.0 && (lost - stream_lost).abs() < 5.0 * (2.0 * (lost + stream_lost)).sqrt());
}

/// Two segments in stream mode: the first is the lane alone, draw by draw; the second has its
/// decisions as input, guards included.
#[test]
fn segments_in_stream_mode_hand_their_decisions_on_block_by_block() {
    let mut config = noisy();
    config.receiver.dsp.clock.recovery = ClockRecovery::MuellerMuller;
    let lane =
        lightlane::link::Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let (training, scoring) = (lane.blocks(2, true), lane.blocks(1, false));
    let trained = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        training,
        scoring,
        &mut workspace,
    )
    .train(&mut workspace, 1.0, None);
    let trained = trained.expect("it trains");
    let counted = |segments: u64| {
        let streams = |segment: u64| {
            if segment == 0 { lane.lane_seed } else { lane.lane_seed.named("second") }
        };
        let segments = (0..segments)
            .map(|s| SegmentRun {
                name: "light",
                plan: &lane.optical().plan,
                trained: &trained,
                streams: streams(s),
            })
            .collect();
        let first_symbol = lane.first_symbol();
        let count_of = Count {
            segments,
            pattern: &lane.pattern,
            first_symbol,
            precoder: false,
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            symbols: None,
            method: Method::Chain,
        };
        let stop = Stop { round_blocks: 32, symbols: 1 << 19, bit_errors: u64::MAX };
        count(&[count_of], &stop, &WorkspacePool::default(), &mut (), &CancelToken::default())
            .remove(0)
    };
    let (alone, both) = (counted(1), counted(2));
    assert_eq!(both.segments[0].symbol_errors, alone.end.symbol_errors);
    assert_eq!(both.segments[0].block_errors, alone.end.block_errors);
    assert_eq!(
        (both.segments[1].symbols, both.end.symbols, both.clocks.len()),
        (1 << 19, 1 << 19, 2)
    );
    let sum = both.segments[0].symbol_errors + both.segments[1].symbol_errors;
    // an error of the one meets one of the other with the chance of its ratio
    assert!(both.segments[1].symbol_errors > 300 && both.end.symbol_errors <= sum);
    assert!(
        (both.end.symbol_errors as f64) > 0.99 * sum as f64 - 5.0,
        "{} of {sum}",
        both.end.symbol_errors
    );
}

#[test]
fn a_guard_shorter_than_the_memory_is_said() {
    let mut config = noisy();
    config.simulation.stream = true;
    config.simulation.guard_symbols = 85;
    assert!(run(&config).warnings.iter().all(|w| !w.contains("guard_symbols")));
    // a pole at a hundredth of the symbol rate remembers 17 symbols a neper; 59 are covered beside
    // equaliser and slack: exp(-2 59 / 17)
    config.symbol_rate_gbd = 106.25;
    config.receiver.photodiode.bandwidth_ghz = 1.0;
    let result = run(&config);
    let said = result
        .warnings
        .iter()
        .chain(result.lanes.iter().filter_map(|lane| lane.not_evaluated.as_ref()));
    assert!(
        said.into_iter().any(|w| w.contains("simulation.guard_symbols = 85")),
        "{:?}",
        result.warnings
    );
}
