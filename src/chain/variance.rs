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
//! g is the response from the detected current to the slicer, taps included; di/dv the local slope of the noiseless
//! block. Where light passes a fibre that changes intensity, or a map stands behind the detector, the sources before it
//! are drawn instead ([`super::drawn`]).

use super::kernel::Kernel;
use super::plan::{Plan, Source, SymbolNoise};
use super::predict::{Record, Scale};
use super::{Law, Storage, Trained};
use crate::math::{fft, simd::widest};
use num_complex::Complex32;

/// Energy of a response that its cut may lose on each side: a variance is as much too small.
const LOST: f64 = 2e-5;

/// The same of a response from symbols to the modulator, which may ring as long as a host's channel does.
const SYMBOL_LOST: f64 = 5e-4;

/// One source and how it comes to the slicer.
pub(super) struct Line {
    pub(super) entity: String,
    pub(super) kind: Kind,
    /// True when the closed form does not hold and small draws through the chain take its place.
    pub(super) drawn: bool,
}

pub(super) enum Kind {
    /// Added behind the last map: index among the last section's sources.
    Sampled(usize),
    /// Added in a section that ends in a map, behind the detector.
    Interior { section: usize, source: usize },
    /// Shot noise: variance per ampere, dark current.
    Shot { per_ampere: f32, dark_a: f32 },
    /// Relative intensity: covariance by lag in samples.
    Relative(Vec<f32>),
    /// Added before the modulator: power per bin and covariance by lag at the modulator, slope at this section.
    Slope { section: usize, power: Vec<f32>, covariance: Vec<f32> },
    /// Added to symbols or displacing their edges: variance, response to the modulator, and the same cut.
    Symbol { timing: bool, variance: f32, power: Vec<f32>, kernel: Kernel },
    /// Phase of the light.
    Phase,
}

/// All sources of a plan but the converter.
pub(super) struct Noises {
    pub(super) lines: Vec<Line>,
}

impl Noises {
    pub(super) fn new(plan: &Plan) -> Noises {
        let mut lines = Vec::new();
        let before = plan.dispersive() || !plan.linear_receiver();
        let light = plan.sections.iter().position(|s| s.storage == Storage::Complex).unwrap_or(plan.sections.len() - 1);
        let last = plan.sections.len() - 1;
        let mut scratch = vec![Complex32::default(); plan.transforms.samples.scratch()];
        for source in &plan.symbol_sources {
            let (timing, rms, response) = match source.kind {
                SymbolNoise::Added(rms) => (false, rms, &plan.sections[0].response),
                SymbolNoise::Timing(rms_s) | SymbolNoise::TwoPoint(rms_s) => (true, rms_s, &plan.edge),
                SymbolNoise::EvenOdd(_) => continue, // in the noiseless block
            };
            let mut path: Vec<Complex32> = response.clone();
            downstream(plan, 0, light).iter().zip(&mut path).for_each(|(d, p)| *p *= d);
            let power = path.iter().map(|p| p.norm_sqr()).collect();
            let mut circular = vec![0f32; plan.grid.samples()];
            plan.transforms.samples.inverse(&mut path, &mut circular, &mut scratch);
            let kind = Kind::Symbol { timing, variance: rms * rms, power, kernel: Kernel::cut(&circular, SYMBOL_LOST) };
            lines.push(Line { entity: source.entity.clone(), kind, drawn: before });
        }
        for (i, section) in plan.sections.iter().enumerate() {
            for (j, source) in section.sources.iter().enumerate() {
                let kind = if i == last {
                    Kind::Sampled(j)
                } else if i < light {
                    let path = downstream(plan, i, light);
                    let power: Vec<f32> = source.deviation.iter().zip(&path).map(|(d, h)| 2.0 * d * d * h.norm_sqr()).collect();
                    let covariance = covariance_of(plan, &power, &mut scratch);
                    Kind::Slope { section: i, power, covariance: decaying(covariance, 8 * plan.grid.samples_per_symbol) }
                } else {
                    Kind::Interior { section: i, source: j }
                };
                lines.push(Line { entity: source.entity.clone(), drawn: i != last && before, kind });
            }
            for noise in &section.start {
                let half_rate = plan.grid.sample_rate_hz() / 2.0;
                let kind = match noise.law {
                    Law::Shot { dark_a } => Kind::Shot { per_ampere: (noise.density.at(0.0) * half_rate) as f32, dark_a: dark_a as f32 },
                    Law::Phase => Kind::Phase,
                    _ => match noise.density.white() {
                        Some(density) => Kind::Relative(vec![(density * half_rate) as f32]),
                        None => {
                            let m = plan.grid.samples() as f64;
                            let density = |k: usize| noise.density.at(k as f64 * plan.grid.bin_hz());
                            let power: Vec<f32> = (0..plan.grid.bins()).map(|k| (density(k) * half_rate / m) as f32).collect();
                            Kind::Relative(covariance_of(plan, &power, &mut scratch)[..LAGS].to_vec())
                        }
                    },
                };
                let drawn = match kind {
                    Kind::Shot { .. } => !plan.linear_receiver(),
                    Kind::Phase => true,
                    _ => before,
                };
                lines.push(Line { entity: noise.entity.clone(), kind, drawn });
            }
        }
        Noises { lines }
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

    /// Covariance of all noise at the sampler by lag in samples of the grid, averaged over the records: what the taps
    /// are trained against.
    pub(super) fn covariance(&self, plan: &Plan, records: &[Record], scale: Scale) -> Vec<f32> {
        let attenuation = scale.signal;
        let (m, n) = (plan.grid.samples() as f32, plan.grid.symbols as f32);
        let average = |f: &dyn Fn(&Record) -> f64| (records.iter().map(f).sum::<f64>() / records.len() as f64) as f32;
        let current = average(&|r| r.current_mean) * attenuation;
        let square = average(&|r| r.current_square) * attenuation * attenuation;
        let slope = |section: usize| average(&|r| r.slope(section).map_or(0.0, |s| s.square)) * attenuation * attenuation;
        let end = plan.end();
        // power of the detected current per bin of its transform, and what is added behind
        let (mut before, mut behind) = (vec![0f32; plan.grid.bins()], vec![0f32; plan.grid.bins()]);
        let add = |to: &mut [f32], f: &dyn Fn(usize) -> f32| to.iter_mut().enumerate().for_each(|(k, t)| *t += f(k));
        for line in &self.lines {
            match &line.kind {
                Kind::Sampled(j) => {
                    let Source { deviation, behind_gain, .. } = &end.sources[*j];
                    let gain = if *behind_gain { scale.gained * scale.gained } else { 1.0 };
                    add(&mut behind, &|k| 2.0 * gain * deviation[k].powi(2));
                }
                Kind::Interior { section, source } => {
                    let deviation = &plan.sections[*section].sources[*source].deviation;
                    add(&mut before, &|k| 2.0 * (m * deviation[k]).powi(2));
                }
                Kind::Shot { per_ampere, dark_a } => add(&mut before, &|_| m * per_ampere * (current + dark_a)),
                Kind::Relative(covariance) => add(&mut before, &|_| m * covariance[0] * square),
                Kind::Slope { section, power, .. } => {
                    let gain = m * m * slope(*section);
                    add(&mut before, &|k| power[k] * gain);
                }
                Kind::Symbol { timing, variance, power, .. } => {
                    let weight = if *timing { average(&|r| r.edge_square) } else { 1.0 };
                    let gain = m * m * n * variance * weight * slope(0);
                    add(&mut before, &|k| power[k] * gain);
                }
                Kind::Phase => {}
            }
        }
        let power: Vec<f32> = before.iter().zip(&behind).zip(&end.response).map(|((b, s), h)| b * h.norm_sqr() + s).collect();
        covariance_of(plan, &power, &mut vec![Complex32::default(); plan.transforms.samples.scratch()])
    }
}

/// Lags of a coloured relative noise that are followed.
const LAGS: usize = 64;

/// From a section's end to the modulator: the product of the responses between, of unit gain at zero frequency.
fn downstream(plan: &Plan, section: usize, light: usize) -> Vec<Complex32> {
    let mut path = vec![Complex32::new(1.0, 0.0); plan.grid.bins()];
    for s in plan.sections.iter().take(light).skip(section + 1).filter(|s| s.flat.is_none()) {
        let unit = 1.0 / s.response[0].norm().max(f32::MIN_POSITIVE);
        path.iter_mut().zip(&s.response).for_each(|(p, h)| *p *= h * unit);
    }
    path
}

/// Covariance by lag of a real noise with this mean power per bin (transform without scaling on the way back).
fn covariance_of(plan: &Plan, power: &[f32], scratch: &mut [Complex32]) -> Vec<f32> {
    let mut spectrum: Vec<Complex32> = power.iter().map(|&p| Complex32::new(p, 0.0)).collect();
    let mut covariance = vec![0f32; plan.grid.samples()];
    plan.transforms.samples.inverse(&mut spectrum, &mut covariance, scratch);
    covariance
}

/// The first lags, up to where less than 1e-4 of the variance is left.
fn decaying(mut covariance: Vec<f32>, most: usize) -> Vec<f32> {
    covariance.truncate(most);
    let floor = covariance[0] * 1e-4;
    let keep = covariance.iter().rposition(|c| c.abs() > floor).map_or(1, |i| i + 1);
    covariance.truncate(keep);
    covariance
}

/// The response from the detected current to the slicer of a trained receiver.
pub(super) struct Reach {
    g: Kernel,
    g_squared: Kernel,
    /// |taps|^2 per bin of the sampled block.
    tap_power: Vec<f32>,
}

impl Reach {
    pub(super) fn new(plan: &Plan, trained: &Trained) -> Reach {
        let k = plan.sampled();
        let mut taps = vec![0f32; k];
        for (j, &w) in trained.taps.iter().enumerate() {
            taps[(trained.precursors as isize - j as isize).rem_euclid(k as isize) as usize] += w;
        }
        let mut tap_spectrum = vec![Complex32::default(); fft::bins(k)];
        let t = &plan.transforms;
        let mut scratch = vec![Complex32::default(); t.scratch()];
        t.sampled.forward(&mut taps, &mut tap_spectrum, &mut scratch);
        let periodic = |bin: usize| {
            let bin = bin % k;
            if bin <= k / 2 { tap_spectrum[bin] } else { tap_spectrum[k - bin].conj() }
        };
        let mut spectrum: Vec<Complex32> = trained.response.iter().enumerate().map(|(bin, h)| h * periodic(bin)).collect();
        let mut circular = vec![0f32; plan.grid.samples()];
        t.samples.inverse(&mut spectrum, &mut circular, &mut scratch);
        let g = Kernel::cut(&circular, LOST);
        Reach { g_squared: g.squared(), g, tap_power: tap_spectrum.iter().map(|t| t.norm_sqr()).collect() }
    }

    /// Adds one line's variance at each symbol of a record.
    pub(super) fn add(&self, plan: &Plan, line: &Line, record: &Record, scale: Scale, out: &mut [f32]) {
        let (s, n) = (plan.grid.samples_per_symbol, plan.grid.symbols);
        let mut buffer = Vec::new();
        let (attenuation, a2) = (scale.signal, scale.signal * scale.signal);
        match &line.kind {
            Kind::Sampled(j) => {
                let Source { deviation, behind_gain, .. } = &plan.end().sources[*j];
                let gain = if *behind_gain { f64::from(scale.gained * scale.gained) } else { 1.0 };
                let k = plan.sampled();
                let taps = |bin: usize| {
                    let bin = bin % k;
                    self.tap_power[if bin <= k / 2 { bin } else { k - bin }]
                };
                let mirrored = |bin: usize| if bin == 0 || 2 * bin == plan.grid.samples() { 1.0 } else { 2.0 };
                let sum: f64 = deviation.iter().enumerate().map(|(bin, d)| f64::from(mirrored(bin) * 2.0 * d * d * taps(bin))).sum();
                out.iter_mut().for_each(|v| *v += (gain * sum) as f32);
            }
            Kind::Shot { per_ampere, dark_a } => {
                let x: Vec<f32> = record.current.iter().map(|i| (per_ampere * (attenuation * i + dark_a)).max(0.0)).collect();
                self.g_squared.add_at_symbols(&x, s, &mut buffer, out);
            }
            Kind::Relative(covariance) => {
                for (lag, &c) in covariance.iter().enumerate() {
                    let weight = if lag == 0 { c * a2 } else { 2.0 * c * a2 };
                    let i = &record.current;
                    let x: Vec<f32> = (0..i.len()).map(|u| weight * i[u] * i[(u + i.len() - lag) % i.len()]).collect();
                    let values = self.g.values.iter().enumerate().map(|(t, g)| g * self.g.at(self.g.first + (t + lag) as isize)).collect();
                    Kernel { first: self.g.first, values }.add_at_symbols(&x, s, &mut buffer, out);
                }
            }
            Kind::Slope { section, covariance, .. } => {
                let Some(slope) = record.slope(*section) else { return };
                let x: Vec<f32> = slope.values.iter().map(|d| a2 * d * d).collect();
                self.smeared(covariance).add_at_symbols(&x, s, &mut buffer, out);
            }
            Kind::Symbol { timing, variance, kernel, .. } => {
                let Some(slope) = record.slope(0) else { return };
                let weight = |k: usize| if *timing { a2 * variance * record.edge_squares[k] } else { a2 * variance };
                let weights: Vec<f32> = (0..n).map(weight).collect();
                self.add_symbols(kernel, &slope.values, &weights, s, out);
            }
            Kind::Interior { .. } | Kind::Phase => {}
        }
    }

    /// K(t) = sum over lags of C(m) g(t + m/2) g(t - m/2); an odd lag's middle is shared by its two neighbours.
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

    /// `out[n] += sum_k weights[k] (sum_u g[n s - u] slope[u] h[u - k s])^2`.
    fn add_symbols(&self, h: &Kernel, slope: &[f32], weights: &[f32], s: usize, out: &mut [f32]) {
        let (stride, n, m) = (s as isize, weights.len(), slope.len() as isize);
        // d = n - k for which g reaches from some u = k s + h.first + t
        let low = (self.g.first + h.first).div_euclid(stride);
        let high = (self.g.end() + h.end()).div_euclid(stride) + 1;
        let width = ((high - low) as usize).next_multiple_of(16);
        let lines: Vec<f32> = (0..h.values.len() as isize)
            .flat_map(|t| (0..width as isize).map(move |d| (t, d)))
            .map(|(t, d)| self.g.at((low + d) * stride - h.first - t) * h.values[t as usize])
            .collect();
        let mut sums = vec![0f32; n + width];
        let slopes: Vec<f32> = (0..slope.len() + h.values.len()).map(|i| slope[(i as isize + h.first).rem_euclid(m) as usize]).collect();
        symbols_kernel(&lines, width, &slopes, h.values.len(), weights, s, &mut sums);
        for (i, sum) in sums.iter().enumerate() {
            out[(i as isize + low).rem_euclid(n as isize) as usize] += sum;
        }
    }

    /// The converter's own variance at each symbol: quantisation, and jitter by the slope before the taps.
    pub(super) fn converter(trained: &Trained, per_symbol: usize, slope_square: &[f32], jitter_s: f64) -> (f32, Vec<f32>) {
        let taps: Vec<f32> = trained.taps.iter().map(|w| w * w).collect();
        let quantisation = trained.quantisation * trained.quantisation * taps.iter().sum::<f32>();
        let n = slope_square.len() / per_symbol;
        let mut jitter = vec![0f32; n];
        if jitter_s > 0.0 {
            let x: Vec<f32> = slope_square.iter().map(|s| s * (jitter_s * jitter_s) as f32).collect();
            let mut padded = vec![0f32; x.len() + 2 * taps.len()];
            crate::dsp::ffe::equalise(&x, per_symbol, &taps, trained.precursors, 0.0, &mut padded, &mut jitter);
        }
        (quantisation, jitter)
    }
}

widest! {
fn symbols_kernel(lines: &[f32], width: usize, slopes: &[f32], length: usize, weights: &[f32], s: usize, sums: &mut [f32]) {
    const RUN: usize = 16;
    for (k, &weight) in weights.iter().enumerate() {
        let slope = &slopes[k * s..k * s + length];
        for block in (0..width).step_by(RUN) {
            let mut sum = [0f32; RUN];
            for (t, &d) in slope.iter().enumerate() {
                let line: &[f32; RUN] = lines[t * width + block..].first_chunk().expect("width is a multiple of the run");
                for i in 0..RUN {
                    sum[i] += d * line[i];
                }
            }
            let to: &mut [f32; RUN] = sums[k + block..].first_chunk_mut().expect("sums are longer by the width");
            for i in 0..RUN {
                to[i] += weight * sum[i] * sum[i];
            }
        }
    }
}
}
