//! Merging tables, and filling in defaults.

use crate::error::{Problem, Result};
use crate::link::describe::config::Config;
use crate::link::layers::remedy::refused;
use toml::{Table, Value};

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
