//! Keys that a user changes: those of the layers above the preset with other values than below.

use super::implied::at;
use super::layer::Layer;
use crate::link::describe::config::Config;
use crate::link::describe::merge::merge;
use toml::{Table, Value};

/// A key with the value that a user gives it, which is not the one of the preset.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Names of its path: `fibre`, `length_km`; one of a single lane begins with `lane` and its
    /// number.
    pub path: Vec<String>,
    /// Its value.
    pub value: Value,
}

impl Change {
    /// The key as in a flag: `lane.3.fibre.length_km`.
    pub fn key(&self) -> String {
        self.path.join(".")
    }

    /// Number of the lane whose key it is, and the names within the lane; no number for a key of
    /// all lanes.
    pub(crate) fn in_lane(&self) -> (Option<usize>, &[String]) {
        match self.path.as_slice() {
            [first, lane, inside @ ..] if first == "lane" => (lane.parse().ok(), inside),
            all => (None, all),
        }
    }
}

/// The keys that the layers from `own` on change, in the order of their writing.
pub(super) fn of(layers: &[Layer], own: usize) -> Vec<Change> {
    let mut below = Table::try_from(Config::default()).unwrap_or_default();
    layers[..own].iter().for_each(|layer| merge(&mut below, &layer.table));
    let mut above = Table::new();
    layers[own..].iter().for_each(|layer| merge(&mut above, &layer.table));
    let mut merged = below.clone();
    merge(&mut merged, &above);
    let mut changes = Vec::new();
    leaves(&above, &mut Vec::new(), &mut changes);
    changes.retain(|change| {
        let all_lanes = match change.in_lane() {
            (Some(_), inside) => at(&merged, &inside.join(".")),
            (None, _) => None,
        };
        let before = at(&below, &change.key()).or(all_lanes);
        before.is_none_or(|before| !same(before, &change.value))
    });
    changes
}

/// Whether two values are the same to a reader: 2 is 2.0.
fn same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| value.as_float().or(value.as_integer().map(|n| n as f64));
    a == b || number(a).is_some_and(|x| Some(x) == number(b))
}

/// Adds all values of a table, with their paths.
fn leaves(table: &Table, at: &mut Vec<String>, found: &mut Vec<Change>) {
    for (name, value) in table {
        at.push(name.clone());
        match value {
            Value::Table(inner) => leaves(inner, at, found),
            value => found.push(Change { path: at.clone(), value: value.clone() }),
        }
        at.pop();
    }
}

#[cfg(test)]
mod tests {
    use crate::link::LayeredConfig;

    /// What a layer writes as it was below is no change; the last of several values counts.
    #[test]
    fn only_what_differs_from_the_preset_is_a_change() {
        let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
        for set in [
            "fibre.length_km=3",
            "fibre.length_km=2",
            "lanes=8",
            "symbol_rate_gbd=53.125",
            "lane.1.fibre.length_km=2",
            "lane.2.transmitter.kind=mzm",
        ] {
            stack.set(set).unwrap();
        }
        let changes = stack.resolve().unwrap().changes;
        let shown: Vec<String> =
            changes.iter().map(|change| format!("{} = {}", change.key(), change.value)).collect();
        assert_eq!(shown, ["fibre.length_km = 2", "lane.2.transmitter.kind = \"mzm\""]);
    }
}
