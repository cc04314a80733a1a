//! The row of a lane at a point: values of the axes, then the lane's figures by their names.

use crate::link::LaneResult;
use crate::table::Row;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Parts of a lane's result that are no column: a table of its own, and a word on another column.
const LEFT_OUT: [&str; 6] = [
    "slicer",
    "segments",
    "symbol_error_histogram",
    "burst_lengths",
    "burst_lengths_at_limit",
    "interval_kind",
];

/// The row of a lane's result at a point of a sweep.
pub fn lane_row(at: &[toml::Value], result: &LaneResult) -> Row {
    Row { at: at.iter().map(of_toml).collect(), cells: cells(result) }
}

/// Names of the cells of [`lane_row`].
pub fn lane_columns() -> Vec<String> {
    names(&LaneResult::default())
}

/// Cells of any flat result.
pub fn cells(result: &impl Serialize) -> Vec<Value> {
    flat(result).into_iter().map(|(_, value)| value).collect()
}

/// Names of the cells of a flat result.
pub fn names(result: &impl Serialize) -> Vec<String> {
    flat(result).into_iter().map(|(name, _)| name).collect()
}

/// A result's figures with their names, in the order in which they are described.
fn flat(result: &impl Serialize) -> Vec<(String, Value)> {
    let text = serde_json::to_string(result).expect("every key is text");
    let Ordered(all) = serde_json::from_str(&text).expect("written just now");
    let kept = all.into_iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    kept.flat_map(|(name, value)| match value {
        // a table's figures are columns of their own
        Value::Object(table) => {
            table.into_iter().map(|(key, value)| (format!("{name}_{key}"), value)).collect()
        }
        value => vec![(name, value)],
    })
    .collect()
}

/// An axis value as JSON. A number keeps every digit; a list or a date stays as it is written.
pub(super) fn of_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::Integer(n) => Value::from(*n),
        toml::Value::Float(x) => Value::from(*x),
        toml::Value::Boolean(yes) => Value::from(*yes),
        toml::Value::String(text) => Value::from(text.as_str()),
        other => Value::from(other.to_string()),
    }
}

/// A JSON object whose keys stay in order.
struct Ordered(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Ordered;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Ordered(all))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_names_of_a_lane_in_their_order_and_every_digit() {
        let lane = LaneResult {
            lane: 3,
            margin_db: Some(0.1 + 0.2),
            snr_db: Some(f64::NAN),
            refusal: Some("dark".into()),
            ..LaneResult::default()
        };
        let row = lane_row(&[toml::Value::Float(0.3), toml::Value::String("eml".into())], &lane);
        assert_eq!(row.at, [Value::from(0.3), Value::from("eml")]);
        let names = lane_columns();
        assert_eq!(names[..4], ["lane", "bits", "errors", "ber_counted"]);
        assert_eq!(names.len(), row.cells.len());
        let figure = |name: &str| &row.cells[names.iter().position(|n| n == name).unwrap()];
        assert_eq!(figure("margin_db").as_f64(), Some(0.1 + 0.2));
        assert!(figure("snr_db").is_null() && figure("rlm").is_null());
        assert_eq!(figure("refusal"), "dark");
        assert!(row.cells.iter().all(|value| !value.is_array() && !value.is_object()), "flat");
    }
}
