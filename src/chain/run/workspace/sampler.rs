//! The last section, the converter and the equaliser.

use super::Workspace;
use super::front::{PIECE, add_bins, in_pieces};
use crate::chain::build::plan::Plan;
use crate::chain::build::spectrum::multiply;
use crate::chain::build::trained::Trained;
use crate::chain::describe::sampler::{JITTER, QUANTISATION};
use crate::chain::run::block;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::math::{fft, normals};
use crate::signal::{Ampere, Quantity};

/// Inputs of a sampler with a recovered clock.
pub(crate) struct SamplerInputs<'a> {
    /// Waveform on the grid, with its noise and without its mean.
    pub(crate) wave: &'a [f32],
    /// Normal numbers, one a sample, for the converter's noise.
    pub(crate) noise: &'a [f32],
    /// Normal numbers for the displacement of its instants; meaningless without jitter.
    pub(crate) jitter: &'a [f32],
}

impl Workspace {
    /// Second stage of stream mode: the waveform from which samples at any instant are taken.
    pub(crate) fn sampler_inputs(
        &mut self,
        plan: &Plan,
        trained: &Trained,
        keys: &StreamKeys<'_>,
    ) -> SamplerInputs<'_> {
        self.wave(plan, trained, keys);
        self.draw_converter(plan, keys);
        let k = plan.sampled();
        SamplerInputs {
            wave: Ampere::of_mut(&mut self.real),
            noise: &self.normals[..k],
            jitter: &self.slope[..k],
        }
    }

    /// The waveform at the sampler, a symbol's sample at the trained phase on the grid, with its
    /// noise and without its mean.
    fn wave(&mut self, plan: &Plan, trained: &Trained, keys: &StreamKeys<'_>) {
        plan.transforms.samples.forward(
            Ampere::of_mut(&mut self.real),
            &mut self.spectrum,
            &mut self.scratch,
        );
        multiply(&mut self.spectrum, &trained.response);
        self.interfere(plan.end(), Some(&trained.interferers), keys);
        self.spectrum[0].re -= trained.mean;
        match &trained.deviation {
            None => self.add_noise(plan.end(), keys),
            Some(after_agc) => self.add_merged(plan.end(), &after_agc.wave, 1.0, keys),
        }
        plan.transforms.samples.inverse(
            &mut self.spectrum,
            Ampere::of_mut(&mut self.real),
            &mut self.scratch,
        );
    }

    /// Normal numbers for the converter: its noise in `normals`, the displacement of its instants
    /// in `slope`.
    fn draw_converter(&mut self, plan: &Plan, keys: &StreamKeys<'_>) {
        let k = plan.sampled();
        normals::fill(
            &mut keys.lane_seed.stream(&QUANTISATION).index(keys.noise).rng(),
            &mut self.normals[..k],
        );
        if plan.sampler.jitter_s > 0.0 {
            normals::fill(
                &mut keys.lane_seed.stream(&JITTER).index(keys.noise).rng(),
                &mut self.slope[..k],
            );
        }
    }
}

impl Workspace {
    /// Second stage: the last section at the trained phase, its merged noise, and the samples the
    /// converter takes.
    pub fn sample_and_fold(&mut self, plan: &Plan, trained: &Trained, keys: &StreamKeys<'_>) {
        let (m, k) = (self.grid.samples(), plan.sampled());
        plan.transforms.samples.forward(
            Ampere::of_mut(&mut self.real),
            &mut self.spectrum,
            &mut self.scratch,
        );
        multiply(&mut self.spectrum, &trained.response);
        self.interfere(plan.end(), Some(&trained.interferers), keys);
        let bins = fft::bins(k);
        let jittered = plan.sampler.jitter_s > 0.0 && keys.selection == NoiseSelection::All;
        if jittered || plan.skewed() {
            block::fold_derivative(
                &self.spectrum,
                m,
                k,
                self.grid.bin_hz(),
                &mut self.sampled_spectrum[..bins],
            );
            plan.transforms.sampled.inverse(
                &mut self.sampled_spectrum[..bins],
                &mut self.slope[..k],
                &mut self.scratch,
            );
            if plan.skewed() || plan.needs_second_order_jitter() {
                block::fold_curvature(
                    &self.spectrum,
                    m,
                    k,
                    self.grid.bin_hz(),
                    &mut self.sampled_spectrum[..bins],
                );
                plan.transforms.sampled.inverse(
                    &mut self.sampled_spectrum[..bins],
                    &mut self.curvature[..k],
                    &mut self.scratch,
                );
            }
        }
        block::fold_spectrum(&self.spectrum, m, k, &mut self.sampled_spectrum[..bins]);
        self.sampled_spectrum[0].re -= trained.mean;
        let deviation = trained
            .deviation
            .as_ref()
            .map_or(&plan.sampled_deviation, |after_agc| &after_agc.sampled);
        if keys.selection == NoiseSelection::All && !deviation.is_empty() {
            let stream = keys.lane_seed.stream(&plan.end().stream()).index(keys.noise);
            add_bins(stream, &mut self.sampled_spectrum[..bins], deviation, &mut self.normals, 1.0);
        }
        plan.transforms.sampled.inverse(
            &mut self.sampled_spectrum[..bins],
            &mut self.sampled[..k],
            &mut self.scratch,
        );
    }

    /// Third stage: the converter's noise, jitter and clipping, and the equaliser.
    pub fn equalise(&mut self, plan: &Plan, trained: &Trained, keys: &StreamKeys<'_>) {
        let k = plan.sampled();
        if let Some(converters) = &plan.sampling {
            let derivatives = [&self.slope[..k], &self.curvature[..k]];
            let samples = &mut self.sampled[..k];
            let first = plan.first_sample(keys.block);
            converters.sample(first, trained.full_scale, samples, derivatives);
        }
        if keys.selection == NoiseSelection::All {
            let jitter_s = plan.sampler.jitter_s as f32;
            let far = plan.needs_second_order_jitter();
            if far {
                normals::fill(
                    &mut keys.lane_seed.stream(&JITTER).index(keys.noise).rng(),
                    &mut self.normals[..k],
                );
                block::apply_aperture_jitter(
                    &mut self.sampled[..k],
                    &self.slope[..k],
                    &self.curvature[..k],
                    &self.normals[..k],
                    jitter_s,
                );
            }
            let slope = if jitter_s > 0.0 && !far { &self.slope[..k] } else { &[] };
            let mut slopes = slope.chunks(PIECE);
            in_pieces(
                keys.lane_seed.stream(&QUANTISATION).index(keys.noise),
                &mut self.sampled[..k],
                &mut self.normals,
                |x, normals| {
                    block::add_adc_noise(
                        x,
                        slopes.next().unwrap_or_default(),
                        normals,
                        trained.quantisation,
                        jitter_s,
                    );
                },
            );
        }
        block::clip(&mut self.sampled[..k], trained.full_scale / 2.0);
        trained.equalise(
            &self.sampled[..k],
            plan.sampler.samples_per_symbol,
            &mut self.padded,
            &mut self.equalised,
        );
    }
}
