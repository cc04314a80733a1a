//! Renamed keys and values: an old one is refused with a hint to the new one.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Content of `renamed.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RenamedKeys {
    /// Keys and tables, old to new.
    pub(super) keys: BTreeMap<String, String>,
    /// Values, old to new, by the new key.
    pub(super) values: BTreeMap<String, BTreeMap<String, String>>,
}

pub(super) static RENAMED: LazyLock<RenamedKeys> =
    LazyLock::new(|| toml::from_str(include_str!("renamed.toml")).expect("a table of names"));

impl RenamedKeys {
    /// New key of an old one, by the longest entry that it begins with.
    pub(super) fn key(&self, old: &str) -> Option<String> {
        let ends = old.match_indices('.').map(|(at, _)| at).chain([old.len()]);
        let mut longest_first: Vec<usize> = ends.collect();
        longest_first.reverse();
        longest_first
            .into_iter()
            .find_map(|end| Some(format!("{}{}", self.keys.get(&old[..end])?, &old[end..])))
    }

    /// True if an old key is `table` or lies in it.
    pub(super) fn has_keys_of(&self, table: &str) -> bool {
        let inside = format!("{table}.");
        self.key(table).is_some() || self.keys.keys().any(|old| old.starts_with(&inside))
    }

    /// New value for an old value of a key, or of a table that contains the key.
    pub(super) fn value(&self, key: &str, old: &str) -> Option<&str> {
        let tables = key.match_indices('.').map(|(at, _)| &key[..at]);
        [key].into_iter().chain(tables).find_map(|key| {
            self.values.get(key).and_then(|values| values.get(old)).map(String::as_str)
        })
    }
}

/// A key in British spelling.
pub(super) fn british(key: &str) -> String {
    key.replace("fiber", "fibre")
}
