//! The limits of a PMD, each with the status of its source.

use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Status of a limit's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// From a published standard, through secondary sources.
    Normative,
    /// From a draft.
    Draft,
    /// Derived from numbers of a standard or draft.
    Derived,
    /// Assumed, without a document at hand.
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

/// Limits of the results; an absent limit is not checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest pre-FEC bit error ratio of the optical segment.
    pub pmd_ber: f64,
    /// Largest pre-FEC bit error ratio of an electrical segment between a host and a module.
    pub aui_ber: f64,
    /// Largest pre-FEC bit error ratio from host to host.
    pub link_ber: f64,
    /// The same before the outer code, where modules decode the inner one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_outer_ber: Option<f64>,
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
    /// The same of a transmitter whose extinction ratio is at least `high_extinction_ratio_db`,
    /// dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oma_minus_tdecq_high_er_min_dbm: Option<f64>,
    /// Extinction ratio from which `oma_minus_tdecq_high_er_min_dbm` holds, dB.
    pub high_extinction_ratio_db: f64,
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
    /// Largest insertion loss of the channel, fibre and connectors, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_loss_max_db: Option<f64>,
    /// Status of each limit; a limit without an entry is assumed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub status: BTreeMap<String, Status>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pmd_ber: 2.4e-4,
            aui_ber: 1e-5,
            link_ber: 2.8e-4,
            link_outer_ber: None,
            launch_power_max_dbm: 4.0,
            oma_max_dbm: 4.2,
            extinction_ratio_min_db: 3.5,
            launch_power_min_dbm: None,
            oma_min_dbm: None,
            oma_minus_tdecq_min_dbm: None,
            oma_minus_tdecq_high_er_min_dbm: None,
            high_extinction_ratio_db: 5.0,
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
            channel_loss_max_db: None,
            status: BTreeMap::new(),
        }
    }
}

impl Limits {
    /// Every limit that is set, by key.
    fn set(&self) -> [(&'static str, Option<f64>); 22] {
        [
            ("pmd_ber", Some(self.pmd_ber)),
            ("aui_ber", Some(self.aui_ber)),
            ("link_ber", Some(self.link_ber)),
            ("link_outer_ber", self.link_outer_ber),
            ("launch_power_max_dbm", Some(self.launch_power_max_dbm)),
            ("oma_max_dbm", Some(self.oma_max_dbm)),
            ("extinction_ratio_min_db", Some(self.extinction_ratio_min_db)),
            ("launch_power_min_dbm", self.launch_power_min_dbm),
            ("oma_min_dbm", self.oma_min_dbm),
            ("oma_minus_tdecq_min_dbm", self.oma_minus_tdecq_min_dbm),
            ("oma_minus_tdecq_high_er_min_dbm", self.oma_minus_tdecq_high_er_min_dbm),
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
            ("channel_loss_max_db", self.channel_loss_max_db),
        ]
    }

    pub(crate) fn get(&self, key: &str) -> Option<f64> {
        self.set().into_iter().find(|(known, _)| *known == key).and_then(|(_, limit)| limit)
    }

    /// Limits without which there is no transmitter that just complies.
    const COMPLIANCE: [&str; 4] =
        ["oma_minus_tdecq_min_dbm", "tdecq_max_db", "rin_oma_max_db_per_hz", "channel_loss_max_db"];

    /// Reports limits that a transmitter that just complies needs and that are not given.
    pub(crate) fn check_compliance(&self, at: &KeyPath, problems: &mut Problems) {
        for key in Self::COMPLIANCE.into_iter().filter(|key| self.get(key).is_none()) {
            let remedy = "must be given with simulation.worst_compliant = true: the smallest \
                          OMA, the largest TDECQ and RIN of a compliant transmitter and the \
                          largest loss of its channel follow from the limits";
            problems.report(at, key, "none", remedy);
        }
    }

    /// Key of the smallest OMA less TDECQ at an extinction ratio.
    pub(crate) fn oma_minus_tdecq_key(&self, extinction_ratio_db: f64) -> &'static str {
        let high = extinction_ratio_db >= self.high_extinction_ratio_db
            && self.oma_minus_tdecq_high_er_min_dbm.is_some();
        if high { "oma_minus_tdecq_high_er_min_dbm" } else { "oma_minus_tdecq_min_dbm" }
    }

    /// Smallest OMA of a compliant transmitter, whose larger one of TECQ and TDECQ is
    /// `eye_closure_db`, dBm; `None` without a limit.
    pub(crate) fn least_oma_dbm(
        &self,
        extinction_ratio_db: f64,
        eye_closure_db: f64,
    ) -> Option<f64> {
        let least = self.get(self.oma_minus_tdecq_key(extinction_ratio_db))? + eye_closure_db;
        Some(self.oma_min_dbm.map_or(least, |oma_min_dbm| oma_min_dbm.max(least)))
    }

    /// Reports every value that is out of its range.
    pub(crate) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        for (key, limit) in self.set().into_iter().filter_map(|(key, limit)| Some((key, limit?))) {
            let range = match key {
                "pmd_ber" | "aui_ber" | "link_ber" | "link_outer_ber" => 1e-15..=0.2,
                "extinction_ratio_min_db" => 0.0..=100.0,
                "rin_oma_max_db_per_hz" => -300.0..=0.0,
                "transition_time_max_ps" | "overshoot_max_percent" => 0.0..=1000.0,
                _ => -100.0..=100.0,
            };
            problems.range(at, key, limit, range);
        }
        let from_db = self.high_extinction_ratio_db;
        problems.range(at, "high_extinction_ratio_db", from_db, 0.0..=100.0);
        for key in self.status.keys().filter(|key| self.set().iter().all(|(known, _)| known != key))
        {
            problems.report(&at.key("status"), key, "", "there is no such limit");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 800GBASE-DR8: -1.9 dBm + TDECQ, from an extinction ratio of 5 dB on -2.2 dBm + TDECQ, and
    /// -0.8 dBm at least.
    #[test]
    fn the_least_oma_follows_from_eye_closure_and_extinction_ratio() {
        let limits = Limits {
            oma_min_dbm: Some(-0.8),
            oma_minus_tdecq_min_dbm: Some(-1.9),
            oma_minus_tdecq_high_er_min_dbm: Some(-2.2),
            ..Limits::default()
        };
        for (er_db, eye_closure_db, dbm) in
            [(4.9, 3.4, 1.5), (5.0, 3.4, 1.2), (4.9, 1.0, -0.8), (5.0, 1.4, -0.8)]
        {
            let least = limits.least_oma_dbm(er_db, eye_closure_db).unwrap();
            assert!((least - dbm).abs() < 1e-12, "{least}");
        }
        assert_eq!(Limits::default().least_oma_dbm(5.0, 3.4), None);
    }
}
