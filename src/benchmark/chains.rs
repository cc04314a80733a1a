//! Whole chains of the preset for 8 x 100G over 2 km, lane 0: random data take the same time.

use super::case::{Case, NORMAL_FLOPS};
use crate::chain::{
    ImportanceSampling, NoiseOnly, NoiseSelection, PlanCache, Predictor, Probe, StreamKeys,
    Trained, Workspace,
};
use crate::dsp::ffe::{KnownBlock, LmsLoop, adapt_lanes};
use crate::dsp::{DetectorKind, LEVELS};
use crate::link::{Config, Lane, presets};
use crate::math::normals;
use crate::measure::eye::EyeDiagram;
use crate::pattern::{Pattern, PatternKind};
use crate::seed::Seed;
use crate::transmitter::TransmitterKind;
use std::hint::black_box;

/// Symbols of a block.
pub(super) const SYMBOLS: usize = 8192;
/// Samples per symbol of the eye, and points that are drawn a sample.
const EYE_SAMPLES: usize = 32;
const EYE_POINTS: usize = 8;

pub(super) fn cases() -> Vec<Case> {
    let symbols = SYMBOLS as f64;
    let chain = |name, about, samples, begin| {
        let (flops, bytes) = cost(samples);
        Case {
            name,
            about,
            unit: "symbols",
            items: symbols,
            flops: Some(flops),
            bytes: Some(bytes),
            begin,
        }
    };
    let other = |name, about, unit, items, begin| Case {
        name,
        about,
        unit,
        items,
        flops: None,
        bytes: None,
        begin,
    };
    vec![
        chain("chain_4sps", "EML, fibre, receiver, 21 taps; 4 samples a symbol", 4, || {
            whole(|c| c.simulation.samples_per_symbol = 4)
        }),
        chain("chain_2sps", "the same at 2 samples a symbol", 2, || {
            whole(|c| c.simulation.samples_per_symbol = 2)
        }),
        chain("chain_4sps_mzm", "chain_4sps with a silicon MZM", 4, || {
            whole(|c| c.transmitter.kind = TransmitterKind::Mzm)
        }),
        chain("chain_4sps_ring", "chain_4sps with a micro-ring", 4, || {
            whole(|c| c.transmitter.kind = TransmitterKind::Ring)
        }),
        other("chain_dfe", "chain_4sps with 16 taps of feedback", "symbols", symbols, || {
            whole(|c| deciding(c, DetectorKind::Dfe))
        }),
        other("chain_mlse", "chain_4sps with 16 states of MLSE", "symbols", symbols, || {
            whole(|c| deciding(c, DetectorKind::Mlse))
        }),
        other("lms", "LMS, 21 taps, 2 samples a symbol, one lane", "symbols", symbols, || lms(1)),
        other(
            "lms_lanes",
            "the same of eight lanes side by side",
            "symbols",
            8.0 * symbols,
            || lms(8),
        ),
        other("replay", "noise at the slicer on stored blocks", "symbols", symbols, replay),
        other(
            "rare_events",
            "symbols with noise shifted towards errors",
            "symbols",
            symbols,
            rare_events,
        ),
        other(
            "eye_density",
            "points drawn into an eye diagram",
            "samples",
            symbols * (EYE_SAMPLES * EYE_POINTS) as f64,
            eye,
        ),
        other(
            "semi_analytic_lane",
            "one lane trained and predicted, 8192 symbols each",
            "lanes",
            1.0,
            semi_analytic,
        ),
        other("rebuild_lane", "one lane built after a change of fibre", "lanes", 1.0, rebuild),
    ]
}

/// The link of these cases: all noise on, a dispersive fibre, 21 taps trained in closed form.
pub(super) fn config(change: impl FnOnce(&mut Config)) -> Config {
    let preset = presets::find("800gbase-dr8").expect("it ships");
    let mut config: Config = toml::from_str(preset.text).expect("a preset is a description");
    config.transmitter.kind = TransmitterKind::Eml;
    // one lane would otherwise encode the codewords of all eight
    config.pattern.kind = PatternKind::Prbs31q;
    config.fibre.length_km = 2.0;
    change(&mut config);
    config
}

/// A detector with memory, after a converter that leaves some interference.
fn deciding(config: &mut Config, decision: DetectorKind) {
    config.receiver.dsp.adc.bandwidth_ghz = 18.0;
    config.receiver.dsp.detector = decision;
    config.receiver.dsp.dfe.taps = 16;
    config.receiver.dsp.mlse.memory = 2;
}

pub(super) fn built(config: &Config) -> Lane {
    Lane::build(config, 0, &mut PlanCache::default()).expect("a preset builds")
}

pub(super) fn trained(lane: &Lane, workspace: &mut Workspace) -> Trained {
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        lane.blocks(2, true),
        lane.blocks(1, false),
        workspace,
    );
    predictor.train(workspace, 1.0, None).expect("a preset trains")
}

/// Operations and bytes a symbol of the chain at `s` samples a symbol.
///
/// Transforms: the field's there and back, four real ones of the block (into the driver, through
/// the modulator's electrode and back, into the receiver), five at the symbol rate (symbols, edges,
/// crosstalk, samples, slopes), of which each moves its numbers through the cache twice. Normal
/// numbers: intensity noise, shot noise and the driver's at every sample, four a symbol. Passes: 60
/// operations a sample, 100 bytes.
fn cost(s: usize) -> (f64, f64) {
    let (n, s) = (SYMBOLS as f64, s as f64);
    let transform = |points: f64| 5.0 * points * points.log2();
    let flops = (2.0 * transform(s * n) + 4.0 * transform(s * n / 2.0) + 5.0 * transform(n / 2.0))
        / n
        + (3.0 * s + 4.0) * NORMAL_FLOPS
        + 60.0 * s
        + 2.0 * 21.0;
    let bytes = 32.0 * (2.0 * s + 4.0 * s / 2.0 + 5.0 / 2.0) + 100.0 * s;
    (flops, bytes)
}

fn whole(change: fn(&mut Config)) -> Box<dyn FnMut()> {
    let lane = built(&config(change));
    let mut workspace = Workspace::new(&lane.optical().plan);
    let trained = trained(&lane, &mut workspace);
    let (mut levels, mut block) = (vec![0u8; SYMBOLS], 0);
    Box::new(move || {
        block += 1;
        lane.pattern.fill(block * SYMBOLS as u64, lane.lane_seed, &mut levels);
        let draws = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block,
            noise: block,
            selection: NoiseSelection::All,
        };
        black_box(workspace.decisions(&lane.optical().plan, &trained, &levels, &draws, false));
    })
}

/// Taps adapted along a block of each of some lanes.
fn lms(lanes: usize) -> Box<dyn FnMut()> {
    let source = Pattern::default().build().expect("a computed pattern builds");
    let mut levels = vec![0u8; SYMBOLS];
    source.fill(0, Seed::new(1), &mut levels);
    let sent: Vec<f32> = levels.iter().map(|&level| LEVELS[usize::from(level)]).collect();
    // each symbol and the middle between it and the next, with noise
    let samples: Vec<Vec<f32>> = (0..lanes)
        .map(|lane| {
            let mut samples = vec![0f32; 2 * SYMBOLS];
            normals::fill(&mut Seed::new(1).index(lane as u64).rng(), &mut samples);
            samples.iter_mut().enumerate().for_each(|(i, x)| {
                *x = 0.05 * *x + 0.5 * (sent[i / 2] + sent[i.div_ceil(2) % SYMBOLS])
            });
            samples
        })
        .collect();
    let (mut taps, mut offsets) = (vec![vec![0f32; 21]; lanes], vec![0f32; lanes]);
    Box::new(move || {
        let one = |(taps, offset)| LmsLoop {
            precursors: 10,
            taps,
            offset,
            postcursors: &mut [],
            limit: 1.0,
            moves: [true, false],
        };
        let mut loops: Vec<LmsLoop<'_>> =
            taps.iter_mut().map(Vec::as_mut_slice).zip(&mut offsets).map(one).collect();
        let blocks: Vec<KnownBlock<'_>> =
            samples.iter().map(|samples| KnownBlock { samples, levels: &sent }).collect();
        black_box(adapt_lanes(&mut loops, &blocks, 0.01));
    })
}

/// A lane, its receiver and its noiseless blocks.
fn stored() -> (Lane, Workspace, Trained, NoiseOnly) {
    let lane = built(&config(|_| ()));
    let mut workspace = Workspace::new(&lane.optical().plan);
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        lane.blocks(2, true),
        lane.blocks(1, false),
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).expect("a preset trains");
    let replay =
        predictor.noise_only(&mut workspace, &trained).expect("what a slicer sees is replayed");
    (lane, workspace, trained, replay)
}

fn replay() -> Box<dyn FnMut()> {
    let (lane, mut workspace, trained, replay) = stored();
    let mut block = 0;
    Box::new(move || {
        block += 1;
        black_box(replay.decisions(&trained, lane.lane_seed, block, false, &mut workspace));
    })
}

fn rare_events() -> Box<dyn FnMut()> {
    let (lane, _, trained, replay) = stored();
    let rare = ImportanceSampling::new(replay, &trained, false);
    let mut block = 0;
    Box::new(move || {
        block += 1;
        black_box(rare.sampled(lane.lane_seed, block).ber());
    })
}

fn eye() -> Box<dyn FnMut()> {
    let lane = built(&config(|_| ()));
    let mut workspace = Workspace::new(&lane.optical().plan);
    let probe = Probe::light(&lane.optical().plan, "tp2", EYE_SAMPLES, &mut PlanCache::default())
        .expect("the light passes tp2");
    let draws = StreamKeys {
        shared_seed: lane.shared_seed,
        lane_seed: lane.lane_seed,
        block: 0,
        noise: 0,
        selection: NoiseSelection::All,
    };
    let waveform = probe.waveform(&mut workspace, &lane.blocks(1, false).remove(0), &draws);
    let high = waveform.iter().copied().fold(0.0, f32::max);
    let mut eye = EyeDiagram::new(EYE_SAMPLES, (0.0, f64::from(high)), 400);
    Box::new(move || {
        eye.push(&waveform, 5);
        black_box(&eye);
    })
}

fn semi_analytic() -> Box<dyn FnMut()> {
    let lane = built(&config(|c| c.fibre.length_km = 0.5));
    let mut workspace = Workspace::new(&lane.optical().plan);
    Box::new(move || {
        let mut predictor = Predictor::new(
            &lane.optical().plan,
            &lane.optical().dsp,
            lane.shared_seed,
            lane.lane_seed,
            lane.blocks(1, true),
            lane.blocks(1, false),
            &mut workspace,
        );
        let trained = predictor.train(&mut workspace, 1.0, None).expect("a preset trains");
        black_box(predictor.predict(&mut workspace, &trained).ber);
    })
}

fn rebuild() -> Box<dyn FnMut()> {
    let (mut config, mut cache, mut step) = (config(|_| ()), PlanCache::default(), 0);
    Box::new(move || {
        step = (step + 1) % 1000;
        config.fibre.length_km = 0.5 + 1e-3 * f64::from(step);
        black_box(Lane::build(&config, 0, &mut cache).expect("a preset builds"));
    })
}
