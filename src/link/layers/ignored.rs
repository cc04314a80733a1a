//! Keys that were written but have no effect.

use super::implied::at;
use super::layered::LayeredConfig;
use super::merging::merge;
use crate::link::describe::config::Config;
use crate::link::describe::idle::Idle;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Largest number of keys that are named for one reason.
const NAMED_MAX: usize = 4;

impl LayeredConfig {
    /// A warning that names the keys which the user's layers change and which have no effect on the
    /// lanes, with what they would need.
    pub(super) fn ignored(&self, lanes: &[Config]) -> Option<String> {
        let preset = usize::from(self.preset().is_some());
        let mut below = Table::try_from(Config::default()).unwrap_or_default();
        let mut idle: Vec<Idle> = Vec::new();
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (i, layer) in self.layers.iter().enumerate() {
            if i >= preset {
                for path in leaves(&layer.table) {
                    if idle.is_empty() {
                        idle = lanes.iter().map(Config::idle).collect();
                    }
                    let Some(why) = unused(&path, &idle) else { continue };
                    if at(&layer.table, &path) != below_of(&below, &path) {
                        let keys = found.entry(why.to_owned()).or_default();
                        if !keys.contains(&path) {
                            keys.push(path);
                        }
                    }
                }
            }
            merge(&mut below, &layer.table);
        }
        let reason = |(why, keys): (&String, &Vec<String>)| {
            let named = keys[..keys.len().min(NAMED_MAX)].join(", ");
            let more = match keys.len().saturating_sub(NAMED_MAX) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{named}{more} ({why})")
        };
        let all: Vec<String> = found.iter().map(reason).collect();
        (!all.is_empty()).then(|| format!("without effect: {}", all.join("; ")))
    }
}

/// Why a key has no effect on any lane that it is for.
fn unused<'a>(path: &str, idle: &'a [Idle]) -> Option<&'a str> {
    if let Some((lane, inside)) = path.strip_prefix("lane.").and_then(|rest| rest.split_once('.')) {
        return idle.get(lane.parse::<usize>().ok()?)?.why(inside);
    }
    let all = || idle.iter().map(|idle| idle.why(path));
    if all().any(|why| why.is_none()) { None } else { all().next().flatten() }
}

/// The value that a key has in the layers below; a lane's own, or else that of all lanes.
fn below_of<'t>(below: &'t Table, path: &str) -> Option<&'t Value> {
    let inside = path.strip_prefix("lane.").and_then(|rest| rest.split_once('.'));
    at(below, path).or_else(|| at(below, inside?.1))
}

/// Dotted paths of all values of a table.
fn leaves(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                found.extend(leaves(inner).iter().map(|rest| format!("{key}.{rest}")));
            }
            _ => found.push(key.clone()),
        }
    }
    found
}
