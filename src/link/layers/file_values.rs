//! Files in an assignment: patterns such as `ch*.s4p`, and lists without brackets and quotes.

use super::implied::{Holds, holds};
use std::path::{Component, Path, PathBuf};
use toml::Value;

/// The paths that a value of `key` names: those that match, in the order of their names, if it is a
/// pattern; the value itself otherwise, and for keys that name no files.
pub(super) fn expanded(key: &str, value: &str) -> Vec<String> {
    let is_pattern = |text: &str| text.contains(['*', '?']) && !text.contains(['"', '\'', '[']);
    if holds(key).is_none() || !is_pattern(value) || Path::new(value).exists() {
        return vec![value.to_owned()];
    }
    matching(value)
}

/// A list of files as TOML, from paths with commas between them; `None` for other keys and for what
/// is TOML already.
pub(super) fn list(key: &str, value: &str) -> Option<String> {
    if holds(key) != Some(Holds::List) || value.parse::<Value>().is_ok_and(|v| v.is_array()) {
        return None;
    }
    let inside = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    let unquoted = |text: &str| {
        let text = text.trim();
        let quoted = ['"', '\''].into_iter().find_map(|q| text.strip_prefix(q)?.strip_suffix(q));
        quoted.map_or_else(|| expanded(key, text), |inner| vec![inner.to_owned()])
    };
    let files = between_commas(inside);
    let files = files.into_iter().filter(|text| !text.trim().is_empty()).flat_map(unquoted);
    Some(Value::Array(files.map(Value::String).collect()).to_string())
}

/// Parts of a text between commas outside of quotes.
fn between_commas(text: &str) -> Vec<&str> {
    let (mut quote, mut from, mut parts) = (None, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match (letter, quote) {
            (',', None) => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The files that a pattern with `*` and `?` in its components matches, sorted.
fn matching(pattern: &str) -> Vec<String> {
    let mut found = vec![PathBuf::new()];
    for component in Path::new(pattern).components() {
        match component {
            Component::Normal(name) if name.to_string_lossy().contains(['*', '?']) => {
                let name: Vec<char> = name.to_string_lossy().chars().collect();
                found = found.iter().flat_map(|folder| children(folder, &name)).collect();
            }
            other => found.iter_mut().for_each(|path| path.push(other)),
        }
    }
    let files = found.into_iter().filter(|path| path.is_file());
    let mut files: Vec<String> = files.map(|path| path.to_string_lossy().into_owned()).collect();
    files.sort();
    files
}

/// The entries of a folder whose names match; a hidden one only where the pattern is hidden.
fn children(folder: &Path, pattern: &[char]) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(here).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let fits = |name: &String| {
        let letters: Vec<char> = name.chars().collect();
        (letters.first() != Some(&'.') || pattern.first() == Some(&'.'))
            && matches(pattern, &letters)
    };
    named.filter(fits).map(|name| folder.join(name)).collect()
}

/// Whether a name matches a pattern: `*` is any text, `?` any letter.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    // place after the last `*`, and the end of the text that it stands for
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some(&letter) if letter == '?' || letter == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((after, end)) => {
                    star = Some((after, end + 1));
                    (p, n) = (after, end + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&letter| letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_letter() {
        let fits = |pattern: &str, name: &str| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            matches(&letters(pattern), &letters(name))
        };
        for (pattern, name) in
            [("*.s4p", "a.s4p"), ("a*b*c", "aXbbYc"), ("?.s4p", "a.s4p"), ("*", ""), ("a**", "a")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.s4p", "a.s2p"), ("?.s4p", "ab.s4p"), ("a*b", "ac"), ("", "a")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_list_of_files_needs_no_brackets_and_other_keys_stay() {
        let key = "host.channel.files";
        for (value, expected) in [
            ("a.s4p", "[\"a.s4p\"]"),
            ("a.s4p, 'b,c.s4p'", "[\"a.s4p\", \"b,c.s4p\"]"),
            ("[a.s4p,b.s4p]", "[\"a.s4p\", \"b.s4p\"]"),
        ] {
            assert_eq!(list(key, value).unwrap(), expected);
        }
        assert_eq!(list(key, "[\"a.s4p\"]"), None);
        assert_eq!(list(&format!("lane.3.{key}"), "a.s4p").unwrap(), "[\"a.s4p\"]");
        assert_eq!(list("transmitter.waveform.file", "a.csv"), None);
        assert_eq!(list("transmitter.ffe.taps", "0.1"), None);
        assert_eq!(expanded("transmitter.kind", "e*"), ["e*"]);
    }
}
