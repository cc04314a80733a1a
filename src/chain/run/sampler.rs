//! The last section, the converter and the equaliser.

use super::block;
use super::front::{PIECE, add_bins, in_pieces};
use super::streams::{Drawn, Draws};
use super::workspace::Worker;
use crate::chain::build::plan::Plan;
use crate::chain::build::spectrum::multiply;
use crate::chain::build::trained::Trained;
use crate::math::{fft, normals};
use crate::signal::{Ampere, Quantity};

impl Worker {
    /// The waveform at the sampler, a symbol's sample at the trained phase on the grid, with its
    /// noise and without its mean.
    pub(crate) fn wave(&mut self, plan: &Plan, trained: &Trained, draws: &Draws<'_>) {
        plan.transforms.samples.forward(
            Ampere::of_mut(&mut self.real),
            &mut self.spectrum,
            &mut self.scratch,
        );
        multiply(&mut self.spectrum, &trained.response);
        self.interfere(plan.end(), Some(&trained.interferers), draws);
        self.spectrum[0].re -= trained.mean;
        match &trained.deviation {
            None => self.add_noise(plan.end(), draws),
            Some(gained) => self.add_merged(plan.end(), &gained.wave, 1.0, draws),
        }
        plan.transforms.samples.inverse(
            &mut self.spectrum,
            Ampere::of_mut(&mut self.real),
            &mut self.scratch,
        );
    }

    /// Normal numbers for the converter: its noise in `normals`, the displacement of its instants
    /// in `slope`.
    pub(crate) fn draw_converter(&mut self, plan: &Plan, draws: &Draws<'_>) {
        let k = plan.sampled();
        normals::fill(
            &mut draws.lane.named("adc").index(draws.noise).rng(),
            &mut self.normals[..k],
        );
        if plan.sampler.jitter_s > 0.0 {
            normals::fill(
                &mut draws.lane.named("adc.jitter").index(draws.noise).rng(),
                &mut self.slope[..k],
            );
        }
    }
}

impl Worker {
    /// Second stage: the last section at the trained phase, its merged noise, and the samples the
    /// converter takes.
    pub fn sample(&mut self, plan: &Plan, trained: &Trained, draws: &Draws<'_>) {
        let (m, k) = (self.grid.samples(), plan.sampled());
        plan.transforms.samples.forward(
            Ampere::of_mut(&mut self.real),
            &mut self.spectrum,
            &mut self.scratch,
        );
        multiply(&mut self.spectrum, &trained.response);
        self.interfere(plan.end(), Some(&trained.interferers), draws);
        let bins = fft::bins(k);
        if plan.sampler.jitter_s > 0.0 && draws.what == Drawn::Everything {
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
            if plan.jitters_far() {
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
        block::fold(&self.spectrum, m, k, &mut self.sampled_spectrum[..bins]);
        self.sampled_spectrum[0].re -= trained.mean;
        let deviation =
            trained.deviation.as_ref().map_or(&plan.sampled_deviation, |gained| &gained.sampled);
        if draws.what == Drawn::Everything && !deviation.is_empty() {
            let stream = draws.lane.stream(&plan.end().stream()).index(draws.noise);
            add_bins(stream, &mut self.sampled_spectrum[..bins], deviation, &mut self.normals, 1.0);
        }
        plan.transforms.sampled.inverse(
            &mut self.sampled_spectrum[..bins],
            &mut self.sampled[..k],
            &mut self.scratch,
        );
    }

    /// Third stage: the converter's noise, jitter and clipping, and the equaliser.
    pub fn equalise(&mut self, plan: &Plan, trained: &Trained, draws: &Draws<'_>) {
        let k = plan.sampled();
        if draws.what == Drawn::Everything {
            let jitter_s = plan.sampler.jitter_s as f32;
            let far = plan.jitters_far();
            if far {
                normals::fill(
                    &mut draws.lane.named("adc.jitter").index(draws.noise).rng(),
                    &mut self.normals[..k],
                );
                block::displace(
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
                draws.lane.named("adc").index(draws.noise),
                &mut self.sampled[..k],
                &mut self.normals,
                |x, normals| {
                    block::convert(
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
