//! The repository's Rust files as text: code apart from comments, quotes and tests.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file of the repository.
pub(crate) struct File {
    /// From the repository's root, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text without comments and without the contents of quotes.
    pub(crate) code: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned(), code: blanked(text, true) }
    }

    /// Its room in `src`.
    pub(crate) fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").expect("a file of src");
        inside.split('/').next().expect("never empty").trim_end_matches(".rs")
    }

    /// The path of its module below the crate; `None` for the program, a crate of its own.
    pub(crate) fn module(&self) -> Option<Vec<String>> {
        let inside = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        match inside {
            "main" => None,
            "lib" => Some(Vec::new()),
            _ => {
                let inside = inside.strip_suffix("/mod").unwrap_or(inside);
                Some(inside.split('/').map(str::to_owned).collect())
            }
        }
    }

    /// True for a file that gathers a folder's modules.
    pub(crate) fn is_gathering(&self) -> bool {
        self.path.ends_with("/mod.rs") || self.path == "src/lib.rs"
    }

    /// Its lines with their numbers, except those that only tests compile.
    pub(crate) fn lines_outside_tests(&self) -> Vec<(usize, &str)> {
        let mut lines = self.code.lines().enumerate().map(|(i, line)| (i + 1, line));
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
}

/// Every Rust file below some folders of the repository.
pub(crate) fn files(folders: &[&str]) -> Vec<File> {
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
            found.push(File::new(&path, &text));
        }
    }
    assert!(found.len() >= folders.len(), "no files in {folders:?}");
    found
}

/// The files of `src` that are compiled outside tests.
pub(crate) fn sources() -> Vec<File> {
    files(&["src"]).into_iter().filter(|file| !file.path.ends_with("/tests.rs")).collect()
}

/// The text without strings and characters and, if asked, without comments; line ends stay.
pub(crate) fn blanked(text: &str, comments: bool) -> String {
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
        let comment = rest.starts_with("//") || rest.starts_with("/*");
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
        let skipped = &rest[..length];
        if comment && !comments {
            code.push_str(skipped);
        } else {
            code.extend(skipped.chars().filter(|&c| c == '\n'));
        }
        rest = &rest[length..];
    }
    code
}

/// Length of a quoted text, from one `mark` to the next that is not escaped, both included.
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

/// The identifiers of a line.
pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
