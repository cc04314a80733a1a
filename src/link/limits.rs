//! The limits of a PMD, each with the standing of its source, and the verdicts on a result.

use super::presets;
use super::result::{LaneResult, LinkResult, SegmentResult};
use crate::error::{Path, Problems};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a limit is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// From a published standard, through secondary sources.
    Normative,
    /// From a draft.
    Draft,
    /// Computed from such numbers.
    Derived,
    /// From memory or by judgement.
    Assumed,
}

impl Status {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Status::Normative => "normative",
            Status::Draft => "draft",
            Status::Derived => "derived",
            Status::Assumed => "assumed",
        }
    }
}

/// What the results are held against; a limit that is absent is not looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bit error ratio before error correction that the optical segment may reach.
    pub pmd_ber: f64,
    /// The same that an electrical segment between a host and a module may reach.
    pub aui_ber: f64,
    /// The same from host to host.
    pub link_ber: f64,
    /// Largest average launch power of a lane, dBm.
    pub launch_power_max_dbm: f64,
    /// Largest outer modulation amplitude of a lane, dBm.
    pub oma_max_dbm: f64,
    /// Smallest extinction ratio, dB.
    pub extinction_ratio_min_db: f64,
    /// Smallest average launch power, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_power_min_dbm: Option<f64>,
    /// Smallest outer modulation amplitude, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oma_min_dbm: Option<f64>,
    /// Smallest outer modulation amplitude less the larger of TECQ and TDECQ, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oma_minus_tdecq_min_dbm: Option<f64>,
    /// Largest TDECQ, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tdecq_max_db: Option<f64>,
    /// Largest TECQ, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tecq_max_db: Option<f64>,
    /// Largest TDECQ - 10 log10(Ceq), dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tdecq_minus_ceq_max_db: Option<f64>,
    /// Largest distance of TDECQ and TECQ, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tdecq_minus_tecq_max_db: Option<f64>,
    /// Largest transition time, ps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition_time_max_ps: Option<f64>,
    /// Largest over- and undershoot, %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overshoot_max_percent: Option<f64>,
    /// Largest RIN relative to OMA, dB/Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rin_oma_max_db_per_hz: Option<f64>,
    /// Largest receiver sensitivity (OMA), dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity_max_dbm: Option<f64>,
    /// Largest receiver sensitivity (OMA) less the TECQ of the transmitter it is measured with,
    /// dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitivity_minus_tecq_max_dbm: Option<f64>,
    /// Largest stressed receiver sensitivity (OMA), dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stressed_sensitivity_max_dbm: Option<f64>,
    /// How each of them is known; one that is not named is assumed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub status: BTreeMap<String, Status>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pmd_ber: 2.4e-4,
            aui_ber: 1e-5,
            link_ber: 2.8e-4,
            launch_power_max_dbm: 4.0,
            oma_max_dbm: 4.2,
            extinction_ratio_min_db: 3.5,
            launch_power_min_dbm: None,
            oma_min_dbm: None,
            oma_minus_tdecq_min_dbm: None,
            tdecq_max_db: None,
            tecq_max_db: None,
            tdecq_minus_ceq_max_db: None,
            tdecq_minus_tecq_max_db: None,
            transition_time_max_ps: None,
            overshoot_max_percent: None,
            rin_oma_max_db_per_hz: None,
            sensitivity_max_dbm: None,
            sensitivity_minus_tecq_max_dbm: None,
            stressed_sensitivity_max_dbm: None,
            status: BTreeMap::new(),
        }
    }
}

/// Which side of a limit is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// At or above it.
    Min,
    /// At or below it.
    Max,
}

/// What is said of a value and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Within a limit that has a source.
    Pass,
    /// Outside of it.
    Fail,
    /// Within a limit that is assumed, or the user's own.
    InsideAssumedLimit,
    /// Outside of it.
    OutsideAssumedLimit,
    /// There is no value.
    NotMeasured,
}

impl Finding {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Finding::Pass => "pass",
            Finding::Fail => "FAIL",
            Finding::InsideAssumedLimit => "inside assumed limit",
            Finding::OutsideAssumedLimit => "OUTSIDE ASSUMED LIMIT",
            Finding::NotMeasured => "not measured",
        }
    }
}

/// A limit, the worst lane's value beside it, and what is said of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpecRow {
    /// Key of the limit.
    pub limit_key: &'static str,
    /// What is limited, with its unit.
    pub name: &'static str,
    /// The worst lane's value; absent when a lane has none.
    pub value: Option<f64>,
    /// That lane.
    pub lane: Option<usize>,
    /// The limit.
    pub limit: f64,
    /// Which side of it is good.
    pub side: Side,
    /// How the limit is known: `normative`, `draft`, `derived`, `assumed`, or `own` where it
    /// differs from the preset's.
    pub status: &'static str,
    /// What is said.
    pub finding: Finding,
}

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
        segments => segments.iter().find(|segment| segment.name == "light")?.told_ber(),
    }),
    ("aui_ber", "bit error ratio before FEC, host and module", Side::Max, |l| {
        let electrical = l.segments.iter().filter(|segment| segment.name.contains("module"));
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
    /// Every limit that is set, by key.
    fn set(&self) -> [(&'static str, Option<f64>); 19] {
        [
            ("pmd_ber", Some(self.pmd_ber)),
            ("aui_ber", Some(self.aui_ber)),
            ("link_ber", Some(self.link_ber)),
            ("launch_power_max_dbm", Some(self.launch_power_max_dbm)),
            ("oma_max_dbm", Some(self.oma_max_dbm)),
            ("extinction_ratio_min_db", Some(self.extinction_ratio_min_db)),
            ("launch_power_min_dbm", self.launch_power_min_dbm),
            ("oma_min_dbm", self.oma_min_dbm),
            ("oma_minus_tdecq_min_dbm", self.oma_minus_tdecq_min_dbm),
            ("tdecq_max_db", self.tdecq_max_db),
            ("tecq_max_db", self.tecq_max_db),
            ("tdecq_minus_ceq_max_db", self.tdecq_minus_ceq_max_db),
            ("tdecq_minus_tecq_max_db", self.tdecq_minus_tecq_max_db),
            ("transition_time_max_ps", self.transition_time_max_ps),
            ("overshoot_max_percent", self.overshoot_max_percent),
            ("rin_oma_max_db_per_hz", self.rin_oma_max_db_per_hz),
            ("sensitivity_max_dbm", self.sensitivity_max_dbm),
            ("sensitivity_minus_tecq_max_dbm", self.sensitivity_minus_tecq_max_dbm),
            ("stressed_sensitivity_max_dbm", self.stressed_sensitivity_max_dbm),
        ]
    }

    fn get(&self, key: &str) -> Option<f64> {
        self.set().into_iter().find(|(known, _)| *known == key).and_then(|(_, limit)| limit)
    }

    /// Reports what is out of its range.
    pub(super) fn check(&self, at: &Path, problems: &mut Problems) {
        for (key, limit) in self.set().into_iter().filter_map(|(key, limit)| Some((key, limit?))) {
            let range = match key {
                "pmd_ber" | "aui_ber" | "link_ber" => 1e-15..=0.2,
                "extinction_ratio_min_db" => 0.0..=100.0,
                "rin_oma_max_db_per_hz" => -300.0..=0.0,
                "transition_time_max_ps" | "overshoot_max_percent" => 0.0..=1000.0,
                _ => -100.0..=100.0,
            };
            problems.range(at, key, limit, range);
        }
        for key in self.status.keys().filter(|key| self.set().iter().all(|(known, _)| known != key))
        {
            problems.report(&at.key("status"), key, "", "there is no such limit");
        }
    }

    /// Holds a result against every limit that is set; a limit that differs from that of the
    /// `preset` is the user's own.
    pub fn judge(&self, result: &LinkResult) -> Vec<SpecRow> {
        let preset = result.preset.as_deref().and_then(presets::find).map(presets::Preset::limits);
        let row = |&(key, name, side, value): &(&'static str, &'static str, Side, Value)| {
            let limit = self.get(key)?;
            // a segment that a link does not have is not looked at
            let idle = match key {
                "pmd_ber" => result.module.linear_receive(),
                "aui_ber" => !result.module.retimes_transmit(),
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
                status: if own { "own" } else { status.name() },
                finding,
            })
        };
        ROWS.iter().filter_map(row).collect()
    }
}
