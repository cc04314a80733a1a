//! The electrical segments of a lane: trained, predicted, and what is said of them.

use crate::chain::{Prediction, Predictor, Refusal, Trained, Workers};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;
use crate::link::solve::budget::{SCORING_BLOCKS, TRAINING_BLOCKS};

/// An electrical segment with its receiver.
pub(crate) struct SolvedSegment {
    pub(crate) trained: Trained,
    pub(crate) prediction: Prediction,
}

/// Trains and predicts a segment on the lane's own data.
pub(crate) fn solve(
    lane: &Lane,
    segment: &Segment,
    workers: &Workers,
) -> Result<SolvedSegment, Refusal> {
    workers.with(&segment.plan, |worker| {
        let (training, scoring) =
            (lane.blocks(TRAINING_BLOCKS, true), lane.blocks(SCORING_BLOCKS, false));
        let mut predictor = Predictor::new(
            &segment.plan,
            &segment.dsp,
            lane.run,
            segment.streams,
            training,
            scoring,
            worker,
        );
        let trained = predictor.train(worker, 1.0, None)?;
        let prediction = predictor.predict(worker, &trained);
        Ok(SolvedSegment { trained, prediction })
    })
}
