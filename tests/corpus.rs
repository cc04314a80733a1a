//! The corpora of the fuzz targets, replayed: no panic, finite numbers, messages of one line, and
//! what the decoders promise.

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub)] // it is the library of the fuzz crate, too
mod readers;

/// Smallest number of files of a corpus.
const FEWEST: usize = 6;

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

#[cfg(feature = "hdf5")]
#[test]
fn the_corpus_of_variables_is_read_or_refused() {
    replay("hdf5", readers::hdf5);
}

#[test]
fn the_corpus_of_descriptions_is_read_or_refused() {
    replay("description", readers::description);
}

#[test]
fn the_corpus_of_assignments_is_taken_or_refused() {
    replay("set", readers::set);
}

#[test]
fn the_corpus_of_axes_is_taken_or_refused() {
    replay("axes", readers::axes);
}

#[test]
fn the_corpus_of_tables_of_parts_is_read_or_refused() {
    replay("tables", readers::tables);
}

#[test]
fn the_corpus_of_patterns_is_read_or_refused() {
    replay("pattern", readers::pattern);
}

#[test]
fn the_corpus_of_channels_has_margins_or_is_refused() {
    replay("com", readers::com);
}

#[test]
fn the_corpus_of_captures_is_searched_for_its_pattern() {
    replay("locator", readers::locator);
}

#[test]
fn the_corpus_of_words_of_the_outer_code_is_decoded() {
    replay("rs", readers::rs);
}

#[test]
fn the_corpus_of_blocks_of_the_inner_code_is_decoded() {
    replay("chase", readers::chase);
}

#[test]
fn the_corpus_of_samples_of_a_short_response_is_detected() {
    replay("mlse", readers::mlse);
}
