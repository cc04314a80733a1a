//! Which estimator counts a lane, and what it said.

use super::lane::Lane;
use crate::chain::{
    Counted, Method, Prediction, Predictor, Rare, Refusal, Replay, Trained, Worker,
};
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
    /// As the lane's description asks for, with the receiver `trained`, where any `symbols` are to
    /// be counted.
    pub(super) fn of(
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

    pub(super) fn method(&self) -> Method<'_> {
        match self {
            Engine::Chain => Method::Chain,
            Engine::Replay(replay) => Method::Replay(replay),
            Engine::Rare(rare) => Method::Rare(rare),
            Engine::Refused(refusal) => Method::Refused(refusal),
        }
    }

    /// By which factors the error ratio of the few blocks that it stores may be off that of the
    /// pattern, as `foreseen` of them; nothing where every block is a new one.
    pub(super) fn scatter(&self, foreseen: &Prediction) -> Option<[f64; 2]> {
        let Interval { low, high } = foreseen.interval;
        let stored = matches!(self, Engine::Replay(_) | Engine::Rare(_));
        (stored && low > 0.0).then(|| [low / foreseen.ber, high / foreseen.ber])
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
    /// Of a count; `scatter` says by which factors its blocks may be off their pattern.
    pub(super) fn of(counted: &Counted, scatter: Option<[f64; 2]>) -> Told {
        let tally = &counted.end;
        let (bits, errors) = (tally.bits(), tally.bit_errors);
        let (interval, kind) =
            counted.weighted.map_or_else(|| tally.interval(), |weighted| weighted.interval());
        let ber = counted.weighted.map_or_else(|| tally.ber(), |weighted| weighted.ber());
        let (interval, kind) = scatter.map_or((interval, kind), |scatter| {
            (widened(interval, ber, scatter), "count and stored blocks")
        });
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

/// An interval of a ratio whose logarithm scatters by another cause, too; both ends by themselves.
fn widened(interval: Interval, ratio: f64, [low, high]: [f64; 2]) -> Interval {
    if ratio <= 0.0 {
        return Interval { low: interval.low * low, high: (interval.high * high).min(1.0) };
    }
    let side = |end: f64, scatter: f64| (end / ratio).ln().hypot(scatter.ln());
    let below = if interval.low > 0.0 { ratio * (-side(interval.low, low)).exp() } else { 0.0 };
    Interval { low: below, high: (ratio * side(interval.high, high).exp()).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_add_as_squares_of_logarithms_and_an_end_at_zero_stays() {
        let both = widened(
            Interval { low: 1e-3 / 1.03f64.exp(), high: 1e-3 * 0.3f64.exp() },
            1e-3,
            [1.0, 0.4f64.exp()],
        );
        assert!(
            (both.high / (1e-3 * 0.5f64.exp()) - 1.0).abs() < 1e-12
                && (both.low / (1e-3 * (-1.03f64).exp()) - 1.0).abs() < 1e-12
        );
        let unseen = widened(Interval { low: 0.0, high: 1e-6 }, 0.0, [0.5, 2.0]);
        assert_eq!((unseen.low, unseen.high), (0.0, 2e-6));
    }
}
