//! What the tree promises: which folder may use which, and what stands in one place only.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of `src` in the light's order: each uses only what stands before it.
const ORDER: &str = "units error seed signal math table chart pattern dsp chain measured serdes host transmitter fibre receiver fec measure link sweep benchmark report plot cli lib main";
/// Longest file, lines.
const MOST_LINES: usize = 500;

/// One Rust file of the repository.
struct File {
    /// From the repository's root, with slashes.
    path: String,
    text: String,
    /// The text without comments and without what stands in quotes.
    code: String,
}

impl File {
    /// The room of `src` in which it stands.
    fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").expect("a file of src");
        inside.split('/').next().expect("never empty").trim_end_matches(".rs")
    }

    /// Its module path's length: `super` taken that often is the crate.
    fn depth(&self) -> usize {
        self.path.trim_end_matches(".rs").trim_end_matches("/mod").matches('/').count()
    }
}

/// Every Rust file below some folders of the repository.
fn files(folders: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> =
        folders.iter().map(|folder| root.join(folder)).filter(|folder| folder.exists()).collect();
    let mut found = Vec::new();
    while let Some(at) = waiting.pop() {
        if at.is_dir() {
            waiting.extend(
                fs::read_dir(&at).expect("readable").map(|entry| entry.expect("readable").path()),
            );
        } else if at.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&at).expect("readable");
            let path =
                at.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push(File { path, code: code_of(&text), text });
        }
    }
    assert!(found.len() >= folders.len(), "no files in {folders:?}");
    found
}

/// Blanks comments, strings and characters; lines stay.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hashes =
            rest.strip_prefix('r').map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
        let raw = rest.starts_with('r')
            && rest[1 + hashes..].starts_with('"')
            && !code.ends_with(|c: char| c.is_alphanumeric());
        let character = rest.starts_with('\'')
            && (rest[1..].starts_with('\\') || rest.chars().nth(2) == Some('\''));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if raw {
            let end = format!("\"{}", "#".repeat(hashes));
            rest[hashes + 2..].find(&end).map_or(rest.len(), |at| hashes + 2 + at + end.len())
        } else if first == '"' || character {
            quoted(rest, first)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.extend(rest[..length].chars().filter(|&c| c == '\n'));
        rest = &rest[length..];
    }
    code
}

/// Length of what stands between two of `mark`, both included.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == mark && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// The lines of a file with their numbers, but for those that only tests compile.
fn lines_outside_tests(file: &File) -> Vec<(usize, &str)> {
    let mut lines = file.code.lines().enumerate().map(|(i, line)| (i + 1, line));
    let mut kept = Vec::new();
    while let Some((number, line)) = lines.next() {
        let Some(indent) = line.strip_suffix("#[cfg(test)]") else {
            kept.push((number, line));
            continue;
        };
        let ends = |line: &str| {
            line.strip_prefix(indent)
                .is_some_and(|l| l == "}" || (!l.starts_with(' ') && l.ends_with([';', ','])))
        };
        lines.by_ref().find(|(_, line)| ends(line));
    }
    kept
}

/// The files of `src` that are compiled outside tests.
fn sources() -> Vec<File> {
    files(&["src"]).into_iter().filter(|file| !file.path.ends_with("/tests.rs")).collect()
}

/// The identifiers of a line.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The rooms that a file's code names, with line numbers.
fn used_rooms(file: &File) -> Vec<(usize, String)> {
    let up = "super::".repeat(file.depth());
    let mut used = Vec::new();
    let lines = lines_outside_tests(file);
    // one text, so that a list of names may span lines
    let text: String = lines.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
    for root in ["crate::", up.as_str()].into_iter().filter(|root| !root.is_empty()) {
        for (at, _) in text.match_indices(root) {
            let line = lines[text[..at].matches('\n').count()].0;
            let behind = &text[at + root.len()..];
            if behind.starts_with("super::") {
                continue;
            }
            let list =
                behind.strip_prefix('{').map(|list| &list[..list.find("};").unwrap_or(list.len())]);
            // of `a::b, c` the names that stand first
            let names = list.map_or(vec![behind], |list| list.split(',').collect());
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
    let place = |room: &str| ORDER.split(' ').position(|known| known == room);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in sources() {
        let own = place(file.room())
            .unwrap_or_else(|| panic!("{}: {} has no place in the order", file.path, file.room()));
        for (line, room) in used_rooms(&file) {
            seen += 1;
            // a name that is no room is a re-export of lib.rs
            if place(&room).unwrap_or(usize::MAX) > own {
                wrong.push(format!("{}:{line}: {} may not use {room}", file.path, file.room()));
            }
        }
    }
    assert!(seen > 100, "only {seen} uses were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_code_stands_in_two_files() {
    let mut marked = files(&["src", "tests", "benches", "examples"]);
    marked.retain(|file| words(&file.code).any(|word| word == "unsafe" || word == "unsafe_code"));
    let mut paths: Vec<&str> = marked.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["src/math/simd.rs", "tests/allocation.rs"]);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    for file in files(&["src", "tests", "benches", "examples"]) {
        let lines = file.text.lines().count();
        assert!(lines <= MOST_LINES, "{}: {lines} lines", file.path);
    }
}

#[test]
fn only_the_command_line_prints() {
    for file in sources().iter().filter(|file| file.room() != "cli") {
        for (number, line) in lines_outside_tests(file) {
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
        for (number, line) in lines_outside_tests(file)
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
    let file = File { path: "src/dsp/x.rs".into(), text: text.into(), code: code_of(text) };
    let used = used_rooms(&file);
    let used: Vec<(usize, &str)> = used.iter().map(|(line, room)| (*line, room.as_str())).collect();
    assert_eq!(used, [(1, "cli"), (1, "units"), (10, "report")]);
}
