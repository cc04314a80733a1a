//! Where a lane's margin goes: penalties of impairments, and sensitivities to tolerances.

use crate::sheet::{Assignment, Deviation, Inseparable, Law, Part};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Penalties and sensitivities of lanes of a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// Version of the names of fields.
    pub schema: u32,
    /// Version of lightlane.
    pub version: String,
    /// Seed of all noise.
    pub seed: u64,
    /// Digest of the description.
    pub config_hash: String,
    /// Preset of the description, if any.
    pub preset: Option<String>,
    /// Keys that were changed from the preset, with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changed: BTreeMap<String, toml::Value>,
    /// Name of the link in titles.
    pub name: String,
    /// Symbol rate of a lane, GBd.
    pub symbol_rate_gbd: f64,
    /// Limit of the pre-FEC bit error ratio.
    pub limit_ber: f64,
    /// Number of lanes of the link.
    pub lanes_of_link: usize,
    /// False if it was stopped early: what was not evaluated says so.
    pub complete: bool,
    /// The lanes explained, in ascending order.
    pub lanes: Vec<LaneExplanation>,
}

/// Penalties and sensitivities of one lane.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LaneExplanation {
    /// Number, from 0.
    pub lane: usize,
    /// Margins as described, with all impairments.
    pub margins: VariantMargins,
    /// Margins with receiver thermal noise alone, through its filters: all `penalties` away at
    /// once.
    pub thermal_only: VariantMargins,
    /// Impairments in force, the largest loss penalty first; those without one last.
    pub penalties: Vec<Penalty>,
    /// Filters of the receiver in force, each away alone. They pass the signal and the thermal
    /// noise alike and stay where that is alone, so that they are no step towards it. Below zero, a
    /// filter keeps out more noise than the interference that it makes costs.
    pub filters: Vec<Penalty>,
    /// What the penalties of single impairments leave of the distance from thermal noise alone to
    /// all impairments: `thermal_only - margins - sum of penalties`. Absent where one of them is.
    pub joint_remainder: MarginChange,
    /// Names of impairments that are ideal in the description.
    pub ideal: Vec<String>,
    /// Impairments that no key takes away; they are in every margin.
    pub inseparable: Vec<Inseparable>,
    /// Tolerances, the largest change of the loss margin first; those without one last.
    pub sensitivities: Vec<Sensitivity>,
    /// Root of the sum of squares of the mean changes of the loss margin, dB: the standard
    /// deviation of the margin if tolerances are independent and their effects linear.
    pub loss_margin_sigma_db: f64,
}

/// Margins of a variant of a lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VariantMargins {
    /// Extra loss to the limit, dB.
    pub loss_margin_db: Option<f64>,
    /// Growth of all noise to the limit, dB.
    pub snr_margin_db: Option<f64>,
    /// Why there is no loss margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_evaluated: Option<String>,
}

/// Difference of two variants' margins, dB; absent where either has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MarginChange {
    /// Of the loss margin, dB.
    pub loss_db: Option<f64>,
    /// Of the SNR margin, dB.
    pub snr_db: Option<f64>,
}

/// An impairment and what it costs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Penalty {
    /// Name of the impairment.
    pub name: String,
    /// Part of the link.
    pub part: Part,
    /// Keys that make it ideal.
    pub ideal: Vec<Assignment>,
    /// Margins without it.
    pub without: VariantMargins,
    /// Penalty: margin without it less margin with all. Below zero, the impairment helps.
    pub penalty: MarginChange,
}

/// A tolerance and the margin that it moves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Name of the tolerance.
    pub name: String,
    /// Part of the link.
    pub part: Part,
    /// Keys that move together, with their described values.
    pub keys: BTreeMap<String, f64>,
    /// One standard deviation, in the keys' unit or as a share of each value.
    pub deviation: Deviation,
    /// Unit of an absolute deviation.
    pub unit: String,
    /// Law of the deviations.
    pub law: Law,
    /// Where the tolerance comes from; its last word is its status: published, derived or assumed.
    pub source: String,
    /// Margins with the keys one deviation lower.
    pub lower: VariantMargins,
    /// Margins with the keys one deviation higher.
    pub higher: VariantMargins,
    /// Margin change at one deviation lower.
    pub change_lower: MarginChange,
    /// Margin change at one deviation higher.
    pub change_higher: MarginChange,
}

impl VariantMargins {
    /// No margins, for a reason.
    pub(crate) fn none(because: String) -> VariantMargins {
        VariantMargins { not_evaluated: Some(because), ..VariantMargins::default() }
    }

    /// These margins less others.
    #[must_use]
    pub fn less(&self, other: &VariantMargins) -> MarginChange {
        let less = |a: Option<f64>, b: Option<f64>| Some(a? - b?);
        MarginChange {
            loss_db: less(self.loss_margin_db, other.loss_margin_db),
            snr_db: less(self.snr_margin_db, other.snr_margin_db),
        }
    }
}

impl MarginChange {
    /// This change less the sum of others; absent where one of them is.
    #[must_use]
    pub fn less_sum<'a>(
        self,
        others: impl Iterator<Item = &'a MarginChange> + Clone,
    ) -> MarginChange {
        let left = |whole: Option<f64>, of: fn(&MarginChange) -> Option<f64>| {
            let sum: Option<f64> = others.clone().map(of).sum();
            Some(whole? - sum?)
        };
        MarginChange {
            loss_db: left(self.loss_db, |change| change.loss_db),
            snr_db: left(self.snr_db, |change| change.snr_db),
        }
    }
}

impl Sensitivity {
    /// Larger of both changes of the loss margin, without sign, dB.
    #[must_use]
    pub fn swing_db(&self) -> Option<f64> {
        let both = [self.change_lower.loss_db, self.change_higher.loss_db];
        both.into_iter().flatten().map(f64::abs).reduce(f64::max)
    }

    /// Mean change of the loss margin at one deviation, dB: half of the distance between both.
    #[must_use]
    pub fn slope_db(&self) -> Option<f64> {
        Some((self.change_higher.loss_db? - self.change_lower.loss_db?) / 2.0)
    }
}
