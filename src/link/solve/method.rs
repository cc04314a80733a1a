//! The estimator that counts a lane, prepared for its receiver.

use crate::chain::{
    ImportanceSampling, Method, NoiseOnly, NotEvaluated, Prediction, Predictor, Trained, Workspace,
};
use crate::link::build::lane::Lane;
use crate::link::describe::counting::Counting;
use crate::math::interval::Interval;

/// Estimator that counts a lane with one receiver.
pub(crate) enum LaneCounter {
    Chain,
    Replay(Box<NoiseOnly>),
    Rare(Box<ImportanceSampling>),
    Refused(NotEvaluated),
}

impl LaneCounter {
    /// As the lane's description asks for, with the receiver `trained`, where any `symbols` are to
    /// be counted.
    pub(crate) fn of(
        lane: &Lane,
        symbols: u64,
        predictor: &mut Predictor<'_>,
        workspace: &mut Workspace,
        trained: &Trained,
    ) -> LaneCounter {
        let counting = lane.config.simulation.count;
        if counting == Counting::Chain || symbols == 0 {
            return LaneCounter::Chain;
        }
        if lane.segments.len() > 1 {
            return LaneCounter::Refused(NotEvaluated::new(
                "a lane of several segments is counted through the whole chain only",
            ));
        }
        match predictor.noise_only(workspace, trained) {
            Err(refusal) => LaneCounter::Refused(refusal),
            Ok(replay) if counting == Counting::NoiseOnly => LaneCounter::Replay(Box::new(replay)),
            Ok(replay) => LaneCounter::Rare(Box::new(ImportanceSampling::new(
                replay,
                trained,
                lane.config.precodes(),
            ))),
        }
    }

    pub(crate) fn method(&self) -> Method<'_> {
        match self {
            LaneCounter::Chain => Method::Chain,
            LaneCounter::Replay(replay) => Method::NoiseOnly(replay),
            LaneCounter::Rare(rare) => Method::ImportanceSampling(rare),
            LaneCounter::Refused(refusal) => Method::NotEvaluated(refusal),
        }
    }

    /// Factors by which the error ratio of the few blocks that it stores may be off that of the
    /// pattern, from the `prediction` on them; `None` where every block is a new one.
    pub(crate) fn scatter(&self, prediction: &Prediction) -> Option<[f64; 2]> {
        let Interval { low, high } = prediction.interval;
        let stored = matches!(self, LaneCounter::Replay(_) | LaneCounter::Rare(_));
        (stored && low > 0.0).then(|| [low / prediction.ber, high / prediction.ber])
    }

    /// Why it does not count.
    pub(crate) fn refusal(&self) -> Option<&NotEvaluated> {
        if let LaneCounter::Refused(refusal) = self { Some(refusal) } else { None }
    }
}
