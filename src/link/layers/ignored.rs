//! Keys that were written but have no effect.

use super::implied::at;
use super::layer::Layer;
use crate::link::describe::config::Config;
use crate::link::describe::idle_keys::Idle;
use crate::link::describe::merge::merge;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Largest number of keys that are named for one reason.
const NAMED_MAX: usize = 4;

/// Keys without effect, each with the reason.
pub(super) type IgnoredKeys = BTreeMap<String, String>;

/// The keys that the layers from `own` on change and that have no effect on the lanes.
pub(super) fn keys(layers: &[Layer], own: usize, lanes: &[Config]) -> IgnoredKeys {
    let written: Vec<(usize, String)> = layers
        .iter()
        .enumerate()
        .skip(own)
        .flat_map(|(i, layer)| leaves(&layer.table).into_iter().map(move |path| (i, path)))
        .collect();
    if written.is_empty() {
        return IgnoredKeys::new();
    }
    let idle: Vec<Idle> = lanes.iter().map(Config::idle).collect();
    let unused = |(i, path): (usize, String)| Some((i, unused(&path, &idle)?.to_owned(), path));
    let unused: Vec<(usize, String, String)> = written.into_iter().filter_map(unused).collect();
    if unused.is_empty() {
        return IgnoredKeys::new();
    }
    let mut below = Table::try_from(Config::default()).unwrap_or_default();
    let mut found = IgnoredKeys::new();
    for (i, layer) in layers.iter().enumerate() {
        for (_, why, path) in unused.iter().filter(|(of, ..)| *of == i) {
            if at(&layer.table, path) != below_of(&below, path) {
                found.insert(path.clone(), why.clone());
            }
        }
        merge(&mut below, &layer.table);
    }
    found
}

/// One warning for keys without effect, by their reasons.
pub(super) fn warning(ignored: &IgnoredKeys) -> Option<String> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, why) in ignored {
        by_reason.entry(why).or_default().push(key);
    }
    let reason = |(why, keys): (&&str, &Vec<&str>)| {
        let named = keys[..keys.len().min(NAMED_MAX)].join(", ");
        let more = match keys.len().saturating_sub(NAMED_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{named}{more} ({why})")
    };
    let all: Vec<String> = by_reason.iter().map(reason).collect();
    (!all.is_empty()).then(|| format!("without effect: {}", all.join("; ")))
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
