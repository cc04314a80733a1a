//! The losses at which a variant of a lane keeps its limit: all that is searched of it.

use crate::chain::{Trained, WorkspacePool};
use crate::link::build::lane::Lane;
use crate::link::solve::clock;
use crate::link::solve::counted_margin::CountedMarginSearch;
use crate::link::solve::lane::{LaneSolution, margin_is_counted, remainder};
use crate::link::solve::margin::{self, LossMargin};
use crate::link::solve::overload_margin;
use crate::link::solve::segment::optical_predictor;
use crate::run_options::CancelToken;

/// Extra losses that keep the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct KeptLosses {
    /// Smallest one of an overloaded lane, dB.
    from_db: Option<f64>,
    /// Largest one, dB; infinite where every loss keeps the limit.
    to_db: f64,
}

impl KeptLosses {
    /// Loss margin with a loss that is already there, dB: negative by as much as an overloaded lane
    /// still lacks.
    pub(super) fn margin_db(self, present_db: f64) -> f64 {
        match self.from_db {
            Some(from_db) if present_db < from_db => present_db - from_db,
            _ => self.to_db - present_db,
        }
    }
}

/// The rest of a lane around the optical segment of its variants.
pub(super) struct Receiver<'a> {
    /// Receivers of its electrical segments; empty where the optical segment stands alone.
    pub(super) electrical: Vec<&'a Trained>,
    /// Limit of the optical segment; `None` where the electrical ones leave nothing.
    pub(super) limit_ber: Option<f64>,
    /// Whether one of the electrical segments has no prediction.
    pub(super) refused: bool,
}

impl<'a> Receiver<'a> {
    /// Of a solved lane.
    pub(super) fn of(lane: &Lane, solution: &'a LaneSolution) -> Self {
        Receiver {
            electrical: solution.electrical_receivers(),
            limit_ber: remainder(lane, solution.electrical(), &solution.optical().prediction).ok(),
            refused: solution.electrical().any(|solved| solved.prediction.no_prediction.is_some()),
        }
    }
}

/// Trains the optical segment of a variant and searches its losses; `None` where no loss keeps the
/// limit, or the loss is not found.
pub(super) fn find(
    varied: &Lane,
    around: &Receiver<'_>,
    workspaces: &WorkspacePool,
    cancel: &CancelToken,
) -> Option<KeptLosses> {
    let (limit_ber, electrical) = (around.limit_ber?, around.electrical.as_slice());
    workspaces.with(&varied.optical().plan, |workspace| {
        let mut predictor = optical_predictor(varied, workspace);
        let trained = predictor.train(workspace, 1.0, None).ok()?;
        clock::guarded(varied, &trained, electrical).ok()?;
        let counted = margin_is_counted(varied, around.refused, &trained, limit_ber);
        let loss = if counted {
            let search = CountedMarginSearch { lane: varied, electrical, workspaces, cancel };
            let predicted = predictor.predict(workspace, &trained).ber;
            search.find(&mut predictor, workspace, &trained, predicted).0
        } else {
            margin::find(&mut predictor, workspace, &trained, limit_ber)
        };
        let to_db = match loss {
            LossMargin::Found(db, _) => db,
            LossMargin::Beyond => f64::INFINITY,
            LossMargin::Floor(_) | LossMargin::Uncounted(_) => return None,
        };
        let mut from_db = || {
            let highest_db = Some(to_db).filter(|db| db.is_finite() && !counted)?;
            let (predictor, trained) = (&mut predictor, &trained);
            overload_margin::passes_from_db(predictor, workspace, trained, limit_ber, highest_db)
        };
        Some(KeptLosses { from_db: from_db(), to_db })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_that_is_there_lowers_the_margin_by_itself() {
        let kept = KeptLosses { from_db: None, to_db: 5.0 };
        assert_eq!([0.0, 1.5, 6.0].map(|loss| kept.margin_db(loss)), [5.0, 3.5, -1.0]);
    }

    #[test]
    fn an_overloaded_lane_fails_until_it_has_loss_enough() {
        let kept = KeptLosses { from_db: Some(2.0), to_db: 5.0 };
        assert_eq!([0.0, 1.5, 2.0, 6.0].map(|loss| kept.margin_db(loss)), [-2.0, -0.5, 3.0, -1.0]);
    }
}
