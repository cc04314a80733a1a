//! Multipath interference: penalties, codewords over phases that stand still.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use super::stored::{CODES, number, numbers};
use crate::chain::{
    Adaptation, Chain, Density, DetectorSpec, Law, Map, Noise, NoiseId, Plan, PlanCache, Predictor,
    ReflectedPath, Reflections, RxDsp, Sampler, Shape, Workspace, block_levels,
};
use crate::fec::reed_solomon::Code;
use crate::fec::striped;
use crate::fibre::{ConnectorSet, Reflections as Reflectors, SingleMode};
use crate::math::gaussian::pam4_half_eye_from_ber;
use crate::math::prototype::Family;
use crate::pattern::Pattern;
use crate::seed::Seed;
use crate::signal::{Ampere, Field, Grid, Volt};
use num_complex::Complex32;
use std::f64::consts::PI;

pub(super) fn comparisons() -> Vec<Comparison> {
    let mut all = vec![total()];
    all.extend([(6.0, -35.0), (6.0, -40.0), (4.0, -35.0)].map(penalty));
    all.extend([(25.0, 35.0, 1.78), (25.0, 25.0, 3.81)].map(bound));
    all.extend([1, 8].map(codewords));
    all
}

fn total() -> Comparison {
    // six pairs of connectors, eight of a connector and a module, both modules
    let power = 6.0 * 1e-5 + 8.0 * 1e-6 + 1e-7;
    Comparison {
        id: "reflections.six_reflectors".into(),
        kind: ReferenceKind::ClosedForm,
        conditions: "four connectors of -25 dB between modules of -35 dB, no loss: power of the \
                     fifteen double reflections"
            .into(),
        source: "6 r_c^4 + 8 r_c^2 r_m^2 + r_m^4, r^2 the reflectances".into(),
        unit: "dB",
        reference: 10.0 * f64::log10(power),
        tolerance: Tolerance::Absolute(1e-6),
        derivation: "a sum in double precision".into(),
        mutation: Mutation::new("fibre.reflections.transmitter_db", -35.0, 1.0),
        known: None,
        ours: Box::new(|transmitter_db| {
            let fibre = SingleMode {
                loss_db_per_km: 0.0,
                connector_loss_db: 0.0,
                reflections: Reflectors {
                    enabled: true,
                    transmitter_db,
                    receiver_db: -35.0,
                    connectors: ConnectorSet::Listed,
                    reflectances_db: vec![-25.0; 4],
                    positions_m: vec![10.0, 50.0, 450.0, 490.0],
                    polarisation_overlap: 1.0,
                },
                ..SingleMode::default()
            };
            fibre.multipath_interference_db()
        }),
    }
}

const RATE_HZ: f64 = 53.125e9;
const GRID: Grid = Grid { symbols: 8192, samples_per_symbol: 8, symbol_rate_hz: RATE_HZ };
/// Pre-FEC bit error ratio at which penalties are taken.
const LIMIT: f64 = 2.4e-4;

/// Power of 1 + depth x.
struct Modulator {
    depth: f32,
}

impl Map<Volt, Field> for Modulator {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y = Complex32::new((1.0 + self.depth * x).max(0.0).sqrt(), 0.0);
        }
    }

    fn name(&self) -> &'static str {
        "modulator"
    }
}

/// Square law.
struct Square;

impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }

    fn name(&self) -> &'static str {
        "photodiode"
    }
}

/// Depth of a modulation of this extinction ratio.
fn depth(er_db: f64) -> f64 {
    let er = 10f64.powf(er_db / 10.0);
    (er - 1.0) / (er + 1.0)
}

/// Bit error ratio of a chain without memory, with white noise of this density and paths of these
/// powers.
fn chain_ber(er_db: f64, paths_db: &[f64], density: f64, cache: &mut PlanCache) -> Option<f64> {
    let wide = || Shape::low_pass(Family::Bessel, 4, 1.5 * RATE_HZ, 0.0);
    let drive: Chain<Volt> = Chain::symbols().hold(GRID).response(wide());
    let mut light: Chain<Field> = drive.map(Modulator { depth: depth(er_db) as f32 });
    if !paths_db.is_empty() {
        let path = |(i, power_db): (usize, &f64)| ReflectedPath {
            amplitude: 10f64.powf(power_db / 20.0),
            delay_s: (40 + 37 * i) as f64 / RATE_HZ,
        };
        let paths = paths_db.iter().enumerate().map(path).collect();
        let id = NoiseId::new("fibre.reflections");
        light = light.reflected(Reflections { id, paths, linewidth_hz: 1e6 });
    }
    let current: Chain<Ampere> = light.map(Square);
    let noise = Noise::new("thermal", Law::Added, Density::White(density));
    let volt: Chain<Volt> = current.noise(noise).response(wide());
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 };
    let plan = Plan::build(volt, sampler, GRID, cache);
    let dsp = RxDsp {
        taps: 1,
        precursors: 0,
        adaptation: Adaptation::Mmse,
        fixed: Vec::new(),
        detector: DetectorSpec::Slicer,
    };
    let source = Pattern::default().build().ok()?;
    let (run, lane) = (Seed::new(1), Seed::new(1).named("lane").index(0));
    let blocks = |from: u64, count: u64| -> Vec<Vec<u8>> {
        let block = |b| {
            let mut levels = vec![0; GRID.symbols];
            block_levels(&source, false, 0, b, lane, &mut levels);
            levels
        };
        (from..from + count).map(block).collect()
    };
    let workspace = &mut Workspace::new(&plan);
    let (training, scoring) = (blocks(1 << 20, 2), blocks(0, 4));
    let mut predictor = Predictor::new(&plan, &dsp, run, lane, training, scoring, workspace);
    let trained = predictor.train(workspace, 1.0, None).ok()?;
    Some(predictor.predict(workspace, &trained).ber)
}

/// Decibels of light that reflections cost: noise is lowered until the error ratio is the limit's
/// again; the half eye over the noise goes with the light.
fn chain_penalty_db(er_db: f64, paths_db: &[f64]) -> Option<f64> {
    let cache = &mut PlanCache::default();
    let wanted = pam4_half_eye_from_ber(LIMIT);
    let first = 1e-3 / RATE_HZ;
    let half_eye = pam4_half_eye_from_ber(chain_ber(er_db, &[], first, cache)?);
    // without reflections the half eye over the noise is the limit's at this density
    let alone = first * (half_eye / wanted).powi(2);
    let mut density = alone;
    for _ in 0..6 {
        let half_eye = pam4_half_eye_from_ber(chain_ber(er_db, paths_db, density, cache)?);
        density *= (half_eye / wanted).powi(2);
    }
    Some(5.0 * (alone / density).log10())
}

/// The same by a formula: equal noise, middle thresholds, the phase's mean over 64 nodes, every
/// level of the interferer.
fn closed_penalty_db(er_db: f64, power_db: f64) -> f64 {
    let (depth, amplitude) = (depth(er_db), 10f64.powf(power_db / 20.0));
    let powers = [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0].map(|x: f64| 1.0 + depth * x);
    let tail = |x: f64| 0.5 * libm::erfc(x / std::f64::consts::SQRT_2);
    let ber = |sigma: f64, amplitude: f64| -> f64 {
        let mut sum = 0.0;
        for m in 0..64 {
            let cosine = (f64::from(2 * m + 1) * PI / 128.0).cos();
            for (k, own) in powers.iter().enumerate() {
                for other in powers {
                    let x = own + 2.0 * amplitude * (own * other).sqrt() * cosine;
                    for t in 0..3 {
                        let edge = 0.5 * (powers[t] + powers[t + 1]);
                        sum += tail(if k > t { x - edge } else { edge - x } / sigma);
                    }
                }
            }
        }
        sum / (64.0 * 16.0 * 2.0)
    };
    let sigma = |amplitude: f64| {
        let (mut low, mut high) = (0.01 * depth, depth);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if ber(middle, amplitude) < LIMIT { low = middle } else { high = middle }
        }
        low
    };
    10.0 * (sigma(0.0) / sigma(amplitude)).log10()
}

fn penalty((er_db, power_db): (f64, f64)) -> Comparison {
    let expected = closed_penalty_db(er_db, power_db);
    Comparison {
        id: format!("reflections.penalty_er{er_db}_{}", -power_db),
        kind: ReferenceKind::ClosedForm,
        conditions: format!(
            "one co-polarised interferer of {power_db} dB, ER {er_db} dB, BER 2.4e-4, no memory: \
             penalty"
        ),
        source:
            "mean over the phase and sixteen pairs of levels of Q((P + 2 sqrt(e P P') cos phi - \
                 threshold) / sigma)"
                .into(),
        unit: "dB",
        reference: expected,
        tolerance: Tolerance::Absolute(0.01 + 0.03 * expected),
        derivation: "the held symbol overshoots: the beat is up to 0.6 % smaller, 1.2 % of the \
                     penalty; trained thresholds save up to 2 % of it; pairs of levels scatter by \
                     2 % in 32 768 symbols, 0.01 dB"
            .into(),
        mutation: Mutation::new("power of the interferer, dB", power_db, 1.0),
        known: None,
        ours: Box::new(move |power_db| chain_penalty_db(er_db, &[power_db])),
    }
}

/// The upper bounds of a contribution to 802.3: four connectors between two modules.
fn bound((connector_db, module_db, bound_db): (f64, f64, f64)) -> Comparison {
    Comparison {
        id: format!("reflections.bound_{module_db:.0}"),
        kind: ReferenceKind::Published,
        conditions: format!(
            "four connectors of -{connector_db} dB between modules of -{module_db} dB, no loss, \
             ER 6 dB, BER 2.4e-4: penalty at the mean over the phases"
        ),
        source:
            "A. Farhood, IEEE 802.3 400GSG reflector, msg00229 (2014): statistical upper bounds \
                 of 3.81 dB (26 dB throughout by the mail, 25 dB by its formula) and 1.78 dB"
                .into(),
        unit: "dB",
        reference: bound_db,
        tolerance: Tolerance::AtMost,
        derivation: "an upper bound: all fifteen phases aligned, where ours are independent; the \
                     mail itself calls it far above what is seen"
            .into(),
        mutation: Mutation::new("return loss of the connectors, dB", connector_db, -7.0),
        known: None,
        ours: Box::new(move |connector_db| {
            let mut paths = vec![-2.0 * connector_db; 6];
            paths.extend([-connector_db - module_db; 8]);
            paths.push(-2.0 * module_db);
            chain_penalty_db(6.0, &paths)
        }),
    }
}

fn codewords(lanes: usize) -> Comparison {
    Comparison {
        id: format!("reflections.codewords_{lanes}"),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!(
            "RS(544,514) striped over {lanes} lane(s), each in one of 16 states of the phase with a \
             BER of 3e-5 to 1.2e-3: codewords lost"
        ),
        source: "SciPy 1.17.1, mean of stats.binom.pmf over the states, convolved; \
                 tests/oracle/codes: python codes.py > codes.json"
            .into(),
        unit: "",
        reference: number(&CODES, &format!("/striped_{lanes}")),
        tolerance: Tolerance::Relative(1e-9),
        derivation: "sums of positive terms in double precision; binomials of both to 1e-12".into(),
        mutation: Mutation::new("bits of a symbol", 10.0, 1.0),
        known: None,
        ours: Box::new(move |bits| {
            let state = |ber: &f64| (1.0 - (1.0 - ber).powf(bits), 1.0 / 16.0);
            let states: Vec<(f64, f64)> =
                numbers(&CODES, "/states_ber").iter().map(state).collect();
            Some(striped::codeword_error_ratio(&Code::KP4, &vec![states; lanes]))
        }),
    }
}
