//! A segment with its receiver: trained, predicted.

use crate::chain::{Prediction, Predictor, Refusal, Trained, Worker, Workers};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;
use crate::link::solve::budget::{SCORING_BLOCKS, TRAINING_BLOCKS};

/// A segment with its receiver.
pub(crate) struct SolvedSegment {
    pub(crate) trained: Trained,
    pub(crate) prediction: Prediction,
}

/// The estimator of a segment, with the lane's own blocks for training and for prediction.
pub(crate) fn predictor<'a>(
    lane: &Lane,
    segment: &'a Segment,
    worker: &mut Worker,
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
        worker,
    )
}

/// The estimator of a lane's segment with light, which precodes where the lane does.
pub(crate) fn optical_predictor<'a>(lane: &'a Lane, worker: &mut Worker) -> Predictor<'a> {
    let mut predictor = predictor(lane, lane.optical(), worker);
    predictor.precoder = lane.config.precodes();
    predictor
}

/// Trains and predicts a segment on the lane's own data.
pub(crate) fn solve(
    lane: &Lane,
    segment: &Segment,
    workers: &Workers,
) -> Result<SolvedSegment, Refusal> {
    workers.with(&segment.plan, |worker| {
        let mut predictor = predictor(lane, segment, worker);
        let trained = predictor.train(worker, 1.0, None)?;
        let prediction = predictor.predict(worker, &trained);
        Ok(SolvedSegment { trained, prediction })
    })
}
