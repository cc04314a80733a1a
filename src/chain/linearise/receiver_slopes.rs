//! Local slopes of the maps after the detector: a limiting amplifier.

use crate::chain::build::plan::Plan;
use crate::chain::run::streams::StreamKeys;
use crate::chain::run::workspace::Workspace;
use crate::math::buffer_pool::Pooled;
use crate::math::mean::mean_of;

/// Size of a perturbation, part of the waveform's peak.
const PERTURBATION: f32 = 2e-3;

/// A nonlinear receiver along one noiseless block.
pub(crate) struct ReceiverSlopes {
    /// Current at the detector.
    pub(crate) detected: Pooled<f32>,
    /// Of each map after the detector, in order: change of its output with its input, sample by
    /// sample.
    pub(crate) slopes: Vec<Pooled<f32>>,
    /// Their mean squares.
    pub(crate) squares: Vec<f64>,
}

impl ReceiverSlopes {
    /// Goes on from the detected current in the workspace to the start of the last section; `None`
    /// where that is the detector's own.
    pub(crate) fn passed(
        plan: &Plan,
        workspace: &mut Workspace,
        keys: &StreamKeys<'_>,
    ) -> Option<ReceiverSlopes> {
        if plan.linear_receiver() {
            return None;
        }
        let detected = Pooled::of(workspace.current());
        let slopes: Vec<Pooled<f32>> = (plan.detector..plan.sections.len() - 1)
            .map(|i| {
                workspace.apply_response(plan, &plan.sections[i], keys);
                through_map(plan, workspace, i + 1)
            })
            .collect();
        let squares = slopes.iter().map(|slopes| mean_of(slopes, |d| d * d)).collect();
        Some(ReceiverSlopes { detected, slopes, squares })
    }
}

/// Passes the map that begins section `i`; its slope at each sample, which is
///
/// ```text
/// (map(v + e) - map(v - e)) / 2 e,    e of changing sign: a limit about the mean stays where it is
/// ```
fn through_map(plan: &Plan, workspace: &mut Workspace, i: usize) -> Pooled<f32> {
    let (section, from) = (&plan.sections[i], plan.sections[i - 1].storage);
    let waveform = Pooled::of(workspace.current());
    let by = PERTURBATION * waveform.iter().fold(f32::MIN_POSITIVE, |peak, x| peak.max(x.abs()));
    let signed = |k: usize| if k.is_multiple_of(2) { by } else { -by };
    let mut mapped = |sign: f32| {
        let real = workspace.current();
        real.iter_mut().zip(waveform.iter()).enumerate().for_each(|(k, (x, v))| {
            *x = v + sign * signed(k);
        });
        workspace.apply_map(section, from);
        Pooled::of(workspace.current())
    };
    let (more, less) = (mapped(1.0), mapped(-1.0));
    workspace.current().copy_from_slice(&waveform);
    workspace.apply_map(section, from);
    more.iter()
        .zip(less.iter())
        .enumerate()
        .map(|(k, (more, less))| (more - less) / (2.0 * signed(k)))
        .collect()
}
