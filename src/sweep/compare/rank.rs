//! The order of variants: by a margin of the worst lane.

use crate::link::{LaneResult, LinkResult};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Margin by which variants rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RankBy {
    /// Loss margin, not more than the overload margin where a receiver limits.
    #[default]
    Loss,
    /// SNR margin.
    Snr,
}

impl RankBy {
    /// Its name, as in a flag.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RankBy::Loss => "loss",
            RankBy::Snr => "snr",
        }
    }

    /// The margin of a lane, dB; `None` where it is not known.
    fn margin_db(self, lane: &LaneResult) -> Option<f64> {
        match self {
            RankBy::Loss => Some(capped_margin_db(lane)),
            RankBy::Snr => lane.snr_margin_db,
        }
    }
}

/// Quality of a variant, in descending order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Standing {
    /// Margin of the worst lane, overload included, dB, rounded to 0.01 as printed (the search is
    /// more accurate);
    /// infinite where the limit is kept at any loss.
    Margin(f64),
    /// A lane misses the limit at any power: the port's error ratio.
    Floor(f64),
    /// A lane was not evaluated, or has no such margin.
    Unknown,
}

impl Standing {
    /// Of the lanes of a port with this error ratio.
    fn of(lanes: &[LaneResult], port_ber: Option<f64>, by: RankBy) -> Standing {
        let smallest_db = || {
            lanes
                .iter()
                .try_fold(f64::INFINITY, |least: f64, lane| Some(least.min(by.margin_db(lane)?)))
        };
        if lanes
            .iter()
            .any(|lane| lane.ber_semi_analytic.or(lane.loss_margin_db).or(lane.least_ber).is_none())
        {
            Standing::Unknown
        } else if lanes.iter().any(|lane| lane.least_ber.is_some()) {
            Standing::Floor(port_ber.unwrap_or(1.0))
        } else {
            // no negative zero
            smallest_db().map_or(Standing::Unknown, |margin_db| {
                Standing::Margin((margin_db * 100.0).round() / 100.0 + 0.0)
            })
        }
    }

    fn cmp(&self, other: &Standing) -> Ordering {
        let class = |standing: &Standing| match standing {
            Standing::Margin(_) => 0,
            Standing::Floor(_) => 1,
            Standing::Unknown => 2,
        };
        match (self, other) {
            (Standing::Margin(a), Standing::Margin(b)) => b.total_cmp(a),
            (Standing::Floor(a), Standing::Floor(b)) => a.total_cmp(b),
            _ => class(self).cmp(&class(other)),
        }
    }
}

/// Loss margin of a lane, not more than the overload margin where the receiver limits: a link must
/// keep both.
fn capped_margin_db(lane: &LaneResult) -> f64 {
    let overload_db = lane.overload_margin_db.filter(|_| !lane.overload_margin_is_bound);
    let [loss_db, overload_db] =
        [lane.loss_margin_db, overload_db].map(|margin| margin.unwrap_or(f64::INFINITY));
    loss_db.min(overload_db)
}

/// Rank of each, from 1: one more than the number of better variants.
pub(super) fn ranks(results: &[&LinkResult], by: RankBy) -> Vec<usize> {
    let standing = |result: &&LinkResult| {
        let port_ber = result.port.ber_semi_analytic.or(result.port.ber_counted);
        Standing::of(&result.lanes, port_ber, by)
    };
    ranked(&results.iter().map(standing).collect::<Vec<_>>())
}

fn ranked(standings: &[Standing]) -> Vec<usize> {
    standings
        .iter()
        .map(|one| 1 + standings.iter().filter(|other| other.cmp(one).is_lt()).count())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margin_comes_before_floor_and_floor_before_nothing() {
        use Standing::{Floor, Margin, Unknown};
        let mut standings =
            [Unknown, Floor(1e-2), Margin(-3.0), Floor(1e-3), Margin(2.0), Margin(f64::INFINITY)];
        standings.sort_by(Standing::cmp);
        assert_eq!(
            standings,
            [Margin(f64::INFINITY), Margin(2.0), Margin(-3.0), Floor(1e-3), Floor(1e-2), Unknown]
        );
    }

    #[test]
    fn loss_and_snr_may_rank_differently_and_no_snr_margin_ranks_last() {
        let lane = |loss_db: f64, snr_db: Option<f64>| LaneResult {
            ber_semi_analytic: Some(1e-9),
            loss_margin_db: Some(loss_db),
            snr_margin_db: snr_db,
            ..LaneResult::default()
        };
        let lanes = [lane(6.5, Some(5.7)), lane(5.7, Some(5.9)), lane(7.0, None)];
        let of = |by| ranked(&lanes.clone().map(|lane| Standing::of(&[lane], None, by)));
        assert_eq!(of(RankBy::Loss), [2, 3, 1]);
        assert_eq!(of(RankBy::Snr), [2, 1, 3]);
    }
}
