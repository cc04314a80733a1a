//! Which estimator counts a lane, and what it said.

use crate::chain::{Method, Prediction, Predictor, Rare, Refusal, Replay, Trained, Worker};
use crate::link::build::lane::Lane;
use crate::link::describe::counting::Counting;
use crate::math::interval::Interval;

/// What counts a lane with one receiver.
pub(crate) enum Engine {
    Chain,
    Replay(Box<Replay>),
    Rare(Box<Rare>),
    Refused(Refusal),
}

impl Engine {
    /// As the lane's description asks for, with the receiver `trained`, where any `symbols` are to
    /// be counted.
    pub(crate) fn of(
        lane: &Lane,
        symbols: u64,
        predictor: &mut Predictor<'_>,
        worker: &mut Worker,
        trained: &Trained,
    ) -> Engine {
        let counting = lane.config.simulation.count;
        if counting == Counting::Chain || symbols == 0 {
            return Engine::Chain;
        }
        if lane.ahead.is_some() || lane.behind.is_some() {
            return Engine::Refused(Refusal::new(
                "a lane of several segments is counted through the whole chain only",
            ));
        }
        match predictor.replay(worker, trained) {
            Err(refusal) => Engine::Refused(refusal),
            Ok(replay) if counting == Counting::Replay => Engine::Replay(Box::new(replay)),
            Ok(replay) => {
                Engine::Rare(Box::new(Rare::new(replay, trained, lane.config.precodes())))
            }
        }
    }

    pub(crate) fn method(&self) -> Method<'_> {
        match self {
            Engine::Chain => Method::Chain,
            Engine::Replay(replay) => Method::Replay(replay),
            Engine::Rare(rare) => Method::Rare(rare),
            Engine::Refused(refusal) => Method::Refused(refusal),
        }
    }

    /// By which factors the error ratio of the few blocks that it stores may be off that of the
    /// pattern, as `foreseen` of them; nothing where every block is a new one.
    pub(crate) fn scatter(&self, foreseen: &Prediction) -> Option<[f64; 2]> {
        let Interval { low, high } = foreseen.interval;
        let stored = matches!(self, Engine::Replay(_) | Engine::Rare(_));
        (stored && low > 0.0).then(|| [low / foreseen.ber, high / foreseen.ber])
    }

    /// Why it does not count.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        if let Engine::Refused(refusal) = self { Some(refusal) } else { None }
    }
}
