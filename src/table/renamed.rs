//! Names of results that changed: an old name is refused with a hint to the new one.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The table of renamed names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenamedNames {
    /// JSON keys, columns, figures and targets: old name to new name.
    pub names: BTreeMap<String, String>,
    /// Values by the new name of their key: old value to new value.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Dotted paths in the JSON of a result: old path to new path.
    pub moved: BTreeMap<String, String>,
}

impl RenamedNames {
    /// New name of a column, figure or target that was renamed.
    pub fn name(&self, old: &str) -> Option<&str> {
        self.names.get(old).map(String::as_str)
    }
}

/// The built-in table.
pub fn renamed() -> &'static RenamedNames {
    static TABLE: LazyLock<RenamedNames> =
        LazyLock::new(|| toml::from_str(include_str!("renamed.toml")).expect("it ships"));
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_new_name_is_an_old_one() {
        let table = renamed();
        for (old, new) in &table.names {
            assert!(!table.names.contains_key(new), "{old} -> {new} -> ..");
        }
    }
}
