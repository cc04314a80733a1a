//! Probes: side branches with the fine waveform of a block at a named node, separate from the
//! counting path.

use super::Workspace;
use crate::chain::build::plan::Plan;
use crate::chain::build::plan_cache::PlanCache;
use crate::chain::build::reflections::PlannedReflections;
use crate::chain::build::section::{Node, Section};
use crate::chain::build::spectrum::multiply;
use crate::chain::build::trained::Trained;
use crate::chain::describe::chain::Storage;
use crate::chain::describe::sampler::QUANTISATION;
use crate::chain::describe::sub_converters::SubConverter;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::math::{fft, normals};
use crate::signal::{Ampere, Field, Quantity};
use num_complex::Complex32;
use std::f64::consts::TAU;

/// The waveform of single blocks at one node, interpolated by zero-padding the spectrum.
///
/// ```text
/// tp2, tp3   |E(t)|^2, W
/// slicer     sum_j taps[j] y(t + (j - precursors) T / p) + offset,  full scale -1 .. 1;
///            p samples per symbol
/// ```
///
/// After feedback, or before a sequence detector, the interference of earlier symbols is
/// subtracted, each for its symbol period. At the slicer, sample 0 of each symbol is its sampling
/// instant: a noiseless waveform has the equalised samples there.
///
/// # Limits
///
/// The converter's range does not clip the slicer's waveform. Its noise has the main path's law,
/// not its numbers.
pub struct Probe<'a> {
    plan: &'a Plan,
    samples_per_symbol: usize,
    branch: Branch<'a>,
}

enum Branch<'a> {
    Light { section: usize, reflected: bool, response: Vec<Complex32>, wide: fft::ComplexFft },
    Slicer { trained: &'a Trained, taps: Vec<Complex32>, wide: fft::RealFft },
}

impl<'a> Probe<'a> {
    /// A probe of light at `node`; `None` when the chain has no such node. There are never fewer
    /// samples than the grid's.
    pub fn light(
        plan: &'a Plan,
        node: &str,
        samples_per_symbol: usize,
        cache: &mut PlanCache,
    ) -> Option<Probe<'a>> {
        let named = |(i, s): (usize, &'a Section)| -> Option<(usize, &'a Node)> {
            s.probes.iter().find(|probe| probe.name == node).map(|probe| (i, probe))
        };
        let (section, probe) = plan
            .sections
            .iter()
            .enumerate()
            .filter(|(_, s)| s.storage == Storage::Complex)
            .find_map(named)?;
        let samples_per_symbol = samples_per_symbol.max(plan.grid.samples_per_symbol);
        let response = cache.product(&probe.shapes, plan.grid, true);
        let wide = cache.complex(plan.grid.symbols * samples_per_symbol);
        let branch = Branch::Light { section, reflected: probe.reflected, response, wide };
        Some(Probe { plan, samples_per_symbol, branch })
    }

    /// A probe of the slicer's input at every instant. There are never fewer samples than the
    /// grid's.
    pub fn slicer(
        plan: &'a Plan,
        trained: &'a Trained,
        samples_per_symbol: usize,
        cache: &mut PlanCache,
    ) -> Probe<'a> {
        let samples_per_symbol = samples_per_symbol.max(plan.grid.samples_per_symbol);
        let taps = (0..plan.grid.bins())
            .map(|k| trained.equaliser_at(k as f64 * plan.grid.bin_hz(), plan))
            .collect();
        let wide = cache.real(plan.grid.symbols * samples_per_symbol);
        Probe { plan, samples_per_symbol, branch: Branch::Slicer { trained, taps, wide } }
    }

    /// Samples per symbol of its waveforms.
    pub fn samples_per_symbol(&self) -> usize {
        self.samples_per_symbol
    }

    /// Runs one block of `levels` to the node.
    pub fn waveform(
        &self,
        workspace: &mut Workspace,
        levels: &[u8],
        keys: &StreamKeys<'_>,
    ) -> Vec<f32> {
        match &self.branch {
            Branch::Light { section, reflected, response, wide } => {
                let reflections = self.plan.sections[*section].reflections.as_ref();
                let reflections = reflections.filter(|_| *reflected);
                self.power(workspace, levels, keys, (*section, response, wide), reflections)
            }
            Branch::Slicer { trained, taps, wide } => {
                self.equalised(workspace, levels, keys, (trained, taps, wide))
            }
        }
    }

    fn power(
        &self,
        workspace: &mut Workspace,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        (at, response, wide): (usize, &[Complex32], &fft::ComplexFft),
        reflections: Option<&PlannedReflections>,
    ) -> Vec<f32> {
        let plan = self.plan;
        workspace.run_coupled(plan, keys);
        workspace.transmission = 1.0;
        workspace.first_section(plan, levels, keys);
        for (i, section) in plan.sections.iter().enumerate().take(at + 1).skip(1) {
            workspace.apply_map(section, plan.sections[i - 1].storage);
            workspace.add_sample_noise(plan, section, keys, 1.0);
            if i < at {
                workspace.apply_response(plan, section, keys);
            }
        }
        let (m, length) = (plan.grid.samples(), plan.grid.symbols * self.samples_per_symbol);
        let field = Field::of_mut(&mut workspace.field);
        plan.transforms.field.forward(field, &mut workspace.scratch);
        field.iter_mut().zip(response).for_each(|(e, h)| *e *= h / m as f32);
        if let Some(reflections) = reflections {
            plan.transforms.field.inverse(field, &mut workspace.scratch);
            workspace.reflect(reflections, keys);
            let field = Field::of_mut(&mut workspace.field);
            plan.transforms.field.forward(field, &mut workspace.scratch);
            field.iter_mut().for_each(|e| *e /= m as f32);
        }
        let field = Field::of_mut(&mut workspace.field);
        let mut out = vec![Complex32::default(); length];
        pad_complex(field, &mut out);
        wide.inverse(&mut out, &mut vec![Complex32::default(); wide.scratch()]);
        out.iter().map(|e| e.norm_sqr()).collect()
    }

    fn equalised(
        &self,
        workspace: &mut Workspace,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        (trained, taps, wide): (&Trained, &[Complex32], &fft::RealFft),
    ) -> Vec<f32> {
        let (plan, length) = (self.plan, self.plan.grid.symbols * self.samples_per_symbol);
        workspace.run_to_detector(plan, levels, keys, trained.transmission);
        plan.transforms.samples.forward(
            Ampere::of_mut(&mut workspace.real),
            &mut workspace.spectrum,
            &mut workspace.scratch,
        );
        multiply(&mut workspace.spectrum, &trained.response);
        workspace.interfere(plan.end(), Some(&trained.interferers), keys);
        if keys.selection == NoiseSelection::All {
            let converter = workspace.converter(plan, trained, keys);
            workspace.add_noise(plan.end(), keys);
            workspace.spectrum.iter_mut().zip(&converter).for_each(|(y, n)| *y += n);
        }
        workspace.spectrum[0].re -= trained.mean;
        if let Some(mismatch) = workspace.mismatch(plan, trained, keys.block) {
            workspace.spectrum.iter_mut().zip(&mismatch).for_each(|(y, n)| *y += n);
        }
        multiply(&mut workspace.spectrum, taps);
        let mut padded = vec![Complex32::default(); fft::bins(length)];
        pad_real(&workspace.spectrum, plan.grid.samples(), length, &mut padded);
        let mut out = vec![0f32; length];
        wide.inverse(&mut padded, &mut out, &mut vec![Complex32::default(); wide.scratch()]);
        out.iter_mut().for_each(|z| *z += trained.offset);
        let mut left = vec![0f32; levels.len()];
        trained.feed_back(levels, &mut left);
        for (k, left) in left.iter().enumerate().filter(|_| !trained.postcursors.is_empty()) {
            // from half a symbol before the sampling instant to half a symbol after it
            let first = k * self.samples_per_symbol + length - self.samples_per_symbol / 2;
            (first..first + self.samples_per_symbol).for_each(|i| out[i % length] += left);
        }
        out
    }
}

impl Workspace {
    /// The slicer's inputs of one block, through the counting path itself: after feedback, where
    /// there is any.
    pub fn slicer_inputs(
        &mut self,
        plan: &Plan,
        trained: &Trained,
        levels: &[u8],
        keys: &StreamKeys<'_>,
    ) -> &[f32] {
        self.run_to_detector(plan, levels, keys, trained.transmission);
        self.sample_and_fold(plan, trained, keys);
        self.equalise(plan, trained, keys);
        self.decide(trained, levels);
        &self.equalised
    }

    /// Current of one block after the detector and all maps, A.
    pub fn detected(&mut self, plan: &Plan, levels: &[u8], keys: &StreamKeys<'_>) -> &[f32] {
        self.run_to_detector(plan, levels, keys, 1.0);
        self.current()
    }

    /// Spectrum of the errors of the sampler's sub-converters, between the instants too: gains,
    /// offsets and skews interpolated, times waveform and slope at every moment.
    fn mismatch(&mut self, plan: &Plan, trained: &Trained, block: u64) -> Option<Vec<Complex32>> {
        let converters = plan.sampling.as_ref()?;
        let (m, k) = (plan.grid.samples(), plan.sampled());
        let first = plan.first_sample(block);
        let rate = (TAU * plan.grid.bin_hz()) as f32;
        let waveform = self.spectrum.to_vec();
        let slope = waveform.iter().enumerate();
        let slope = slope.map(|(i, y)| Complex32::new(-y.im, y.re) * (i as f32 * rate)).collect();
        let [mut wave, mut error] = [vec![0f32; m], vec![0f32; m]];
        let mut sampled = vec![Complex32::default(); fft::bins(k)];
        let mut bins = vec![Complex32::default(); fft::bins(m)];
        type Part = fn(&SubConverter) -> f32;
        let parts: [(Option<Vec<Complex32>>, Part); 3] =
            [(None, |c| c.offset), (Some(waveform), |c| c.gain), (Some(slope), |c| c.skew_s)];
        for (spectrum, part) in parts {
            match spectrum {
                None => wave.fill(trained.full_scale),
                Some(mut spectrum) => {
                    let transform = &plan.transforms.samples;
                    transform.inverse(&mut spectrum, &mut wave, &mut self.scratch)
                }
            }
            let own = &mut self.normals[..k];
            own.iter_mut().zip(converters.turns(first)).for_each(|(own, c)| *own = part(c));
            plan.transforms.sampled.forward(own, &mut sampled, &mut self.scratch);
            pad_real(&sampled, k, m, &mut bins);
            let turn = &mut self.normals[..m];
            plan.transforms.samples.inverse(&mut bins, turn, &mut self.scratch);
            let products = turn.iter().zip(&wave).map(|(turn, wave)| turn * wave);
            error.iter_mut().zip(products).for_each(|(e, x)| *e += x / (k as f32 * m as f32));
        }
        plan.transforms.samples.forward(&mut error, &mut bins, &mut self.scratch);
        Some(bins)
    }

    /// Spectrum of quantisation and sampling jitter between the instants too: the main path's
    /// numbers, interpolated, times the deviation at every moment.
    fn converter(
        &mut self,
        plan: &Plan,
        trained: &Trained,
        keys: &StreamKeys<'_>,
    ) -> Vec<Complex32> {
        let (m, k) = (plan.grid.samples(), plan.sampled());
        let zeros = || vec![Complex32::default(); fft::bins(m)];
        let (mut slope, mut noise) = (vec![0f32; m], vec![0f32; m]);
        let mut bins = zeros();
        let rate = (TAU * plan.grid.bin_hz()) as f32;
        let derivative =
            |(i, y): (usize, &Complex32)| Complex32::new(-y.im, y.re) * (i as f32 * rate);
        bins.iter_mut()
            .zip(self.spectrum.iter().enumerate().map(derivative))
            .for_each(|(b, d)| *b = d);
        plan.transforms.samples.inverse(&mut bins, &mut slope, &mut self.scratch);
        normals::fill(
            &mut keys.lane_seed.stream(&QUANTISATION).index(keys.noise).rng(),
            &mut self.normals[..k],
        );
        let mut sampled = vec![Complex32::default(); fft::bins(k)];
        plan.transforms.sampled.forward(&mut self.normals[..k], &mut sampled, &mut self.scratch);
        pad_real(&sampled, k, m, &mut bins);
        plan.transforms.samples.inverse(&mut bins, &mut noise, &mut self.scratch);
        let (jitter_s, scale) = (plan.sampler.jitter_s as f32, 1.0 / (k as f32 * m as f32));
        noise
            .iter_mut()
            .zip(&slope)
            .for_each(|(n, s)| *n *= scale * trained.quantisation.hypot(jitter_s * s));
        plan.transforms.samples.forward(&mut noise, &mut bins, &mut self.scratch);
        bins
    }
}

/// Spectrum of a complex block onto that of a longer one; the bin at half the rate goes to both
/// sides.
fn pad_complex(x: &[Complex32], out: &mut [Complex32]) {
    let (m, length) = (x.len(), out.len());
    if m == length {
        out.copy_from_slice(x);
        return;
    }
    let half = m.div_ceil(2);
    out.fill(Complex32::default());
    out[..half].copy_from_slice(&x[..half]);
    out[length - (m - half)..].copy_from_slice(&x[half..]);
    if m.is_multiple_of(2) {
        out[half] = x[half] * 0.5;
        out[length - half] = x[half] * 0.5;
    }
}

/// Pads spectra of real blocks of `m` and `length` samples.
fn pad_real(x: &[Complex32], m: usize, length: usize, out: &mut [Complex32]) {
    out.fill(Complex32::default());
    out[..x.len()].copy_from_slice(x);
    if length > m && m.is_multiple_of(2) {
        out[m / 2] *= 0.5;
    }
}
