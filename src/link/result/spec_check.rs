//! Check of a result against its limits.

use crate::link::describe::limits::{Limits, Status};
use crate::link::describe::presets;
use crate::link::describe::segments::DecisionPoint;
use crate::link::result::figures::{LaneResult, LinkResult};
use crate::link::result::metrics::derived::DERIVED;
use crate::link::result::metrics::lane::lane_metric;
use crate::link::result::metrics::limit::LaneMetric;
use crate::link::result::spec::{Finding, LimitSide, LimitStatus, SpecRow};
use crate::table::Spacing;

/// Every limit with its metric and the side on which it is kept.
const ROWS: [(&str, &str, LimitSide); 20] = [
    ("launch_power_max_dbm", "launch_power_dbm", LimitSide::Max),
    ("launch_power_min_dbm", "launch_power_dbm", LimitSide::Min),
    ("oma_max_dbm", "oma_tp2_dbm", LimitSide::Max),
    ("oma_min_dbm", "oma_tp2_dbm", LimitSide::Min),
    ("oma_minus_tdecq_min_dbm", "oma_minus_tdecq_dbm", LimitSide::Min),
    ("extinction_ratio_min_db", "er_tp2_db", LimitSide::Min),
    ("tdecq_max_db", "tdecq_db", LimitSide::Max),
    ("tecq_max_db", "tecq_db", LimitSide::Max),
    ("tdecq_minus_ceq_max_db", "tdecq_minus_ceq_db", LimitSide::Max),
    ("tdecq_minus_tecq_max_db", "tdecq_minus_tecq_db", LimitSide::Max),
    ("transition_time_max_ps", "transition_time_ps", LimitSide::Max),
    ("overshoot_max_percent", "overshoot_or_undershoot_percent", LimitSide::Max),
    ("rin_oma_max_db_per_hz", "rin_oma_db_per_hz", LimitSide::Max),
    ("pmd_ber", "ber_optical", LimitSide::Max),
    ("aui_ber", "ber_electrical", LimitSide::Max),
    ("link_ber", "ber_host_to_host", LimitSide::Max),
    ("link_outer_ber", "ber_host_to_host", LimitSide::Max),
    ("sensitivity_max_dbm", "sensitivity_oma_dbm", LimitSide::Max),
    ("sensitivity_minus_tecq_max_dbm", "sensitivity_minus_tecq_dbm", LimitSide::Max),
    ("stressed_sensitivity_max_dbm", "stressed_sensitivity_dbm", LimitSide::Max),
];

/// Value and number of a lane, key and value of the limit that holds for it.
type Worst = (f64, usize, &'static str, f64);

/// The metric of a row, of a lane or derived.
fn limited(name: &str) -> Option<&'static LaneMetric> {
    lane_metric(name).or_else(|| DERIVED.iter().find(|metric| metric.name == name))
}

impl SpecRow {
    /// How values of the limited quantity lie along an axis: an error ratio in decades.
    pub fn spacing(&self) -> Spacing {
        let row = ROWS.iter().find(|(key, ..)| *key == self.limit_key);
        row.and_then(|(_, metric, _)| limited(metric))
            .map_or(Spacing::Linear, |metric| metric.spacing)
    }
}

impl Limits {
    /// Checks a result against every limit that is set; a limit that differs from that of the
    /// `preset` is the user's.
    pub fn judge(&self, result: &LinkResult) -> Vec<SpecRow> {
        let segments = result.module.segments();
        let decoded_before = result.config.inner_of_modules().is_some();
        let preset = result.preset.as_deref().and_then(presets::find).map(presets::Preset::limits);
        let row = |&(key, metric, side): &(&'static str, &'static str, LimitSide)| {
            let metric = limited(metric)?;
            let common = self.get(key)?;
            // limits of segments that the link does not have are skipped
            let idle = match key {
                "pmd_ber" => !segments.iter().any(|kind| kind.to == DecisionPoint::FarModule),
                "aui_ber" => segments.iter().all(|kind| kind.has_light()),
                "link_ber" => !result.module.has_hosts() || decoded_before,
                "link_outer_ber" => !decoded_before,
                _ => false,
            };
            if idle {
                return None;
            }
            let worse = |a: f64, b: f64| if side == LimitSide::Max { a > b } else { a < b };
            // the lane that is furthest outside its own limit, or nearest to it
            let further = |(value, limit): (f64, f64), (least, _, _, at): Worst| {
                if limit == at { worse(value, least) } else { worse(value - limit, least - at) }
            };
            let mut worst: Option<Worst> = None;
            let mut all = !result.lanes.is_empty();
            for lane in &result.lanes {
                let (key, limit) = self.of_lane(key, lane).unwrap_or((key, common));
                match metric.number(lane).filter(|value| value.is_finite()) {
                    Some(value) if worst.is_none_or(|worst| further((value, limit), worst)) => {
                        worst = Some((value, lane.lane, key, limit))
                    }
                    Some(_) => {}
                    None => all = false,
                }
            }
            let (counts, limit) = worst.map_or((key, common), |(_, _, key, limit)| (key, limit));
            let own = preset.as_ref().is_some_and(|preset| preset.get(counts) != Some(limit));
            let status = self.status.get(counts).copied().unwrap_or(Status::Assumed);
            let outside = worst.is_some_and(|(value, _, _, limit)| worse(value, limit));
            let sourced = !own && status != Status::Assumed;
            // one lane outside decides, whatever the others are
            let finding = match (outside, all) {
                (true, _) if sourced => Finding::Fail,
                (true, _) => Finding::OutsideAssumedLimit,
                (false, false) => Finding::NotMeasured,
                (false, true) if sourced => Finding::Pass,
                (false, true) => Finding::InsideAssumedLimit,
            };
            let worst = worst.filter(|_| all || outside);
            let (value, lane) = (worst.map(|worst| worst.0), worst.map(|worst| worst.1));
            Some(SpecRow {
                limit_key: key.to_owned(),
                name: metric.title(),
                value,
                lane,
                limit,
                side,
                status: if own { LimitStatus::User } else { status.into() },
                finding,
            })
        };
        ROWS.iter().filter_map(row).collect()
    }
}

impl Limits {
    /// The limit `key` where it depends on the lane: OMA less TDECQ by the extinction ratio.
    fn of_lane(&self, key: &str, lane: &LaneResult) -> Option<(&'static str, f64)> {
        let own = (key == "oma_minus_tdecq_min_dbm")
            .then(|| Some(self.oma_minus_tdecq_key(lane.er_tp2_db?)))??;
        Some((own, self.get(own)?)).filter(|_| own != key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 800GBASE-DR8: -1.9 dBm below an extinction ratio of 5 dB, -2.2 dBm from there on.
    #[test]
    fn oma_less_tdecq_is_held_against_the_limit_of_the_lanes_extinction_ratio() {
        let limits = presets::find("800gbase-dr8").expect("it ships").limits();
        let limit = |er_db: f64| {
            let lane = LaneResult { er_tp2_db: Some(er_db), ..LaneResult::default() };
            limits.of_lane("oma_minus_tdecq_min_dbm", &lane)
        };
        let high = Some(("oma_minus_tdecq_high_er_min_dbm", -2.2));
        assert_eq!([4.99, 5.0].map(limit), [None, high]);
        assert_eq!(limits.get("oma_minus_tdecq_min_dbm"), Some(-1.9));
        let other = presets::find("1.6tbase-dr8").expect("it ships").limits();
        let lane = LaneResult { er_tp2_db: Some(6.0), ..LaneResult::default() };
        assert_eq!(other.of_lane("oma_minus_tdecq_min_dbm", &lane), None);
    }

    #[test]
    fn every_limit_limits_a_metric() {
        for (key, metric, _) in ROWS {
            assert!(limited(metric).is_some(), "{key}: {metric}");
        }
    }
}
