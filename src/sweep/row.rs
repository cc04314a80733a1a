//! The row of a lane at a point: values of the axes, then the metrics of the lane.

use crate::link::{LaneResult, lane_cells, lane_metrics};
use crate::table::Row;
use serde_json::Value;

/// The row of a lane's result at a point of a sweep.
pub fn lane_row(at: &[toml::Value], result: &LaneResult) -> Row {
    Row { at: at.iter().map(of_toml).collect(), cells: lane_cells(result) }
}

/// Names of the cells of [`lane_row`].
pub fn lane_columns() -> Vec<String> {
    lane_metrics().map(|metric| metric.name.to_owned()).collect()
}

/// An axis value as JSON. A number keeps every digit; a list of files has their paths, and
/// another list stays as written.
pub(super) fn of_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::Integer(n) => Value::from(*n),
        toml::Value::Float(x) => Value::from(*x),
        toml::Value::Boolean(yes) => Value::from(*yes),
        toml::Value::String(text) => Value::from(text.as_str()),
        toml::Value::Array(files) if files.iter().all(toml::Value::is_str) => {
            let paths: Vec<&str> = files.iter().filter_map(toml::Value::as_str).collect();
            Value::from(paths.join(", "))
        }
        other => Value::from(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_names_of_a_lane_in_their_order_and_every_digit() {
        let lane = LaneResult {
            lane: 3,
            loss_margin_db: Some(0.1 + 0.2),
            snr_db: Some(f64::NAN),
            not_evaluated: Some("dark".into()),
            ..LaneResult::default()
        };
        let row = lane_row(&[toml::Value::Float(0.3), toml::Value::String("eml".into())], &lane);
        assert_eq!(row.at, [Value::from(0.3), Value::from("eml")]);
        let names = lane_columns();
        assert_eq!(names[..4], ["lane", "bits", "errors", "ber_counted"]);
        assert_eq!(names.len(), row.cells.len());
        let figure = |name: &str| &row.cells[names.iter().position(|n| n == name).unwrap()];
        assert_eq!(figure("loss_margin_db").as_f64(), Some(0.1 + 0.2));
        assert!(figure("snr_db").is_null() && figure("rlm").is_null());
        assert_eq!(figure("not_evaluated"), "dark");
        assert!(row.cells.iter().all(|value| !value.is_array() && !value.is_object()), "flat");
    }
}
