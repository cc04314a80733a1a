//! Reading a layer: a text or an assignment, checked key by key.

use crate::error::Problem;
use crate::link::layers::file_values;
use crate::link::layers::layer::Layer;
use crate::link::layers::lines::TextLines;
use crate::link::layers::reader::Reader;
use toml::de::DeTable;
use toml::{Table, Value};

/// Largest number of syntax errors of one layer that is reported.
const SYNTAX_ERRORS_MAX: usize = 10;

/// Largest depth of a dotted path, keys.
const KEYS_MAX: usize = 16;

impl Layer {
    /// Reads a file's or a preset's text.
    pub(super) fn parse(name: &str, text: &str) -> Layer {
        let mut layer = Layer::empty(name, false);
        layer.read(text);
        layer
    }

    /// Reads an assignment.
    pub(super) fn flag(name: &str, assignment: &str) -> Layer {
        // messages repeat the flag in one line
        let mut layer = Layer::empty(&name.replace(char::is_control, " "), true);
        let malformed = Layer::not_an_assignment(&layer.name);
        let Some((key, value)) = assignment.split_once('=') else {
            layer.problems.push(malformed);
            return layer;
        };
        let (key, value) = (key.trim(), value.trim());
        if !may_be_key(key) {
            layer.problems.push(malformed);
            return layer;
        }
        let listed = file_values::list(key, value);
        let value = listed.as_deref().unwrap_or(value);
        let as_text = format!("{key} = {}", Value::String(value.to_owned()));
        let text = format!(
            "{key} = {}",
            whole_number(value).map_or_else(|| value.to_owned(), |n| n.to_string())
        );
        let text = if value.contains(['\n', '\r']) || DeTable::parse(&text).is_err() {
            as_text
        } else {
            text
        };
        if DeTable::parse(&text).is_err() {
            layer.problems.push(malformed);
            return layer;
        }
        layer.read(&text);
        layer.refuse_preset(value);
        layer
    }

    /// Adds a key and its value.
    pub(super) fn assigned(flag: &str, key: &str, value: &Value) -> Layer {
        let (key, text) = (key.trim(), format!("{} = {value}", key.trim()));
        let name = format!("{flag} {key}={value}");
        let mut layer = Layer::empty(&name.replace(char::is_control, " "), true);
        if may_be_key(key) && DeTable::parse(&text).is_ok() {
            layer.read(&text);
            layer.refuse_preset(&value.to_string());
        } else {
            let malformed = Layer::not_an_assignment(&layer.name);
            layer.problems.push(malformed);
        }
        layer
    }

    /// Refuses a preset, which is always the lowest layer.
    fn refuse_preset(&mut self, value: &str) {
        if self.table.remove("preset").is_some() {
            let remedy = "the preset is chosen by the name or the file that is run".to_owned();
            self.refuse(Problem {
                place: self.place((1, 1)),
                path: "preset".to_owned(),
                value: value.to_owned(),
                remedy,
            });
        }
    }

    fn read(&mut self, text: &str) {
        let (document, errors) = DeTable::parse_recoverable(text);
        let lines = TextLines::new(text);
        self.unreadable = self.report_syntax(&errors, &lines);
        if self.unreadable {
            return;
        }
        let malformed: Vec<usize> = errors
            .iter()
            .filter(|e| !is_duplicate(e))
            .filter_map(toml::de::Error::span)
            .map(|s| lines.at(s.start).0)
            .collect();
        let mut table = Table::new();
        let mut reader = Reader { layer: self, lines: &lines, malformed, lane: String::new() };
        reader.table(document.get_ref(), &mut Vec::new(), &mut table);
        self.table = table;
    }

    /// Reports syntax errors; true when the rest cannot be trusted.
    fn report_syntax(&mut self, errors: &[toml::de::Error], lines: &TextLines<'_>) -> bool {
        for error in errors.iter().take(SYNTAX_ERRORS_MAX) {
            let span = error.span().unwrap_or(0..0);
            let written = lines.shown(span.clone());
            let (path, value, remedy) = if is_duplicate(error) {
                (written, String::new(), "is written twice".to_owned())
            } else if is_one_value(error) {
                (
                    lines.key_before(span.start),
                    written,
                    "is not a TOML value: text needs quotes, a number has no unit".to_owned(),
                )
            } else {
                (String::new(), String::new(), format!("not TOML: {}", error.message()))
            };
            self.problems.push(Problem {
                place: self.place(lines.at(span.start)),
                path,
                value,
                remedy,
            });
        }
        if errors.len() > SYNTAX_ERRORS_MAX {
            let remedy =
                format!("not TOML: {} more errors of this kind", errors.len() - SYNTAX_ERRORS_MAX);
            self.problems.push(Problem {
                place: self.whole(),
                path: String::new(),
                value: String::new(),
                remedy,
            });
        }
        errors.len() > SYNTAX_ERRORS_MAX
            || errors.iter().any(|error| !is_duplicate(error) && !is_one_value(error))
    }
}

/// True for a valid dotted key.
fn may_be_key(key: &str) -> bool {
    !key.is_empty()
        && !key.contains(['#', '[', '{', '=', '\n', '\r'])
        && key.split('.').count() <= KEYS_MAX
}

fn is_duplicate(error: &toml::de::Error) -> bool {
    error.message() == "duplicate key"
}

/// True when only this value is wrong and the parser knows its end.
fn is_one_value(error: &toml::de::Error) -> bool {
    ["string values must be quoted", "invalid float", "invalid integer", "invalid boolean"]
        .iter()
        .any(|start| error.message().starts_with(start))
}

/// An integer written as `1e6`.
fn whole_number(value: &str) -> Option<i64> {
    let number: f64 =
        value.parse().ok().filter(|_| value.contains(['e', 'E']) && !value.contains('.'))?;
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}
