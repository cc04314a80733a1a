//! Counting method of a lane, prepared for its receiver.

use crate::chain::{
    ImportanceSampling, Method, NoiseOnly, NotEvaluated, Prediction, Predictor, Trained, Workspace,
};
use crate::link::build::lane::Lane;
use crate::link::describe::counting_method::CountingMethod;
use crate::math::interval::Interval;

/// Counting method of a lane with one receiver.
pub(crate) enum LaneCounter {
    Chain,
    NoiseOnly(Box<NoiseOnly>),
    Importance(Box<ImportanceSampling>),
    NotEvaluated(NotEvaluated),
}

impl LaneCounter {
    /// The method of the lane's description, with the receiver `trained`; plain counting if
    /// `symbols` is 0.
    pub(crate) fn of(
        lane: &Lane,
        symbols: u64,
        predictor: &mut Predictor<'_>,
        workspace: &mut Workspace,
        trained: &Trained,
    ) -> LaneCounter {
        let counting = lane.config.simulation.count;
        if counting == CountingMethod::Chain || symbols == 0 {
            return LaneCounter::Chain;
        }
        if lane.segments.len() > 1 {
            return LaneCounter::NotEvaluated(NotEvaluated::new(
                "a lane of several segments is counted through the whole chain only",
            ));
        }
        match predictor.noise_only(workspace, trained) {
            Err(not_evaluated) => LaneCounter::NotEvaluated(not_evaluated),
            Ok(noise_only) if counting == CountingMethod::NoiseOnly => {
                LaneCounter::NoiseOnly(Box::new(noise_only))
            }
            Ok(noise_only) => LaneCounter::Importance(Box::new(ImportanceSampling::new(
                noise_only,
                trained,
                lane.config.precodes(),
            ))),
        }
    }

    pub(crate) fn method(&self) -> Method<'_> {
        match self {
            LaneCounter::Chain => Method::Chain,
            LaneCounter::NoiseOnly(noise_only) => Method::NoiseOnly(noise_only),
            LaneCounter::Importance(importance) => Method::ImportanceSampling(importance),
            LaneCounter::NotEvaluated(not_evaluated) => Method::NotEvaluated(not_evaluated),
        }
    }

    /// Factors by which the error ratio of the few stored blocks may differ from that of the
    /// pattern, from the `prediction` on them; `None` where every block is new.
    pub(crate) fn scatter(&self, prediction: &Prediction) -> Option<[f64; 2]> {
        let Interval { low, high } = prediction.interval;
        let stored = matches!(self, LaneCounter::NoiseOnly(_) | LaneCounter::Importance(_));
        (stored && low > 0.0).then(|| [low / prediction.ber, high / prediction.ber])
    }

    /// Why no errors are counted.
    pub(crate) fn not_evaluated(&self) -> Option<&NotEvaluated> {
        if let LaneCounter::NotEvaluated(not_evaluated) = self { Some(not_evaluated) } else { None }
    }
}
