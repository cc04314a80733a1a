//! A noiseless block at the slicer.

use super::noise_classes::BentNoise;
use super::prediction::Share;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::run::block;
use crate::dsp::ffe;
use crate::dsp::slicer::Thresholds;
use crate::math::bent::Bent;
use crate::math::buffer_pool::Pooled;
use crate::math::fft;
use crate::math::two_points::{GatheredPoints, TwoPoints};
use num_complex::Complex32;

/// A block at the slicer, with feedback that is never wrong.
#[derive(Clone)]
pub(crate) struct AtSlicer {
    pub(crate) means: Vec<f32>,
    pub(crate) variances: Vec<f32>,
    /// Mean variance line by line, in their order, then the converter's.
    pub(crate) shares: Vec<Share>,
    /// The part that large displacements bend; `None` where noise is Gaussian.
    pub(crate) bent: Option<BentNoise>,
    /// The part that dual-Dirac displacements make, by symbol; `None` without any.
    pub(crate) two_points: Option<Vec<GatheredPoints>>,
    /// Beats of reflected light whose phase is followed, in phase and in quadrature: part of no
    /// mean and no variance.
    pub(crate) beats: Vec<[Vec<f32>; 2]>,
}

impl AtSlicer {
    /// Multiplies the variance of all noise so far by a factor; the mean that large displacements
    /// move stays.
    pub(crate) fn scale_noise(&mut self, factor: f64) {
        if factor == 1.0 {
            return;
        }
        let scale = |x: &mut [f32], factor: f64| x.iter_mut().for_each(|x| *x *= factor as f32);
        scale(&mut self.variances, factor);
        self.shares.iter_mut().for_each(|share| share.share *= factor);
        if let Some(bent) = &mut self.bent {
            scale(&mut bent.linear, factor);
            scale(&mut bent.weighted_bend, factor * factor);
        }
        let points = self.two_points.iter_mut().flatten();
        points.for_each(|points| points.scale(factor as f32));
    }

    /// Multiplies the variance of all noise so far by a factor of each symbol.
    pub(crate) fn scale_noise_by_symbol(&mut self, factors: &[f32]) {
        let scale = |x: &mut [f32], power: f32| {
            x.iter_mut().zip(factors).for_each(|(x, factor)| *x *= factor.powf(power))
        };
        scale(&mut self.variances, 1.0);
        if let Some(bent) = &mut self.bent {
            scale(&mut bent.linear, 1.0);
            scale(&mut bent.weighted_bend, 1.5);
        }
        let points = self.two_points.iter_mut().flatten();
        points.zip(factors).for_each(|(points, &factor)| points.scale(factor));
    }

    /// Expected bit errors of each symbol, of its two bits.
    pub(crate) fn expected_errors(&self, thresholds: &Thresholds, levels: &[u8], out: &mut [f64]) {
        if self.bent.is_none() && self.two_points.is_none() {
            return self.expected_of_gaussian(thresholds, levels, out);
        }
        for (k, (out, &level)) in out.iter_mut().zip(levels).enumerate() {
            let (mean, variance) = (self.means[k], self.variances[k]);
            let straight = f64::from(variance);
            let mut noise = match &self.bent {
                Some(bent) => bent.of_symbol(k, variance),
                None => Bent { straight, linear: 0.0, bend: 0.0 },
            };
            let points = match &self.two_points {
                Some(points) => points[k].in_noise(straight),
                None => TwoPoints::NONE,
            };
            noise.straight = (noise.straight - points.variance()).max(0.0);
            *out = thresholds.expected_of_bent(level, mean, noise, &points);
        }
    }

    /// [`AtSlicer::expected_errors`] if all noise were Gaussian.
    pub(crate) fn expected_of_gaussian(
        &self,
        thresholds: &Thresholds,
        levels: &[u8],
        out: &mut [f64],
    ) {
        thresholds.expected_of_all(levels, &self.means, &self.variances, out);
    }

    /// Each symbol of the block: the level sent, mean and variance.
    pub(crate) fn symbols(self, levels: &[u8]) -> impl Iterator<Item = (u8, f32, f32)> {
        let means_and_variances = self.means.into_iter().zip(self.variances);
        levels
            .iter()
            .zip(means_and_variances)
            .map(|(&level, (mean, variance))| (level, mean, variance))
    }
}

/// The scoring blocks: levels and what they are at the slicer, and the covariance of the noise at
/// the sampler by lag in its samples.
pub(crate) struct Scored {
    pub(crate) blocks: Vec<(Vec<u8>, AtSlicer)>,
    pub(crate) covariance: Vec<f64>,
}

/// A waveform at the sampler, given by its spectrum, as the equaliser's outputs; without offset.
pub(crate) fn equalised(plan: &Plan, trained: &Trained, spectrum: &[Complex32]) -> Vec<f32> {
    let (m, k) = (plan.grid.samples(), plan.sampled());
    let mut turned = Pooled::zeros(plan.grid.bins());
    block::phase_ramp(spectrum, trained.delay_ui / plan.grid.symbols as f64, &mut turned);
    let mut folded = Pooled::zeros(fft::bins(k));
    let mut scratch = Pooled::zeros(plan.transforms.sampled.scratch());
    block::fold_spectrum(&turned, m, k, &mut folded);
    let mut samples = Pooled::zeros(k);
    plan.transforms.sampled.inverse(&mut folded, &mut samples, &mut scratch);
    let mut padded = Pooled::zeros(samples.len() + 2 * ffe::TAPS_MAX);
    let mut out = vec![0f32; plan.grid.symbols];
    let per_symbol = plan.sampler.samples_per_symbol;
    trained.equalise(&samples, per_symbol, &mut padded, &mut out);
    out.iter_mut().for_each(|x| *x -= trained.offset);
    out
}

/// Sent levels, means and variances of several blocks in one row; the variances include beats over
/// their phases.
pub(crate) fn all_of(records: &[NoiselessBlock], at: &[AtSlicer]) -> (Vec<u8>, Vec<f32>, Vec<f32>) {
    let (mut sent, mut means, mut variances) = (Vec::new(), Vec::new(), Vec::new());
    for (record, at) in records.iter().zip(at) {
        sent.extend_from_slice(&record.levels);
        means.extend_from_slice(&at.means);
        match at.beats.is_empty() {
            true => variances.extend_from_slice(&at.variances),
            false => variances.extend(at.spread()),
        }
    }
    (sent, means, variances)
}

/// Slope and curvature of a waveform at the instants of its samples.
fn derivatives(plan: &Plan, spectrum: &[Complex32]) -> [Vec<f32>; 2] {
    let (m, k) = (plan.grid.samples(), plan.sampled());
    let mut scratch = Pooled::zeros(plan.transforms.sampled.scratch());
    [block::fold_derivative, block::fold_curvature].map(|fold| {
        let mut folded = Pooled::zeros(fft::bins(k));
        fold(spectrum, m, k, plan.grid.bin_hz(), &mut folded);
        let mut at_samples = vec![0f32; k];
        plan.transforms.sampled.inverse(&mut folded, &mut at_samples, &mut scratch);
        at_samples
    })
}

/// The noiseless samples of a record and what displacements of their instants see.
pub(crate) struct Sampled {
    /// Clipped, on average over the displacements.
    pub(crate) samples: Pooled<f32>,
    /// Squares of their slopes; 0 without jitter.
    pub(crate) slope_squares: Pooled<f32>,
    /// Their second derivatives, where jitter is large; else empty.
    pub(crate) curvatures: Pooled<f32>,
}

impl Sampled {
    pub(crate) fn new(
        plan: &Plan,
        record: &NoiselessBlock,
        trained: &Trained,
        scale: Scale,
    ) -> Sampled {
        let (m, k) = (plan.grid.samples(), plan.sampled());
        let far = plan.needs_second_order_jitter();
        let mut turned = Pooled::zeros(plan.grid.bins());
        block::phase_ramp(
            &record.at_sampler(scale),
            trained.delay_ui / plan.grid.symbols as f64,
            &mut turned,
        );
        let mut folded = Pooled::zeros(fft::bins(k));
        let mut scratch = Pooled::zeros(plan.transforms.sampled.scratch());
        block::fold_spectrum(&turned, m, k, &mut folded);
        folded[0].re -= trained.mean;
        let mut samples = Pooled::zeros(k);
        plan.transforms.sampled.inverse(&mut folded, &mut samples, &mut scratch);
        if let Some(converters) = &plan.sampling {
            let derivatives =
                if converters.skewed() { derivatives(plan, &turned) } else { [vec![], vec![]] };
            let first = plan.first_sample(record.block);
            let [slope, curvature] = &derivatives;
            converters.sample(first, trained.full_scale, &mut samples, [slope, curvature]);
        }
        let mut slope_squares = Pooled::zeros(k);
        let mut curvatures = Pooled::zeros(if far { k } else { 0 });
        block::clip(&mut samples, trained.full_scale / 2.0);
        if far {
            // the record is what is sampled on average; derivatives are of the waveform itself
            for (bin, x) in turned.iter_mut().enumerate() {
                *x /= plan.sampler.mean_response(bin as f64 * plan.grid.bin_hz()) as f32;
            }
            block::fold_curvature(&turned, m, k, plan.grid.bin_hz(), &mut folded);
            plan.transforms.sampled.inverse(&mut folded, &mut curvatures, &mut scratch);
        }
        if plan.sampler.jitter_s > 0.0 {
            block::fold_derivative(&turned, m, k, plan.grid.bin_hz(), &mut folded);
            plan.transforms.sampled.inverse(&mut folded, &mut slope_squares, &mut scratch);
            slope_squares.iter_mut().for_each(|s| *s *= *s);
        }
        Sampled { samples, slope_squares, curvatures }
    }
}
