//! Rules of the source tree: which room may use which, no circles among files, and code that may
//! stand in one place only.

use crate::import_graph::Graph;
use crate::source_tree::{File, blanked, files, sources, words};

/// The rooms of `src` in their order: each uses only rooms before it.
const ORDER: &str = "units error path_text seed run_options sheet signal math table chart \
                     pattern dsp chain measured serdes host transmitter fibre receiver fec \
                     measure link sweep benchmark validation report plot cli lib main";
/// Rooms whose folders have an order of their own.
const FOLDERS: [(&str, &str); 2] = [
    ("chain", "describe build run linearise train semi_analytic counted"),
    ("link", "describe result layers build test_points solve count run views studies"),
];
/// Longest file, lines.
const LINES_MAX: usize = 500;
/// Widest line, columns.
const COLUMNS_MAX: usize = 100;

fn place(order: &str, name: &str) -> Option<usize> {
    order.split_whitespace().position(|known| known == name)
}

/// The rooms that a file's code names, with line numbers.
fn used_rooms(file: &File) -> Vec<(usize, String)> {
    let up = "super::".repeat(file.module().map_or(1, |module| module.len()));
    let mut used = Vec::new();
    let lines = file.lines_outside_tests();
    // one text, so that a list of names may span lines
    let text: String = lines.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
    for root in ["crate::", up.as_str()].into_iter().filter(|root| !root.is_empty()) {
        for (at, _) in text.match_indices(root) {
            let line = lines[text[..at].matches('\n').count()].0;
            let after = &text[at + root.len()..];
            if after.starts_with("super::") {
                continue;
            }
            let list =
                after.strip_prefix('{').map(|list| &list[..list.find("};").unwrap_or(list.len())]);
            // the first names of `a::b, c`
            let names = list.map_or(vec![after], |list| list.split(',').collect());
            used.extend(
                names
                    .into_iter()
                    .filter_map(|name| words(name).next())
                    .map(|name| (line, name.to_owned())),
            );
        }
    }
    used
}

#[test]
fn a_folder_uses_only_what_stands_before_it() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in sources() {
        let own = place(ORDER, file.room())
            .unwrap_or_else(|| panic!("{}: {} has no place in the order", file.path, file.room()));
        for (line, room) in used_rooms(&file) {
            seen += 1;
            // a name that is not a room is a re-export of lib.rs
            if place(ORDER, &room).unwrap_or(usize::MAX) > own {
                wrong.push(format!("{}:{line}: {} may not use {room}", file.path, file.room()));
            }
        }
    }
    assert!(seen > 100, "only {seen} uses were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_folder_of_a_room_uses_only_folders_before_it() {
    let edges = Graph::of(&sources()).edges();
    for (room, order) in FOLDERS {
        let folder = |path: &str| -> Option<String> {
            let inside = path.strip_prefix("src/")?.strip_prefix(room)?.strip_prefix('/')?;
            Some(inside.split_once('/')?.0.to_owned())
        };
        for edge in &edges {
            let (Some(from), Some(to)) = (folder(&edge.from), folder(&edge.to)) else { continue };
            let known = |name: &str| {
                place(order, name).unwrap_or_else(|| panic!("{room}/{name} has no place"))
            };
            assert!(
                known(&to) <= known(&from),
                "{}:{}: {from} may not use {}",
                edge.from,
                edge.line,
                edge.to
            );
        }
    }
}

#[test]
fn no_file_is_part_of_a_circle() {
    let graph = Graph::of(&sources());
    assert!(graph.edges().len() > 500, "only {} uses were found", graph.edges().len());
    let circles = graph.circles();
    let circles: Vec<String> = circles.iter().map(|circle| circle.join(" ")).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// A name is imported from the file that defines it, so that every circle is detected; re-exports
/// are for other rooms.
#[test]
fn inside_a_room_names_come_from_the_file_that_defines_them() {
    let graph = Graph::of(&sources());
    let (detours, globs) = (graph.detours(), graph.globs());
    assert!(detours.is_empty(), "{}", detours.join("\n"));
    // the names of the registry of transmitters are made by its macro
    assert_eq!(globs, ["src/transmitter/mod.rs"]);
}

/// It declares modules, re-exports for other rooms and documents.
#[test]
fn a_gathering_file_defines_nothing() {
    let items = [
        "fn",
        "struct",
        "enum",
        "trait",
        "impl",
        "const",
        "static",
        "type",
        "macro_rules",
        "union",
    ];
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|file| file.is_gathering()) {
        for (number, line) in file.lines_outside_tests() {
            let mut first = words(line).filter(|word| !["pub", "crate", "super"].contains(word));
            if first.next().is_some_and(|word| items.contains(&word)) {
                wrong.push(format!("{}:{number}: {line}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_code_stands_in_two_files() {
    let mut marked = files(&["src", "tests", "benches", "examples"]);
    marked.retain(|file| words(&file.code).any(|word| word == "unsafe" || word == "unsafe_code"));
    let mut paths: Vec<&str> = marked.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["src/math/simd/multiversion.rs", "tests/allocation.rs"]);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    for file in files(&["src", "tests", "benches", "examples"]) {
        let lines = file.text.lines().count();
        assert!(lines <= LINES_MAX, "{}: {lines} lines", file.path);
    }
}

/// The numbers of lines that are too wide. Long strings, code in documentation, its tables, and
/// code that rustfmt skips may be.
fn wide_lines(text: &str) -> Vec<usize> {
    let narrow = blanked(text, false);
    let (mut wide, mut in_code, mut skipped) = (Vec::new(), false, None);
    for (i, (line, code)) in text.lines().zip(narrow.lines()).enumerate() {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let comment = body.strip_prefix("//!").or_else(|| body.strip_prefix("///"));
        let comment = comment.map(str::trim_start);
        if comment.is_some_and(|comment| comment.starts_with("```")) {
            in_code = !in_code;
        }
        if body == "#[rustfmt::skip]" {
            skipped = Some(indent);
        } else if skipped.is_some_and(|from| indent == from) && body.starts_with([']', '}']) {
            skipped = None;
        }
        let table = comment.is_some_and(|comment| comment.starts_with('|'));
        let exempt = skipped.is_some() || comment.is_some() && (in_code || table);
        if code.chars().count() > COLUMNS_MAX && !exempt {
            wide.push(i + 1);
        }
    }
    wide
}

#[test]
fn no_line_is_wider_than_a_hundred_columns() {
    let files = files(&["src", "tests", "benches", "examples"]);
    let wide = |file: &File| -> Vec<String> {
        wide_lines(&file.text).iter().map(|line| format!("{}:{line}", file.path)).collect()
    };
    let wide: Vec<String> = files.iter().flat_map(wide).collect();
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn wide_strings_tables_and_code_of_documentation_are_no_wide_lines() {
    let long = "x ".repeat(60);
    let text = format!(
        "// {long}\n/// {long}\n/// | {long}\n/// ```\n/// {long}\n/// ```\nlet s = \"{long}\";\n\
         let t = \"a\n{long}\";\n#[rustfmt::skip]\nconst A: [u8; 9] = [\n    {long}\n];\nlet {long};\n"
    );
    assert_eq!(wide_lines(&text), [1, 2, 14]);
}

#[test]
fn only_the_command_line_prints() {
    for file in sources().iter().filter(|file| file.room() != "cli") {
        for (number, line) in file.lines_outside_tests() {
            let prints = words(line).any(|word| {
                ["print", "println", "eprint", "eprintln", "dbg", "stdout", "stderr"]
                    .contains(&word)
            });
            assert!(!prints, "{}:{number}: {line}", file.path);
        }
    }
}

#[test]
fn devices_take_their_factors_of_units_from_units() {
    let decibels = ["/ 10.0", "/ 20.0", "10.0 *", "20.0 *", "10.0 /", "10f64", "log10", "LN_10"];
    for file in sources()
        .iter()
        .filter(|file| ["host", "transmitter", "fibre", "receiver"].contains(&file.room()))
    {
        // the bounds of a range are data
        for (number, line) in file
            .lines_outside_tests()
            .into_iter()
            .filter(|(_, line)| !line.contains("problems.range("))
        {
            let power = words(&line.replace("e-", "e"))
                .any(|word| ["1e3", "1e6", "1e9", "1e12", "1e15"].contains(&word));
            let decibel = decibels.iter().any(|factor| line.contains(factor));
            assert!(!power && !decibel, "{}:{number}: {line}", file.path);
        }
    }
}

#[test]
fn the_scan_sees_code_and_neither_comments_quotes_nor_tests() {
    let text = "use crate::{\n    cli::run, units,\n};\n/* crate::a */ let s = r#\"crate::b\"#; // crate::c\n\
                let c = ['\"', '\\'', 'x']; f::<'a>(\"\\\"crate::d\");\n\
                #[cfg(test)]\nmod tests {\n    use crate::link;\n}\nfn f() { super::super::report::g(); }\n";
    let file = File::new("src/dsp/x.rs", text);
    let used = used_rooms(&file);
    let used: Vec<(usize, &str)> = used.iter().map(|(line, room)| (*line, room.as_str())).collect();
    assert_eq!(used, [(1, "cli"), (1, "units"), (10, "report")]);
}
