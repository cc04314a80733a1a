//! Taps by normalised LMS on noisy training blocks.

use crate::chain::build::convergence::Convergence;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::describe::receiver_dsp::RxDsp;
use crate::chain::run::streams::StreamKeys;
use crate::chain::run::workspace::Workspace;
use crate::dsp::LEVELS;
use crate::dsp::ffe;

/// Training blocks: one sample per symbol converges within four, two samples need more.
const BLOCKS_T: u64 = 4;

const BLOCKS_HALF_T: u64 = 20;

/// Adapts taps from a single one and postcursors from none, with the symbols known; the closed-form
/// training has set phase and gain. Fixed taps keep the values of that training.
pub(crate) fn train(
    plan: &Plan,
    workspace: &mut Workspace,
    trained: &mut Trained,
    dsp: &RxDsp,
    levels: &[&[u8]],
    keys: StreamKeys<'_>,
    step: f64,
) -> Result<(), NotEvaluated> {
    let per_symbol = plan.sampler.samples_per_symbol;
    let blocks = if per_symbol == 1 { BLOCKS_T } else { BLOCKS_HALF_T };
    let moves = [dsp.fixed.is_empty(), dsp.detector.fixed().is_empty()];
    if moves[0] {
        let main = trained.taps.get(trained.precursors).copied().unwrap_or(1.0);
        trained.taps.fill(0.0);
        trained.taps[trained.precursors] = main.abs().max(f32::MIN_POSITIVE);
    }
    if moves[1] {
        trained.postcursors.fill(0.0);
    }
    let (mut last, mut before) = (f64::INFINITY, f64::INFINITY);
    for b in 0..blocks {
        let sent = levels[b as usize % levels.len()];
        let keys = StreamKeys { block: b, noise: b, ..keys };
        workspace.run_to_detector(plan, sent, &keys, trained.transmission);
        workspace.sample_and_fold(plan, trained, &keys);
        workspace.equalise(plan, trained, &keys);
        let target: Vec<f32> = sent.iter().map(|&l| LEVELS[usize::from(l)]).collect();
        // the step falls to a twentieth towards the end, so that the taps settle
        let settled = step * 0.05f64.powf(b as f64 / (blocks - 1) as f64);
        let mut adaptive = ffe::LmsLoop {
            precursors: trained.precursors,
            taps: &mut trained.taps,
            offset: &mut trained.offset,
            postcursors: &mut trained.postcursors,
            limit: dsp.detector.limit() as f32,
            moves,
        };
        before = last;
        last = adaptive.adapt(
            ffe::KnownBlock { samples: workspace.sampled(plan), levels: &target },
            settled as f32,
        );
        if !last.is_finite() {
            return Err(NotEvaluated::new(format!("LMS did not converge with a step of {step}")));
        }
    }
    trained.convergence = Some(Convergence { last, before, least: trained.mse });
    Ok(())
}
