//! Margin without a prediction: the loss at which the counted error ratio meets the limit.
//!
//! The estimator with ideal feedback gives the change of the error ratio with loss; the count at a
//! step gives the factor between the two ratios there. That factor depends little on loss, so the
//! next step is the loss at which the estimator, times the factor, meets the limit. Every step
//! trains anew and counts with the same seeds: steps differ in loss only.

use crate::chain::{Method, Predictor, Stop, Tally, Trained, Workspace, WorkspacePool, count};
use crate::link::build::lane::Lane;
use crate::link::solve::budget::{MARGIN_COUNTS, MARGIN_ERRORS_MIN, ROUND_BLOCKS};
use crate::link::solve::margin;
use crate::link::solve::margin::LossMargin;
use crate::run_options::CancelToken;
use crate::units::power_ratio;

/// Distance of the counted ratio from the limit at which the search ends, in its logarithm: below a
/// hundredth of a decibel.
const CLOSE: f64 = 0.02;
/// Difference of losses below which the same errors are counted, dB.
const SAME_DB: f64 = 0.002;
/// Step in loss to each side for the slope, dB.
const SLOPE_DB: f64 = 0.2;
/// Range of error ratios for which the estimator gives a loss.
const ASKED: [f64; 2] = [1e-60, 0.2];

/// Search for a margin by counting.
pub(crate) struct CountedMarginSearch<'a> {
    pub(crate) lane: &'a Lane,
    /// Receivers of the electrical segments, in their order; empty to count the optical segment
    /// alone.
    pub(crate) electrical: &'a [&'a Trained],
    pub(crate) workspaces: &'a WorkspacePool,
    pub(crate) cancel: &'a CancelToken,
}

/// Count at one loss.
struct LossStep {
    loss_db: f64,
    trained: Box<Trained>,
    tally: Tally,
    /// ln of the error ratio over the limit.
    f: f64,
}

impl CountedMarginSearch<'_> {
    /// Searches from a training at no extra loss, whose error ratio with ideal feedback is
    /// `predicted`; returns the margin and its 95 % interval from the count.
    pub(crate) fn find(
        &self,
        predictor: &mut Predictor<'_>,
        workspace: &mut Workspace,
        start: &Trained,
        predicted: f64,
    ) -> (LossMargin, Option<[f64; 2]>) {
        let limit_ber = self.lane.config.limit_ber();
        let symbols = self.lane.config.simulation.symbols_at_limit;
        if 2.0 * symbols as f64 * limit_ber < MARGIN_ERRORS_MIN {
            let least = (MARGIN_ERRORS_MIN / 2.0 / limit_ber).ceil();
            let because = format!(
                "no margin: it would be counted, and simulation.symbols_at_limit = {symbols} shows \
                 too few errors (at least {least})"
            );
            return (LossMargin::Uncounted(because), None);
        }
        // ln of the counted error ratio over the one with ideal feedback
        let mut gap = 0.0;
        let mut best: Option<LossStep> = None;
        let mut met_floor = false;
        for _ in 0..MARGIN_COUNTS {
            let asked = (limit_ber * f64::exp(-gap)).clamp(ASKED[0], ASKED[1]);
            match margin::find(predictor, workspace, start, asked) {
                LossMargin::Found(loss_db, trained) => {
                    let tally = match self.counted(&trained) {
                        Ok(tally) => tally,
                        Err(because) => return (LossMargin::Uncounted(because), None),
                    };
                    let f = self.ln_ratio(&tally) - limit_ber.ln();
                    gap += f;
                    let same =
                        best.as_ref().is_some_and(|best| (best.loss_db - loss_db).abs() < SAME_DB);
                    if best.as_ref().is_none_or(|best| f.abs() < best.f.abs()) {
                        best = Some(LossStep { loss_db, trained, tally, f });
                    }
                    if f.abs() < CLOSE || same {
                        break;
                    }
                }
                LossMargin::Floor(ideal) if met_floor || best.is_some() => {
                    if best.is_some() {
                        break;
                    }
                    return (LossMargin::Floor((ideal * gap.exp()).min(0.5)), None);
                }
                LossMargin::Floor(_) => {
                    // the factor is that of the operating point
                    met_floor = true;
                    let tally = match self.counted(start) {
                        Ok(tally) => tally,
                        Err(because) => return (LossMargin::Uncounted(because), None),
                    };
                    gap = self.ln_ratio(&tally) - predicted.max(1e-300).ln();
                }
                other => return (other, None),
            }
        }
        let Some(LossStep { loss_db, trained, tally, .. }) = best else {
            return (LossMargin::Uncounted("no margin: no loss meets the limit".to_owned()), None);
        };
        let interval = self.slope(predictor, workspace, &trained, loss_db).map(|slope| {
            let (ber, _) = tally.interval();
            let at = |ber: f64| loss_db - (ber.max(1e-300) / limit_ber).ln() / slope;
            [at(ber.high), at(ber.low)]
        });
        (LossMargin::Found(loss_db, trained), interval)
    }

    /// Err, with the reason, when it was cancelled or a clock was not locked.
    fn counted(&self, trained: &Trained) -> Result<Tally, String> {
        let stop = Stop {
            round_blocks: ROUND_BLOCKS,
            symbols: self.lane.config.simulation.symbols_at_limit,
            bit_errors: u64::MAX,
        };
        let counted = count(
            &[self.lane.counted_through(trained, self.electrical, Method::Chain)],
            &stop,
            self.workspaces,
            &mut (),
            self.cancel,
        )
        .remove(0);
        match counted.not_evaluated {
            Some(not_evaluated) => Err(format!("no margin: {}", not_evaluated.because)),
            None if self.cancel.is_cancelled() => {
                Err("no margin: stopped before it was counted".to_owned())
            }
            None => Ok(counted.end),
        }
    }

    /// Half an error in place of none.
    fn ln_ratio(&self, tally: &Tally) -> f64 {
        ((tally.bit_errors as f64).max(0.5) / tally.bits() as f64).ln()
    }

    /// Change of ln of the error ratio with loss, 1/dB, with ideal feedback.
    fn slope(
        &self,
        predictor: &mut Predictor<'_>,
        workspace: &mut Workspace,
        near: &Trained,
        loss_db: f64,
    ) -> Option<f64> {
        let [less, more] = [-SLOPE_DB, SLOPE_DB].map(|step_db| {
            let (_, prediction) =
                predictor.try_at(workspace, power_ratio(-(loss_db + step_db)) as f32, near).ok()?;
            Some(prediction.ber.max(1e-300).ln())
        });
        Some((more? - less?) / (2.0 * SLOPE_DB)).filter(|&slope| slope > 0.0)
    }
}
