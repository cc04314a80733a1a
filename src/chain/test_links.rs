//! Electrical links for tests: held symbols in noise, trained and predicted.

use super::describe::chain::Chain;
use super::describe::detector::DetectorSpec;
use super::describe::map::Map;
use super::describe::noise::{Density, Law, Noise, NoiseId};
use super::describe::receiver_dsp::{Adaptation, RxDsp};
use super::describe::reflections::{ReflectedPath, Reflections};
use super::describe::sampler::Sampler;
use super::describe::shape::Shape;
use super::describe::sub_converters::SubConverters;
use crate::chain::build::plan::Plan;
use crate::chain::build::plan_cache::PlanCache;
use crate::chain::run::workspace::Workspace;
use crate::chain::semi_analytic::predictor::Predictor;
use crate::seed::Seed;
use crate::signal::{Ampere, Field, Grid, Volt};
use num_complex::Complex32;

/// Variance of PAM4 levels of full scale -1 .. 1.
const PAM4: f64 = 5.0 / 9.0;

/// Symbols, held by sub-converters where there are any.
pub(crate) fn held(grid: Grid, converters: Option<SubConverters>) -> Chain<Volt> {
    let symbols = match converters {
        Some(converters) => Chain::symbols().interleaved(converters),
        None => Chain::symbols(),
    };
    // the sender's section ends in a map
    symbols.hold(grid).map::<Volt>(Same)
}

/// A detector of unit responsivity.
pub(crate) struct Square;

impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }

    fn name(&self) -> &'static str {
        "square"
    }
}

/// A map that changes nothing.
struct Same;

impl Map<Volt, Volt> for Same {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        y.copy_from_slice(x);
    }

    fn name(&self) -> &'static str {
        "same"
    }
}

/// A modulator of amplitude 2 + x.
struct Amplitude;

impl Map<Volt, Field> for Amplitude {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new(2.0 + x, 0.0));
    }

    fn name(&self) -> &'static str {
        "amplitude"
    }
}

/// Light of a laser of this linewidth through a dispersive fibre that reflects.
pub(crate) fn reflecting(
    grid: Grid,
    paths: Vec<ReflectedPath>,
    linewidth_hz: f64,
    b2_s2: f64,
) -> Plan {
    let frequency = Density::White(linewidth_hz / std::f64::consts::PI);
    let frequency = Noise::new("linewidth", Law::Phase, frequency);
    let light = held(grid, None).map::<Field>(Amplitude).noise(frequency);
    let light = light.response::<Field>(Shape::Dispersion { b2_s2, b3_s3: 0.0 });
    let id = NoiseId::new("reflections");
    let current: Chain<Ampere> =
        light.reflected(Reflections { id, paths, linewidth_hz }).map(Square);
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: 16.0, jitter_s: 0.0 };
    Plan::build(current.response(Shape::Gain(1.0)), sampler, grid, &mut PlanCache::default())
}

/// SNR at the slicer after so many taps of a chain that ends in noise of this ratio, dB.
pub(crate) fn snr_db(
    chain: Chain<Volt>,
    noise_db: f64,
    converters: Option<SubConverters>,
    grid: Grid,
    taps: usize,
) -> f64 {
    let per_hz = 2.0 / grid.sample_rate_hz();
    let density = Density::White(PAM4 * crate::units::power_ratio(-noise_db) * per_hz);
    let chain = chain.noise(Noise::new("end", Law::Added, density));
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: 16.0, jitter_s: 0.0 };
    let plan = Plan::build(chain, sampler, grid, &mut PlanCache::default()).interleaved(converters);
    let dsp = RxDsp {
        taps,
        precursors: taps / 2,
        adaptation: Adaptation::Mmse,
        fixed: Vec::new(),
        detector: DetectorSpec::Slicer,
    };
    let levels = |seed: u64| -> Vec<u8> {
        let mut rng = Seed::new(seed).rng();
        (0..grid.symbols).map(|_| (rng.uniform() * 4.0) as u8).collect()
    };
    let mut workspace = Workspace::new(&plan);
    let (training, scoring) = ((1..3).map(levels).collect(), (3..7).map(levels).collect());
    let seeds = [Seed::new(1), Seed::new(1).named("lane")];
    let mut predictor =
        Predictor::new(&plan, &dsp, seeds[0], seeds[1], training, scoring, &mut workspace);
    let trained = predictor.train(&mut workspace, 1.0, None).expect("the link trains");
    predictor.predict(&mut workspace, &trained).snr_db
}
