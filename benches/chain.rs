//! Symbols per second of whole chains, stage by stage, and of the estimators; `benches/speed.rs`
//! has what `lightlane bench` prints.
//!
//! `cargo bench`; one core: `taskset -c 0 cargo bench`. Items are symbols.

use divan::Bencher;
use divan::counter::ItemsCount;
use lightlane::chain::{
    Count, Method, NoiseSelection, PlanCache, Predictor, SegmentRun, Stop, StreamKeys, Trained,
    Workspace, WorkspacePool, count,
};
use lightlane::dsp::DetectorKind;
use lightlane::link::{Config, Lane, presets};
use lightlane::pattern::PatternKind;
use lightlane::run_options::CancelToken;
use lightlane::serdes::dsp::ClockRecovery;
use lightlane::transmitter::TransmitterKind;

fn main() {
    divan::main();
}

/// The link of these benches: 800G, 2 km, all noise on, 21 trained taps, blocks of 2^13.
fn config(kind: TransmitterKind, samples_per_symbol: usize) -> Config {
    let preset = presets::find("800gbase-dr8").expect("it ships");
    let mut config: Config = toml::from_str(preset.text).expect("a preset is a description");
    config.transmitter.kind = kind;
    // one lane would otherwise encode the codewords of all eight
    config.pattern.kind = PatternKind::Prbs31q;
    config.fibre.length_km = 2.0;
    config.simulation.samples_per_symbol = samples_per_symbol;
    config
}

fn trained(lane: &Lane, workspace: &mut Workspace) -> Trained {
    let (training, scoring) = (lane.blocks(2, true), lane.blocks(1, false));
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        training,
        scoring,
        workspace,
    );
    predictor.train(workspace, 1.0, None).expect("it trains")
}

/// Symbols, transmit taps, converter, driver, modulator, fibre, photodiode, amplifier, converter,
/// 21 taps, slicer, count.
#[divan::bench(args = [
    (TransmitterKind::Eml, 4),
    (TransmitterKind::Mzm, 4),
    (TransmitterKind::Eml, 2),
    (TransmitterKind::Mzm, 2),
])]
fn whole_chain(bencher: Bencher, (kind, samples_per_symbol): (TransmitterKind, usize)) {
    let lane = Lane::build(&config(kind, samples_per_symbol), 0, &mut PlanCache::default())
        .expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let mut levels = vec![0u8; 8192];
    let mut block = 0;
    bencher.counter(ItemsCount::new(8192usize)).bench_local(|| {
        block += 1;
        lane.pattern.fill(block * 8192, lane.lane_seed, &mut levels);
        let draws = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block,
            noise: block,
            selection: NoiseSelection::All,
        };
        workspace.decisions(&lane.optical().plan, &trained, &levels, &draws, false).bit_errors
    });
}

/// The same at other block lengths.
#[divan::bench(args = [2048, 4096, 8192, 16384])]
fn whole_chain_in_blocks_of(bencher: Bencher, symbols: usize) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.simulation.block_symbols = symbols;
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let levels = lane.blocks(1, false).remove(0);
    let mut block = 0;
    bencher.counter(ItemsCount::new(symbols)).bench_local(|| {
        block += 1;
        let draws = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block,
            noise: block,
            selection: NoiseSelection::All,
        };
        workspace.decisions(&lane.optical().plan, &trained, &levels, &draws, false).bit_errors
    });
}

/// The same after a converter of 18 GHz, decided with one and sixteen taps of feedback and in 4 and
/// 16 states.
#[divan::bench(args = [
    (DetectorKind::Dfe, 1),
    (DetectorKind::Dfe, 16),
    (DetectorKind::Mlse, 1),
    (DetectorKind::Mlse, 2),
])]
fn whole_chain_deciding(bencher: Bencher, (decision, memory): (DetectorKind, usize)) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.receiver.dsp.adc.bandwidth_ghz = 18.0;
    config.receiver.dsp.detector = decision;
    config.receiver.dsp.dfe.taps = memory;
    config.receiver.dsp.mlse.memory = memory.min(2);
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let levels = lane.blocks(1, false).remove(0);
    let mut block = 0;
    bencher.counter(ItemsCount::new(8192usize)).bench_local(|| {
        block += 1;
        let draws = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block,
            noise: block,
            selection: NoiseSelection::All,
        };
        workspace.decisions(&lane.optical().plan, &trained, &levels, &draws, false).bit_errors
    });
}

/// Blocks in stream mode with a Mueller-Muller loop, one lane on one core, the warm-up of four
/// blocks shared by 128.
#[divan::bench]
fn stream_with_a_recovered_clock(bencher: Bencher) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.receiver.dsp.clock.recovery = ClockRecovery::MuellerMuller;
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let (trained, workspaces, symbols) =
        (trained(&lane, &mut workspace), WorkspacePool::default(), 128u64 << 13);
    let stop = Stop { round_blocks: 128, symbols, bit_errors: u64::MAX };
    bencher.counter(ItemsCount::new(symbols)).bench_local(|| {
        let segments = vec![SegmentRun {
            name: "light",
            plan: &lane.optical().plan,
            trained: &trained,
            streams: lane.lane_seed,
        }];
        let count_of = Count {
            segments,
            symbols: None,
            pattern: &lane.pattern,
            first_symbol: 0,
            precoder: false,
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            method: Method::Chain,
        };
        count(&[count_of], &stop, &workspaces, &mut (), &CancelToken::default())
    });
}

/// First stage: symbols to detected current.
#[divan::bench]
fn stage_front(bencher: Bencher) {
    stage(bencher, |workspace, lane, trained, levels, draws| {
        workspace.run_to_detector(&lane.optical().plan, levels, draws, trained.transmission);
    });
}

/// Second stage: receiver bandwidth, noise, sampling.
#[divan::bench]
fn stage_sample(bencher: Bencher) {
    stage(bencher, |workspace, lane, trained, _, draws| {
        workspace.sample_and_fold(&lane.optical().plan, trained, draws)
    });
}

/// Third stage: conversion and 21 taps.
#[divan::bench]
fn stage_equalise(bencher: Bencher) {
    stage(bencher, |workspace, lane, trained, _, draws| {
        workspace.equalise(&lane.optical().plan, trained, draws)
    });
}

fn stage(bencher: Bencher, run: impl Fn(&mut Workspace, &Lane, &Trained, &[u8], &StreamKeys<'_>)) {
    let lane = Lane::build(&config(TransmitterKind::Eml, 4), 0, &mut PlanCache::default())
        .expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let levels = lane.blocks(1, false).remove(0);
    let draws = StreamKeys {
        shared_seed: lane.shared_seed,
        lane_seed: lane.lane_seed,
        block: 0,
        noise: 0,
        selection: NoiseSelection::All,
    };
    workspace.decisions(&lane.optical().plan, &trained, &levels, &draws, false);
    bencher
        .counter(ItemsCount::new(8192usize))
        .bench_local(|| run(&mut workspace, &lane, &trained, &levels, &draws));
}

/// The same block without its noises.
#[divan::bench]
fn whole_chain_without_noise(bencher: Bencher) {
    let lane = Lane::build(&config(TransmitterKind::Eml, 4), 0, &mut PlanCache::default())
        .expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let levels = lane.blocks(1, false).remove(0);
    let draws = StreamKeys {
        shared_seed: lane.shared_seed,
        lane_seed: lane.lane_seed,
        block: 0,
        noise: 0,
        selection: NoiseSelection::None,
    };
    bencher.counter(ItemsCount::new(8192usize)).bench_local(|| {
        workspace.decisions(&lane.optical().plan, &trained, &levels, &draws, false).bit_errors
    });
}

/// Noise on stored noiseless blocks, decided by a slicer, and with one tap of feedback.
#[divan::bench(args = [DetectorKind::Slicer, DetectorKind::Dfe])]
fn replay(bencher: Bencher, decision: DetectorKind) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.receiver.dsp.detector = decision;
    config.receiver.dsp.dfe.taps = 1;
    if decision == DetectorKind::Dfe {
        // feedback is not counted with noise that depends on the signal
        config.transmitter.eml.laser.rin_db_per_hz = -165.0;
        (
            config.transmitter.dac.jitter_fs,
            config.receiver.dsp.adc.jitter_fs,
            config.transmitter.dac.effective_bits,
        ) = (0.0, 0.0, 9.0);
        config.receiver.dsp.adc.bandwidth_ghz = 14.0;
    }
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        lane.blocks(2, true),
        lane.blocks(4, false),
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
    let replay = predictor.noise_only(&mut workspace, &trained).expect("a linear receiver");
    let mut block = 0;
    bencher.counter(ItemsCount::new(8192usize)).bench_local(|| {
        block += 1;
        replay.decisions(&trained, lane.lane_seed, block, false, &mut workspace).bit_errors
    });
}

/// Building a lane whose responses are all in the cache.
#[divan::bench]
fn rebuild_a_lane(bencher: Bencher) {
    let (config, mut cache) = (config(TransmitterKind::Eml, 4), PlanCache::default());
    bencher.bench_local(|| Lane::build(&config, 0, &mut cache).expect("it builds"));
}

/// Semi-analytic: training and prediction of two blocks each.
#[divan::bench]
fn train_and_predict(bencher: Bencher) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.fibre.length_km = 0.5;
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    bencher.bench_local(|| {
        let mut predictor = Predictor::new(
            &lane.optical().plan,
            &lane.optical().dsp,
            lane.shared_seed,
            lane.lane_seed,
            lane.blocks(2, true),
            lane.blocks(2, false),
            &mut workspace,
        );
        let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
        predictor.predict(&mut workspace, &trained).ber
    });
}

/// Semi-analytic: a lane from its built plan to its error ratio, trained on one block of 2^13 and
/// predicted on another.
#[divan::bench]
fn semi_analytic_lane(bencher: Bencher) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.fibre.length_km = 0.5;
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    bencher.bench_local(|| {
        let mut predictor = Predictor::new(
            &lane.optical().plan,
            &lane.optical().dsp,
            lane.shared_seed,
            lane.lane_seed,
            lane.blocks(1, true),
            lane.blocks(1, false),
            &mut workspace,
        );
        let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
        predictor.predict(&mut workspace, &trained).ber
    });
}

/// The margin of a trained lane, on this many training blocks.
#[divan::bench(args = [1, 2])]
fn margin(bencher: Bencher, blocks: u64) {
    let mut config = config(TransmitterKind::Eml, 4);
    config.fibre.length_km = 0.5;
    let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        lane.blocks(blocks, true),
        lane.blocks(1, false),
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
    let limit_ber = config.limit_ber();
    bencher.bench_local(|| {
        lane.loss_margin_db(&mut predictor, &mut workspace, &trained, limit_ber)
            .expect("there is one")
    });
}
