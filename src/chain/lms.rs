//! Taps by normalised LMS on noisy training blocks.

use super::worker::{Draws, Worker};
use super::{Plan, Refusal, Trained, block};
use crate::dsp::ffe;

/// Training blocks: one sample per symbol converges within four, two samples need more.
const BLOCKS_T: u64 = 4;
const BLOCKS_HALF_T: u64 = 20;

/// Adapts `trained.taps` from a single tap; the closed-form training has set phase and gain.
pub(super) fn train(
    plan: &Plan,
    worker: &mut Worker,
    trained: &mut Trained,
    levels: &[&[u8]],
    draws: Draws<'_>,
    step: f64,
) -> Result<(), Refusal> {
    let per_symbol = plan.sampler.samples_per_symbol;
    let blocks = if per_symbol == 1 { BLOCKS_T } else { BLOCKS_HALF_T };
    let main = trained.taps.get(trained.precursors).copied().unwrap_or(1.0);
    trained.taps.fill(0.0);
    trained.taps[trained.precursors] = main.abs().max(f32::MIN_POSITIVE);
    for b in 0..blocks {
        let sent = levels[b as usize % levels.len()];
        let draws = Draws { block: b, noise: b, ..draws };
        worker.front(plan, sent, &draws, trained.attenuation);
        worker.sample(plan, trained, &draws);
        worker.equalise(plan, trained, &draws);
        let target: Vec<f32> = sent.iter().map(|&l| block::LEVELS[usize::from(l)]).collect();
        // the step falls to a twentieth towards the end, so that the taps settle
        let settled = step * 0.05f64.powf(b as f64 / (blocks - 1) as f64);
        let samples = &worker.sampled[..plan.sampled()];
        let error = ffe::adapt(samples, per_symbol, &target, settled as f32, trained.precursors, &mut trained.taps, &mut trained.offset);
        if !error.is_finite() {
            return Err(Refusal::new(format!("LMS did not converge with a step of {step}")));
        }
    }
    Ok(())
}
