//! The variance of each symbol at the slicer, source by source, from the noises of the plan.
//!
//! | source | variance at the slicer |
//! | --- | --- |
//! | added behind the detector | integral of S(f) abs(G)^2 |
//! | shot | sum of q (i + I0) f_s g^2 |
//! | relative intensity | sum over lags of C(m) i(t) i(t - m) g(T - t) g(T - t + m) |
//! | added before the modulator | sum of (di/dv)^2 K, K = sum over lags of C(m) g(t + m/2) g(t - m/2) |
//! | added to symbols, displaced edges | sum over symbols of (sum of di/dv h g)^2 |
//! | converter: quantisation, jitter | sum of w^2 (s_q^2 + s_j^2 y'^2) |
//!
//! g is the response from the detected current to the slicer, taps included; di/dv the local slope
//! of the noiseless block. Where light passes a fibre that changes intensity, or a map stands
//! behind the detector, the sources before it are drawn instead ([`super::drawn`]).

use super::drawn::Classes;
use super::kernel::{self, Kernel};
use super::lags::Lags;
use super::plan::{Plan, Source, SymbolNoise};
use super::record::{Record, Scale};
use super::{Law, NoiseId, Share, Storage, Trained, symbols, thinning};
use crate::math::buffer_pool::Pooled;
use crate::math::mean::mean_of;
use num_complex::Complex32;

/// Energy of a response that its cut may lose on each side: a variance is as much too small.
const LOST: f64 = 2e-5;

/// The same of a response from symbols to the modulator while settings are searched for: it may
/// ring as long as a host's channel does.
const SEARCH_LOST: f64 = 5e-4;
/// The same of the receiver's response to one tap, of which its taps make the whole.
const PULSE_LOST: f64 = 1e-8;

/// How long responses are followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Depth {
    /// For a result.
    Result,
    /// For a step of a search over settings.
    Search,
    /// To the block's end: what the others are held against.
    #[cfg(test)]
    Uncut,
}

impl Depth {
    fn symbol_lost(self) -> f64 {
        match self {
            Depth::Result => LOST,
            Depth::Search => SEARCH_LOST,
            #[cfg(test)]
            Depth::Uncut => 0.0,
        }
    }

    fn lost(self) -> f64 {
        match self {
            Depth::Result | Depth::Search => LOST,
            #[cfg(test)]
            Depth::Uncut => 0.0,
        }
    }
}

/// One source and how it comes to the slicer.
pub(super) struct Line {
    pub(super) id: NoiseId,
    pub(super) kind: Kind,
    /// True when the closed form does not hold and small draws through the chain take its place.
    pub(super) drawn: bool,
}

pub(super) enum Kind {
    /// Added behind the last map: index among the last section's sources, and covariances at the
    /// distances of taps.
    Sampled(usize, Vec<f64>),
    /// Added in a section that ends in a map, behind the detector.
    Interior { section: usize, source: usize },
    /// Shot noise: variance per ampere, dark current.
    Shot { per_ampere: f32, dark_a: f32 },
    /// Relative intensity: covariance by lag in samples.
    Relative(Vec<f32>),
    /// Added before the modulator: power per bin and covariance by lag at the modulator, slope at
    /// this section.
    Slope { section: usize, power: Pooled<f32>, covariance: Vec<f32> },
    /// Added to symbols or displacing their edges: variance, response to the modulator, and the
    /// same cut.
    Symbol { timing: bool, variance: f32, power: Pooled<f32>, kernel: Kernel },
    /// Phase of the light.
    Phase,
}

/// All sources of a plan but the converter.
pub(super) struct Noises {
    pub(super) lines: Vec<Line>,
    depth: Depth,
}

impl Noises {
    /// For an equaliser of so many taps, whose lags are known.
    pub(super) fn new(plan: &Plan, taps: usize, lags: Option<&Lags>, depth: Depth) -> Noises {
        let mut lines = Vec::new();
        let before = plan.dispersive() || !plan.linear_receiver();
        let light = plan
            .sections
            .iter()
            .position(|s| s.storage == Storage::Complex)
            .unwrap_or(plan.sections.len() - 1);
        let last = plan.sections.len() - 1;
        let mut scratch = Pooled::zeros(plan.transforms.samples.scratch());
        for source in &plan.symbol_sources {
            let (timing, rms, response) = match source.kind {
                SymbolNoise::Added(rms) => (false, rms, &plan.sections[0].response),
                SymbolNoise::Timing(rms_s) | SymbolNoise::TwoPoint(rms_s) => {
                    (true, rms_s, &plan.edge)
                }
                SymbolNoise::EvenOdd(_) => continue, // in the noiseless block
            };
            let mut path = Pooled::of(response);
            downstream(plan, 0, light).iter().zip(path.iter_mut()).for_each(|(d, p)| *p *= d);
            let power = path.iter().map(|p| p.norm_sqr()).collect();
            let mut circular = Pooled::zeros(plan.grid.samples());
            plan.transforms.samples.inverse(&mut path, &mut circular, &mut scratch);
            let kind = Kind::Symbol {
                timing,
                variance: rms * rms,
                power,
                kernel: Kernel::cut(&circular, depth.symbol_lost()),
            };
            lines.push(Line { id: source.id.clone(), kind, drawn: before });
        }
        for (i, section) in plan.sections.iter().enumerate() {
            for (j, source) in section.sources.iter().enumerate() {
                let kind = if i == last {
                    let power: Pooled<f32> = source.deviation.iter().map(|d| 2.0 * d * d).collect();
                    Kind::Sampled(j, covariances(plan, &power, taps, lags))
                } else if i < light {
                    let path = downstream(plan, i, light);
                    let power: Pooled<f32> = source
                        .deviation
                        .iter()
                        .zip(path.iter())
                        .map(|(d, h)| 2.0 * d * d * h.norm_sqr())
                        .collect();
                    let covariance = covariance_of(plan, &power, &mut scratch);
                    Kind::Slope {
                        section: i,
                        power,
                        covariance: decaying(&covariance, 8 * plan.grid.samples_per_symbol),
                    }
                } else {
                    Kind::Interior { section: i, source: j }
                };
                lines.push(Line { id: source.id.clone(), drawn: i != last && before, kind });
            }
            for noise in &section.start {
                let half_rate = plan.grid.sample_rate_hz() / 2.0;
                let kind = match noise.law {
                    Law::Shot { dark_a } => Kind::Shot {
                        per_ampere: (noise.density.at(0.0) * half_rate) as f32,
                        dark_a: dark_a as f32,
                    },
                    Law::Phase => Kind::Phase,
                    _ => match noise.density.white() {
                        Some(density) => Kind::Relative(vec![(density * half_rate) as f32]),
                        None => {
                            let m = plan.grid.samples() as f64;
                            let density =
                                |k: usize| noise.density.at(k as f64 * plan.grid.bin_hz());
                            let power: Pooled<f32> = (0..plan.grid.bins())
                                .map(|k| (density(k) * half_rate / m) as f32)
                                .collect();
                            Kind::Relative(
                                covariance_of(plan, &power, &mut scratch)[..LAGS].to_vec(),
                            )
                        }
                    },
                };
                let drawn = match kind {
                    Kind::Shot { .. } => !plan.linear_receiver(),
                    Kind::Phase => true,
                    _ => before,
                };
                lines.push(Line { id: noise.id.clone(), kind, drawn });
            }
        }
        Noises { lines, depth }
    }

    /// Sections by whose end the slope of the current is wanted.
    pub(super) fn sections_with_slope(&self) -> Vec<usize> {
        let section = |line: &Line| match line.kind {
            Kind::Symbol { .. } => Some(0),
            Kind::Slope { section, .. } => Some(section),
            _ => None,
        };
        let mut sections: Vec<usize> = self.lines.iter().filter_map(section).collect();
        sections.dedup();
        sections
    }

    /// Covariance of all noise at the sampler by distance in taps, averaged over the records: what
    /// they are trained against.
    pub(super) fn covariance(
        &self,
        plan: &Plan,
        records: &[Record],
        scale: Scale,
        taps: usize,
        lags: Option<&Lags>,
    ) -> Vec<f64> {
        let attenuation = scale.signal;
        let (m, n) = (plan.grid.samples() as f32, plan.grid.symbols as f32);
        let average = |f: &dyn Fn(&Record) -> f64| {
            (records.iter().map(f).sum::<f64>() / records.len() as f64) as f32
        };
        let current = average(&|r| r.current_mean) * attenuation;
        let square = average(&|r| r.current_square) * attenuation * attenuation;
        let slope = |section: usize| {
            average(&|r| r.slope(section).map_or(0.0, |s| s.square)) * attenuation * attenuation
        };
        let end = plan.end();
        // power of the detected current per bin of its transform, and what is added behind
        let (mut before, mut behind, mut white) =
            (Pooled::zeros(plan.grid.bins()), Pooled::zeros(plan.grid.bins()), 0f32);
        let add = |to: &mut [f32], gain: f32, power: &[f32]| {
            to.iter_mut().zip(power).for_each(|(t, p)| *t += gain * p)
        };
        let add_squares = |to: &mut [f32], gain: f32, rms: &[f32]| {
            to.iter_mut().zip(rms).for_each(|(t, d)| *t += gain * d * d)
        };
        for line in &self.lines {
            match &line.kind {
                Kind::Sampled(j, _) => {
                    let Source { deviation, behind_gain, .. } = &end.sources[*j];
                    let gain = if *behind_gain { scale.gained * scale.gained } else { 1.0 };
                    add_squares(&mut behind, 2.0 * gain, deviation);
                }
                Kind::Interior { section, source } => {
                    add_squares(
                        &mut before,
                        2.0 * m * m,
                        &plan.sections[*section].sources[*source].deviation,
                    );
                }
                Kind::Shot { per_ampere, dark_a } => white += m * per_ampere * (current + dark_a),
                Kind::Relative(covariance) => white += m * covariance[0] * square,
                Kind::Slope { section, power, .. } => {
                    add(&mut before, m * m * slope(*section), power)
                }
                Kind::Symbol { timing, variance, power, .. } => {
                    let weight = if *timing { average(&|r| r.edge_square) } else { 1.0 };
                    add(&mut before, m * m * n * variance * weight * slope(0), power);
                }
                Kind::Phase => {}
            }
        }
        let power = |((b, s), h): ((&f32, &f32), &Complex32)| (b + white) * h.norm_sqr() + s;
        let power: Pooled<f32> =
            before.iter().zip(behind.iter()).zip(&end.response).map(power).collect();
        covariances(plan, &power, taps, lags)
    }
}

/// Covariances at the distances of so many taps, of which `lags` may know, of a real noise with
/// this mean power per bin.
fn covariances(plan: &Plan, power: &[f32], taps: usize, lags: Option<&Lags>) -> Vec<f64> {
    if let Some(lags) = lags {
        return lags.covariances(power);
    }
    let spacing = plan.grid.samples_per_symbol / plan.sampler.samples_per_symbol;
    thinning::covariances(power, plan.grid, spacing, taps).unwrap_or_else(|| {
        let all = covariance_of(plan, power, &mut Pooled::zeros(plan.transforms.samples.scratch()));
        (0..taps).map(|t| f64::from(all[t * spacing % all.len()])).collect()
    })
}

/// Lags of a coloured relative noise that are followed.
const LAGS: usize = 64;

/// From a section's end to the modulator: the product of the responses between, of unit gain at
/// zero frequency.
fn downstream(plan: &Plan, section: usize, light: usize) -> Pooled<Complex32> {
    let mut path = Pooled::zeros(plan.grid.bins());
    path.fill(Complex32::new(1.0, 0.0));
    for s in plan.sections.iter().take(light).skip(section + 1).filter(|s| s.flat.is_none()) {
        let unit = 1.0 / s.response[0].norm().max(f32::MIN_POSITIVE);
        path.iter_mut().zip(&s.response).for_each(|(p, h)| *p *= h * unit);
    }
    path
}

/// Covariance by lag of a real noise with this mean power per bin (transform without scaling on the
/// way back).
fn covariance_of(plan: &Plan, power: &[f32], scratch: &mut [Complex32]) -> Pooled<f32> {
    let mut spectrum: Pooled<Complex32> = power.iter().map(|&p| Complex32::new(p, 0.0)).collect();
    let mut covariance = Pooled::zeros(plan.grid.samples());
    plan.transforms.samples.inverse(&mut spectrum, &mut covariance, scratch);
    covariance
}

/// Adds a line's variance at each symbol; its mean.
fn add_all(one: &[f32], out: &mut [f32]) -> f64 {
    out.iter_mut().zip(one).for_each(|(v, o)| *v += o);
    mean_of(one, |v| v)
}

/// The first lags, up to where less than 1e-4 of the variance is left.
fn decaying(covariance: &[f32], most: usize) -> Vec<f32> {
    let covariance = &covariance[..most.min(covariance.len())];
    let floor = covariance[0] * 1e-4;
    let keep = covariance.iter().rposition(|c| c.abs() > floor).map_or(1, |i| i + 1);
    covariance[..keep].to_vec()
}

/// The response from the detected current to the sampler at one phase, kept from one training to
/// the next.
#[derive(Clone)]
pub(super) struct Pulse {
    delay_ui: f64,
    kernel: Kernel,
}

impl Pulse {
    fn new(plan: &Plan, trained: &Trained, depth: Depth) -> Pulse {
        let mut circular = Pooled::zeros(plan.grid.samples());
        let mut scratch = Pooled::zeros(plan.transforms.samples.scratch());
        plan.transforms.samples.inverse(&mut trained.response.clone(), &mut circular, &mut scratch);
        Pulse {
            delay_ui: trained.delay_ui,
            kernel: Kernel::cut(&circular, depth.lost().min(PULSE_LOST)),
        }
    }
}

/// The response from the detected current to the slicer of a trained receiver.
pub(super) struct Reach {
    g: Kernel,
    g_squared: Kernel,
    taps: Vec<f64>,
}

impl Reach {
    /// `kept` is the pulse of a training before, replaced when it is of another phase.
    pub(super) fn new(
        plan: &Plan,
        noises: &Noises,
        trained: &Trained,
        kept: &mut Option<Pulse>,
    ) -> Reach {
        let pulse = match kept.take() {
            Some(pulse) if pulse.delay_ui == trained.delay_ui => pulse,
            _ => Pulse::new(plan, trained, noises.depth),
        };
        let spacing = plan.grid.samples_per_symbol / plan.sampler.samples_per_symbol;
        let g = pulse
            .kernel
            .through(&trained.taps, trained.precursors, spacing)
            .shorter(noises.depth.lost());
        *kept = Some(pulse);
        Reach {
            g_squared: g.squared(),
            g,
            taps: trained.taps.iter().map(|&w| f64::from(w)).collect(),
        }
    }

    /// Adds the variance of every line at each symbol of a record, and says what each is on
    /// average.
    pub(super) fn add(
        &self,
        plan: &Plan,
        noises: &Noises,
        record: &Record,
        scale: Scale,
        classes: &Classes,
        out: &mut [f32],
    ) -> Vec<Share> {
        let s = plan.grid.samples_per_symbol;
        let a2 = scale.signal * scale.signal;
        let mut buffer = Vec::new();
        let mut one = Pooled::zeros(out.len());
        // what shares a kernel is summed before it is filtered
        let mut at_detector = Pooled::zeros(record.phases.len());
        let mut by_slope: Vec<(usize, Kernel)> = Vec::new();
        let mut shares = Vec::new();
        for (i, line) in noises.lines.iter().enumerate() {
            let share = match &line.kind {
                _ if line.drawn => {
                    one.fill(0.0);
                    classes.add(i, &record.levels, &mut one);
                    add_all(&one, out)
                }
                Kind::Sampled(j, lags) => {
                    let gain = if plan.end().sources[*j].behind_gain {
                        f64::from(scale.gained * scale.gained)
                    } else {
                        1.0
                    };
                    let variance = (gain * self.of_taps(lags)) as f32;
                    out.iter_mut().for_each(|v| *v += variance);
                    f64::from(variance)
                }
                Kind::Shot { per_ampere, dark_a } => {
                    let variance = |i: f32| (per_ampere * (scale.signal * i + dark_a)).max(0.0);
                    self.g_squared.add_phases(&record.phases, s, variance, &mut at_detector)
                }
                Kind::Relative(covariance) if covariance.len() == 1 => {
                    let c = covariance[0] * a2;
                    self.g_squared.add_phases(&record.phases, s, |i| c * i * i, &mut at_detector)
                }
                Kind::Relative(covariance) => {
                    one.fill(0.0);
                    self.add_coloured(covariance, a2, record, s, &mut one);
                    add_all(&one, out)
                }
                Kind::Slope { section, covariance, .. } => {
                    let Some(slope) = record.slope(*section) else { continue };
                    let mut kernel = self.smeared(covariance);
                    kernel.values.iter_mut().for_each(|k| *k *= a2);
                    let share = kernel.mean(&slope.phase_squares);
                    match by_slope.iter_mut().find(|(other, _)| other == section) {
                        Some((_, sum)) => {
                            sum.values.iter_mut().zip(&kernel.values).for_each(|(s, k)| *s += k)
                        }
                        None => by_slope.push((*section, kernel)),
                    }
                    share
                }
                Kind::Symbol { timing, variance, kernel, .. } => {
                    let Some(slope) = record.slope(0) else { continue };
                    let weight = |e: &f32| if *timing { a2 * variance * e } else { a2 * variance };
                    let weights: Pooled<f32> = record.edge_squares.iter().map(weight).collect();
                    one.fill(0.0);
                    symbols::add(&self.g, kernel, &slope.values, &weights, s, &mut one);
                    add_all(&one, out)
                }
                Kind::Interior { .. } | Kind::Phase => 0.0,
            };
            shares.push(Share { entity: line.id.name.clone(), share });
        }
        self.g_squared.add_at_symbols(&at_detector, s, &mut buffer, out);
        for (section, kernel) in by_slope {
            if let Some(slope) = record.slope(section) {
                kernel.add_at_symbols(&slope.squares, s, &mut buffer, out);
            }
        }
        shares
    }

    /// w' C w of a noise with these covariances at the distances of taps.
    fn of_taps(&self, lags: &[f64]) -> f64 {
        let w = &self.taps;
        let products = |lag: usize| w.iter().zip(&w[lag..]).map(|(a, b)| a * b).sum::<f64>();
        lags.iter()
            .take(w.len())
            .enumerate()
            .map(|(lag, c)| if lag == 0 { c * products(0) } else { 2.0 * c * products(lag) })
            .sum()
    }

    /// A relative noise that remembers.
    fn add_coloured(
        &self,
        covariance: &[f32],
        a2: f32,
        record: &Record,
        s: usize,
        out: &mut [f32],
    ) {
        let mut buffer = Vec::new();
        for (lag, &c) in covariance.iter().enumerate() {
            let weight = if lag == 0 { c * a2 } else { 2.0 * c * a2 };
            let i = &record.current;
            let x: Pooled<f32> =
                (0..i.len()).map(|u| weight * i[u] * i[(u + i.len() - lag) % i.len()]).collect();
            let values = self
                .g
                .values
                .iter()
                .enumerate()
                .map(|(t, g)| g * self.g.at(self.g.first + (t + lag) as isize))
                .collect();
            Kernel { first: self.g.first, values }.add_at_symbols(
                &kernel::phases(&x, s),
                s,
                &mut buffer,
                out,
            );
        }
    }

    /// K(t) = sum over lags of C(m) g(t + m/2) g(t - m/2); an odd lag's middle is shared by its two
    /// neighbours.
    fn smeared(&self, covariance: &[f32]) -> Kernel {
        let mut values = vec![0f32; self.g.values.len()];
        let length = values.len();
        for (lag, &c) in covariance.iter().enumerate() {
            let weight = if lag == 0 { c } else { 2.0 * c };
            for t in 0..length.saturating_sub(lag) {
                let product = weight * self.g.values[t] * self.g.values[t + lag];
                values[t + lag / 2] += 0.5 * product;
                values[t + lag.div_ceil(2)] += 0.5 * product;
            }
        }
        Kernel { first: self.g.first, values }
    }

    /// The converter's own variance at each symbol: quantisation, and jitter by the slope before
    /// the taps.
    pub(super) fn converter(
        trained: &Trained,
        per_symbol: usize,
        slope_square: &[f32],
        jitter_s: f64,
    ) -> (f32, Pooled<f32>) {
        let taps: Vec<f32> = trained.taps.iter().map(|w| w * w).collect();
        let quantisation = trained.quantisation * trained.quantisation * taps.iter().sum::<f32>();
        let n = slope_square.len() / per_symbol;
        let mut jitter = Pooled::zeros(n);
        if jitter_s > 0.0 {
            let x: Pooled<f32> =
                slope_square.iter().map(|s| s * (jitter_s * jitter_s) as f32).collect();
            let mut padded = Pooled::zeros(x.len() + 2 * taps.len());
            crate::dsp::ffe::equalise(
                &x,
                per_symbol,
                &taps,
                trained.precursors,
                0.0,
                &mut padded,
                &mut jitter,
            );
        }
        (quantisation, jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::predict::Predictor;
    use crate::chain::slopes::tests::{levels, plan};
    use crate::chain::{Adaptation, Decision, Dsp, Worker};
    use crate::seed::Seed;

    fn shares(depth: Depth) -> Vec<Share> {
        let plan = plan(4e-25, 0.3, 1);
        let dsp = Dsp {
            taps: 15,
            precursors: 5,
            adaptation: Adaptation::Mmse,
            frozen: vec![],
            decision: Decision::Slicer,
        };
        let mut worker = Worker::new(&plan);
        let streams = [Seed::new(1), Seed::new(2)];
        let mut predictor = Predictor::to_depth(
            &plan,
            &dsp,
            streams,
            [vec![levels(1)], vec![]],
            &mut worker,
            depth,
        );
        predictor.train(&mut worker, 1.0, None).expect("it trains");
        predictor.at_slicer.remove(0).shares
    }

    /// Behind a drive of 0.3 of the symbol rate. Cuts lose 2e-5 of a response's energy a side, two
    /// responses 8e-5; what a cut tail would have added to the rest, of either sign, is at most 2
    /// sqrt(8e-5) = 1.8e-2 were it of the rest's shape, and no tail is: a twentieth of that is left
    /// to it in one source, a hundredth in all together. Searches cut 25 times as much.
    #[test]
    fn variances_of_results_are_those_of_uncut_responses() {
        let (result, search, uncut) =
            (shares(Depth::Result), shares(Depth::Search), shares(Depth::Uncut));
        for (result, uncut) in result.iter().zip(&uncut) {
            assert!(uncut.share > 0.0, "{} is there", uncut.entity);
            assert!(
                (result.share / uncut.share - 1.0).abs() < 9e-4,
                "{}: {} against {}",
                uncut.entity,
                result.share,
                uncut.share
            );
        }
        let total = |shares: &[Share]| shares.iter().map(|share| share.share).sum::<f64>();
        let missed = |shares: &[Share]| (total(shares) / total(&uncut) - 1.0).abs();
        assert!(
            missed(&result) < 1.8e-4 && missed(&search) > missed(&result),
            "{} and {}",
            missed(&result),
            missed(&search)
        );
    }
}
