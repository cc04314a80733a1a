//! A segment with its receiver: trained, predicted.

use crate::chain::{NotEvaluated, Prediction, Predictor, Trained, Workspace, WorkspacePool};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;
use crate::link::solve::budget::{SCORING_BLOCKS, TRAINING_BLOCKS};

/// A segment with its receiver.
pub(crate) struct SolvedSegment {
    pub(crate) trained: Trained,
    pub(crate) prediction: Prediction,
}

/// The predictor of a segment, with the lane's blocks for training and for prediction.
pub(crate) fn predictor<'a>(
    lane: &Lane,
    segment: &'a Segment,
    workspace: &mut Workspace,
) -> Predictor<'a> {
    let (training, scoring) =
        (lane.blocks(TRAINING_BLOCKS, true), lane.blocks(SCORING_BLOCKS, false));
    Predictor::new(
        &segment.plan,
        &segment.dsp,
        lane.shared_seed,
        segment.streams,
        training,
        scoring,
        workspace,
    )
}

/// The predictor of a lane's optical segment, with the precoder if the lane has one.
pub(crate) fn optical_predictor<'a>(lane: &'a Lane, workspace: &mut Workspace) -> Predictor<'a> {
    let mut predictor = predictor(lane, lane.optical(), workspace);
    predictor.precoder = lane.config.precodes();
    predictor
}

/// Trains a segment on the lane's data and predicts its error ratio.
pub(crate) fn solve(
    lane: &Lane,
    segment: &Segment,
    workspaces: &WorkspacePool,
) -> Result<SolvedSegment, NotEvaluated> {
    workspaces.with(&segment.plan, |workspace| {
        let mut predictor = predictor(lane, segment, workspace);
        let trained = predictor.train(workspace, 1.0, None)?;
        let prediction = predictor.predict(workspace, &trained);
        Ok(SolvedSegment { trained, prediction })
    })
}
