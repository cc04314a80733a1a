//! A result held against every limit that is set.

use crate::link::describe::limits::{Limits, Status};
use crate::link::describe::presets;
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::link::result::figures::{LaneResult, LinkResult, SegmentResult};
use crate::link::result::spec::{Finding, Side, SpecRow};

type Value = fn(&LaneResult) -> Option<f64>;

/// Every limit with what it limits.
const ROWS: [(&str, &str, Side, Value); 19] = [
    ("launch_power_max_dbm", "average launch power, dBm", Side::Max, |l| l.launch_power_dbm),
    ("launch_power_min_dbm", "average launch power, dBm", Side::Min, |l| l.launch_power_dbm),
    ("oma_max_dbm", "OMAouter, dBm", Side::Max, |l| l.oma_tp2_dbm),
    ("oma_min_dbm", "OMAouter, dBm", Side::Min, |l| l.oma_tp2_dbm),
    ("oma_minus_tdecq_min_dbm", "OMAouter - max(TECQ, TDECQ), dBm", Side::Min, |l| {
        Some(l.oma_tp2_dbm? - l.tecq_db?.max(l.tdecq_db?))
    }),
    ("extinction_ratio_min_db", "extinction ratio, dB", Side::Min, |l| l.er_tp2_db),
    ("tdecq_max_db", "TDECQ, dB", Side::Max, |l| l.tdecq_db),
    ("tecq_max_db", "TECQ, dB", Side::Max, |l| l.tecq_db),
    ("tdecq_minus_ceq_max_db", "TDECQ - 10 log10(Ceq), dB", Side::Max, |l| l.tdecq_minus_ceq_db),
    ("tdecq_minus_tecq_max_db", "|TDECQ - TECQ|, dB", Side::Max, |l| {
        Some((l.tdecq_db? - l.tecq_db?).abs())
    }),
    ("transition_time_max_ps", "transition time, ps", Side::Max, |l| l.transition_time_ps),
    ("overshoot_max_percent", "over- and undershoot, %", Side::Max, |l| {
        Some(l.overshoot_percent?.max(l.undershoot_percent?))
    }),
    ("rin_oma_max_db_per_hz", "RIN_xOMA, dB/Hz", Side::Max, |l| l.rin_oma_db_per_hz),
    ("pmd_ber", "bit error ratio before FEC, light", Side::Max, |l| match l.segments.as_slice() {
        [] => l.told_ber(),
        segments => {
            segments.iter().find(|segment| segment.name == SegmentKind::OPTICAL)?.told_ber()
        }
    }),
    ("aui_ber", "bit error ratio before FEC, host and module", Side::Max, |l| {
        let electrical = l.segments.iter().filter(|segment| !segment.name.has_light());
        electrical.filter_map(SegmentResult::told_ber).reduce(f64::max)
    }),
    ("link_ber", "bit error ratio before FEC, host to host", Side::Max, LaneResult::told_ber),
    ("sensitivity_max_dbm", "receiver sensitivity (OMA), dBm", Side::Max, |l| {
        l.sensitivity_oma_dbm
    }),
    ("sensitivity_minus_tecq_max_dbm", "receiver sensitivity (OMA) - TECQ, dBm", Side::Max, |l| {
        Some(l.sensitivity_oma_dbm? - l.tecq_db?)
    }),
    (
        "stressed_sensitivity_max_dbm",
        "stressed sensitivity (OMA), dBm: lightlane srs",
        Side::Max,
        |_| None,
    ),
];

impl Limits {
    /// Holds a result against every limit that is set; a limit that differs from that of the
    /// `preset` is the user's own.
    pub fn judge(&self, result: &LinkResult) -> Vec<SpecRow> {
        let segments = result.module.segments();
        let preset = result.preset.as_deref().and_then(presets::find).map(presets::Preset::limits);
        let row = |&(key, name, side, value): &(&'static str, &'static str, Side, Value)| {
            let limit = self.get(key)?;
            // a segment that a link does not have is not looked at
            let idle = match key {
                "pmd_ber" => !segments.iter().any(|kind| kind.to == DecisionPoint::FarModule),
                "aui_ber" => segments.iter().all(|kind| kind.has_light()),
                "link_ber" => !result.module.has_hosts(),
                _ => false,
            };
            if idle {
                return None;
            }
            let own = preset.as_ref().is_some_and(|preset| preset.get(key) != Some(limit));
            let status = self.status.get(key).copied().unwrap_or(Status::Assumed);
            let worse = |a: f64, b: f64| if side == Side::Max { a > b } else { a < b };
            let mut worst: Option<(f64, usize)> = None;
            let mut all = !result.lanes.is_empty();
            for lane in &result.lanes {
                match value(lane).filter(|value| value.is_finite()) {
                    Some(value) if worst.is_none_or(|(least, _)| worse(value, least)) => {
                        worst = Some((value, lane.lane))
                    }
                    Some(_) => {}
                    None => all = false,
                }
            }
            let outside = worst.is_some_and(|(value, _)| worse(value, limit));
            let sourced = !own && status != Status::Assumed;
            // one lane outside is outside, whatever the others are
            let finding = match (outside, all) {
                (true, _) if sourced => Finding::Fail,
                (true, _) => Finding::OutsideAssumedLimit,
                (false, false) => Finding::NotMeasured,
                (false, true) if sourced => Finding::Pass,
                (false, true) => Finding::InsideAssumedLimit,
            };
            let worst = worst.filter(|_| all || outside);
            let (value, lane) = (worst.map(|(value, _)| value), worst.map(|(_, lane)| lane));
            Some(SpecRow {
                limit_key: key,
                name,
                value,
                lane,
                limit,
                side,
                status: if own { "user" } else { status.name() },
                finding,
            })
        };
        ROWS.iter().filter_map(row).collect()
    }
}
