//! Variants of one lane's description.

use crate::error::Result;
use crate::link::describe::config::Config;
use crate::link::layers::implied::put;
use crate::link::layers::merging::complete;
use crate::sheet::Assignment;
use toml::Table;

impl Config {
    /// The description with some keys changed; its lane's neighbours stay as they are.
    ///
    /// # Errors
    ///
    /// A key or a value that a description does not have. Ranges are not checked.
    pub(crate) fn edited(&self, assignments: &[Assignment]) -> Result<Config> {
        let mut table = Table::try_from(self).unwrap_or_default();
        for Assignment { key, value } in assignments {
            match value {
                Some(value) => put(&mut table, key.split('.'), value.clone()),
                None => remove(&mut table, key),
            }
        }
        let edited = complete(table)?;
        Ok(Config { neighbours: self.neighbours.clone(), ..edited })
    }
}

/// Removes the key at a dotted path, if it is there.
fn remove(table: &mut Table, path: &str) {
    let mut names: Vec<&str> = path.split('.').collect();
    let last = names.pop().unwrap_or_default();
    let mut inner = table;
    for name in names {
        match inner.get_mut(name).and_then(|value| value.as_table_mut()) {
            Some(table) => inner = table,
            None => return,
        }
    }
    inner.remove(last);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::describe::presets;

    /// Nothing but the named keys differs, and what is taken back is the same again.
    #[test]
    fn an_edit_changes_its_keys_alone() {
        for preset in presets::all() {
            let lane: Config = toml::from_str(preset.text).unwrap();
            assert_eq!(lane.edited(&[]).unwrap(), lane, "{}", preset.name);
            let set = |key: &str, value: f64| Assignment {
                key: key.to_owned(),
                value: Some(value.into()),
            };
            let before = lane.fibre.length_km;
            let longer = lane.edited(&[set("fibre.length_km", 7.5)]).unwrap();
            assert_eq!(longer.fibre.length_km, 7.5);
            assert_eq!(longer.edited(&[set("fibre.length_km", before)]).unwrap(), lane);
        }
        let removed = |key: &str| Assignment { key: key.to_owned(), value: None };
        let mut lane = Config::default();
        lane.transmitter.waveform.rin_db_per_hz = Some(-150.0);
        let without = lane.edited(&[removed("transmitter.waveform.rin_db_per_hz")]).unwrap();
        assert_eq!(without, Config::default());
        assert_eq!(lane.edited(&[removed("no.such.key")]).unwrap(), lane);
        assert!(lane.edited(&[Assignment { key: "no".into(), value: Some(1.into()) }]).is_err());
    }
}
