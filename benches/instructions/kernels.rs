//! Cases that are counted: each kernel on fixed data, as public functions reach it.

use crate::callgrind::counted_once;
use lightlane::benchmark;
use lightlane::chain::{NoiseSelection, PlanCache, Predictor, StreamKeys, Trained, Workspace};
use lightlane::dsp::dfe::Dfe;
use lightlane::dsp::mlse::{Mlse, PartialResponse, SoftMlse};
use lightlane::dsp::slicer::Thresholds;
use lightlane::dsp::{LEVELS, awgn, slicer};
use lightlane::fec::inner::{self, BLOCK_SYMBOLS, Chase, PAYLOAD_SYMBOLS, Soft};
use lightlane::fec::reed_solomon::{Code, DecoderWorkspace};
use lightlane::link::{Lane, LayeredConfig};
use lightlane::math::{gaussian, normals};
use lightlane::measure::eye::EyeDiagram;
use lightlane::measure::tdecq::{Instrument, Reference, TdecqCapture};
use lightlane::pattern::{Pattern, PatternKind};
use lightlane::seed::Seed;
use std::hint::black_box;

/// A name, the number of items of a run, and the run.
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    pub(crate) items: usize,
    work: Box<dyn FnMut()>,
}

impl Kernel {
    fn new(name: &'static str, items: usize, work: impl FnMut() + 'static) -> Kernel {
        Kernel { name, items, work: Box::new(work) }
    }

    /// Once as a warm-up, once to be counted.
    pub(crate) fn run(&mut self) {
        (self.work)();
        counted_once(&mut self.work);
    }
}

/// Symbols or samples of a run.
const LENGTH: usize = 8192;
/// Symbols of a chain's block: callgrind takes a hundred times as long as the machine alone.
const BLOCK: usize = 2048;

pub(crate) fn all() -> Vec<Kernel> {
    let mut all = vec![
        normal_numbers(),
        inner_loop(),
        prbs31q(),
        decide(),
        compare(),
        dfe(),
        mlse(),
        soft_mlse(),
        gaussian_tail(),
    ];
    all.extend(
        [0, 1, 8, 15]
            .into_iter()
            .zip(["rs_decode_0", "rs_decode_1", "rs_decode_8", "rs_decode_15"])
            .map(rs_decode),
    );
    all.extend([inner_decode(), eye_density(), tdecq()]);
    all.extend(stages());
    all.extend([training("mmse_training", "mmse"), training("lms_training", "lms"), predict()]);
    all.extend(["lms", "lms_lanes", "replay"].map(of_bench));
    all
}

/// A work of `lightlane bench`.
fn of_bench(name: &str) -> Kernel {
    let case = benchmark::all().into_iter().find(|case| case.name == name).expect("it is one");
    Kernel::new(case.name, case.items as usize, (case.begin)())
}

fn normal_numbers() -> Kernel {
    let (mut rng, mut out) = (Seed::new(1).rng(), vec![0f32; LENGTH]);
    Kernel::new("normals", LENGTH, move || normals::fill(&mut rng, black_box(&mut out)))
}

fn inner_loop() -> Kernel {
    Kernel::new("inner_loop", 2048, || {
        black_box(awgn::count(black_box(Seed::new(1)), 1, 0.11));
    })
}

fn prbs31q() -> Kernel {
    let source =
        Pattern { kind: PatternKind::Prbs31q, ..Pattern::default() }.build().expect("it builds");
    let mut levels = vec![0; LENGTH];
    Kernel::new("prbs31q", LENGTH, move || {
        source.fill(black_box(12345), Seed::new(1), black_box(&mut levels))
    })
}

/// Random levels and their samples after 1 + 0.5 D with some noise.
fn received() -> (Vec<u8>, Vec<f32>) {
    let mut rng = Seed::new(1).rng();
    let mut before = 0.0;
    let mut next = || {
        let level = (rng.next_u64() >> 62) as u8;
        let sample = LEVELS[usize::from(level)] + 0.5 * before + 0.09 * rng.normal() as f32;
        before = LEVELS[usize::from(level)];
        (level, sample)
    };
    (0..LENGTH).map(|_| next()).unzip()
}

fn decide() -> Kernel {
    let (sent, out) = received();
    Kernel::new("slicer_decide", LENGTH, move || {
        black_box(Thresholds::MIDDLE.decide(black_box(&sent), &out));
    })
}

fn compare() -> Kernel {
    let (sent, out) = received();
    let mut decided = vec![0; LENGTH];
    Thresholds::MIDDLE.levels(&out, &mut decided);
    Kernel::new("slicer_compare", LENGTH, move || {
        black_box(slicer::compare(black_box(&sent), &decided, &out));
    })
}

fn dfe() -> Kernel {
    let ((_, y), mut out, mut decided) = (received(), vec![0.0; LENGTH], vec![0; LENGTH]);
    let mut dfe = Dfe::new(&[0.5, 0.05, 0.02, 0.01], Thresholds::MIDDLE);
    Kernel::new("dfe_4", LENGTH, move || dfe.decide(black_box(&y), &mut out, &mut decided))
}

fn mlse() -> Kernel {
    let ((_, y), mut decided) = (received(), vec![0; LENGTH + 64]);
    let mut mlse = Mlse::new(&PartialResponse::new(&[0.5]), 32);
    Kernel::new("mlse_4", LENGTH, move || {
        black_box(mlse.detect(black_box(&y), &mut decided));
    })
}

fn soft_mlse() -> Kernel {
    let ((_, y), mut penalties) = (received(), vec![[0.0; 4]; LENGTH + 64]);
    let mut mlse = SoftMlse::new(&PartialResponse::new(&[0.5]), 32);
    Kernel::new("soft_mlse_4", LENGTH, move || {
        black_box(mlse.detect(black_box(&y), &mut penalties));
    })
}

fn gaussian_tail() -> Kernel {
    let x: Vec<f64> = (0..LENGTH).map(|i| i as f64 * (12.0 / LENGTH as f64) - 4.0).collect();
    let mut out = vec![0.0; LENGTH];
    Kernel::new("gaussian_tail", LENGTH, move || {
        black_box(&mut out)
            .iter_mut()
            .zip(black_box(&x))
            .for_each(|(out, &x)| *out = gaussian::q_fast(x));
    })
}

/// Eight codewords with that many wrong symbols each.
fn rs_decode((errors, name): (usize, &'static str)) -> Kernel {
    const WORDS: usize = 8;
    let code = Code::KP4.build().expect("it is legal");
    let mut rng = Seed::new(1).rng();
    let received: Vec<Vec<u16>> = (0..WORDS)
        .map(|_| {
            let mut word: Vec<u16> = (0..544).map(|_| rng.next_u64() as u16 & 1023).collect();
            code.encode(&mut word).expect("it fits");
            // 36 positions apart, so never twice the same
            (0..errors).for_each(|i| {
                word[36 * i + (rng.next_u64() % 36) as usize] ^= 1 + (rng.next_u64() % 1023) as u16
            });
            word
        })
        .collect();
    let (mut work, mut word) = (DecoderWorkspace::new(code.code()), vec![0; 544]);
    Kernel::new(name, WORDS, move || {
        for received in &received {
            word.copy_from_slice(received);
            black_box(code.decode(black_box(&mut word), &[], &mut work)).expect("it fits");
        }
    })
}

/// The inner code at 4.85e-3.
fn inner_decode() -> Kernel {
    const BLOCKS: usize = 32;
    let sigma = (0.5 / gaussian::pam4_half_eye_from_ber(4.85e-3)) as f32;
    let soft = Soft::new([0.0, 1.0, 2.0, 3.0], [sigma; 4]).expect("they rise");
    let mut rng = Seed::new(1).rng();
    let blocks: Vec<[f32; BLOCK_SYMBOLS]> = (0..BLOCKS)
        .map(|_| {
            let mut levels: [u8; BLOCK_SYMBOLS] =
                std::array::from_fn(|_| (rng.next_u64() >> 62) as u8);
            inner::encode(&mut levels);
            levels.map(|level| f32::from(level) + sigma * rng.normal() as f32)
        })
        .collect();
    let mut payload = [0; PAYLOAD_SYMBOLS];
    Kernel::new("inner_decode", BLOCKS * PAYLOAD_SYMBOLS, move || {
        blocks.iter().for_each(|received| {
            black_box(Chase::SOFT.decode(&soft, black_box(received), &mut payload));
        });
    })
}

/// Points drawn, eight of a sample.
fn eye_density() -> Kernel {
    let (_, waveform) = received();
    let mut eye = EyeDiagram::new(32, (-2.0, 2.0), 400);
    Kernel::new("eye_density", 8 * LENGTH, move || eye.push(black_box(&waveform), 5))
}

/// Random symbols with slow edges, and the runs that an outer OMA needs: windows, histograms, tails
/// and the search.
fn tdecq() -> Kernel {
    let mut rng = Seed::new(1).rng();
    let mut levels: Vec<u8> = (0..1000).map(|_| (rng.next_u64() >> 62) as u8).collect();
    levels.extend([1, 3, 3, 3, 3, 3, 3, 3, 1, 0, 0, 0, 0, 0, 0, 1]);
    let mut y = 0.0;
    let rise = |level: u8| {
        y += 0.12 * (1.0 + f32::from(level) - y);
        y
    };
    let waveform: Vec<f32> = levels.iter().flat_map(|&level| [level; 16]).map(rise).collect();
    let instrument = Instrument::default();
    Kernel::new("tdecq", levels.len(), move || {
        let capture = TdecqCapture {
            waveform: &waveform,
            samples_per_symbol: 16,
            levels: &levels,
            ..TdecqCapture::default()
        };
        black_box(instrument.measure(&capture, &Reference::SMF_100G)).expect("it is open");
    })
}

/// 800G by an EML, 2 km, all noise on, 21 taps, 4 samples per symbol.
fn lane(adaptation: &str) -> Lane {
    let mut stack = LayeredConfig::open("800gbase-dr8").expect("it ships");
    let chain = "transmitter.kind=eml pattern.kind=prbs31q fibre.length_km=2 simulation.samples_per_symbol=4 lanes=1";
    let assignments = chain.split(' ').map(str::to_owned);
    let more = [
        format!("simulation.block_symbols={BLOCK}"),
        format!("receiver.dsp.ffe.adaptation={adaptation}"),
    ];
    assignments.chain(more).for_each(|assignment| stack.set(&assignment).expect("a key"));
    Lane::build(&stack.resolve().expect("it is legal").base, 0, &mut PlanCache::default())
        .expect("it builds")
}

fn predictor<'a>(lane: &'a Lane, workspace: &mut Workspace) -> Predictor<'a> {
    Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        lane.blocks(1, true),
        lane.blocks(1, false),
        workspace,
    )
}

fn trained(lane: &Lane, workspace: &mut Workspace) -> Trained {
    predictor(lane, workspace).train(workspace, 1.0, None).expect("it trains")
}

/// Symbols to detected current, to samples, to the equaliser's output.
fn stages() -> [Kernel; 3] {
    ["front", "sample", "equalise"].map(|stage| {
        let lane = lane("mmse");
        let mut workspace = Workspace::new(&lane.optical().plan);
        let (trained, levels) = (trained(&lane, &mut workspace), lane.blocks(1, false).remove(0));
        let draws = |lane: &Lane| StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block: 0,
            noise: 0,
            selection: NoiseSelection::All,
        };
        workspace.decisions(&lane.optical().plan, &trained, &levels, &draws(&lane), false);
        Kernel::new(stage, BLOCK, move || match stage {
            "front" => workspace.run_to_detector(
                &lane.optical().plan,
                black_box(&levels),
                &draws(&lane),
                trained.transmission,
            ),
            "sample" => workspace.sample_and_fold(&lane.optical().plan, &trained, &draws(&lane)),
            _ => workspace.equalise(&lane.optical().plan, &trained, &draws(&lane)),
        })
    })
}

/// Training on one block; the adaptive loop passes blocks again and again.
fn training(name: &'static str, adaptation: &str) -> Kernel {
    let lane = lane(adaptation);
    let mut workspace = Workspace::new(&lane.optical().plan);
    Kernel::new(name, BLOCK, move || {
        black_box(predictor(&lane, &mut workspace).train(&mut workspace, 1.0, None))
            .expect("it trains");
    })
}

/// The semi-analytic error ratio of one block.
fn predict() -> Kernel {
    let lane = lane("mmse");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    Kernel::new("predict", BLOCK, move || {
        black_box(predictor(&lane, &mut workspace).predict(&mut workspace, &trained));
    })
}
