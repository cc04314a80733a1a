//! The corpora of the fuzz targets, replayed: no panic, finite numbers, messages of one line.

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub)] // it is the library of the fuzz crate, too
mod readers;

/// Smallest number of files of a corpus.
const FEWEST: usize = 12;

/// Replays a corpus in the order of its names. Files that begin with `good` must be accepted,
/// others may be.
fn replay(name: &str, accepted: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    assert!(files.len() >= FEWEST, "{}: only {} files", folder.display(), files.len());
    let mut good = 0;
    for file in &files {
        println!("{}", file.display()); // shown when the reader panics
        let bytes = std::fs::read(file).expect("readable");
        let must_be =
            file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("good"));
        assert!(accepted(&bytes) || !must_be, "{}: refused", file.display());
        good += usize::from(must_be);
    }
    assert!(good >= 2, "{}: only {good} files must be accepted", folder.display());
}

#[test]
fn the_corpus_of_touchstone_files_is_read_or_refused() {
    replay("touchstone", readers::touchstone);
}

#[test]
fn the_corpus_of_columns_is_read_or_refused() {
    replay("columns", readers::columns);
}

#[test]
fn the_corpus_of_arrays_is_read_or_refused() {
    replay("npy", readers::npy);
}

#[test]
fn the_corpus_of_descriptions_is_read_or_refused() {
    replay("description", readers::description);
}
