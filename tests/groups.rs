//! Lanes that are coupled: closed forms of the two smallest couplings, counted and predicted.

use crate::support::{agreement, preset, run};
use lightlane::chain::{
    Adaptation, Chain, Count, CoupledLight, Coupling, Density, DetectorSpec, LaneSymbols, Law, Map,
    Method, Noise, NoiseSelection, Plan, PlanCache, Predictor, RxDsp, Sampler, SegmentRun, Shape,
    Stop, StreamKeys, Workspace, WorkspacePool, block_levels, count,
};
use lightlane::fibre::WdmGrid;
use lightlane::link::{Config, LayeredConfig, Link as WholeLink, RunOptions};
use lightlane::pattern::{Pattern, PatternKind};
use lightlane::run_options::CancelToken;
use lightlane::seed::Seed;
use lightlane::signal::{Ampere, Field, Grid, Volt};
use lightlane::transmitter::TransmitterKind;
use num_complex::{Complex32, Complex64};
use std::sync::Arc;

const GRID: Grid = Grid { symbols: 8192, samples_per_symbol: 2, symbol_rate_hz: 53.125e9 };

/// Powers of the levels, at an extinction ratio of 6 dB and a mean of 1.
const POWERS: [f64; 4] = [0.4, 0.8, 1.2, 1.6];

/// A modulator without memory: the power of a level for its symbol -1 .. 1.
struct Modulator;

impl Map<Volt, Field> for Modulator {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new((1.0 + 0.6 * x).sqrt(), 0.0));
    }

    fn name(&self) -> &'static str {
        "modulator"
    }
}

/// A detector of unit responsivity.
struct Square;

impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }

    fn name(&self) -> &'static str {
        "square"
    }
}

/// What a link is made of.
#[derive(Clone, Copy)]
struct Link {
    /// Of lane 0 and of lane 1.
    coupling: [Coupling; 2],
    own: f64,
    /// Standard deviation of the noise after the detector.
    noise: f64,
    /// Variance of relative intensity noise, and whether both lanes have one laser.
    relative: f64,
    one_laser: bool,
}

impl Link {
    fn light(self, lane: usize) -> Chain<Field> {
        // an impulse for each symbol, as high as the symbol at one of two samples
        let light = Chain::symbols().response::<Volt>(Shape::Gain(0.5)).map::<Field>(Modulator);
        let density = Density::White(self.relative * 2.0 / GRID.sample_rate_hz());
        if self.relative == 0.0 {
            light
        } else if self.one_laser {
            light.noise(Noise::shared("laser.0.rin", Law::Relative, density))
        } else {
            light.noise(Noise::new(&format!("laser.{lane}.rin"), Law::Relative, density))
        }
    }

    /// Plan of a lane, with the light of the other one.
    fn plan(self, lane: usize) -> Plan {
        let other = 1 - lane;
        let light = self.light(lane).coupled(CoupledLight {
            own: Complex64::new(self.own, 0.0),
            streams: symbols(lane).streams,
            lanes: vec![(self.light(other), self.coupling[lane], symbols(other))],
        });
        let density = Density::White(self.noise.powi(2) * 2.0 / GRID.sample_rate_hz());
        let current: Chain<Ampere> = light.map(Square);
        let volts = current.response::<Volt>(Shape::Gain(1.0)).noise(Noise::new(
            "thermal",
            Law::Added,
            density,
        ));
        let sampler = Sampler { samples_per_symbol: 1, effective_bits: 16.0, jitter_s: 0.0 };
        Plan::build(volts, sampler, GRID, &mut PlanCache::default())
    }
}

fn symbols(lane: usize) -> LaneSymbols {
    let pattern = Pattern { kind: PatternKind::Random, ..Pattern::default() };
    let lane_seed = Seed::new(7).named("lane").index(lane as u64);
    LaneSymbols {
        pattern: Arc::new(pattern.build().unwrap()),
        precoder: false,
        first_symbol: 0,
        training_symbol: 1 << 40,
        lane_seed,
        streams: lane_seed,
    }
}

fn dsp() -> RxDsp {
    RxDsp {
        taps: 1,
        precursors: 0,
        adaptation: Adaptation::Mmse,
        fixed: vec![],
        detector: DetectorSpec::Slicer,
    }
}

fn blocks(lane: &LaneSymbols, first: u64, blocks: u64) -> Vec<Vec<u8>> {
    let block = |b| {
        let mut levels = vec![0; GRID.symbols];
        block_levels(&lane.pattern, false, first, b, lane.lane_seed, &mut levels);
        levels
    };
    (0..blocks).map(block).collect()
}

/// Predicted and counted bit error ratio of lane 0.
fn found(link: Link) -> (f64, f64) {
    let plan = link.plan(0);
    let own = symbols(0);
    let mut workspace = Workspace::new(&plan);
    let mut predictor = Predictor::new(
        &plan,
        &dsp(),
        Seed::new(7),
        own.streams,
        blocks(&own, 1 << 41, 16),
        blocks(&own, 0, 64),
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).unwrap();
    let predicted = predictor.predict(&mut workspace, &trained).ber;
    let lanes = [Count {
        segments: vec![SegmentRun {
            name: "optical",
            plan: &plan,
            trained: &trained,
            streams: own.streams,
        }],
        pattern: &own.pattern,
        first_symbol: 0,
        precoder: false,
        shared_seed: Seed::new(7),
        lane_seed: own.lane_seed,
        symbols: None,
        method: Method::Chain,
    }];
    let stop = Stop { round_blocks: 64, symbols: COUNTED, bit_errors: u64::MAX };
    let pool = WorkspacePool::default();
    let counted = count(&lanes, &stop, &pool, &mut (), &CancelToken::default());
    (predicted, counted[0].end.ber())
}

/// Q(x) of the normal law.
fn tail(x: f64) -> f64 {
    0.5 * libm::erfc(x / std::f64::consts::SQRT_2)
}

/// Bit error ratio of levels with equally likely states of mean and deviation, with thresholds
/// where neighbouring mixtures cross, a symbol error one bit error.
fn closed_form(states: [Vec<(f64, f64)>; 4]) -> f64 {
    let above = |level: usize, x: f64| {
        let sum: f64 = states[level].iter().map(|(mean, sigma)| tail((x - mean) / sigma)).sum();
        sum / states[level].len() as f64
    };
    let density = |level: usize, x: f64| {
        let sum: f64 = states[level]
            .iter()
            .map(|(mean, sigma)| (-0.5 * ((x - mean) / sigma).powi(2)).exp() / sigma)
            .sum();
        sum / states[level].len() as f64
    };
    let mean = |level: usize| {
        states[level].iter().map(|state| state.0).sum::<f64>() / states[level].len() as f64
    };
    let mut errors = 0.0;
    for low in 0..3 {
        let (mut from, mut to) = (mean(low), mean(low + 1));
        for _ in 0..60 {
            let middle = 0.5 * (from + to);
            if density(low, middle) > density(low + 1, middle) {
                from = middle
            } else {
                to = middle
            }
        }
        errors += above(low, from) + 1.0 - above(low + 1, from);
    }
    errors / 4.0 / 2.0
}

/// Every level of a lane with every level of the other.
fn states(state: impl Fn(f64, f64) -> (f64, f64)) -> [Vec<(f64, f64)>; 4] {
    POWERS.map(|own| POWERS.iter().map(|&other| state(own, other)).collect())
}

/// A closed form, its prediction and its count: 524 288 symbols in the prediction know the share of
/// each of 16 pairs of levels to 0.5 %, an error ratio that one pair makes to 2 % at four
/// deviations; a count of `n` errors is known to 4 / sqrt(n).
///
/// Noise on light that interferes is drawn, and pooled by the lane's own levels, though it depends
/// on the other lane's: thresholds are placed, and errors predicted, to 6 % where it is all noise.
fn assert_close(expected: f64, (predicted, counted): (f64, f64), within: f64) {
    let n = 2.0 * COUNTED as f64 * expected;
    println!("closed form {expected:.4e}, predicted {predicted:.4e}, counted {counted:.4e}");
    assert!((predicted / expected - 1.0).abs() < within, "{predicted:e} for {expected:e}");
    let within = 4.0 / n.sqrt() + 0.5 * within;
    assert!((counted / expected - 1.0).abs() < within, "{counted:e} for {expected:e}");
}

const COUNTED: u64 = 1 << 20;

/// Two lanes after a demultiplexer that isolates by 15 dB: powers add.
#[test]
fn power_of_a_leaking_lane_adds() {
    let part = 10f64.powf(-1.5);
    let noise = 0.06;
    let link = Link {
        coupling: [Coupling::Power(part); 2],
        own: 1.0,
        noise,
        relative: 0.0,
        one_laser: false,
    };
    let expected = closed_form(states(|own, other| (own + part * other, noise)));
    assert_close(expected, found(link), 0.02);
    let alone = closed_form(states(|own, _| (own, noise)));
    assert!(expected > 1.15 * alone, "{expected:e} against {alone:e} without");
}

/// With intensity noise of two lasers, or of one that feeds both: variances add, or amplitudes do.
#[test]
fn intensity_noise_of_a_leaking_lane_adds() {
    let (part, noise, relative) = (0.2, 0.035, 6e-4);
    for one_laser in [false, true] {
        let link =
            Link { coupling: [Coupling::Power(part); 2], own: 1.0, noise, relative, one_laser };
        let expected = closed_form(states(|own, other| {
            let leaked = part * other;
            let light = if one_laser { own + leaked } else { own.hypot(leaked) };
            (own + leaked, noise.hypot(relative.sqrt() * light))
        }));
        assert_close(expected, found(link), 0.02);
    }
}

/// A lossless coupler of two fields that leaves `through` of the amplitude, at this phase.
fn coupler(through: f64, phase: f64) -> [Coupling; 2] {
    let across = (1.0 - through * through).sqrt();
    let turn = |phase: f64| Complex64::new(0.0, across) * Complex64::cis(phase);
    [Coupling::Field(turn(phase)), Coupling::Field(turn(-phase))]
}

/// The powers of both outputs are those of both inputs, at every sample and phase.
#[test]
fn a_lossless_coupler_keeps_the_energy() {
    let own = symbols(0);
    let levels = [blocks(&own, 0, 1).remove(0), blocks(&symbols(1), 0, 1).remove(0)];
    let detected = |coupling: [Coupling; 2], through: f64, lane: usize| -> Vec<f32> {
        let link = Link { coupling, own: through, noise: 0.0, relative: 0.0, one_laser: false };
        let plan = link.plan(lane);
        let streams = symbols(lane).streams;
        let keys = StreamKeys {
            shared_seed: Seed::new(7),
            lane_seed: streams,
            block: 0,
            noise: 0,
            selection: NoiseSelection::None,
        };
        Workspace::new(&plan).detected(&plan, &levels[lane], &keys).to_vec()
    };
    let apart = [Coupling::Field(Complex64::new(0.0, 0.0)); 2];
    let before = [0, 1].map(|lane| detected(apart, 1.0, lane));
    let mut moved = 0f32;
    for phase in [0.0, 0.4, 1.6, 3.0] {
        let after = [0, 1].map(|lane| detected(coupler(0.9, phase), 0.9, lane));
        for k in 0..before[0].len() {
            let [sum, sum_before] = [&after, &before].map(|both| both[0][k] + both[1][k]);
            assert!((sum / sum_before - 1.0).abs() < 1e-5, "{sum} {sum_before}");
            moved = moved.max((after[0][k] - before[0][k]).abs());
        }
    }
    assert!(moved > 0.1, "the fields interfere");
}

/// The interference term of a lossless coupler: 2 t k sqrt(P Q) cos(phase + 90 degrees). Intensity
/// noise acts on each field; that of one laser on their sum as on each.
#[test]
fn fields_of_coupled_lanes_interfere() {
    let (through, phase) = (0.99f64, -1.9f64);
    let across = (1.0 - through * through).sqrt();
    let term = |own: f64, other: f64| -2.0 * through * across * phase.sin() * (own * other).sqrt();
    let mean =
        |own: f64, other: f64| through.powi(2) * own + across.powi(2) * other + term(own, other);
    for (relative, one_laser, noise) in
        [(0.0, false, 0.045), (6e-4, false, 0.02), (6e-4, true, 0.02)]
    {
        let coupling = coupler(through, phase);
        let link = Link { coupling, own: through, noise, relative, one_laser };
        let expected = closed_form(states(|own, other| {
            let half = 0.5 * term(own, other);
            let light = if one_laser {
                mean(own, other)
            } else {
                (through.powi(2) * own + half).hypot(across.powi(2) * other + half)
            };
            (mean(own, other), noise.hypot(relative.sqrt() * light))
        }));
        assert_close(expected, found(link), if relative == 0.0 { 0.02 } else { 0.06 });
    }
}

/// Four lanes on one fibre: what is sent, and lane 1 of it.
fn wdm(isolation_db: f64) -> Config {
    let mut config = preset("800gbase-dr8");
    (config.lanes, config.spread.launch_power_db) = (4, 0.0);
    config.fibre.wdm.grid = WdmGrid::Cwdm4;
    (config.fibre.wdm.isolation_db, config.fibre.wdm.far_isolation_db) = (isolation_db, 40.0);
    config
}

/// Lanes of a demultiplexer, counted near the limit through the whole chain, as predicted; a worse
/// isolation costs margin.
#[test]
fn lanes_of_one_fibre_are_counted_as_predicted() {
    let margin = |isolation_db: f64| {
        let result = run(&wdm(isolation_db));
        let wavelength = |lane: usize| result.lanes[lane].loss_margin_db.unwrap();
        [1, 2].map(wavelength)
    };
    let (good, bad) = (margin(35.0), margin(14.0));
    for (good, bad) in good.iter().zip(bad) {
        assert!(bad < good - 0.3, "{bad} dB at 14 dB of isolation, {good} dB at 35 dB");
    }
    let mut config = wdm(14.0);
    config.fibre.connector_loss_db += bad[0] + 0.2;
    config.simulation.symbols = 1 << 20;
    for lane in &run(&config).lanes {
        agreement(&format!("CWDM lane {}", lane.lane), lane);
    }
}

/// Waveguides of one laser, counted as predicted, at the worst phase of one lane and of the other.
#[test]
fn coupled_waveguides_are_counted_as_predicted() {
    let mut config = preset("800gbase-dr8");
    (config.lanes, config.spread.launch_power_db) = (2, 0.0);
    config.transmitter.kind = TransmitterKind::Mzm;
    config.transmitter.waveguide_crosstalk.ratio_db = Some(-30.0);
    let margins = |config: &Config| {
        run(config).lanes.iter().map(|l| l.loss_margin_db.unwrap()).collect::<Vec<f64>>()
    };
    let coupled = margins(&config);
    config.transmitter.waveguide_crosstalk.phase_deg = -90.0;
    let turned = margins(&config);
    println!("{coupled:?} {turned:?}");
    assert!((coupled[0] - turned[1]).abs() < 0.1 && (coupled[1] - turned[0]).abs() < 0.1);
    assert!((coupled[0] - coupled[1]).abs() > 0.2);
    config.fibre.connector_loss_db += turned[0].min(turned[1]) + 0.2;
    config.simulation.symbols = 1 << 20;
    for lane in &run(&config).lanes {
        agreement(&format!("waveguide {}", lane.lane), lane);
    }
}

/// 200 Gb/s over 10 km: margins of the lanes with this zero dispersion.
fn lr4(change: impl Fn(&mut Config)) -> Vec<f64> {
    let mut config = preset("800gbase-lr4");
    config.spread.launch_power_db = 0.0;
    change(&mut config);
    run(&config).lanes.iter().map(|lane| lane.loss_margin_db.unwrap_or(-99.0)).collect()
}

/// What a link of 10 km on the LAN-WDM grid is known for: mixing where zero dispersion falls on a
/// channel, and fading at the edge of the grid, which chirp of one sign undoes and of the other
/// deepens.
#[test]
fn lanes_of_10_km_mix_and_fade() {
    let mixed = |enabled: bool, zero_dispersion_nm: f64| {
        lr4(|c| {
            (c.fibre.zero_dispersion_nm, c.fibre.four_wave_mixing.enabled) =
                (zero_dispersion_nm, enabled);
        })
    };
    let (on_a_channel, without, beyond) =
        (mixed(true, 1304.5), mixed(false, 1304.5), mixed(true, 1312.0));
    println!("{on_a_channel:?} {without:?} {beyond:?}");
    assert!(on_a_channel[2] < without[2] - 0.8, "mixing costs the lane without dispersion");
    assert!((beyond[2] - mixed(false, 1312.0)[2]).abs() < 0.1, "little is mixed beyond the grid");
    let chirped = |alpha: f64| lr4(|c| c.transmitter.eml.chirp_alpha_0 = alpha);
    let (helps, hurts) = (chirped(2.0), chirped(1.2));
    println!("{helps:?} {hurts:?}");
    assert!(helps[0] > hurts[0] + 2.0, "chirp against dispersion, at the edge of the grid");
    assert!(helps[3] < hurts[3] + 1.0, "and hardly where there is none");
}

/// Products of four lanes count as the interferer that is predicted.
#[test]
fn mixed_light_is_counted_as_predicted() {
    let mut config = preset("800gbase-lr4");
    config.spread.launch_power_db = 0.0;
    config.fibre.zero_dispersion_nm = 1304.5;
    config.fibre.four_wave_mixing.polarisation_db = -3.0;
    config.simulation.symbols = 1 << 18;
    let lanes = run(&config).lanes;
    agreement("mixed", &lanes[2]);
    assert!(lanes[2].ber_reflections_worst > lanes[2].ber_semi_analytic);
}

/// Light of lanes is added sample by sample: lanes of one fibre have one grid.
#[test]
fn lanes_of_unlike_rates_do_not_share_a_fibre() {
    let mut stack = LayeredConfig::open("400gbase-fr4").unwrap();
    stack.set("lane.1.symbol_rate_gbd=50").unwrap();
    let link = WholeLink::new(stack.resolve().unwrap());
    let said = link.run(&RunOptions::default()).unwrap_err().to_string();
    assert!(said.contains("fibre.wdm.grid = cwdm4: must be \"none\""), "{said}");
}
