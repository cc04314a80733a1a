//! Merging tables, and filling in defaults.

use crate::error::{Problem, Result};
use crate::link::describe::config::Config;
use crate::link::layers::remedy::refused;
use toml::{Table, Value};

/// Merges `above` into `below`: tables key by key; other values are replaced.
pub(super) fn merge(below: &mut Table, above: &Table) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

/// A table with defaults for all missing keys.
pub(super) fn complete(table: Table) -> Result<Config> {
    Value::Table(table).try_into().map_err(|error: toml::de::Error| {
        refused(Problem {
            place: None,
            path: String::new(),
            value: String::new(),
            remedy: error.message().to_owned(),
        })
    })
}
