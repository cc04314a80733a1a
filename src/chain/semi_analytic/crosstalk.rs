//! Power of crosstalk at the slicer.

use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::run::block;
use crate::dsp::ffe;
use crate::math::buffer_pool::Pooled;
use crate::math::fft;

/// Variance of what the interferers of some blocks add at a trained receiver's slicer; 0 without
/// interferers.
pub(crate) fn power(
    plan: &Plan,
    records: &[NoiselessBlock],
    trained: &Trained,
    scale: Scale,
) -> f64 {
    let one = |record: &NoiselessBlock| {
        let spectrum = record.crosstalk_at_sampler(scale)?;
        let (m, k) = (plan.grid.samples(), plan.sampled());
        let mut turned = Pooled::zeros(plan.grid.bins());
        block::phase_ramp(&spectrum, trained.delay_ui / plan.grid.symbols as f64, &mut turned);
        let mut folded = Pooled::zeros(fft::bins(k));
        let mut scratch = Pooled::zeros(plan.transforms.sampled.scratch());
        block::fold_spectrum(&turned, m, k, &mut folded);
        let mut samples = Pooled::zeros(k);
        plan.transforms.sampled.inverse(&mut folded, &mut samples, &mut scratch);
        let mut padded = Pooled::zeros(samples.len() + 2 * ffe::TAPS_MAX);
        let mut out = vec![0f32; plan.grid.symbols];
        let per_symbol = plan.sampler.samples_per_symbol;
        trained.equalise(&samples, per_symbol, &mut padded, &mut out);
        let mean = |of: &dyn Fn(f64) -> f64| {
            out.iter().map(|&x| of(f64::from(x))).sum::<f64>() / out.len() as f64
        };
        let offset = mean(&|x| x);
        Some(mean(&|x| (x - offset).powi(2)))
    };
    let powers: Vec<f64> = records.iter().filter_map(one).collect();
    powers.iter().sum::<f64>() / powers.len().max(1) as f64
}
