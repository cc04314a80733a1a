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

/// Numbers that have hundreds of digits without an exponent, the ends of what is accepted as a
/// frequency, and plain ones.
const EXTREMES: [&str; 9] =
    ["1e-308", "-1e-308", "1e308", "-1e308", "5e-324", "1e-6", "1e13", "1", "-2"];

/// The readers of parts, channels and captures refuse or take a text: the functions of the fuzz
/// targets hold that values are finite, and messages one line of fewer than 600 characters.
fn short_lines(text: &str) {
    println!("{text:?}"); // shown when a message is long
    let readers = [readers::tables, readers::touchstone, readers::com, readers::columns];
    for reader in readers {
        reader(text.as_bytes());
    }
}

#[test]
fn extreme_numbers_have_short_messages_and_finite_values() {
    for x in EXTREMES {
        for y in EXTREMES {
            for rows in [
                format!("{x}, {y}\n{y}, {x}\n"),
                format!("{y}, -1\n{x}, -2\n{y}, -3\n"),
                format!("0, 0\n{x}, {y}\n"),
                format!("current (A), power (uW)\n{x}, {y}\n1, {x}\n"),
                format!("f (THz), noise (A/sqrt(Hz))\n1, {x}\n{y}, 1\n"),
                format!("f (GHz), dB, phase (rad)\n1, 0, {x}\n50, -3, {y}\n60, -4, {x}\n"),
                format!("f (GHz), dB, delay (s)\n1, 0, {x}\n50, -3, {y}\n60, -4, {x}\n"),
                format!("f (GHz), real, imag\n1, 1, 0\n50, {x}, {y}\n60, {y}, {x}\n"),
                format!("# Hz S RI R 50\n{x} .1 0 .9 0 .9 0 .1 0\n{y} .1 0 {x} 0 .9 0 .1 0\n"),
                format!("! Port Impedance {x} {y} 50 0\n# S RI\n1 .1 0 .9 0 .9 0 .1 0\n"),
            ] {
                short_lines(&rows);
            }
        }
    }
}

#[test]
fn messages_on_names_of_a_file_are_short_lines() {
    let long = "n".repeat(1000);
    // a carriage return alone ends no line
    for name in ["a\rb", "a\tb\r", "a\x0cb", "a\x1ab", &long, "\u{2028}"] {
        for text in [
            format!("{name} (kg), {name} (furlong)\n1, 2\n2, 3\n"),
            format!("{name} (W), {name} (dB), {name}\n1, 2, 3\n2, 3, 4\n3, 4, 5\n"),
            format!("{name}\n{name}\n1\n2\n"),
            format!("YUnits, {name}\nXUnits, {name}\n1\n2\n"),
            format!("1, {name}\n2, {name}\n"),
            format!("! Port[1] = {name}\n! {name} impedance\n# {name}\n1 0 0 .9 0 .9 0 0 0\n"),
        ] {
            short_lines(&text);
        }
    }
}
