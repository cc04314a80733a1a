//! Path of each noise of a plan to the sampler, and the covariance of all noise there.

use super::correlations::Lags;
use super::gridding;
use super::impulse_response::ImpulseResponse;
use super::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::build::plan::Plan;
use crate::chain::build::section::AddedNoise;
use crate::chain::build::symbol_noise::SymbolNoise;
use crate::chain::build::trained::Trained;
use crate::chain::describe::chain::Storage;
use crate::chain::describe::noise::{Law, NoiseOrigin, NoiseSource};
use crate::math::buffer_pool::Pooled;
use num_complex::Complex32;

/// Largest lag of noise correlations, symbols; at most a quarter of the block.
pub(crate) const COLOUR_LAGS: usize = 128;

pub(crate) fn colour_lags(plan: &Plan) -> usize {
    COLOUR_LAGS.min(plan.grid.symbols / 4)
}

/// Lags of the sampler's noise that are needed, in its samples.
pub(crate) fn colour_distances(plan: &Plan, trained: &Trained) -> usize {
    colour_lags(plan) * plan.sampler.samples_per_symbol + trained.taps.len()
}

/// Energy of a response that truncation may lose on each side; variances are too small by the same
/// share.
const LOST: f64 = 2e-5;

/// Energy lost of a response from symbols to the modulator during a search for settings, since it
/// may ring as long as a host's channel.
const SEARCH_LOST: f64 = 5e-4;

/// Truncation of responses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Depth {
    /// For a result.
    Result,
    /// For a step of a search over settings.
    Search,
    /// To the block's end, as a reference for the others.
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

    pub(crate) fn lost(self) -> f64 {
        match self {
            Depth::Result | Depth::Search => LOST,
            #[cfg(test)]
            Depth::Uncut => 0.0,
        }
    }
}

/// One source and its path to the slicer.
pub(crate) struct NoiseRoute {
    pub(crate) source: NoiseSource,
    pub(crate) path: NoisePath,
    /// True when the closed form does not hold and small draws through the chain take its place.
    pub(crate) probed: bool,
}

impl NoiseRoute {
    /// True for edges that are displaced by one of two amounts.
    pub(crate) fn two_points(&self) -> bool {
        self.source.class.is_bounded() && matches!(self.path, NoisePath::Symbol { .. })
    }
}

pub(crate) enum NoisePath {
    /// Added after the last map: index among the last section's sources, and covariances at the
    /// distances of taps.
    Sampled(usize, Vec<f64>),
    /// Added in a section that ends in a map, after the detector: covariance by lag at its end.
    Interior { section: usize, source: usize, covariance: Vec<f32> },
    /// Shot noise: variance per ampere, dark current.
    Shot { per_ampere: f32, dark_a: f32 },
    /// Relative intensity: covariance by lag in samples.
    Relative(Vec<f32>),
    /// Added before the modulator: power per bin and covariance by lag at the modulator, slope at
    /// this section.
    Slope { section: usize, power: Pooled<f32>, covariance: Vec<f32> },
    /// Added to symbols or displacing their edges: variance, response to the modulator, and the
    /// same cut.
    Symbol { timing: bool, variance: f32, power: Pooled<f32>, kernel: ImpulseResponse },
    /// Phase of the optical field.
    Phase,
    /// All noises of other lanes whose light reaches the detector.
    CoupledLanes,
}

/// All sources of a plan but the converter.
pub(crate) struct Noises {
    pub(crate) sources: Vec<NoiseRoute>,
    /// Responses of the sections after the detector that end in a map.
    pub(crate) receiver: Vec<ImpulseResponse>,
    pub(crate) depth: Depth,
    /// Factor on the variance of every source and of the converter.
    pub(crate) power: f64,
}

impl Noises {
    /// Sources for an equaliser of `taps` taps, with its lags where they are known.
    pub(crate) fn new(plan: &Plan, taps: usize, lags: Option<&Lags>, depth: Depth) -> Noises {
        let mut sources = Vec::new();
        let light = plan
            .sections
            .iter()
            .position(|s| s.storage == Storage::Complex)
            .unwrap_or(plan.sections.len() - 1);
        let last = plan.sections.len() - 1;
        let dispersive = plan.dispersive() || plan.disperses_power();
        // relative noise acts on the lane's own light, which only a linear receiver tells apart,
        // and on what lanes of the same laser add to it
        let joined = plan.sections[plan.detector].leaks && !plan.linear_receiver()
            || plan.noises.iter().any(|n| n.class.origin == NoiseOrigin::CoupledLanes);
        let mut scratch = Pooled::zeros(plan.transforms.samples.scratch());
        for source in &plan.symbol_sources {
            let (timing, rms, response) = match source.kind {
                SymbolNoise::Added(rms) => (false, rms, &plan.sections[0].response),
                SymbolNoise::Timing(rms_s) | SymbolNoise::DualDirac(rms_s) => {
                    (true, rms_s, &plan.edge)
                }
                SymbolNoise::EvenOdd(_) => continue, // in the noiseless block
            };
            let mut path = Pooled::of(response);
            downstream(plan, 0, light).iter().zip(path.iter_mut()).for_each(|(d, p)| *p *= d);
            let power = path.iter().map(|p| p.norm_sqr()).collect();
            let mut circular = Pooled::zeros(plan.grid.samples());
            plan.transforms.samples.inverse(&mut path, &mut circular, &mut scratch);
            let path = NoisePath::Symbol {
                timing,
                variance: rms * rms,
                power,
                kernel: ImpulseResponse::cut(&circular, depth.symbol_lost()),
            };
            let probed = dispersive || plan.memory_follows(0);
            sources.push(NoiseRoute { source: plan.noise(&source.id).clone(), path, probed });
        }
        for (i, section) in plan.sections.iter().enumerate() {
            for (j, source) in section.sources.iter().enumerate() {
                let path = if i == last {
                    let power: Pooled<f32> = source.deviation.iter().map(|d| 2.0 * d * d).collect();
                    NoisePath::Sampled(j, covariances(plan, &power, taps, lags))
                } else if i < light {
                    let path = downstream(plan, i, light);
                    let power: Pooled<f32> = source
                        .deviation
                        .iter()
                        .zip(path.iter())
                        .map(|(d, h)| 2.0 * d * d * h.norm_sqr())
                        .collect();
                    let covariance = covariance_of(plan, &power, &mut scratch);
                    NoisePath::Slope {
                        section: i,
                        power,
                        covariance: decaying(&covariance, 8 * plan.grid.samples_per_symbol),
                    }
                } else {
                    let power: Pooled<f32> = source.deviation.iter().map(|d| 2.0 * d * d).collect();
                    let covariance = covariance_of(plan, &power, &mut scratch);
                    let covariance = decaying(&covariance, 8 * plan.grid.samples_per_symbol);
                    NoisePath::Interior { section: i, source: j, covariance }
                };
                let drawn = dispersive && i < light;
                let probed = i != last && (drawn || plan.memory_follows(i));
                sources.push(NoiseRoute { source: plan.noise(&source.id).clone(), path, probed });
            }
            for noise in &section.start {
                let half_rate = plan.grid.sample_rate_hz() / 2.0;
                let path = match noise.law {
                    Law::Shot { dark_a } => NoisePath::Shot {
                        per_ampere: (noise.density.at(0.0) * half_rate) as f32,
                        dark_a: dark_a as f32,
                    },
                    Law::Phase => NoisePath::Phase,
                    _ => match noise.density.white() {
                        Some(density) => NoisePath::Relative(vec![(density * half_rate) as f32]),
                        None => {
                            let m = plan.grid.samples() as f64;
                            let density =
                                |k: usize| noise.density.at(k as f64 * plan.grid.bin_hz());
                            let power: Pooled<f32> = (0..plan.grid.bins())
                                .map(|k| (density(k) * half_rate / m) as f32)
                                .collect();
                            NoisePath::Relative(
                                covariance_of(plan, &power, &mut scratch)[..LAGS].to_vec(),
                            )
                        }
                    },
                };
                let probed = match path {
                    NoisePath::Shot { .. } => false,
                    NoisePath::Phase => true,
                    _ => dispersive || joined,
                };
                let probed = probed || plan.memory_follows(i);
                sources.push(NoiseRoute { source: plan.noise(&noise.id).clone(), path, probed });
            }
        }
        let coupled = plan.noises.iter();
        let coupled = coupled.filter(|n| n.class.origin == NoiseOrigin::CoupledLanes);
        sources.extend(coupled.map(|source| NoiseRoute {
            source: source.clone(),
            path: NoisePath::CoupledLanes,
            probed: true,
        }));
        let receiver = (plan.detector..last)
            .map(|i| {
                let section = &plan.sections[i];
                if let Some(gain) = section.flat {
                    return ImpulseResponse { first: 0, values: vec![gain] };
                }
                let (mut response, mut circular) =
                    (Pooled::of(&section.response), Pooled::zeros(plan.grid.samples()));
                plan.transforms.samples.inverse(&mut response, &mut circular, &mut scratch);
                ImpulseResponse::cut(&circular, depth.lost())
            })
            .collect();
        Noises { sources, receiver, depth, power: 1.0 }
    }

    /// True when a source displaces edges by one of two amounts.
    pub(crate) fn two_points(&self) -> bool {
        self.sources.iter().any(NoiseRoute::two_points)
    }

    /// Sections for which the slope of the current with respect to their end is needed.
    pub(crate) fn sections_with_slope(&self) -> Vec<usize> {
        let section = |source: &NoiseRoute| match source.path {
            NoisePath::Symbol { .. } => Some(0),
            NoisePath::Slope { section, .. } => Some(section),
            _ => None,
        };
        let mut sections: Vec<usize> = self.sources.iter().filter_map(section).collect();
        sections.dedup();
        sections
    }

    /// Covariance of all noise at the sampler by distance in taps, averaged over the records: the
    /// noise for training.
    pub(crate) fn covariance(
        &self,
        plan: &Plan,
        records: &[NoiselessBlock],
        scale: Scale,
        taps: usize,
        lags: Option<&Lags>,
    ) -> Vec<f64> {
        let transmission = scale.signal;
        let (m, n) = (plan.grid.samples() as f32, plan.grid.symbols as f32);
        let average = |f: &dyn Fn(&NoiselessBlock) -> f64| {
            (records.iter().map(f).sum::<f64>() / records.len() as f64) as f32
        };
        let current = average(&|r| r.current_mean) * transmission;
        let square = average(&|r| r.current_square) * transmission * transmission;
        let slope = |section: usize| {
            average(&|r| r.slope(section).map_or(0.0, |s| s.square)) * transmission * transmission
        };
        let end = plan.end();
        // power of the detected current per bin of its transform, and of noise added after it
        let (mut before, mut after, mut white) =
            (Pooled::zeros(plan.grid.bins()), Pooled::zeros(plan.grid.bins()), 0f32);
        let mut interior = Vec::new(); // with the section at whose end it is
        let add = |to: &mut [f32], gain: f32, power: &[f32]| {
            to.iter_mut().zip(power).for_each(|(t, p)| *t += gain * p)
        };
        let add_squares = |to: &mut [f32], gain: f32, rms: &[f32]| {
            to.iter_mut().zip(rms).for_each(|(t, d)| *t += gain * d * d)
        };
        for source in &self.sources {
            match &source.path {
                NoisePath::Sampled(j, _) => {
                    let AddedNoise { deviation, after_agc, .. } = &end.sources[*j];
                    let gain = if *after_agc { scale.after_agc * scale.after_agc } else { 1.0 };
                    add_squares(&mut after, 2.0 * gain, deviation);
                }
                NoisePath::Interior { section, source, .. } => {
                    let AddedNoise { deviation, after_agc, .. } =
                        &plan.sections[*section].sources[*source];
                    let gain = if *after_agc { scale.after_agc * scale.after_agc } else { 1.0 };
                    let mut power = Pooled::zeros(plan.grid.bins());
                    add_squares(&mut power, 2.0 * gain * m * m, deviation);
                    interior.push((*section, power));
                }
                NoisePath::Shot { per_ampere, dark_a } => {
                    white += m * per_ampere * (current + dark_a)
                }
                NoisePath::Relative(covariance) => white += m * covariance[0] * square,
                NoisePath::Slope { section, power, .. } => {
                    add(&mut before, m * m * slope(*section), power)
                }
                NoisePath::Symbol { timing, variance, power, .. } => {
                    let weight = if *timing { average(&|r| r.edge_square) } else { 1.0 };
                    add(&mut before, m * m * n * variance * weight * slope(0), power);
                }
                NoisePath::Phase | NoisePath::CoupledLanes => {}
            }
        }
        before.iter_mut().for_each(|b| *b += white);
        for i in plan.detector..plan.sections.len() - 1 {
            let section = &plan.sections[i];
            let slope = |r: &NoiselessBlock| {
                r.receiver.as_ref().map_or(1.0, |receiver| receiver.squares[i - plan.detector])
            };
            let slope = average(&slope);
            match section.flat {
                Some(gain) => before.iter_mut().for_each(|b| *b *= gain * gain),
                None => before
                    .iter_mut()
                    .zip(&section.response)
                    .for_each(|(b, h)| *b *= m * m * h.norm_sqr()),
            }
            for (_, power) in interior.iter().filter(|(at, _)| *at == i) {
                add(&mut before, 1.0, power);
            }
            before.iter_mut().for_each(|b| *b *= slope);
        }
        let power = |((b, s), h): ((&f32, &f32), &Complex32)| b * h.norm_sqr() + s;
        let power: Pooled<f32> =
            before.iter().zip(after.iter()).zip(&end.response).map(power).collect();
        let mut covariances = covariances(plan, &power, taps, lags);
        covariances.iter_mut().for_each(|c| *c *= self.power);
        covariances
    }
}

/// Covariances at the distances of `taps` taps of a real noise with this mean power per bin, from
/// `lags` where given.
fn covariances(plan: &Plan, power: &[f32], taps: usize, lags: Option<&Lags>) -> Vec<f64> {
    if let Some(lags) = lags {
        return lags.covariances(power);
    }
    let spacing = plan.grid.samples_per_symbol / plan.sampler.samples_per_symbol;
    gridding::covariances(power, plan.grid, spacing, taps).unwrap_or_else(|| {
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

/// The first lags, up to where less than 1e-4 of the variance is left.
fn decaying(covariance: &[f32], most: usize) -> Vec<f32> {
    let covariance = &covariance[..most.min(covariance.len())];
    let floor = covariance[0] * 1e-4;
    let keep = covariance.iter().rposition(|c| c.abs() > floor).map_or(1, |i| i + 1);
    covariance[..keep].to_vec()
}
