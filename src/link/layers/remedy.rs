//! Remedies in the user's terms instead of the parser's.

use crate::error::{Error, Problem, Problems, nearest};
use crate::link::describe::config::Config;
use crate::link::layers::implied::{Holds, holds};
use toml::{Table, Value};

/// One problem as an error.
pub(super) fn refused(problem: Problem) -> Error {
    let mut problems = Problems::new();
    problems.push(problem);
    Error::Input(problems)
}

/// True for an unknown key.
pub(super) fn is_unknown_key(message: &str) -> bool {
    message.starts_with("unknown field")
}

/// Remedy for an unknown key at a path: the nearest key of its table, or another place with a key
/// of that name, or all keys of the table; only those whose first name is `allowed`.
pub(super) fn of_unknown_key(
    at: &[String],
    message: &str,
    allowed: impl Fn(&str) -> bool,
) -> String {
    let Some((key, table)) = at.split_last() else { return message.to_owned() };
    let mut known = quoted(message);
    if table.is_empty() {
        known.retain(|name| allowed(name));
    }
    if let Some(near) = nearest(key, known.iter().copied()) {
        return format!("unknown key, did you mean {near}?");
    }
    let elsewhere = paths_to(key, allowed);
    if !elsewhere.is_empty() {
        return format!("unknown key here, did you mean {}?", elsewhere.join(" or "));
    }
    format!("unknown key; known here: {}", known.join(", "))
}

/// Remedy for a value of the wrong type at a dotted path.
pub(super) fn of_wrong_value(key: &str, written: &str, message: &str) -> String {
    if message.starts_with("unknown variant") {
        let known = quoted(message);
        let near = nearest(written, known.iter().copied())
            .map_or(String::new(), |near| format!(", did you mean {near}?"));
        let choice: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
        return format!("must be {}{near}", choice.join(" or "));
    }
    let Some((_, expected)) = message.rsplit_once("expected ") else { return message.to_owned() };
    match expected {
        "f64" => "must be a number".to_owned(),
        "usize" | "u64" | "u32" => "must be a whole number, 0 or more".to_owned(),
        "a boolean" => "must be true or false".to_owned(),
        "a string" => "must be text in quotes".to_owned(),
        "a sequence" if holds(key) == Some(Holds::List) => {
            "must be a list of files, such as [\"host.s4p\"]".to_owned()
        }
        "a sequence" => "must be a list of numbers, such as [0.0, 1.0, 0.0]".to_owned(),
        "an array of length 2" | "fewer elements in array" => {
            "must be two numbers, the lower one first: [low, high]".to_owned()
        }
        other if other.starts_with("struct") || other == "a map" => {
            "must be a table of keys".to_owned()
        }
        other => format!("must be {other}"),
    }
}

/// Names in backticks after `expected`.
fn quoted(message: &str) -> Vec<&str> {
    let expected = message.rsplit_once("expected").map_or("", |(_, expected)| expected);
    expected.split('`').skip(1).step_by(2).collect()
}

/// Up to three dotted paths that end in a key.
fn paths_to(key: &str, allowed: impl Fn(&str) -> bool) -> Vec<String> {
    fn walk(table: &Table, at: &str, key: &str, found: &mut Vec<String>) {
        for (name, value) in table {
            let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            if name == key && found.len() < 3 {
                found.push(path.clone());
            }
            if let Value::Table(inner) = value {
                walk(inner, &path, key, found);
            }
        }
    }
    let mut found = Vec::new();
    if let Ok(mut table) = Table::try_from(Config::default()) {
        table.retain(|name, _| allowed(name));
        walk(&table, "", key, &mut found);
    }
    found
}
