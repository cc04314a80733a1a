//! Files of a description: where they lie, and the kinds that their keys choose, since a file that
//! is named is meant to be used.

use crate::path_text::text_of;
use std::path::Path;
use toml::{Table, Value};

/// A file's key, and the key and the value that choose it.
const IMPLIED: [(&str, &str, &str); 10] = [
    ("transmitter.waveform.file", "transmitter.kind", "waveform"),
    ("pattern.file", "pattern.kind", "file"),
    ("receiver.tia.noise_file", "receiver.tia.noise", "table"),
    ("receiver.tia.curve.file", "receiver.tia.limiting", "curve"),
    ("transmitter.eml.laser.rin_file", "transmitter.eml.laser.rin", "table"),
    ("transmitter.mzm.laser.rin_file", "transmitter.mzm.laser.rin", "table"),
    ("transmitter.ring.laser.rin_file", "transmitter.ring.laser.rin", "table"),
    ("transmitter.tfln.laser.rin_file", "transmitter.tfln.laser.rin", "table"),
    ("host.channel.files", "host.channel.kind", "files"),
    ("host.channel_to_host.files", "host.channel_to_host.kind", "files"),
];

/// What a key that names files holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// One path.
    File,
    /// A list of paths.
    List,
}

/// Keys that name files, by the table that they stand in.
const FILE_KEYS: [(&str, &str, Holds); 12] = [
    ("response", "file", Holds::File),
    ("curve", "file", Holds::File),
    ("waveform", "file", Holds::File),
    ("pattern", "file", Holds::File),
    ("laser", "rin_file", Holds::File),
    ("tia", "noise_file", Holds::File),
    ("channel", "files", Holds::List),
    ("channel", "fext_files", Holds::List),
    ("channel", "next_files", Holds::List),
    ("channel_to_host", "files", Holds::List),
    ("channel_to_host", "fext_files", Holds::List),
    ("channel_to_host", "next_files", Holds::List),
];

/// What the key at a dotted path holds, if it names files.
pub(super) fn holds(path: &str) -> Option<Holds> {
    let mut names = path.rsplit('.').map(str::trim);
    let (key, table) = (names.next()?, names.next()?);
    let known = FILE_KEYS.iter().find(|(of, name, _)| (*of, *name) == (table, key));
    known.map(|(_, _, holds)| *holds)
}

/// The value at a dotted path.
pub(super) fn at<'t>(table: &'t Table, path: &str) -> Option<&'t Value> {
    let (way, last) = path.rsplit_once('.').map_or((None, path), |(way, last)| (Some(way), last));
    let mut table = table;
    for key in way.into_iter().flat_map(|way| way.split('.')) {
        table = table.get(key)?.as_table()?;
    }
    table.get(last)
}

/// Sets the value at a path, making the tables on the way.
pub(super) fn put<'p>(table: &mut Table, path: impl IntoIterator<Item = &'p str>, value: Value) {
    let path: Vec<&str> = path.into_iter().collect();
    let Some((last, way)) = path.split_last() else { return };
    let mut table = table;
    for &key in way {
        let inner = table.entry(key).or_insert_with(|| Value::Table(Table::new()));
        match inner {
            Value::Table(inner) => table = inner,
            _ => return,
        }
    }
    table.insert((*last).to_owned(), value);
}

/// Makes the relative paths of a file's table, of its lanes too, relative to the file's folder.
pub(super) fn beside(folder: &Path, table: &mut Table) {
    beside_in("", folder, table);
}

/// The same of the table of this name.
fn beside_in(name: &str, folder: &Path, table: &mut Table) {
    let from_folder = |value: &mut Value| {
        if let Value::String(file) = value
            && !file.is_empty()
            && Path::new(file.as_str()).is_relative()
        {
            *file = text_of(folder.join(file.as_str()).as_os_str());
        }
    };
    for (key, value) in table {
        let is_file = FILE_KEYS.iter().any(|(table, known, _)| (*table, *known) == (name, key));
        match value {
            Value::Table(inner) => beside_in(key, folder, inner),
            Value::Array(files) if is_file => files.iter_mut().for_each(from_folder),
            value if is_file => from_folder(value),
            _ => {}
        }
    }
}

/// True if a value names a file.
fn names_a_file(value: &Value) -> bool {
    match value {
        Value::String(file) => !file.is_empty(),
        Value::Array(files) => !files.is_empty(),
        _ => false,
    }
}

/// Chooses what the files of `own` belong to, in `into`, where neither `own` nor `around` chooses.
fn imply(own: &Table, around: &Table, into: &mut Table) {
    for (file, kind, value) in IMPLIED {
        let is_named = at(own, file).is_some_and(names_a_file);
        if is_named && at(own, kind).is_none() && at(around, kind).is_none() {
            put(into, kind.split('.'), Value::String(value.to_owned()));
        }
    }
}

/// Chooses what files belong to, in all layers `merged`; `own` are those of the user, without the
/// preset.
pub(super) fn choose(own: &Table, merged: &mut Table) {
    let none = Table::new();
    imply(own, &none, merged);
    let Some(Value::Table(patches)) = own.get("lane") else { return };
    for (lane, patch) in patches {
        let Some(patch) = patch.as_table() else { continue };
        let Some(Value::Table(all)) = merged.get_mut("lane") else { return };
        if let Some(Value::Table(into)) = all.get_mut(lane) {
            imply(patch, own, into);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::describe::config::Config;

    /// Every key of a description that is called a file is one whose path is made relative.
    #[test]
    fn every_file_of_a_description_is_known() {
        fn walk(name: &str, table: &Table, known: &mut Vec<(String, String, Holds)>) {
            for (key, value) in table {
                match value {
                    Value::Table(inner) => walk(key, inner, known),
                    _ if key.ends_with("file") || key.ends_with("files") => {
                        let holds = if value.is_array() { Holds::List } else { Holds::File };
                        known.push((name.to_owned(), key.clone(), holds));
                    }
                    _ => {}
                }
            }
        }
        let mut config = Config::default();
        config.host.channel_to_host = Some(config.host.channel.clone());
        let (mut found, mut kinds) = (Vec::new(), 0);
        walk("", &Table::try_from(&config).unwrap(), &mut found);
        for (table, key, holds) in &found {
            assert!(FILE_KEYS.contains(&(table.as_str(), key.as_str(), *holds)), "{table}.{key}");
        }
        for (table, key, _) in FILE_KEYS {
            kinds += usize::from(found.iter().any(|(t, k, _)| t == table && k == key));
        }
        assert_eq!(kinds, FILE_KEYS.len());
    }
}
