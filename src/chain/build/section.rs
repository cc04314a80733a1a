//! Sections: fused responses and noises between two maps.

use super::plan_cache::PlanCache;
use super::reflections::PlannedReflections;
use crate::chain::describe::chain::Storage;
use crate::chain::describe::interferer::Interferer;
use crate::chain::describe::map::Erased;
use crate::chain::describe::noise::{Law, Noise, NoiseId};
use crate::chain::describe::shape::Shape;
use crate::math::fft;
use crate::seed::StreamKey;
use crate::signal::Grid;
use num_complex::Complex32;

/// Stream of the noise of the first section, which begins with symbols.
const SYMBOLS: StreamKey = StreamKey::fixed("symbols");

/// Responses and noises between two maps.
pub(crate) struct Section {
    /// The map that begins it; the first section begins with symbols.
    pub(crate) map: Option<Box<dyn Erased>>,
    pub(crate) storage: Storage,
    /// The factor, if the section is only a factor.
    pub(crate) flat: Option<f32>,
    /// Fused response, divided by the block's samples (the first: by its symbols).
    pub(crate) response: Vec<Complex32>,
    /// Noises that act on the samples at the section's start.
    pub(crate) start: Vec<Noise>,
    /// Added noises, each brought to the section's end.
    pub(crate) sources: Vec<AddedNoise>,
    /// The sum of the added noises; empty without any.
    pub(crate) deviation: Vec<f32>,
    /// Interferers with their response to the section's end, scaled as `response`.
    pub(crate) interferers: Vec<InterfererPath>,
    /// Light reflected at the end of a section of light.
    pub(crate) reflections: Option<PlannedReflections>,
    /// Factor on the lane's own field where fields of other lanes join it, at the end of a section
    /// of light.
    pub(crate) coupled: Option<Complex32>,
    /// True for the detector's section if power of other lanes reaches it.
    pub(crate) leaks: bool,
    /// Response of the power that the detector's section begins with.
    pub(crate) detected: Option<DetectedResponse>,
    /// Named nodes.
    pub(crate) probes: Vec<Node>,
}

/// A response of detected power, divided by the block's samples, with its transform.
pub(crate) struct DetectedResponse {
    pub(crate) response: Vec<Complex32>,
    pub(crate) transform: fft::RealFft,
}

/// A named node of a section.
pub(crate) struct Node {
    pub(crate) name: &'static str,
    /// Responses up to it.
    pub(crate) shapes: Vec<Shape>,
    /// True after the reflections of its section.
    pub(crate) reflected: bool,
}

/// Merged noise of the last section if part of it is added after the AGC: by bin of the grid, and
/// of the sampled block.
#[derive(Clone)]
pub(crate) struct RescaledNoise {
    pub(crate) wave: Vec<f32>,
    pub(crate) sampled: Vec<f32>,
}

/// An interferer at its section's end.
pub(crate) struct InterfererPath {
    pub(crate) id: NoiseId,
    pub(crate) path: Vec<Complex32>,
    /// Its symbols in a block, and their transform.
    pub(crate) symbols: usize,
    pub(crate) transform: fft::RealFft,
    /// True after the AGC, which compensates lost optical power.
    pub(crate) after_agc: bool,
}

/// An added noise at its section's end: rms of the real (and of the imaginary) part of each bin.
pub(crate) struct AddedNoise {
    pub(crate) id: NoiseId,
    pub(crate) deviation: Vec<f32>,
    /// True after the AGC, which compensates lost optical power.
    pub(crate) after_agc: bool,
}

impl Section {
    /// Key of the stream of its merged noise.
    pub(crate) fn stream(&self) -> StreamKey {
        self.map.as_ref().map_or(SYMBOLS, |map| map.stream())
    }
}

/// A section under construction.
pub(crate) struct Draft {
    map: Option<Box<dyn Erased>>,
    pub(crate) storage: Storage,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) noises: Vec<(usize, Noise)>,
    pub(crate) interferers: Vec<(usize, Interferer)>,
    pub(crate) reflections: Option<PlannedReflections>,
    pub(crate) coupled: Option<Complex32>,
    pub(crate) leaks: bool,
    pub(crate) detected: Option<Shape>,
    /// Name, responses before it, and whether reflections are.
    pub(crate) probes: Vec<(&'static str, usize, bool)>,
}

impl Draft {
    pub(crate) fn new(map: Option<Box<dyn Erased>>, storage: Storage) -> Self {
        Draft {
            map,
            storage,
            shapes: vec![],
            noises: vec![],
            interferers: vec![],
            reflections: None,
            coupled: None,
            leaks: false,
            detected: None,
            probes: vec![],
        }
    }

    /// True for a noise that acts on the samples at the section's start, after factors only.
    fn at_start(&self, at: usize, noise: &Noise) -> bool {
        noise.law != Law::Added && self.shapes[..at].iter().all(|s| s.gain().is_some())
    }

    pub(crate) fn finish(
        self,
        grid: Grid,
        symbols_first: bool,
        sampled_last: bool,
        cache: &mut PlanCache,
    ) -> Section {
        let both_sides = self.storage == Storage::Complex;
        let m = grid.samples() as f64;
        let scale = 1.0 / if self.map.is_none() && symbols_first { grid.symbols as f64 } else { m };
        let scaled = |mut response: Vec<Complex32>| {
            response.iter_mut().for_each(|h| *h *= scale as f32);
            response
        };
        let mut start = Vec::new();
        let mut sources = Vec::new();
        for (at, noise) in &self.noises {
            if self.at_start(*at, noise) {
                let on_light = matches!(noise.law, Law::Relative | Law::Phase);
                assert!(on_light == both_sides, "{} acts on the wrong quantity", noise.id.name);
                start.push(noise.clone());
                continue;
            }
            assert!(
                noise.law == Law::Added && !both_sides,
                "{} cannot act after a response",
                noise.id.name
            );
            let after = cache.product(&self.shapes[*at..], grid, false);
            let deviation = after.iter().enumerate().map(|(k, h)| {
                let density = noise.density.at(k as f64 * grid.bin_hz());
                (density * grid.sample_rate_hz() / (4.0 * m)).sqrt() as f32 * h.norm()
            });
            sources.push(AddedNoise {
                id: noise.id.clone(),
                deviation: deviation.collect(),
                after_agc: noise.after_agc,
            });
        }
        let interferers = self.interferers.iter().map(|(at, i)| {
            let shapes: Vec<Shape> = i.path.iter().chain(&self.shapes[*at..]).cloned().collect();
            let mut path = cache.product(&shapes, grid, false);
            path.iter_mut().for_each(|h| *h *= 1.0 / grid.symbols as f32);
            let symbols = grid.symbols + i.extra_symbols;
            InterfererPath {
                id: i.id.clone(),
                path,
                symbols,
                transform: cache.real(symbols),
                after_agc: i.after_agc,
            }
        });
        let interferers: Vec<_> = interferers.collect();
        let gains: Option<f64> = self.shapes.iter().map(Shape::gain).product();
        let idle =
            self.map.is_some() && sources.is_empty() && interferers.is_empty() && !sampled_last;
        let flat = gains.filter(|_| idle).map(|g| g as f32);
        let response = if flat.is_some() {
            Vec::new()
        } else {
            scaled(cache.product(&self.shapes, grid, both_sides))
        };
        let node = |&(name, at, reflected): &(&'static str, usize, bool)| Node {
            name,
            shapes: self.shapes[..at].to_vec(),
            reflected,
        };
        let probes = self.probes.iter().map(node).collect();
        Section {
            map: self.map,
            storage: self.storage,
            flat,
            response,
            start,
            deviation: merged(&sources, 1.0),
            sources,
            interferers,
            reflections: self.reflections,
            coupled: self.coupled,
            leaks: self.leaks,
            detected: self.detected.map(|shape| {
                let mut response = cache.product(&[shape], grid, false);
                response.iter_mut().for_each(|h| *h *= 1.0 / m as f32);
                DetectedResponse { response, transform: cache.real(grid.samples()) }
            }),
            probes,
        }
    }
}

/// Root of the summed squares, bin by bin, with this factor on noise after the AGC.
pub(crate) fn merged(sources: &[AddedNoise], after_agc: f32) -> Vec<f32> {
    let Some(first) = sources.first() else { return Vec::new() };
    let scale = |s: &AddedNoise| if s.after_agc { after_agc } else { 1.0 };
    (0..first.deviation.len())
        .map(|k| sources.iter().map(|s| (scale(s) * s.deviation[k]).powi(2)).sum::<f32>().sqrt())
        .collect()
}

/// A merged deviation folded onto the bins of the sampled block.
pub(crate) fn folded(deviation: &[f32], m: usize, n: usize) -> Vec<f32> {
    if deviation.is_empty() {
        return Vec::new();
    }
    let bin = |k: usize| deviation[if k <= m / 2 { k } else { m - k }].powi(2);
    (0..=n / 2).map(|k| (0..m / n).map(|j| bin(k + j * n)).sum::<f32>().sqrt()).collect()
}
