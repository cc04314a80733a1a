//! A built chain: neighbouring responses fused, noises brought to the end of their section.

use super::coupled::CoupledLanes;
use super::noise_list::classified;
use super::plan_cache::PlanCache;
use super::reflections::PlannedReflections;
use super::section::{Draft, InterfererPath, RescaledNoise, Section, folded, merged};
use super::spectrum::multiply;
use super::symbol_noise::{PlannedSymbolNoise, symbol_source};
use crate::chain::describe::chain::{Chain, LEVEL_CONTEXTS, Step, Storage};
use crate::chain::describe::clocking::Clocking;
use crate::chain::describe::map::{Erased, Map, Memory};
use crate::chain::describe::noise::{Density, Law, NoiseId, NoiseSource};
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::describe::sampler::Sampler;
use crate::chain::describe::shape::Shape;
use crate::chain::describe::sub_converters::SubConverters;
use crate::math::fft;
use crate::seed::StreamKey;
use crate::signal::{Field, Grid, Volt};
use num_complex::Complex32;
use std::sync::Arc;

/// An immutable chain, shared by all threads and by both estimators.
pub struct Plan {
    pub(crate) grid: Grid,
    /// Spectrum of a recording at the first section's end, in place of symbols.
    pub(crate) recorded: Option<Vec<Complex32>>,
    /// Drives of every three levels, in place of equal steps.
    pub(crate) drives: Option<[f32; LEVEL_CONTEXTS]>,
    /// Transmit taps at the symbol rate, main tap in the middle.
    pub(crate) taps: Vec<f32>,
    /// c of the compressed levels (x - c x^3) / (1 - c).
    pub(crate) compression: f32,
    /// Sub-converters that hold the symbols, and those that take the samples, where they differ.
    pub(crate) holding: Option<SubConverters>,
    pub(crate) sampling: Option<SubConverters>,
    /// Noise and jitter of the converter that holds the symbols.
    pub(crate) symbol_sources: Vec<PlannedSymbolNoise>,
    /// Response from edge impulses to the end of the first section; empty without displacement of
    /// edges.
    pub(crate) edge: Vec<Complex32>,
    pub(crate) sections: Vec<Section>,
    /// The section after the detector; in a chain without light, the last one.
    pub(crate) detector: usize,
    pub(crate) sampler: Sampler,
    /// The last section's merged noise at the sampler, per bin of the sampled block.
    pub(crate) sampled_deviation: Vec<f32>,
    /// Phase that dispersion adds to a sideband at half the symbol rate.
    pub(crate) dispersion_phase: f64,
    /// Clocking of the receiver; `None` in periodic mode.
    pub(crate) clocking: Option<Clocking>,
    /// Other lanes whose light reaches the detector.
    pub(crate) coupled: Option<Arc<CoupledLanes<Plan>>>,
    /// Every noise: symbols, then section by section, then the converter.
    pub(crate) noises: Vec<NoiseSource>,
    /// Transforms.
    pub(crate) transforms: Transforms,
}

#[derive(Clone)]
pub(crate) struct Transforms {
    pub(crate) symbols: fft::RealFft,
    pub(crate) samples: fft::RealFft,
    pub(crate) field: fft::ComplexFft,
    pub(crate) sampled: fft::RealFft,
}

impl Transforms {
    /// Scratch length that suffices for each of them.
    pub(crate) fn scratch(&self) -> usize {
        [
            self.symbols.scratch(),
            self.samples.scratch(),
            self.sampled.scratch(),
            self.field.scratch(),
            1,
        ]
        .into_iter()
        .max()
        .unwrap_or(1)
    }
}

impl Plan {
    /// Builds the plan of a chain that ends at a sampler.
    ///
    /// # Panics
    ///
    /// When a noise acts on the wrong quantity or after a response, or the sampler's rate does not
    /// divide the grid's.
    pub fn build(chain: Chain<Volt>, sampler: Sampler, grid: Grid, cache: &mut PlanCache) -> Plan {
        let mut drives = None;
        let mut taps = vec![1.0];
        let (mut compression, mut holding) = (0.0, None);
        let mut recording: Option<Vec<f32>> = None;
        let mut symbol_sources = Vec::new();
        let mut light_noises = Vec::new();
        let mut drafts = vec![Draft::new(None, Storage::Real)];
        let (mut detector, mut coupled) = (0, None::<CoupledLanes<Plan>>);
        let mut detected = None;
        for step in chain.steps {
            let sections = drafts.len();
            let draft = drafts.last_mut().expect("never empty");
            match step {
                Step::Recorded(power) => recording = Some(power),
                Step::Drives(d) => drives = Some(d.map(|d| d as f32)),
                Step::Taps(t) => taps = t,
                Step::Compression(c) => compression = c as f32,
                Step::Interleaved(converters) => holding = Some(converters),
                Step::Response(shape) => draft.shapes.push(shape),
                Step::Noise(noise, _)
                    if sections == 1 && draft.shapes.is_empty() && recording.is_none() =>
                {
                    symbol_sources.push(symbol_source(&noise, grid))
                }
                Step::Noise(noise, on_light) => {
                    if on_light {
                        light_noises.push(noise.id.clone());
                    }
                    draft.noises.push((draft.shapes.len(), noise))
                }
                Step::Interferer(interferer) => {
                    draft.interferers.push((draft.shapes.len(), interferer))
                }
                Step::Reflections(reflections) => {
                    draft.reflections = PlannedReflections::new(&reflections, grid)
                }
                Step::Coupled(light) => {
                    let lanes = CoupledLanes::of(light, |light| Plan::of_light(light, grid, cache));
                    draft.coupled = lanes.own;
                    coupled = Some(lanes);
                }
                Step::Detected(shape) => detected = Some(shape),
                Step::Probe(node) => {
                    draft.probes.push((node, draft.shapes.len(), draft.reflections.is_some()))
                }
                Step::Map(map, storage) => {
                    let detects = draft.storage == Storage::Complex && storage == Storage::Real;
                    if detects {
                        detector = sections;
                    }
                    let mut next = Draft::new(Some(map), storage);
                    next.leaks = detects && coupled.as_ref().is_some_and(CoupledLanes::leaks);
                    next.detected = detected.take_if(|_| detects);
                    drafts.push(next);
                }
            }
        }
        let timed = symbol_sources.iter().any(|s| s.kind.displaces())
            || holding.as_ref().is_some_and(SubConverters::skewed);
        let edge = if timed {
            let mut shapes = vec![Shape::Edge(grid.symbol_s())];
            shapes
                .extend(drafts[0].shapes.iter().filter(|s| !matches!(s, Shape::Hold(_))).cloned());
            let mut edge = cache.product(&shapes, grid, false);
            edge.iter_mut().for_each(|h| *h *= 1.0 / grid.symbols as f32);
            edge
        } else {
            Vec::new()
        };
        let light = drafts.iter().filter(|d| d.storage == Storage::Complex);
        let dispersion_phase = light
            .flat_map(|d| &d.shapes)
            .map(|s| s.dispersion_phase(grid.symbol_rate_hz / 2.0))
            .sum();
        let last = drafts.len() - 1;
        let detector =
            if drafts.iter().any(|d| d.storage == Storage::Complex) { detector } else { last };
        let mut sections: Vec<Section> = drafts
            .into_iter()
            .enumerate()
            .map(|(i, d)| d.finish(grid, recording.is_none(), i == last, cache))
            .collect();
        let recorded = recording.map(|power| recorded(power, &sections[0], grid, cache));
        drop_quiet_phase(&mut sections, dispersion_phase, grid);
        if sections.iter().flat_map(|s| &s.start).any(|noise| noise.law == Law::Phase) {
            // the field and its copies walk by themselves
            let reflections = sections.iter_mut().flat_map(|s| &mut s.reflections);
            reflections.for_each(|reflections| reflections.step_rad = 0.0);
        }
        let mut noises = classified(&symbol_sources, &sections, detector, &light_noises, &sampler);
        noises.extend(coupled.as_ref().and_then(CoupledLanes::source));
        let (m, k) = (grid.samples(), grid.symbols * sampler.samples_per_symbol);
        assert!(m.is_multiple_of(k), "the sampler's rate divides the grid's");
        let sampled_deviation = folded(&sections[last].deviation, m, k);
        let transforms = Transforms {
            symbols: cache.real(grid.symbols),
            samples: cache.real(m),
            field: cache.complex(m),
            sampled: cache.real(k),
        };
        Plan {
            grid,
            recorded,
            drives,
            taps: taps.iter().map(|&t| t as f32).collect(),
            compression,
            holding,
            sampling: None,
            symbol_sources,
            edge,
            sections,
            detector,
            sampler,
            sampled_deviation,
            dispersion_phase,
            clocking: None,
            coupled: coupled.map(Arc::new),
            noises,
            transforms,
        }
    }

    /// A lane's light up to a detector that is not its own.
    fn of_light(light: Chain<Field>, grid: Grid, cache: &mut PlanCache) -> Plan {
        let sampler = Sampler { samples_per_symbol: 1, effective_bits: 16.0, jitter_s: 0.0 };
        Plan::build(light.map::<Volt>(Elsewhere), sampler, grid, cache)
    }

    /// The grid of its blocks.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// True when the sampler's jitter is so large that its second order matters.
    pub fn needs_second_order_jitter(&self) -> bool {
        self.sampler.needs_second_order_jitter(self.grid)
    }

    /// Every interferer of every section.
    pub(crate) fn interferer_paths(&self) -> impl Iterator<Item = &InterfererPath> {
        self.sections.iter().flat_map(|section| &section.interferers)
    }

    /// Light reflected in front of the detector.
    pub(crate) fn reflections(&self) -> Option<&PlannedReflections> {
        self.sections.iter().find_map(|section| section.reflections.as_ref())
    }

    /// Samples that the sampler takes in a block.
    pub(crate) fn sampled(&self) -> usize {
        self.grid.symbols * self.sampler.samples_per_symbol
    }

    /// The last section's noise at the sampler for scaled optical power, if that changes it.
    pub(crate) fn rescaled_noise(&self, transmission: f32) -> Option<RescaledNoise> {
        let sources = &self.end().sources;
        let changes = transmission != 1.0 && sources.iter().any(|s| s.after_agc);
        changes.then(|| {
            let wave = merged(sources, transmission);
            RescaledNoise { sampled: folded(&wave, self.grid.samples(), self.sampled()), wave }
        })
    }

    /// Every noise with its class: of the symbols, then section by section, then the converter's.
    pub fn noises(&self) -> &[NoiseSource] {
        &self.noises
    }

    /// A noise of the plan.
    ///
    /// # Panics
    ///
    /// If the plan has no such noise.
    pub(crate) fn noise(&self, id: &NoiseId) -> &NoiseSource {
        self.noises.iter().find(|n| n.id == *id).expect("a noise of this plan")
    }

    /// Keys of all random streams that its blocks draw from: sources, merged sections, interferers.
    pub fn stream_keys(&self) -> Vec<StreamKey> {
        let merged = self.sections.iter().filter(|s| !s.sources.is_empty()).map(Section::stream);
        let sources = self.noises.iter().map(|n| n.id.stream.clone());
        let reflected = self.reflections().map(|reflections| reflections.id.stream.clone());
        sources
            .chain(merged)
            .chain(reflected)
            .chain(self.interferer_paths().map(|i| i.id.stream.clone()))
            .collect()
    }

    /// True if a map with memory follows this section.
    pub(crate) fn memory_follows(&self, section: usize) -> bool {
        self.maps().skip(section).any(|map| map.memory() != Memory::None)
    }

    /// Total memory of its maps, samples of the grid.
    pub(crate) fn memory_samples(&self) -> usize {
        self.maps().map(|map| if let Memory::Samples(n) = map.memory() { n } else { 0 }).sum()
    }

    /// Reason why it cannot run in stream mode; `None` if it can.
    pub fn refuses_streaming(&self) -> Option<NotEvaluated> {
        let whole = self.maps().find(|map| map.memory() == Memory::Block)?;
        Some(NotEvaluated::new(format!(
            "`{}` remembers a whole block: stream mode cannot hand that on from block to block",
            whole.name()
        )))
    }

    /// Its maps, each the start of a section from the second on.
    fn maps(&self) -> impl Iterator<Item = &dyn Erased> {
        self.sections.iter().filter_map(|section| section.map.as_deref())
    }

    /// The last section.
    pub(crate) fn end(&self) -> &Section {
        &self.sections[self.sections.len() - 1]
    }

    /// True if the detected power passes a response before the detector's own noise: what comes
    /// with the light has another way to the slicer than that noise.
    pub(crate) fn disperses_power(&self) -> bool {
        self.sections[self.detector].detected.is_some()
    }

    /// True if fields of other lanes interfere with the light.
    pub(crate) fn interferes(&self) -> bool {
        self.coupled.as_ref().is_some_and(|coupled| coupled.own.is_some())
    }

    /// True if everything after the detector is linear: loss then only scales the current.
    pub(crate) fn linear_receiver(&self) -> bool {
        self.detector + 1 == self.sections.len()
    }

    /// True when dispersion changes the intensity response of the fibre (by 0.5 dB at half the
    /// symbol rate for a chirp of one).
    pub(crate) fn dispersive(&self) -> bool {
        let angle = self.dispersion_phase.abs();
        let worst = crate::units::db_from_amplitude_ratio(angle.cos() - angle.sin());
        worst.is_nan() || worst <= -0.5
    }
}

/// A detector for light that another lane's detects.
struct Elsewhere;

impl Map<Field, Volt> for Elsewhere {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, e)| *y = e.norm_sqr());
    }

    fn name(&self) -> &'static str {
        "elsewhere"
    }
}

/// A recording's spectrum after the first section.
fn recorded(
    mut power: Vec<f32>,
    head: &Section,
    grid: Grid,
    cache: &mut PlanCache,
) -> Vec<Complex32> {
    assert_eq!(power.len(), grid.samples(), "a recording is as long as the block");
    let fft = cache.real(grid.samples());
    let mut spectrum = vec![Complex32::default(); grid.bins()];
    fft.forward(&mut power, &mut spectrum, &mut vec![Complex32::default(); fft.scratch()]);
    multiply(&mut spectrum, &head.response);
    spectrum
}

/// Drops laser phase noise that dispersion turns into less relative intensity noise than -165 dB/Hz
/// at half the symbol rate: 2 sin(angle) phi, phi of density (frequency density) / f^2. Detection
/// alone is insensitive to phase.
fn drop_quiet_phase(sections: &mut [Section], dispersion_phase: f64, grid: Grid) {
    let f = grid.symbol_rate_hz / 2.0;
    for section in sections {
        section.start.retain(|noise| {
            let Density::White(density) = noise.density else { return true };
            noise.law != Law::Phase
                || 4.0 * dispersion_phase.sin().powi(2) * density / (f * f)
                    > crate::units::power_ratio(-165.0)
        });
    }
}

impl Plan {
    /// Magnitude from symbols (or from light) to the next map or the sampler, bin by bin, relative
    /// to zero frequency: all real responses before light, and those after the detector.
    pub fn magnitudes(&self, behind_detector: bool) -> Vec<f32> {
        let detector = self.detector.max(1);
        let sections =
            if behind_detector { &self.sections[detector..] } else { &self.sections[..detector] };
        let mut product = vec![1f32; self.grid.bins()];
        for section in sections.iter().filter(|s| s.storage == Storage::Real && s.flat.is_none()) {
            let reference = section.response[0].norm().max(f32::MIN_POSITIVE);
            product.iter_mut().zip(&section.response).for_each(|(p, h)| *p *= h.norm() / reference);
        }
        product
    }
}

impl Plan {
    /// The plan with a sampler of several sub-converters.
    #[must_use]
    pub fn interleaved(self, sampling: Option<SubConverters>) -> Plan {
        Plan { sampling, ..self }
    }

    /// Number of a block's first symbol, from the first one that is scored.
    pub(crate) fn first_symbol(&self, block: u64) -> i64 {
        let guard = self.clocking.map_or(0, |clocking| clocking.guard);
        block as i64 * (self.grid.symbols - 2 * guard) as i64 - guard as i64
    }

    /// Number of a block's first sample.
    pub(crate) fn first_sample(&self, block: u64) -> i64 {
        self.first_symbol(block) * self.sampler.samples_per_symbol as i64
    }

    /// True when the sampler's sub-converters differ in their instants.
    pub(crate) fn skewed(&self) -> bool {
        self.sampling.as_ref().is_some_and(SubConverters::skewed)
    }

    /// The plan for stream mode.
    pub fn clocked(mut self, clocking: Clocking) -> Plan {
        self.set_clocking(clocking);
        self
    }

    /// The plan in stream mode with another clock; the guard, to which the grid is matched, stays.
    pub fn set_clocking(&mut self, clocking: Clocking) {
        assert!(
            self.clocking.is_none_or(|now| now.guard == clocking.guard),
            "the guard is a part of the grid"
        );
        assert!(
            self.grid.symbols > 2 * clocking.guard,
            "guards of {} in blocks of {}",
            clocking.guard,
            self.grid.symbols
        );
        self.clocking = Some(clocking);
    }

    /// How its receiver finds its phase; `None` in periodic mode.
    pub fn clocking(&self) -> Option<&Clocking> {
        self.clocking.as_ref()
    }

    /// True when the sampling phase moves.
    pub fn clock_moves(&self) -> bool {
        self.clocking.is_some_and(|clocking| clocking.moves())
    }
}
