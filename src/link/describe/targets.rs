//! The results that are expected of a link.

use serde::{Deserialize, Serialize};

/// Ranges expected of the worst lane, as `[low, high]`; `check` fails outside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// Semi-analytic bit error ratio of the worst lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ber_semi_analytic: Option<[f64; 2]>,
    /// Counted bit error ratio of all lanes together; judged by its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ber_counted: Option<[f64; 2]>,
    /// Counted bit error ratio of all lanes at the limit; judged by its interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ber_counted_at_limit: Option<[f64; 2]>,
    /// Margin of the worst lane, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_db: Option<[f64; 2]>,
    /// Slicer's signal to noise ratio of the worst lane, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snr_db: Option<[f64; 2]>,
    /// Outer modulation amplitude at TP2, every lane, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oma_tp2_dbm: Option<[f64; 2]>,
    /// Extinction ratio at TP2, every lane, dB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub er_tp2_db: Option<[f64; 2]>,
    /// Average launch power at TP2, every lane, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_power_dbm: Option<[f64; 2]>,
    /// Ratio of level mismatch at the slicer, every lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rlm: Option<[f64; 2]>,
    /// Share of lost frames in closed form, of the worst lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_loss_ratio_closed: Option<[f64; 2]>,
    /// Codewords of the port that were given up; needs all of its lanes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncorrectable: Option<[f64; 2]>,
    /// TECQ of the worst lane, dB; with `tdecq.enabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tecq_db: Option<[f64; 2]>,
    /// TDECQ of the worst lane, dB; with `tdecq.enabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tdecq_db: Option<[f64; 2]>,
}

impl Targets {
    /// Every target that is set, by key.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, [f64; 2])> {
        let all = [
            ("ber_semi_analytic", self.ber_semi_analytic),
            ("ber_counted", self.ber_counted),
            ("ber_counted_at_limit", self.ber_counted_at_limit),
            ("margin_db", self.margin_db),
            ("snr_db", self.snr_db),
            ("oma_tp2_dbm", self.oma_tp2_dbm),
            ("er_tp2_db", self.er_tp2_db),
            ("launch_power_dbm", self.launch_power_dbm),
            ("rlm", self.rlm),
            ("frame_loss_ratio_closed", self.frame_loss_ratio_closed),
            ("uncorrectable", self.uncorrectable),
            ("tecq_db", self.tecq_db),
            ("tdecq_db", self.tdecq_db),
        ];
        all.into_iter().filter_map(|(key, range)| range.map(|range| (key, range)))
    }
}
