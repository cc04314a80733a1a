//! From symbols to the start of the last section.

use super::Workspace;
use crate::chain::build::plan::Plan;
use crate::chain::build::section::{AddedNoise, InterfererPath, Section};
use crate::chain::build::spectrum::multiply;
use crate::chain::build::symbol_noise::SymbolNoise;
use crate::chain::describe::chain::Storage;
use crate::chain::describe::noise::{Density, Law, Noise};
use crate::chain::run::block;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::math::buffer_pool::Pooled;
use crate::math::{fft, normals};
use crate::seed::Seed;
use crate::signal::{Ampere, Field, Quantity};
use num_complex::Complex32;

/// Constant offset added at the end of a section (fraction of the peak), used to measure the local
/// slope of the chain.
#[derive(Clone, Copy)]
pub(crate) struct Perturbation {
    pub(crate) section: usize,
    pub(crate) of_peak: f32,
}

impl Workspace {
    /// First stage: symbols through every map and section up to the start of the last one, mostly
    /// the detected current.
    pub fn run_to_detector(
        &mut self,
        plan: &Plan,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        transmission: f32,
    ) {
        self.run_to(plan, plan.sections.len() - 1, levels, keys, transmission);
    }

    /// From symbols to the start of a section.
    pub(crate) fn run_to(
        &mut self,
        plan: &Plan,
        section: usize,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        transmission: f32,
    ) {
        self.run_sections(plan, section, levels, keys, transmission, None);
    }

    /// Runs to the detected current with the end of one section before it perturbed by a fraction
    /// of its peak; returns the perturbation.
    pub(crate) fn run_perturbed(
        &mut self,
        plan: &Plan,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        transmission: f32,
        perturbation: Perturbation,
    ) -> f32 {
        self.run_sections(plan, plan.detector, levels, keys, transmission, Some(perturbation))
    }

    fn run_sections(
        &mut self,
        plan: &Plan,
        last: usize,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        transmission: f32,
        perturbation: Option<Perturbation>,
    ) -> f32 {
        let mut offset = 0.0;
        self.run_coupled(plan, keys);
        self.transmission = transmission;
        self.first_section(plan, levels, keys);
        for (i, section) in plan.sections.iter().enumerate().take(last + 1) {
            if i > 0 {
                self.apply_map(section, plan.sections[i - 1].storage);
                self.add_sample_noise(
                    plan,
                    section,
                    keys,
                    if i == plan.detector { transmission } else { 1.0 },
                );
            }
            if i == last {
                break;
            }
            if i > 0 {
                self.apply_response(plan, section, keys);
            }
            if let Some(perturbation) = perturbation.filter(|n| n.section == i) {
                let real = Ampere::of_mut(&mut self.real);
                offset = perturbation.of_peak * real.iter().fold(0f32, |peak, x| peak.max(x.abs()));
                real.iter_mut().for_each(|x| *x += offset);
            }
        }
        offset
    }

    /// The factor on the received power of the block that is under way, which gain control follows.
    pub(crate) fn receive(&mut self, transmission: f32) {
        self.transmission = transmission;
    }

    /// The real waveform at the current point of the block: after [`Workspace::run_to_detector`],
    /// the start of the last section.
    #[inline]
    pub(crate) fn current(&mut self) -> &mut [f32] {
        Ampere::of_mut(&mut self.real)
    }

    /// The field at the current point of the block.
    #[inline]
    pub(crate) fn field(&mut self) -> &mut [Complex32] {
        Field::of_mut(&mut self.field)
    }

    /// Spectrum of a waveform.
    pub(crate) fn spectrum_of(&mut self, plan: &Plan, waveform: &[f32], out: &mut [Complex32]) {
        let real = Ampere::of_mut(&mut self.real);
        real.copy_from_slice(waveform);
        plan.transforms.samples.forward(real, out, &mut self.scratch);
    }

    /// Passes a waveform through a response.
    pub(crate) fn filter(&mut self, plan: &Plan, response: &[Complex32], waveform: &mut [f32]) {
        let transforms = &plan.transforms.samples;
        transforms.forward(waveform, &mut self.spectrum, &mut self.scratch);
        multiply(&mut self.spectrum, response);
        transforms.inverse(&mut self.spectrum, waveform, &mut self.scratch);
    }

    /// Spectrum of the selected interferers alone, at a section's end.
    pub(crate) fn interference(
        &mut self,
        section: &Section,
        keys: &StreamKeys<'_>,
        wanted: impl Fn(&InterfererPath) -> bool,
    ) -> &[Complex32] {
        self.spectrum.fill(Complex32::default());
        self.interfere_where(section, None, keys, wanted);
        &self.spectrum
    }

    /// Symbols through the transmit taps, the hold and the first section.
    pub(crate) fn first_section(&mut self, plan: &Plan, levels: &[u8], keys: &StreamKeys<'_>) {
        match &plan.recorded {
            Some(recorded) => self.spectrum.copy_from_slice(recorded),
            None => self.symbols(plan, levels, keys),
        }
        self.add_noise(&plan.sections[0], keys);
        self.interfere(&plan.sections[0], None, keys);
        let real = Ampere::of_mut(&mut self.real);
        plan.transforms.samples.inverse(&mut self.spectrum, real, &mut self.scratch);
    }

    /// The spectrum of the symbols at the first section's end.
    fn symbols(&mut self, plan: &Plan, levels: &[u8], keys: &StreamKeys<'_>) {
        let n = self.grid.symbols;
        block::transmit(plan, levels, &mut self.symbols);
        let mut displaced = false;
        if let Some(converters) = &plan.holding {
            let first = plan.first_symbol(keys.block);
            converters.hold(first, &mut self.symbols);
            if converters.skewed() {
                converters.displace(first, &mut self.normals[..n]);
                self.edges.fill(0.0);
                block::edges(&self.symbols, &self.normals, 1.0, &mut self.edges);
                displaced = true;
            }
        }
        for source in &plan.symbol_sources {
            let scale = keys.selection.scale(&source.id);
            let most_s = match source.kind {
                SymbolNoise::Added(_) => continue,
                SymbolNoise::EvenOdd(most_s) => most_s,
                SymbolNoise::Timing(most_s) | SymbolNoise::DualDirac(most_s) => scale * most_s,
            };
            if most_s == 0.0 {
                continue;
            }
            let steps = &mut self.normals[..n];
            match source.kind {
                SymbolNoise::DualDirac(_) => keys.signs(&source.id, steps),
                SymbolNoise::EvenOdd(_) => steps
                    .iter_mut()
                    .enumerate()
                    .for_each(|(k, step)| *step = if k % 2 == 0 { 1.0 } else { -1.0 }),
                _ => keys.symbol_normals(&source.id, steps),
            }
            if !displaced {
                self.edges.fill(0.0);
            }
            displaced = true;
            block::edges(&self.symbols, &self.normals, most_s, &mut self.edges);
        }
        if displaced {
            plan.transforms.symbols.forward(
                &mut self.edges,
                &mut self.symbol_spectrum,
                &mut self.scratch,
            );
            block::replicate(&self.symbol_spectrum, n, &plan.edge, &mut self.spectrum);
        }
        for source in &plan.symbol_sources {
            let SymbolNoise::Added(rms) = source.kind else { continue };
            let scale = rms * keys.selection.scale(&source.id);
            if scale > 0.0 {
                keys.symbol_normals(&source.id, &mut self.normals[..n]);
                self.symbols.iter_mut().zip(self.normals.iter()).for_each(|(x, n)| *x += scale * n);
            }
        }
        plan.transforms.symbols.forward(
            &mut self.symbols,
            &mut self.symbol_spectrum,
            &mut self.scratch,
        );
        let put = if displaced { block::replicate_add } else { block::replicate };
        put(&self.symbol_spectrum, n, &plan.sections[0].response, &mut self.spectrum);
    }

    /// The map that begins a section.
    pub(crate) fn apply_map(&mut self, section: &Section, from: Storage) {
        let map = section.map.as_ref().expect("only the first section has none");
        match (from, section.storage) {
            (Storage::Real, Storage::Real) => {
                map.run(&self.real, &mut self.other, self.transmission);
                std::mem::swap(&mut self.real, &mut self.other);
            }
            (Storage::Real, Storage::Complex) => {
                map.run(&self.real, &mut self.field, self.transmission)
            }
            (Storage::Complex, Storage::Real) => {
                map.run(&self.field, &mut self.real, self.transmission);
                self.join_power(section);
                self.disperse_power(section);
            }
            (Storage::Complex, Storage::Complex) => {
                unreachable!("no map from field to field exists")
            }
        }
    }

    /// Noises that act on the samples at a section's start.
    pub(crate) fn add_sample_noise(
        &mut self,
        plan: &Plan,
        section: &Section,
        keys: &StreamKeys<'_>,
        transmission: f32,
    ) {
        if transmission != 1.0 {
            Ampere::of_mut(&mut self.real).iter_mut().for_each(|x| *x *= transmission);
        }
        for noise in &section.start {
            let scale = if noise.shared {
                keys.selection.scale_shared(&noise.id)
            } else {
                keys.selection.scale(&noise.id)
            };
            if scale == 0.0 {
                continue;
            }
            let owner = if noise.shared { keys.shared_seed } else { keys.lane_seed };
            let stream = owner.stream(&noise.id.stream).index(keys.noise);
            match noise.law {
                Law::Shot { dark_a } => {
                    let density = (noise.density.at(0.0) * self.grid.sample_rate_hz() / 2.0) as f32;
                    let current = Ampere::of_mut(&mut self.real);
                    in_pieces(stream, current, &mut self.normals, |x, normals| {
                        block::shot(x, normals, density, dark_a as f32, scale)
                    });
                }
                Law::Relative => {
                    if let Density::White(density) = noise.density {
                        let rms =
                            (density * self.grid.sample_rate_hz() / 2.0).sqrt() as f32 * scale;
                        let field = Field::of_mut(&mut self.field);
                        in_pieces(stream, field, &mut self.normals, |e, normals| {
                            block::relative(e, normals, rms)
                        });
                    } else {
                        self.coloured(plan, noise, stream);
                        block::relative(Field::of_mut(&mut self.field), &self.normals, scale);
                    }
                }
                Law::Phase => {
                    let m = self.grid.samples();
                    normals::fill(&mut stream.rng(), &mut self.normals[..m]);
                    // the phase steps by 2 pi times the mean frequency over a sample: density / 2
                    // dt
                    let step = std::f64::consts::TAU
                        * (noise.density.at(0.0) / 2.0 / self.grid.sample_rate_hz()).sqrt();
                    block::phase_bridge(
                        Field::of_mut(&mut self.field),
                        &mut self.normals,
                        step as f32 * scale,
                    );
                }
                Law::Added | Law::Timing | Law::TimingDualDirac | Law::TimingEvenOdd => {
                    unreachable!("not a noise of a section's start")
                }
            }
        }
    }

    /// Leaves coloured noise in `normals`.
    fn coloured(&mut self, plan: &Plan, noise: &Noise, stream: Seed) {
        let rate = self.grid.sample_rate_hz();
        let m = self.grid.samples();
        normals::fill(&mut stream.rng(), &mut self.normals[..2 * self.grid.bins()]);
        for (k, (bin, n)) in
            self.spectrum.iter_mut().zip(self.normals.as_chunks::<2>().0).enumerate()
        {
            let rms = (noise.density.at(k as f64 * self.grid.bin_hz()) * rate / (4.0 * m as f64))
                .sqrt() as f32;
            *bin = Complex32::new(n[0], n[1]) * rms;
        }
        plan.transforms.samples.inverse(
            &mut self.spectrum,
            &mut self.normals[..m],
            &mut self.scratch,
        );
    }

    /// A section's response and added noise.
    pub(crate) fn apply_response(&mut self, plan: &Plan, section: &Section, keys: &StreamKeys<'_>) {
        match section.storage {
            Storage::Real => {
                let real = Ampere::of_mut(&mut self.real);
                if let Some(gain) = section.flat {
                    real.iter_mut().for_each(|x| *x *= gain);
                    return;
                }
                plan.transforms.samples.forward(real, &mut self.spectrum, &mut self.scratch);
                multiply(&mut self.spectrum, &section.response);
                self.add_scaled_noise(section, keys);
                self.interfere(section, None, keys);
                let real = Ampere::of_mut(&mut self.real);
                plan.transforms.samples.inverse(&mut self.spectrum, real, &mut self.scratch);
            }
            Storage::Complex => {
                let field = Field::of_mut(&mut self.field);
                if let Some(gain) = section.flat {
                    field.iter_mut().for_each(|e| *e *= gain);
                } else {
                    plan.transforms.field.forward(field, &mut self.scratch);
                    multiply(field, &section.response);
                    plan.transforms.field.inverse(field, &mut self.scratch);
                }
                if let Some(reflections) = &section.reflections {
                    self.reflect(reflections, keys);
                }
                self.join_fields(section);
            }
        }
    }

    /// Adds a section's merged noise (or one source of it) to the spectrum at the section's end.
    pub(crate) fn add_noise(&mut self, section: &Section, keys: &StreamKeys<'_>) {
        let (deviation, scale) = match keys.selection {
            NoiseSelection::None => return,
            NoiseSelection::All | NoiseSelection::Others(..) if section.sources.is_empty() => {
                return;
            }
            NoiseSelection::All => (&section.deviation, 1.0),
            NoiseSelection::Others(_, scale) => (&section.deviation, scale),
            NoiseSelection::Only(id, scale) => match section.sources.iter().find(|s| s.id == *id) {
                Some(source) => (&source.deviation, scale),
                None => return,
            },
        };
        self.add_merged(section, deviation, scale, keys);
    }

    /// [`Workspace::add_noise`] of a section before the last one, where what grows with the signal
    /// follows the received power; that of the last section is part of the training.
    fn add_scaled_noise(&mut self, section: &Section, keys: &StreamKeys<'_>) {
        let t = self.transmission;
        if t == 1.0 || !section.sources.iter().any(|source| source.after_agc) {
            return self.add_noise(section, keys);
        }
        let scale = match keys.selection {
            NoiseSelection::None => return,
            NoiseSelection::All | NoiseSelection::Others(..) => None,
            NoiseSelection::Only(id, scale) => Some((id, scale)),
        };
        let part = |source: &AddedNoise, k: usize| {
            let own = match scale {
                None => 1.0,
                Some((id, scale)) if source.id == *id => scale,
                Some(_) => return 0.0,
            };
            (own * if source.after_agc { t } else { 1.0 } * source.deviation[k]).powi(2)
        };
        let mut rng = keys.lane_seed.stream(&section.stream()).index(keys.noise).rng();
        let mut deviation = [0f32; PIECE / 2];
        for (i, x) in self.spectrum.chunks_mut(PIECE / 2).enumerate() {
            let (normals, deviation) =
                (&mut self.normals[..2 * x.len()], &mut deviation[..x.len()]);
            normals::fill(&mut rng, normals);
            for (k, deviation) in deviation.iter_mut().enumerate() {
                let at = i * (PIECE / 2) + k;
                *deviation = section.sources.iter().map(|s| part(s, at)).sum::<f32>().sqrt();
            }
            block::add_noise(x, deviation, normals, 1.0);
        }
    }

    /// Adds noise of this deviation from the section's stream.
    pub(crate) fn add_merged(
        &mut self,
        section: &Section,
        deviation: &[f32],
        scale: f32,
        keys: &StreamKeys<'_>,
    ) {
        let stream = keys.lane_seed.stream(&section.stream()).index(keys.noise);
        add_bins(stream, &mut self.spectrum, deviation, &mut self.normals, scale);
    }

    /// Adds a section's interferers to the spectrum at the section's end, through `paths` when they
    /// are given.
    pub(crate) fn interfere(
        &mut self,
        section: &Section,
        paths: Option<&[Pooled<Complex32>]>,
        keys: &StreamKeys<'_>,
    ) {
        self.interfere_where(section, paths, keys, |_| true);
    }

    /// Adds the selected interferers.
    fn interfere_where(
        &mut self,
        section: &Section,
        paths: Option<&[Pooled<Complex32>]>,
        keys: &StreamKeys<'_>,
        wanted: impl Fn(&InterfererPath) -> bool,
    ) {
        for (i, leak) in section.interferers.iter().enumerate().filter(|(_, leak)| wanted(leak)) {
            let InterfererPath { id, path: own, symbols: n, transform, .. } = leak;
            let bins = fft::bins(*n);
            block::aggressor(
                keys.lane_seed.stream(&id.stream).index(keys.block),
                &mut self.aggressor[..*n],
            );
            transform.forward(
                &mut self.aggressor[..*n],
                &mut self.aggressor_spectrum[..bins],
                &mut self.scratch,
            );
            block::replicate_add(
                &self.aggressor_spectrum[..bins],
                *n,
                paths.map_or(own, |p| &p[i]),
                &mut self.spectrum,
            );
        }
    }
}

/// Normal numbers drawn at a time, which stay in the first-level cache; runs of [`normals::fill`]
/// fit into it.
pub(crate) const PIECE: usize = 2048;

/// Gives each piece of `x` its numbers of the stream.
pub(crate) fn in_pieces<T>(
    stream: Seed,
    x: &mut [T],
    memory: &mut [f32],
    mut act: impl FnMut(&mut [T], &[f32]),
) {
    let mut rng = stream.rng();
    for x in x.chunks_mut(PIECE) {
        let normals = &mut memory[..x.len()];
        normals::fill(&mut rng, normals);
        act(x, normals);
    }
}

/// Adds noise of this deviation to each bin, two numbers of the stream for each.
pub(crate) fn add_bins(
    stream: Seed,
    x: &mut [Complex32],
    deviation: &[f32],
    memory: &mut [f32],
    scale: f32,
) {
    let mut rng = stream.rng();
    for (x, deviation) in x.chunks_mut(PIECE / 2).zip(deviation.chunks(PIECE / 2)) {
        let normals = &mut memory[..2 * x.len()];
        normals::fill(&mut rng, normals);
        block::add_noise(x, deviation, normals, scale);
    }
}
