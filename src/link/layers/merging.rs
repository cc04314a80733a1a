//! Laying one table on another, and filling in what they leave out.

use crate::error::{Problem, Result};
use crate::link::describe::config::Config;
use crate::link::layers::remedy::refused;
use toml::{Table, Value};

/// Lays `above` on `below`: tables key by key, everything else whole.
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

/// A table with everything it does not say filled in.
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
