//! The order of variants: by the margin of the worst lane.

use crate::link::{LaneResult, LinkResult};
use std::cmp::Ordering;

/// Quality of a variant, in descending order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Standing {
    /// Margin of the worst lane, overload included, dB, rounded to 0.01 as printed (the search is
    /// more accurate);
    /// infinite where the limit is kept at any loss.
    Margin(f64),
    /// A lane misses the limit at any power: the port's error ratio.
    Floor(f64),
    /// A lane was not evaluated.
    Unknown,
}

impl Standing {
    fn of(result: &LinkResult) -> Standing {
        let lanes = &result.lanes;
        if lanes
            .iter()
            .any(|lane| lane.ber_semi_analytic.or(lane.loss_margin_db).or(lane.least_ber).is_none())
        {
            Standing::Unknown
        } else if lanes.iter().any(|lane| lane.least_ber.is_some()) {
            Standing::Floor(
                result.port.ber_semi_analytic.or(result.port.ber_counted).unwrap_or(1.0),
            )
        } else {
            let loss_margin_db = lanes.iter().map(capped_margin_db).fold(f64::INFINITY, f64::min);
            // no negative zero
            Standing::Margin((loss_margin_db * 100.0).round() / 100.0 + 0.0)
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
pub(super) fn ranks(results: &[&LinkResult]) -> Vec<usize> {
    let standings: Vec<Standing> = results.iter().map(|result| Standing::of(result)).collect();
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
}
