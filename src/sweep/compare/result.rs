//! Results of a comparison of variants.

use super::rank::RankBy;
use crate::link::LinkResult;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The variants, in the order of the points.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compared {
    /// Version of the names of fields.
    pub schema: u32,
    /// Version of lightlane.
    pub version: String,
    /// Keys that differ.
    pub keys: Vec<String>,
    /// Number of variants requested.
    pub total: u64,
    /// False when it was stopped before all of them were run.
    pub complete: bool,
    /// Margin by which the variants rank.
    #[serde(default)]
    pub rank_by: RankBy,
    /// Whether data and noise of every lane are drawn from the same seed in all variants.
    pub same_seeds: bool,
    /// The variants that were completed.
    pub variants: Vec<Variant>,
}

/// One variant: its values on the axes, its rank, and its complete result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Variant {
    /// Its values.
    pub at: Coordinates,
    /// Rank by the margin `rank_by` of the worst lane, rounded to 0.01 dB, from 1; equal margins
    /// share a rank. Variants with a lane that misses the limit at any power rank next, then those
    /// with a lane that was not evaluated.
    pub rank: usize,
    /// The same by the loss margin, capped by the overload margin.
    pub rank_by_loss: usize,
    /// The same by the SNR margin.
    pub rank_by_snr: usize,
    /// Mean margin of all lanes, dB; absent unless every lane has one.
    pub loss_margin_mean_db: Option<f64>,
    /// Lower end of its 95 % interval by the scatter of the lanes (Student t); absent for one lane.
    pub loss_margin_mean_db_low: Option<f64>,
    /// Upper end.
    pub loss_margin_mean_db_high: Option<f64>,
    /// Difference to the first variant; absent for the first.
    pub difference: Option<Difference>,
    /// Result of its run.
    #[serde(flatten)]
    pub result: LinkResult,
}

/// Difference of a variant from the first one, lane by lane.
///
/// ```text
/// d_i = x_i(variant) - x_i(first),    mean(d) -+ t s(d) / sqrt(lanes)
/// ```
///
/// Only lanes with the figure in both are included. Margins are searched to
/// [`MARGIN_WITHIN_DB`](crate::link::MARGIN_WITHIN_DB) each: the interval of their difference is
/// wider by both, unless every lane's difference is exactly zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Whether each lane draws data and noise from the same seed as in the first variant.
    pub same_seeds: bool,
    /// Lanes with a margin in both.
    pub margin_lanes: usize,
    /// Mean difference of their margins, dB; above zero where this variant is better.
    pub loss_margin_db: Option<f64>,
    /// Lower end of its 95 % interval; absent for one lane.
    pub loss_margin_db_low: Option<f64>,
    /// Upper end.
    pub loss_margin_db_high: Option<f64>,
    /// Lanes with a semi-analytic bit error ratio above zero in both.
    pub ln_ber_lanes: usize,
    /// Mean difference of its natural logarithm; below zero where this variant is better.
    pub ln_ber: Option<f64>,
    /// Lower end of its 95 % interval; absent for one lane.
    pub ln_ber_low: Option<f64>,
    /// Upper end.
    pub ln_ber_high: Option<f64>,
    /// The lanes that both have.
    pub lanes: Vec<LaneDifference>,
}

/// One lane's differences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LaneDifference {
    /// Number, from 0.
    pub lane: usize,
    /// Difference of the margins, dB.
    pub loss_margin_db: Option<f64>,
    /// Difference of the natural logarithms of the semi-analytic bit error ratios.
    pub ln_ber: Option<f64>,
}

/// Keys with their values, in the order of the axes; an object in JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coordinates(pub Vec<(String, Value)>);

impl Serialize for Coordinates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Coordinates;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of keys and values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Coordinates, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Coordinates(all))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}
