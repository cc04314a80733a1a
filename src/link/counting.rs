//! Which estimator counts a lane, and what it said.

use super::lane::Lane;
use crate::chain::{Counted, Method, Predictor, Rare, Refusal, Replay, Trained, Worker};
use crate::math::interval::Interval;
use serde::{Deserialize, Serialize};

/// What counts errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Every block through the whole chain.
    #[default]
    Chain,
    /// Noise drawn at the slicer on four stored noiseless blocks: see [`Replay`].
    Replay,
    /// The same noise pushed towards errors and weighted back: see [`Rare`].
    Rare,
}

impl Counting {
    /// What a reader calls it.
    pub fn name(self) -> &'static str {
        match self {
            Counting::Chain => "the whole chain",
            Counting::Replay => "replay",
            Counting::Rare => "rare events",
        }
    }
}

/// What counts a lane with one receiver.
pub(super) enum Engine {
    Chain,
    Replay(Box<Replay>),
    Rare(Box<Rare>),
    Refused(Refusal),
}

impl Engine {
    /// As the lane's description asks for, with the receiver `trained`.
    pub(super) fn of(lane: &Lane, predictor: &mut Predictor<'_>, worker: &mut Worker, trained: &Trained) -> Engine {
        let counting = lane.config.simulation.count;
        if counting == Counting::Chain {
            return Engine::Chain;
        }
        if lane.ahead.is_some() || lane.behind.is_some() {
            return Engine::Refused(Refusal::new("a lane of several segments is counted through the whole chain only"));
        }
        match predictor.replay(worker, trained) {
            Err(refusal) => Engine::Refused(refusal),
            Ok(replay) if counting == Counting::Replay => Engine::Replay(Box::new(replay)),
            Ok(replay) => Engine::Rare(Box::new(Rare::new(replay, trained, lane.config.precodes()))),
        }
    }

    pub(super) fn method(&self) -> Method<'_> {
        match self {
            Engine::Chain => Method::Chain,
            Engine::Replay(replay) => Method::Replay(replay),
            Engine::Rare(rare) => Method::Rare(rare),
            Engine::Refused(refusal) => Method::Refused(refusal),
        }
    }

    /// Why it does not count.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        if let Engine::Refused(refusal) = self { Some(refusal) } else { None }
    }
}

/// An error ratio that was counted, weighted or not.
pub(super) struct Told {
    pub(super) bits: u64,
    pub(super) errors: u64,
    /// Absent when no error was seen.
    pub(super) ber: Option<f64>,
    pub(super) interval: Interval,
    pub(super) kind: &'static str,
    /// Of rare events.
    pub(super) effective_samples: Option<f64>,
    pub(super) gain: Option<f64>,
}

impl Told {
    pub(super) fn of(counted: &Counted) -> Told {
        let tally = &counted.end;
        let (bits, errors) = (tally.bits(), tally.bit_errors);
        let (interval, kind) = counted.weighted.map_or_else(|| tally.interval(), |weighted| weighted.interval());
        let ber = counted.weighted.map_or_else(|| tally.ber(), |weighted| weighted.ber());
        Told {
            bits,
            errors,
            ber: (errors > 0).then_some(ber),
            interval,
            kind,
            effective_samples: counted.weighted.map(|weighted| weighted.effective_samples()),
            gain: counted.weighted.and_then(|weighted| weighted.gain()),
        }
    }
}
