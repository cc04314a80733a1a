//! An axis of rows, as shown in a figure.

use super::labels::{key_label, value_label};
use super::scale::{AxisScale, ScaleKind};
use toml::Value;

/// Ratio of a list's values from which its axis is logarithmic.
const DECADES: f64 = 100.0;

/// A key of a description and its values in some rows.
#[derive(Clone, Debug)]
pub struct ChartAxis {
    /// The key: `fibre.length_km`.
    pub key: String,
    /// Its values, in the order of the rows.
    pub values: Vec<Value>,
    /// Whether the values were listed one by one.
    pub is_list: bool,
    /// Whether the values are in equal ratios.
    pub is_logarithmic: bool,
}

impl ChartAxis {
    /// Number of values.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// True if every value is a number.
    pub(super) fn is_numeric(&self) -> bool {
        self.values.iter().all(|value| number(value).is_some())
    }

    /// Name and unit of the key: `fibre length`, `km`.
    pub(super) fn label(&self) -> (String, &'static str) {
        key_label(&self.key)
    }

    /// A value in a legend.
    pub(super) fn value_label(&self, i: usize) -> String {
        value_label(&self.values[i])
    }

    /// Places of the values in ascending order, each with its index; for names, their indices.
    pub(super) fn places(&self) -> Vec<(f64, usize)> {
        let numeric = self.is_numeric();
        let place = |(i, value): (usize, &Value)| {
            if numeric { (number(value).unwrap_or(f64::NAN), i) } else { (i as f64, i) }
        };
        let mut places: Vec<(f64, usize)> = self.values.iter().enumerate().map(place).collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        places
    }

    fn spans_decades(&self) -> bool {
        let places = self.places();
        matches!(
            (places.first(), places.last()),
            (Some((low, _)), Some((high, _))) if *low > 0.0 && high / low >= DECADES
        )
    }

    /// Scale of the axis in a figure.
    pub(super) fn scale(&self) -> AxisScale {
        let (quantity, unit) = self.label();
        let kind = if !self.is_numeric() {
            ScaleKind::Categories((0..self.count()).map(|i| self.value_label(i)).collect())
        } else if self.is_logarithmic || (self.is_list && self.spans_decades()) {
            ScaleKind::Logarithmic
        } else {
            ScaleKind::Linear
        };
        AxisScale { quantity, unit: unit.to_owned(), kind }
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|n| n as f64))
}
