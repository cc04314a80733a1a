//! Sources without a closed form: small draws through the real chain, their variance pooled by
//! level and pattern.

use super::noise_classes::{CLASSES, Classes, patterns};
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noise_sources::Noises;
use crate::chain::linearise::noiseless_block::NoiselessBlock;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::chain::run::workspace::Workspace;
use crate::math::buffer_pool::Pooled;

/// Draws of a source over all records together: for a result, and for a step of a search.
pub(crate) const MANY: usize = 64;

pub(crate) const FEW: usize = 16;

/// Part of its strength with which a source is drawn: small, so that the chain answers linearly.
const SMALL: f32 = 0.25;

/// Indices of the probes' noise, far from every block's.
const PROBES: u64 = 1 << 48;

/// Measures every line that is to be drawn, from the lane's `streams`.
pub(crate) fn classes(
    plan: &Plan,
    noises: &Noises,
    workspace: &mut Workspace,
    trained: &Trained,
    records: &[NoiselessBlock],
    streams: StreamKeys<'_>,
    draws: usize,
) -> Classes {
    let draws_per_block = draws.div_ceil(records.len().max(1));
    let mut lines = Vec::new();
    for route in &noises.sources {
        if !route.probed {
            lines.push(None);
            continue;
        }
        let (mut sums, mut counts, mut total) = ([0f64; CLASSES], [0f64; CLASSES], 0f64);
        for record in records {
            let quiet =
                StreamKeys { block: record.block, selection: NoiseSelection::None, ..streams };
            let means = pass(plan, workspace, trained, &record.levels, &quiet, &quiet);
            for d in 0..draws_per_block {
                let noise = PROBES + record.block * draws_per_block as u64 + d as u64;
                let probe = StreamKeys {
                    noise,
                    selection: NoiseSelection::Only(&route.source.id, SMALL),
                    ..quiet
                };
                let outputs = pass(plan, workspace, trained, &record.levels, &probe, &quiet);
                for ((z, mean), class) in outputs.iter().zip(&means).zip(patterns(&record.levels)) {
                    let square = f64::from((z - mean) / SMALL).powi(2);
                    sums[class] += square;
                    counts[class] += 1.0;
                    total += square;
                }
            }
        }
        let mean = total / counts.iter().sum::<f64>().max(1.0);
        lines.push(Some(std::array::from_fn(
            |c| if counts[c] > 0.0 { sums[c] / counts[c] } else { mean } as f32,
        )));
    }
    Classes { lines }
}

/// The slicer's inputs of one block: the front with one set of draws, the converter without noise.
fn pass(
    plan: &Plan,
    workspace: &mut Workspace,
    trained: &Trained,
    levels: &[u8],
    front: &StreamKeys<'_>,
    quiet: &StreamKeys<'_>,
) -> Pooled<f32> {
    workspace.run_to_detector(plan, levels, front, trained.transmission);
    workspace.sample_and_fold(plan, trained, quiet);
    workspace.equalise(plan, trained, quiet);
    Pooled::of(workspace.equalised())
}
