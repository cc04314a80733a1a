//! Power of crosstalk at the slicer.

use super::at_slicer::equalised;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};

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
        let out = equalised(plan, trained, &spectrum);
        let mean = |of: &dyn Fn(f64) -> f64| {
            out.iter().map(|&x| of(f64::from(x))).sum::<f64>() / out.len() as f64
        };
        let offset = mean(&|x| x);
        Some(mean(&|x| (x - offset).powi(2)))
    };
    let powers: Vec<f64> = records.iter().filter_map(one).collect();
    powers.iter().sum::<f64>() / powers.len().max(1) as f64
}
