//! Files of a description: where they lie, and the kinds that their keys choose, since a file that
//! is named is meant to be used.

use std::path::Path;
use toml::{Table, Value};

/// A file's key, and the key and the value that choose it.
const IMPLIED: [(&str, &str, &str); 8] = [
    ("transmitter.waveform.file", "transmitter.kind", "waveform"),
    ("pattern.file", "pattern.kind", "file"),
    ("receiver.tia.noise_file", "receiver.tia.noise", "table"),
    ("receiver.tia.curve.file", "receiver.tia.limiting", "curve"),
    ("transmitter.eml.laser.rin_file", "transmitter.eml.laser.rin", "table"),
    ("transmitter.mzm.laser.rin_file", "transmitter.mzm.laser.rin", "table"),
    ("host.channel.files", "host.channel.kind", "files"),
    ("host.channel_to_host.files", "host.channel_to_host.kind", "files"),
];

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
    let from_folder = |value: &mut Value| {
        if let Value::String(file) = value
            && !file.is_empty()
            && Path::new(file.as_str()).is_relative()
        {
            *file = folder.join(file.as_str()).to_string_lossy().into_owned();
        }
    };
    for (key, value) in table {
        let is_file =
            ["file", "files"].iter().any(|name| key == name || key.ends_with(&format!("_{name}")));
        match value {
            Value::Table(inner) => beside(folder, inner),
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
