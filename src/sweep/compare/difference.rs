//! Differences of two variants, paired lane by lane.

use super::result::{Difference, LaneDifference};
use crate::link::{LaneResult, MARGIN_WITHIN_DB};
use crate::math::interval::{Interval, student_t_mean};

/// Confidence of every interval.
const CONFIDENCE: f64 = 0.95;

/// The second variant less the first: lanes of the same number, and whether their seeds are equal.
pub(super) fn between(
    [first, second]: [&[LaneResult]; 2],
    [of_first, of_second]: [&[u64]; 2],
) -> Difference {
    let lanes: Vec<LaneDifference> =
        first.iter().zip(second).map(|(first, second)| lane(first, second)).collect();
    let margins: Vec<f64> = lanes.iter().filter_map(|lane| lane.loss_margin_db).collect();
    let ln_bers: Vec<f64> = lanes.iter().filter_map(|lane| lane.ln_ber).collect();
    let (loss_margin_db, margin) = mean(&margins);
    let (ln_ber, ratio) = mean(&ln_bers);
    // the same search of the same link ends at the same margin
    let search_db = if margins.iter().all(|&db| db == 0.0) { 0.0 } else { 2.0 * MARGIN_WITHIN_DB };
    Difference {
        same_seeds: of_first.iter().zip(of_second).all(|(first, second)| first == second),
        margin_lanes: margins.len(),
        loss_margin_db,
        loss_margin_db_low: margin.map(|interval| interval.low - search_db),
        loss_margin_db_high: margin.map(|interval| interval.high + search_db),
        ln_ber_lanes: ln_bers.len(),
        ln_ber,
        ln_ber_low: ratio.map(|interval| interval.low),
        ln_ber_high: ratio.map(|interval| interval.high),
        lanes,
    }
}

/// The mean over lanes, and its interval from their spread, for two lanes or more.
pub(super) fn mean(values: &[f64]) -> (Option<f64>, Option<Interval>) {
    let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    (mean, (values.len() > 1).then(|| student_t_mean(values, CONFIDENCE)))
}

fn lane(first: &LaneResult, second: &LaneResult) -> LaneDifference {
    let less = |of: &dyn Fn(&LaneResult) -> Option<f64>| Some(of(second)? - of(first)?);
    LaneDifference {
        lane: first.lane,
        loss_margin_db: less(&|lane| lane.loss_margin_db),
        ln_ber: less(&|lane| lane.ber_semi_analytic.filter(|&ber| ber > 0.0).map(libm::log)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(figures: &[(f64, f64)]) -> Vec<LaneResult> {
        let lane = |(lane, &(loss_margin_db, ber)): (usize, &(f64, f64))| LaneResult {
            lane,
            loss_margin_db: Some(loss_margin_db),
            ber_semi_analytic: Some(ber),
            ..LaneResult::default()
        };
        figures.iter().enumerate().map(lane).collect()
    }

    /// t of one degree of freedom at 97.5 % is 12.706; two differences of -1 and -2 have s =
    /// 0.7071, s / sqrt 2 = 0.5.
    #[test]
    fn the_interval_is_students_over_lanes() {
        let found = between(
            [&lanes(&[(5.0, 1e-6), (7.0, 1e-8)]), &lanes(&[(4.0, 1e-5), (5.0, 1e-7)])],
            [&[1, 1], &[1, 1]],
        );
        assert_eq!((found.margin_lanes, found.ln_ber_lanes, found.same_seeds), (2, 2, true));
        assert_eq!(found.loss_margin_db, Some(-1.5));
        let half = 12.706_204_736 * 0.5 + 0.002;
        assert!((found.loss_margin_db_low.unwrap() - (-1.5 - half)).abs() < 1e-6, "{found:?}");
        assert!((found.loss_margin_db_high.unwrap() - (-1.5 + half)).abs() < 1e-6, "{found:?}");
        assert!(
            (found.ln_ber.unwrap() - 10f64.ln()).abs() < 1e-12
                && found.ln_ber_high.unwrap() - found.ln_ber_low.unwrap() < 1e-12
        );
    }

    #[test]
    fn equal_lanes_differ_by_exactly_nothing() {
        let same = lanes(&[(5.0, 1e-6), (7.0, 1e-8), (0.1 + 0.2, 3e-9)]);
        let found = between([&same, &same], [&[1; 3], &[1; 3]]);
        let exactly = [
            found.loss_margin_db,
            found.loss_margin_db_low,
            found.loss_margin_db_high,
            found.ln_ber,
            found.ln_ber_low,
            found.ln_ber_high,
        ];
        assert_eq!(exactly, [Some(0.0); 6]);
    }

    #[test]
    fn a_lane_without_a_figure_is_left_out_and_one_lane_has_no_interval() {
        let first = lanes(&[(5.0, 1e-6), (7.0, 0.0), (1.0, 1e-3)]);
        let mut second = lanes(&[(4.0, 1e-5), (5.0, 1e-7)]);
        second[1].loss_margin_db = None;
        let found = between([&first, &second], [&[1, 1, 1], &[1, 2]]);
        assert_eq!(
            (found.margin_lanes, found.ln_ber_lanes, found.lanes.len(), found.same_seeds),
            (1, 1, 2, false)
        );
        assert_eq!(
            (found.loss_margin_db, found.loss_margin_db_low, found.loss_margin_db_high),
            (Some(-1.0), None, None)
        );
        let none = between([&first, &[]], [&[1, 1, 1], &[]]);
        assert_eq!((none.loss_margin_db, none.ln_ber, none.margin_lanes), (None, None, 0));
    }
}
