//! Reading a layer's document: check of all keys, and of the types of values.

use crate::error::Problem;
use crate::link::describe::config::{Config, LANES_MAX};
use crate::link::layers::layer::{Layer, Mark};
use crate::link::layers::lines::TextLines;
use crate::link::layers::remedy;
use crate::link::layers::renamed::{RENAMED, british};
use crate::link::result::metrics::target::target_remedy;
use serde::Deserialize;
use std::ops::Range;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

/// Number of problems of one layer after which reading stops.
const PROBLEMS_MAX: usize = 50;
/// Keys that apply to all lanes.
const OF_THE_LINK: [&str; 6] = ["fec", "lane", "lanes", "preset", "simulation", "targets"];

/// Reads a document key by key, checking each alone against the description.
pub(super) struct Reader<'l> {
    pub(super) layer: &'l mut Layer,
    pub(super) lines: &'l TextLines<'l>,
    /// Lines with a value that was reported.
    pub(super) malformed: Vec<usize>,
    /// `lane.N.` within a patch.
    pub(super) lane: String,
}

impl Reader<'_> {
    pub(super) fn table(&mut self, table: &DeTable<'_>, at: &mut Vec<String>, into: &mut Table) {
        for (key, value) in table {
            if self.is_full() {
                return;
            }
            let name = british(key.get_ref());
            at.push(name.clone());
            let path = format!("{}{}", self.lane, at.join("."));
            let mark = Mark {
                key: self.lines.at(key.span().start),
                value: self.lines.at(value.span().start),
            };
            let place = mark.key;
            self.layer.marks.insert(path, mark);
            if at.len() == 1 && !self.lane.is_empty() && OF_THE_LINK.contains(&name.as_str()) {
                self.report(
                    place,
                    at,
                    String::new(),
                    "applies to all lanes: must be outside [lane.N]".to_owned(),
                );
            } else if let (["lane"], true, DeValue::Table(patches)) =
                (at_str(at).as_slice(), self.lane.is_empty(), value.get_ref())
            {
                let mut kept = Table::new();
                self.patches(patches, &mut kept);
                into.insert(name, Value::Table(kept));
            } else {
                self.entry(key.span(), value, at, into);
            }
            at.pop();
        }
    }

    fn patches(&mut self, patches: &DeTable<'_>, into: &mut Table) {
        for (key, value) in patches {
            if self.is_full() {
                return;
            }
            let name = key.get_ref().to_string();
            let at = vec!["lane".to_owned(), name.clone()];
            let mark = Mark {
                key: self.lines.at(key.span().start),
                value: self.lines.at(value.span().start),
            };
            let place = mark.key;
            self.layer.marks.insert(at.join("."), mark);
            if !name
                .parse::<usize>()
                .is_ok_and(|number| number < LANES_MAX && number.to_string() == name)
            {
                self.report(
                    place,
                    &at,
                    String::new(),
                    format!("must be the number of a lane, from 0 to {}", LANES_MAX - 1),
                );
            } else if let DeValue::Table(patch) = value.get_ref() {
                let mut kept = Table::new();
                self.lane = format!("lane.{name}.");
                self.table(patch, &mut Vec::new(), &mut kept);
                self.lane = String::new();
                into.insert(name, Value::Table(kept));
            } else {
                self.report(
                    place,
                    &at,
                    self.lines.shown(value.span()),
                    format!("must be a table of keys: [lane.{name}]"),
                );
            }
        }
    }

    /// True when there are too many problems to read on; reports this once.
    fn is_full(&mut self) -> bool {
        let full = self.layer.problems.iter().count() >= PROBLEMS_MAX;
        if full && !self.layer.unreadable {
            self.layer.unreadable = true;
            let remedy = format!("more than {PROBLEMS_MAX} problems; the rest was not read");
            self.layer.refuse(Problem {
                place: self.layer.whole(),
                path: String::new(),
                value: String::new(),
                remedy,
            });
        }
        full
    }

    fn entry(
        &mut self,
        key: Range<usize>,
        value: &Spanned<DeValue<'_>>,
        at: &mut Vec<String>,
        into: &mut Table,
    ) {
        let name = at.last().cloned().unwrap_or_default();
        let (key_place, place) = (self.lines.at(key.start), self.lines.at(value.span().start));
        if self.malformed.contains(&place.0) {
            return;
        }
        if let ["targets", metric] = at_str(at)[..]
            && let Some(remedy) = target_remedy(metric)
        {
            self.report(key_place, at, String::new(), remedy);
            return;
        }
        let as_table = try_alone(at, Value::Table(Table::new()));
        match (&as_table, value.get_ref()) {
            (Err(message), written) if remedy::is_unknown_key(message) => {
                let remedy = remedy::of_unknown_key(at, message, |name| self.may_be(name));
                self.unknown_key(key_place, written, at, &remedy);
            }
            (Ok(_), DeValue::Table(inner)) => {
                // the same table may occur in both spellings
                let mut kept = match into.remove(&name) {
                    Some(Value::Table(kept)) => kept,
                    _ => Table::new(),
                };
                self.table(inner, at, &mut kept);
                into.insert(name, Value::Table(kept));
            }
            (Err(_), _) if into.contains_key(&name) => {
                self.report(key_place, at, String::new(), "is written twice".to_owned());
            }
            (Ok(_), _) => self.report(
                place,
                at,
                self.lines.shown(value.span()),
                "must be a table of keys".to_owned(),
            ),
            (Err(_), _) => match self.value(value, at) {
                Ok(value) => {
                    into.insert(name, value);
                }
                Err(remedy) => self.report(place, at, self.lines.shown(value.span()), remedy),
            },
        }
    }

    /// Reports an unknown key: each renamed key in it, or else the key itself.
    fn unknown_key(
        &mut self,
        place: (usize, usize),
        written: &DeValue<'_>,
        at: &mut Vec<String>,
        remedy: &str,
    ) {
        let old = at.join(".");
        match written {
            DeValue::Table(inner) if !inner.is_empty() && RENAMED.has_keys_of(&old) => {
                for (key, value) in inner {
                    at.push(british(key.get_ref()));
                    let place = self.lines.at(key.span().start);
                    self.unknown_key(place, value.get_ref(), at, remedy);
                    at.pop();
                }
            }
            _ => {
                let renamed = RENAMED.key(&old);
                let renamed = renamed.map(|new| format!("renamed, use {}{new}", self.lane));
                let remedy = renamed.unwrap_or_else(|| remedy.to_owned());
                self.report(place, at, String::new(), remedy);
            }
        }
    }

    /// A value converted to the type of its key, or a remedy.
    fn value(&self, written: &Spanned<DeValue<'_>>, at: &[String]) -> Result<Value, String> {
        let value = Value::deserialize(ValueDeserializer::from(written.clone()))
            .map_err(|_| "must be at most 2^63 - 1".to_owned())?;
        if let Some(new) = value.as_str().and_then(|old| RENAMED.value(&at.join("."), old)) {
            return Err(format!("renamed, use \"{new}\""));
        }
        // tried with a text on purpose: the error of an enumeration then lists its variants
        let right = |message: &str| {
            let variants = try_alone(at, Value::String("?".to_owned()))
                .err()
                .filter(|m| m.starts_with("unknown variant"));
            remedy::of_wrong_value(
                &at.join("."),
                value.as_str().unwrap_or_default(),
                variants.as_deref().unwrap_or(message),
            )
        };
        match try_alone(at, value.clone()) {
            Err(message) => Err(right(&message)),
            // serde also accepts a table with the name of a variant, which is refused here
            Ok(_) if value.is_table() => Err(right("expected a single value")),
            Ok(_) => Ok(value),
        }
    }

    /// Whether a key may be written here, by its first name.
    fn may_be(&self, name: &str) -> bool {
        let in_lane = !self.lane.is_empty();
        !(in_lane && OF_THE_LINK.contains(&name) || self.layer.is_flag && name == "preset")
    }

    fn report(
        &mut self,
        line_column: (usize, usize),
        at: &[String],
        value: String,
        remedy: String,
    ) {
        let path = format!(
            "{}{}",
            if at.first().is_some_and(|key| key == "lane") { "" } else { &self.lane },
            at.join(".")
        );
        let place = self.layer.place(line_column);
        self.layer.problems.push(Problem { place, path, value, remedy });
    }
}

fn at_str(at: &[String]) -> Vec<&str> {
    at.iter().map(String::as_str).collect()
}

/// Parses a description with this one key; the error is the parser's message.
fn try_alone(at: &[String], value: Value) -> Result<Config, String> {
    let nested = at
        .iter()
        .rev()
        .fold(value, |value, key| Value::Table(Table::from_iter([(key.clone(), value)])));
    nested.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}
