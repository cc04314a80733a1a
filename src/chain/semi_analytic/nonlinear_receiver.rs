//! The variance of each symbol at the slicer through maps after the detector: a limiting amplifier.
//!
//! ```text
//! a_n(t) = g_n(n - t) D(t)              from the end of the section before the map
//! r_n(u) = sum over t of a_n(t) h(t - u)      from the detected current
//! ```
//!
//! g is the response from the last map to the slicer, D the map's slope along the noiseless block,
//! h the response of the section before it; with several maps a is made of r in place of g. Noise
//! that a map meets small is linear in it, so that its variance is exact but for the second order
//! of noise over the curvature of the map.
//!
//! | source | variance of symbol n |
//! | --- | --- |
//! | added between detector and map | sum over lags of C(m) a(t) a(t - m) |
//! | shot | sum of q (i + I0) f_s r^2 |
//! | relative intensity | sum over lags of C(m) i r(u) i r(u - m) |
//! | added before the modulator | sum over lags of C(m) di/dv r(u) di/dv r(u - m) |
//! | added to symbols, displaced edges | sum over symbols of (sum of di/dv r h)^2 |

use crate::chain::build::plan::Plan;
use crate::chain::linearise::impulse_response::ImpulseResponse;
use crate::chain::linearise::noise_sources::{NoisePath, NoiseRoute, Noises};
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::linearise::receiver_slopes::ReceiverSlopes;
use crate::math::buffer_pool::Pooled;
use crate::math::fir;
use crate::math::simd::multiversion;

/// Products side by side.
const RUN: usize = 16;

/// Response of one symbol at the slicer to samples from `first` on, which counts on beyond the
/// block's ends.
#[derive(Default)]
struct Row {
    first: isize,
    values: Vec<f32>,
}

/// The variance at each symbol of every source that meets a map after the detector and is not
/// drawn; empty for the others.
pub(super) fn variances(
    g: &ImpulseResponse,
    plan: &Plan,
    noises: &Noises,
    (record, receiver): (&NoiselessBlock, &ReceiverSlopes),
    scale: Scale,
) -> Vec<Pooled<f32>> {
    let (n, s) = (plan.grid.symbols, plan.grid.samples_per_symbol);
    let grown: usize = noises.receiver.iter().map(|h| h.values.len()).sum();
    let reach = g.values.len() + grown;
    let along =
        |x: &[f32]| -> Pooled<f32> { (0..x.len() + reach).map(|u| x[u % x.len()]).collect() };
    let slopes: Vec<Pooled<f32>> = receiver.slopes.iter().map(|d| along(d)).collect();
    let sources: Vec<Option<Source>> = noises
        .sources
        .iter()
        .map(|route| Source::new(route, plan, (record, receiver), scale, &along))
        .collect();
    let kept = |source: &Option<Source>| Pooled::zeros(if source.is_some() { n } else { 0 });
    let mut out: Vec<Pooled<f32>> = sources.iter().map(kept).collect();
    let (mut row, mut next, mut memory) = (Row::default(), Row::default(), Memory::default());
    for k in 0..n {
        row.first = (k * s) as isize - g.end() + 1;
        row.values.clear();
        row.values.extend(g.values.iter().rev());
        let mut put = |at: usize, row: &Row| {
            for (source, out) in sources.iter().zip(&mut out) {
                if let Some(source) = source.as_ref().filter(|source| source.at == at) {
                    out[k] = source.variance(row, plan, &mut memory);
                }
            }
        };
        for (i, slopes) in slopes.iter().enumerate().rev() {
            row.weigh(slopes, plan.grid.samples());
            put(plan.detector + i + 1, &row);
            row.through(&noises.receiver[i], &mut next);
            std::mem::swap(&mut row, &mut next);
        }
        put(plan.detector, &row);
    }
    out
}

/// A source as the rows meet it.
struct Source<'a> {
    /// The section at whose start it acts on a row: that after the map, or the detector's.
    at: usize,
    law: SourceLaw<'a>,
}

enum SourceLaw<'a> {
    /// Independent from sample to sample, of these variances.
    White(Pooled<f32>),
    /// Stationary with this covariance by lag, times a waveform or as it is.
    Coloured { covariance: &'a [f32], gain: f32, times: Option<Pooled<f32>> },
    /// Of symbols: their variances, the response to a symbol, the slope.
    Symbols { weights: Pooled<f32>, response: &'a ImpulseResponse, times: Pooled<f32> },
}

/// Buffers of a row's products.
#[derive(Default)]
struct Memory {
    weighed: Vec<f32>,
    lags: Vec<f64>,
}

impl<'a> Source<'a> {
    fn new(
        route: &'a NoiseRoute,
        plan: &Plan,
        (record, receiver): (&NoiselessBlock, &ReceiverSlopes),
        scale: Scale,
        along: &impl Fn(&[f32]) -> Pooled<f32>,
    ) -> Option<Source<'a>> {
        if route.probed {
            return None;
        }
        let slope = |section: usize| record.slope(section).map(|slope| along(&slope.values));
        let mut at = plan.detector;
        let law = match &route.path {
            NoisePath::Interior { section, source, covariance } => {
                at = section + 1;
                let after_agc = plan.sections[*section].sources[*source].after_agc;
                let gain = if after_agc { scale.after_agc * scale.after_agc } else { 1.0 };
                SourceLaw::Coloured { covariance, gain, times: None }
            }
            NoisePath::Shot { per_ampere, dark_a } => {
                let variance = |i: &f32| (per_ampere * (i + dark_a)).max(0.0);
                let variances: Pooled<f32> = receiver.detected.iter().map(variance).collect();
                SourceLaw::White(along(&variances))
            }
            NoisePath::Relative(covariance) => {
                let times = Some(along(&receiver.detected));
                SourceLaw::Coloured { covariance, gain: 1.0, times }
            }
            NoisePath::Slope { section, covariance, .. } => {
                SourceLaw::Coloured { covariance, gain: 1.0, times: Some(slope(*section)?) }
            }
            NoisePath::Symbol { timing, variance, kernel, .. } => {
                let weight = |e: &f32| if *timing { variance * e } else { *variance };
                SourceLaw::Symbols {
                    weights: record.edge_squares.iter().map(weight).collect(),
                    response: kernel,
                    times: slope(0)?,
                }
            }
            NoisePath::Sampled(..) | NoisePath::Phase | NoisePath::CoupledLanes => return None,
        };
        Some(Source { at, law })
    }

    /// What it makes of the symbol with this row.
    fn variance(&self, row: &Row, plan: &Plan, memory: &mut Memory) -> f32 {
        let start = row.first.rem_euclid(plan.grid.samples() as isize) as usize;
        let Memory { weighed, lags } = memory;
        weighed.clear();
        let mut weigh = |times: &[f32]| {
            weighed.extend(row.values.iter().zip(&times[start..]).map(|(r, x)| r * x));
        };
        match &self.law {
            SourceLaw::White(variances) => {
                weigh(variances);
                dot(weighed, &row.values)
            }
            SourceLaw::Coloured { covariance, gain, times } => {
                match times {
                    Some(times) => weigh(times),
                    None => weighed.extend(&row.values),
                }
                let length = weighed.len();
                weighed.resize(length + covariance.len(), 0.0);
                lags.clear();
                lags.resize(covariance.len(), 0.0);
                fir::lags_add(&weighed[..length], weighed, lags);
                let sum = |(lag, (&c, r)): (usize, (&f32, &f64))| {
                    f64::from(c) * r * if lag == 0 { 1.0 } else { 2.0 }
                };
                gain * covariance.iter().zip(lags.iter()).enumerate().map(sum).sum::<f64>() as f32
            }
            SourceLaw::Symbols { weights, response, times } => {
                weigh(times);
                of_symbols(weighed, row.first, weights, response, plan.grid.samples_per_symbol)
            }
        }
    }
}

/// Sum over symbols j of `weights[j]` (sum over u of row(u) h(u - j s))^2.
fn of_symbols(row: &[f32], first: isize, weights: &[f32], h: &ImpulseResponse, s: usize) -> f32 {
    let (stride, end) = (s as isize, first + row.len() as isize);
    // symbols whose response reaches a sample of the row
    let low = (first - h.end() + 1).div_euclid(stride);
    let high = (end - 1 - h.first).div_euclid(stride);
    let one = |j: isize| {
        let start = j * stride + h.first;
        let (from, to) = (start.max(first), (start + h.values.len() as isize).min(end));
        if from >= to {
            return 0.0;
        }
        let part = |x: isize, length: isize| (x as usize)..(x + length) as usize;
        let own =
            dot(&row[part(from - first, to - from)], &h.values[part(from - start, to - from)]);
        weights[j.rem_euclid(weights.len() as isize) as usize] * own * own
    };
    (low..=high).map(one).sum()
}

impl Row {
    /// Multiplies it by the slopes along a block of `samples`.
    fn weigh(&mut self, slopes: &[f32], samples: usize) {
        let start = self.first.rem_euclid(samples as isize) as usize;
        self.values.iter_mut().zip(&slopes[start..]).for_each(|(r, d)| *r *= d);
    }

    /// The row before a response: `next(u) = sum_t self(t) h(t - u)`.
    fn through(&self, h: &ImpulseResponse, next: &mut Row) {
        next.first = self.first - h.end() + 1;
        next.values.clear();
        next.values.resize(self.values.len() + h.values.len() - 1, 0.0);
        add_taps(&self.values, &h.values, &mut next.values);
    }
}

multiversion! {
/// `out[t + last - j] += taps[j] x[t]`, `last` the last tap's index.
fn add_taps(x: &[f32], taps: &[f32], out: &mut [f32]) {
    for (tap, start) in taps.iter().rev().zip(0..) {
        out[start..].iter_mut().zip(x).for_each(|(o, x)| *o += tap * x);
    }
}

/// Sum of products.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut strands = [0f32; RUN];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<RUN>(), b.as_chunks::<RUN>());
    for (a, b) in a.iter().zip(b) {
        for k in 0..RUN {
            strands[k] += a[k] * b[k];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    rest + strands.iter().sum::<f32>()
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::linearise::noise_sources::Depth;
    use crate::chain::semi_analytic::noise_probing;
    use crate::chain::semi_analytic::predictor::Predictor;
    use crate::chain::semi_analytic::variance::SlicerResponse;
    use crate::chain::test_links::Square;
    use crate::chain::{
        Adaptation, Chain, Density, DetectorSpec, Law, Map, Noise, NoiseSelection, PlanCache,
        RxDsp, Sampler, Shape, StreamKeys, Workspace,
    };
    use crate::math::prototype::Family;
    use crate::seed::Seed;
    use crate::signal::{Ampere, Field, Grid, Volt};
    use num_complex::Complex32;

    const GRID: Grid = Grid { symbol_rate_hz: 53.125e9, symbols: 1024, samples_per_symbol: 4 };

    struct Intensity;

    impl Map<Volt, Field> for Intensity {
        fn apply(&self, x: &[f32], y: &mut [Complex32]) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new((0.5 * x).exp(), 0.0));
        }
        fn name(&self) -> &'static str {
            "intensity"
        }
    }

    /// Limits about the mean.
    struct Limit(&'static str, f32);

    impl Map<Ampere, Ampere> for Limit {
        fn apply(&self, x: &[f32], y: &mut [f32]) {
            let mean = x.iter().sum::<f32>() / x.len() as f32;
            y.iter_mut()
                .zip(x)
                .for_each(|(y, x)| *y = mean + self.1 * ((x - mean) / self.1).tanh());
        }
        fn name(&self) -> &'static str {
            self.0
        }
    }

    /// Every law of noise before two maps that limit.
    fn plan() -> Plan {
        let low_pass =
            |part: f64| Shape::low_pass(Family::Bessel, 4, part * GRID.symbol_rate_hz, 0.0);
        let density = |rms: f64| Density::White(rms * rms / GRID.sample_rate_hz() * 2.0);
        let noise = |entity: &str, law: Law, rms: f64| Noise::new(entity, law, density(rms));
        let rising = Density::Quadratic { a0: 1e-15, a2: 5e-36, grows_to_hz: 40e9 };
        let drive: Chain<Volt> = Chain::symbols()
            .noise(noise("dac", Law::Added, 0.02))
            .noise(noise("dac.jitter", Law::Timing, 2e-13))
            .hold(GRID)
            .noise(noise("driver", Law::Added, 0.02))
            .response::<Volt>(low_pass(0.7));
        let light = drive
            .map::<Field>(Intensity)
            .noise(noise("rin", Law::Relative, 0.02))
            .noise(Noise::new("rin.rising", Law::Relative, rising));
        let detected = light
            .response::<Field>(Shape::Gain(1.0))
            .map::<Ampere>(Square)
            .noise(Noise::new("shot", Law::Shot { dark_a: 0.1 }, Density::White(2e-15)))
            .noise(noise("tia", Law::Added, 0.05))
            .response::<Ampere>(low_pass(0.6));
        let buffered: Chain<Ampere> = detected
            .map(Limit("first", 0.8))
            .noise(noise("buffer", Law::Added, 0.04))
            .response(low_pass(0.8));
        let volts = buffered.map::<Ampere>(Limit("second", 0.7)).response::<Volt>(low_pass(0.6));
        Plan::build(
            volts,
            Sampler { samples_per_symbol: 1, effective_bits: 24.0, jitter_s: 0.0 },
            GRID,
            &mut PlanCache::default(),
        )
    }

    /// Small draws of every source through the chain have the variances of the closed form, level
    /// by level: of `DRAWS` blocks of 1024 symbols, whose neighbours share some noise (as a quarter
    /// of them would independently), a variance of a level scatters by sqrt(2 / (64 x 64)) = 2.2 %;
    /// the largest of 28 by three times that. In all it is 1.1 %.
    #[test]
    fn variances_of_the_closed_form_are_those_of_draws() {
        const DRAWS: usize = 64;
        let plan = plan();
        let dsp = RxDsp {
            taps: 9,
            precursors: 3,
            adaptation: Adaptation::Mmse,
            fixed: vec![],
            detector: DetectorSpec::Slicer,
        };
        let mut workspace = Workspace::new(&plan);
        let mut rng = Seed::new(3).rng();
        let levels: Vec<u8> = (0..GRID.symbols).map(|_| (rng.uniform() * 4.0) as u8).collect();
        let streams = [Seed::new(1), Seed::new(2)];
        let mut predictor = Predictor::to_depth(
            &plan,
            &dsp,
            streams,
            [vec![levels.clone()], vec![]],
            &mut workspace,
            Depth::Result,
        );
        let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
        let mut noises = Noises::new(&plan, dsp.taps, None, Depth::Result);
        let receiver = predictor.training[0].receiver.as_ref().expect("two maps");
        assert_eq!(receiver.slopes.len(), 2);
        let least = receiver.slopes[0].iter().fold(1f32, |least, &d| least.min(d));
        assert!(least < 0.5, "it limits: slope {least}");
        let response = SlicerResponse::new(&plan, &noises, &trained, &mut None);
        let scale = Scale { signal: 1.0, after_agc: 1.0 };
        let closed = response.through_maps(&plan, &noises, &predictor.training[0], scale);
        noises.sources.iter_mut().for_each(|route| route.probed = true);
        let keys = StreamKeys {
            shared_seed: streams[0],
            lane_seed: streams[1],
            block: 0,
            noise: 0,
            selection: NoiseSelection::None,
        };
        let records = &predictor.training[..];
        let drawn =
            noise_probing::classes(&plan, &noises, &mut workspace, &trained, records, keys, DRAWS);
        let mean = |of: &[f32], level: Option<u8>| {
            let wanted = |&(l, _): &(&u8, &f32)| level.is_none_or(|level| level == *l);
            let (sum, count) = levels
                .iter()
                .zip(of)
                .filter(wanted)
                .fold((0.0, 0.0), |(sum, count), (_, v)| (sum + f64::from(*v), count + 1.0));
            sum / count
        };
        for (i, (route, closed)) in noises.sources.iter().zip(&closed).enumerate() {
            let mut found = vec![0f32; levels.len()];
            drawn.add(i, &levels, &mut found);
            for level in [None, Some(0), Some(1), Some(2), Some(3)] {
                let ratio = mean(closed, level) / mean(&found, level);
                let within = if level.is_some() { 0.066 } else { 0.033 };
                let name = &route.source.id.name;
                assert!((ratio - 1.0).abs() < within, "{name}, {level:?}: {ratio}");
            }
        }
    }
}
