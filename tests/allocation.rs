//! Running does not allocate: counted by this binary's own allocator.

use lightlane::chain::{
    Count, Method, NoiseSelection, PlanCache, Predictor, SegmentRun, Stop, StreamKeys, Trained,
    Workspace, WorkspacePool, block_levels, count,
};
use lightlane::dsp::DetectorKind;
use lightlane::dsp::cdr::{ClockLoop, LoopGains, TimingDetector, TimingDetectorKind};
use lightlane::dsp::dfe::Dfe;
use lightlane::dsp::mlse::{Mlse, PartialResponse, SoftMlse};
use lightlane::dsp::slicer::Thresholds;
use lightlane::dsp::whitening::Whitening;
use lightlane::error::Problems;
use lightlane::fec::inner::{self, Chase, Soft};
use lightlane::fec::reed_solomon::{Code, DecoderWorkspace};
use lightlane::link::{Config, Lane, presets};
use lightlane::pattern::PatternKind;
use lightlane::receiver::Limiting;
use lightlane::run_options::CancelToken;
use lightlane::serdes::dsp::{AdaptationKind, ClockRecovery};
use lightlane::transmitter::{RinKind, TransmitterKind};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Allocations of this thread: other tests run beside this one.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct CountingAllocator;

fn count_one() {
    // a thread that ends no longer has a counter
    let _ = ALLOCATIONS.try_with(|counter| counter.set(counter.get() + 1));
}

// SAFETY: every call is passed unchanged to the system's allocator; counting neither allocates nor
// unwinds.
#[allow(unsafe_code)] // an allocator is an unsafe trait
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count_one();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_one();
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Allocations while `work` runs.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// 800G with every noise, over 2 km, in short blocks.
fn noisy(kind: TransmitterKind) -> Config {
    let preset = presets::find("800gbase-dr8").expect("it ships");
    let mut config: Config = preset.config();
    config.transmitter.kind = kind;
    config.fibre.length_km = 2.0;
    config.simulation.block_symbols = 1024;
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

/// Asserts that blocks after the first one do not allocate, with the noises `what`.
fn runs_without_allocating(config: &Config, what: NoiseSelection<'_>) {
    let mut problems = Problems::new();
    config.check(&lightlane::measured::Library::default(), &mut problems);
    assert!(problems.is_empty(), "{problems}");
    let lane = Lane::build(config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let mut levels = vec![0u8; config.simulation.block_symbols];
    let mut block = |block: u64| {
        block_levels(
            &lane.pattern,
            config.pattern.precoder,
            lane.first_symbol(),
            block,
            lane.lane_seed,
            &mut levels,
        );
        let draws = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block,
            noise: block,
            selection: what,
        };
        workspace
            .decisions(&lane.optical().plan, &trained, &levels, &draws, config.pattern.precoder)
            .bit_errors
    };
    block(0);
    let mut errors = 0;
    let made = allocations(|| errors = (1..6).map(&mut block).sum());
    assert_eq!(made, 0, "allocations in five blocks of {config:?}");
    assert!(
        errors < config.simulation.block_symbols as u64,
        "{errors} errors, a tenth of the bits: the lane does not work"
    );
}

const KINDS: [TransmitterKind; 3] =
    [TransmitterKind::Eml, TransmitterKind::Mzm, TransmitterKind::Ring];

#[test]
fn the_counter_sees_an_allocation() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![0u8; 100]))), 1);
}

#[test]
fn a_block_with_every_noise_allocates_nothing_at_one_and_two_samples_per_symbol() {
    for kind in KINDS {
        for samples_per_symbol in [1, 2] {
            let mut config = noisy(kind);
            config.receiver.dsp.adc.samples_per_symbol = samples_per_symbol;
            runs_without_allocating(&config, NoiseSelection::All);
        }
    }
}

#[test]
fn a_block_without_noise_allocates_nothing() {
    for kind in KINDS {
        runs_without_allocating(&noisy(kind), NoiseSelection::None);
    }
}

#[test]
fn the_precoder_allocates_nothing() {
    let mut config = noisy(TransmitterKind::Eml);
    config.pattern.precoder = true;
    runs_without_allocating(&config, NoiseSelection::All);
}

#[test]
fn every_computed_pattern_fills_without_allocating() {
    for kind in PatternKind::all().into_iter().filter(|&kind| kind != PatternKind::File) {
        let mut config = noisy(TransmitterKind::Eml);
        config.pattern.kind = kind;
        runs_without_allocating(&config, NoiseSelection::All);
    }
}

#[test]
fn relaxation_noise_allocates_nothing() {
    for kind in KINDS {
        let mut config = noisy(kind);
        config.transmitter.eml.laser.rin = RinKind::Relaxation;
        config.transmitter.mzm.laser.rin = RinKind::Relaxation;
        config.transmitter.ring.laser.rin = RinKind::Relaxation;
        runs_without_allocating(&config, NoiseSelection::All);
    }
}

#[test]
fn a_walking_phase_behind_dispersion_allocates_nothing() {
    for kind in KINDS {
        let mut config = noisy(kind);
        config.transmitter.eml.laser.linewidth_mhz = 500.0;
        config.transmitter.mzm.laser.linewidth_mhz = 500.0;
        // a ring turns frequency into intensity
        config.transmitter.ring.laser.linewidth_mhz = 20.0;
        config.fibre.length_km = 20.0;
        config.fibre.loss_db_per_km = 0.1;
        runs_without_allocating(&config, NoiseSelection::All);
    }
}

#[test]
fn a_saturating_amplifier_allocates_nothing() {
    for samples_per_symbol in [1, 2] {
        let mut config = noisy(TransmitterKind::Eml);
        config.receiver.tia.limiting = Limiting::Tanh;
        config.receiver.tia.overload_ma_pp = 1.0;
        config.receiver.dsp.adc.samples_per_symbol = samples_per_symbol;
        runs_without_allocating(&config, NoiseSelection::All);
    }
}

/// The transforms of 1000 and of 1009 symbols are others than those of a power of two.
#[test]
fn blocks_of_any_length_allocate_nothing() {
    for block_symbols in [1000, 1009, 8191] {
        let mut config = noisy(TransmitterKind::Mzm);
        config.simulation.block_symbols = block_symbols;
        config.receiver.dsp.adc.samples_per_symbol = 2;
        runs_without_allocating(&config, NoiseSelection::All);
    }
}

#[test]
fn a_receiver_trained_by_lms_runs_without_allocating() {
    let mut config = noisy(TransmitterKind::Eml);
    config.receiver.dsp.ffe.adaptation = AdaptationKind::Lms;
    runs_without_allocating(&config, NoiseSelection::All);
}

#[test]
fn feedback_and_sequences_decide_without_allocating() {
    for (decision, memory, taps) in [
        (DetectorKind::Dfe, 1, 1),
        (DetectorKind::Dfe, 1, 16),
        (DetectorKind::Mlse, 1, 1),
        (DetectorKind::Mlse, 2, 1),
    ] {
        let mut config = noisy(TransmitterKind::Eml);
        (
            config.receiver.dsp.detector,
            config.receiver.dsp.mlse.memory,
            config.receiver.dsp.dfe.taps,
        ) = (decision, memory, taps);
        runs_without_allocating(&config, NoiseSelection::All);
    }
}

/// Clean, correctable, beyond t, with erasures; and the inner code.
#[test]
fn decoding_does_not_allocate() {
    let code = Code::KP4.build().expect("it is legal");
    let mut work = DecoderWorkspace::new(code.code());
    let mut word = vec![0; code.code().codeword_symbols];
    for errors in [0, 1, 15, 16, 40] {
        let made = allocations(|| {
            word.fill(0);
            word[..errors].iter_mut().enumerate().for_each(|(i, symbol)| *symbol = 1 + i as u16);
            code.decode(&mut word, &[500, 501], &mut work).expect("a word of the code");
        });
        assert_eq!(made, 0, "{errors} errors");
    }
    let soft = Soft::new([0.0, 1.0, 2.0, 3.0], [0.2; 4]).expect("they rise");
    let mut payload = [0; inner::PAYLOAD_SYMBOLS];
    let made = allocations(|| {
        Chase::SOFT.decode(&soft, &[1.6; inner::BLOCK_SYMBOLS], &mut payload);
    });
    assert_eq!(made, 0);
}

#[test]
fn equalisers_detectors_and_clocks_do_not_allocate() {
    let y: Vec<f32> = (0..1000).map(|n| ((n * 37 % 101) as f32 - 50.0) / 40.0).collect();
    let (mut out, mut decided, mut penalties) =
        (vec![0.0; 1000], vec![0; 1100], vec![[0.0; 4]; 1100]);
    for taps in [[0.5].as_slice(), &[0.5, 0.1]] {
        let mut dfe = Dfe::new(taps, Thresholds::MIDDLE);
        let response = PartialResponse::new(taps);
        let (mut mlse, mut soft) = (Mlse::new(&response, 32), SoftMlse::new(&response, 32));
        let mut whitening =
            Whitening::from_autocorrelation(&[1.0, -0.5, 0.2], taps.len()).expect("a noise's");
        let (mut detector, mut clock) = (
            TimingDetector::new(TimingDetectorKind::BangBang),
            ClockLoop::new(LoopGains::new(1e-3, 2.0)),
        );
        let made = allocations(|| {
            whitening.apply(&y, &mut out);
            dfe.decide(&y, &mut out, &mut decided[..1000]);
            mlse.detect(&y, &mut decided);
            mlse.finish(&mut decided);
            soft.detect(&y, &mut penalties);
            soft.finish(&mut penalties);
            y.iter().for_each(|&y| {
                clock.push(f64::from(detector.push(y, y)));
            });
        });
        assert_eq!(made, 0, "{} taps", taps.len());
    }
}

/// A block of a stream allocates its count only, whatever its length; symbols, loop and waveform
/// allocate nothing.
#[test]
fn a_stream_allocates_a_few_times_a_block_and_never_a_symbol() {
    for recovery in [ClockRecovery::MuellerMuller, ClockRecovery::BangBang] {
        let mut config = noisy(TransmitterKind::Eml);
        config.receiver.dsp.clock.recovery = recovery;
        (config.receiver.dsp.clock.sinusoidal_ui, config.receiver.dsp.clock.ac_coupling_khz) =
            (0.05, 100.0);
        config.receiver.dsp.adc.samples_per_symbol = 2;
        let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
        let mut workspace = Workspace::new(&lane.optical().plan);
        let trained = trained(&lane, &mut workspace);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let workspaces = WorkspacePool::default();
        let made = |blocks: u64| {
            let segments = vec![SegmentRun {
                name: "light",
                plan: &lane.optical().plan,
                trained: &trained,
                streams: lane.lane_seed,
            }];
            let first_symbol = lane.first_symbol();
            let count_of = [Count {
                segments,
                pattern: &lane.pattern,
                first_symbol,
                precoder: false,
                shared_seed: lane.shared_seed,
                lane_seed: lane.lane_seed,
                symbols: None,
                method: Method::Chain,
            }];
            let stop = Stop { round_blocks: 64, symbols: blocks * 1024, bit_errors: u64::MAX };
            let cancel = CancelToken::default();
            let go = || {
                allocations(|| {
                    assert!(
                        count(&count_of, &stop, &workspaces, &mut (), &cancel)[0]
                            .not_evaluated
                            .is_none()
                    )
                })
            };
            pool.install(go)
        };
        made(4);
        let (few, many) = (made(4), made(36));
        assert!(few > 0 && many - few <= 4 * 32, "{few} allocations in 4 blocks, {many} in 36");
    }
}
