//! A noiseless block at the slicer.

use super::prediction::Share;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::run::block;
use crate::math::buffer_pool::Pooled;
use crate::math::fft;

/// A block at the slicer, with feedback that is never wrong.
pub(crate) struct AtSlicer {
    pub(crate) means: Vec<f32>,
    pub(crate) variances: Vec<f32>,
    /// Mean variance line by line, in their order, then the converter's.
    pub(crate) shares: Vec<Share>,
}

impl AtSlicer {
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

/// Sent levels, means and variances of several blocks in one row.
pub(crate) fn all_of(records: &[NoiselessBlock], at: &[AtSlicer]) -> (Vec<u8>, Vec<f32>, Vec<f32>) {
    let (mut sent, mut means, mut variances) = (Vec::new(), Vec::new(), Vec::new());
    for (record, at) in records.iter().zip(at) {
        sent.extend_from_slice(&record.levels);
        means.extend_from_slice(&at.means);
        variances.extend_from_slice(&at.variances);
    }
    (sent, means, variances)
}

/// The noiseless samples of a record, clipped, and the squares of their slopes, curvature included
/// where jitter is large.
pub(crate) fn sampled(
    plan: &Plan,
    record: &NoiselessBlock,
    trained: &Trained,
    scale: Scale,
) -> (Pooled<f32>, Pooled<f32>) {
    let (m, k) = (plan.grid.samples(), plan.sampled());
    let mut turned = Pooled::zeros(plan.grid.bins());
    block::phase_ramp(
        &record.at_sampler(scale),
        trained.delay_ui / plan.grid.symbols as f64,
        &mut turned,
    );
    let mut folded = Pooled::zeros(fft::bins(k));
    let mut scratch = Pooled::zeros(plan.transforms.sampled.scratch());
    let mut slope_square = Pooled::zeros(k);
    if plan.sampler.jitter_s > 0.0 {
        block::fold_derivative(&turned, m, k, plan.grid.bin_hz(), &mut folded);
        plan.transforms.sampled.inverse(&mut folded, &mut slope_square, &mut scratch);
        slope_square.iter_mut().for_each(|s| *s *= *s);
        if plan.needs_second_order_jitter() {
            // var(y' tau + y'' tau^2 / 2) = y'^2 s^2 + y''^2 s^4 / 2
            let half_variance = (plan.sampler.jitter_s.powi(2) / 2.0) as f32;
            let mut curvature = Pooled::zeros(k);
            block::fold_curvature(&turned, m, k, plan.grid.bin_hz(), &mut folded);
            plan.transforms.sampled.inverse(&mut folded, &mut curvature, &mut scratch);
            slope_square.iter_mut().zip(&curvature).for_each(|(s, c)| *s += half_variance * c * c);
        }
    }
    block::fold_spectrum(&turned, m, k, &mut folded);
    folded[0].re -= trained.mean;
    let mut samples = Pooled::zeros(k);
    plan.transforms.sampled.inverse(&mut folded, &mut samples, &mut scratch);
    block::clip(&mut samples, trained.full_scale / 2.0);
    (samples, slope_square)
}
