//! Variance of a transmitter's noise by level, from the semi-analytic estimator.

use crate::chain::{
    Adaptation, DetectorSpec, NotEvaluated, Plan, Predictor, RxDsp, Trained, Workspace,
};
use crate::link::build::lane::Lane;

/// A receiver of one tap: the filter alone.
const ONE_TAP: RxDsp = RxDsp {
    taps: 1,
    precursors: 0,
    adaptation: Adaptation::Mmse,
    fixed: Vec::new(),
    detector: DetectorSpec::Slicer,
};

/// One tap and its sampling phase, trained on a block of levels; the variance on each of them.
pub(super) fn level_variance(
    plan: &Plan,
    lane: &Lane,
    levels: Vec<u8>,
    workspace: &mut Workspace,
) -> Result<(Trained, [f64; 4]), NotEvaluated> {
    let seeds = [lane.shared_seed, lane.lane_seed];
    let mut predictor =
        Predictor::new(plan, &ONE_TAP, seeds[0], seeds[1], vec![levels], vec![], workspace);
    let trained = predictor.train(workspace, 1.0, None)?;
    let variance = by_level(predictor.training_mixture(), &trained);
    Ok((trained, variance))
}

/// Variance of the transmitter's noise on each level of `blocks`, after the filter, W^2, with
/// receivers that were trained before.
pub(super) fn level_variances_of(
    plan: &Plan,
    lane: &Lane,
    trained: impl Iterator<Item = Trained>,
    blocks: Vec<Vec<u8>>,
    workspace: &mut Workspace,
) -> Vec<[f64; 4]> {
    let seeds = [lane.shared_seed, lane.lane_seed];
    let mut predictor =
        Predictor::new(plan, &ONE_TAP, seeds[0], seeds[1], vec![], blocks, workspace);
    let mut of = |trained: Trained| by_level(predictor.mixture(workspace, &trained), &trained);
    trained.map(&mut of).collect()
}

fn by_level(mixture: Vec<(u8, f32, f32)>, trained: &Trained) -> [f64; 4] {
    let per_square = f64::from(trained.taps[0]).powi(-2);
    let mut sums = [(0f64, 0f64); 4];
    for (level, _, variance) in mixture {
        let sum = &mut sums[usize::from(level)];
        *sum = (sum.0 + 1.0, sum.1 + f64::from(variance));
    }
    sums.map(|(count, sum)| sum / f64::max(count, 1.0) * per_square)
}
