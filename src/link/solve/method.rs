//! The estimator that counts a lane, prepared for its receiver.

use crate::chain::{Method, Prediction, Predictor, Rare, Refusal, Replay, Trained, Worker};
use crate::link::build::lane::Lane;
use crate::link::describe::counting::Counting;
use crate::math::interval::Interval;

/// Estimator that counts a lane with one receiver.
pub(crate) enum LaneCounter {
    Chain,
    Replay(Box<Replay>),
    Rare(Box<Rare>),
    Refused(Refusal),
}

impl LaneCounter {
    /// As the lane's description asks for, with the receiver `trained`, where any `symbols` are to
    /// be counted.
    pub(crate) fn of(
        lane: &Lane,
        symbols: u64,
        predictor: &mut Predictor<'_>,
        worker: &mut Worker,
        trained: &Trained,
    ) -> LaneCounter {
        let counting = lane.config.simulation.count;
        if counting == Counting::Chain || symbols == 0 {
            return LaneCounter::Chain;
        }
        if lane.segments.len() > 1 {
            return LaneCounter::Refused(Refusal::new(
                "a lane of several segments is counted through the whole chain only",
            ));
        }
        match predictor.replay(worker, trained) {
            Err(refusal) => LaneCounter::Refused(refusal),
            Ok(replay) if counting == Counting::Replay => LaneCounter::Replay(Box::new(replay)),
            Ok(replay) => {
                LaneCounter::Rare(Box::new(Rare::new(replay, trained, lane.config.precodes())))
            }
        }
    }

    pub(crate) fn method(&self) -> Method<'_> {
        match self {
            LaneCounter::Chain => Method::Chain,
            LaneCounter::Replay(replay) => Method::Replay(replay),
            LaneCounter::Rare(rare) => Method::Rare(rare),
            LaneCounter::Refused(refusal) => Method::Refused(refusal),
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
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        if let LaneCounter::Refused(refusal) = self { Some(refusal) } else { None }
    }
}
