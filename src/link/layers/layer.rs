//! One layer: its keys and values, checked on their own, with the place of every key.

use crate::error::{Place, Problem, Problems};
use std::collections::BTreeMap;
use toml::Table;

/// Line and column of a key and of its value, from 1.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) key: (usize, usize),
    pub(super) value: (usize, usize),
}

/// A layer: its valid keys and its problems.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) is_flag: bool,
    pub(super) marks: BTreeMap<String, Mark>,
    /// Every known key with a value of its type.
    pub(super) table: Table,
    pub(super) problems: Problems,
    /// True if it could not be read to its end.
    pub(super) unreadable: bool,
}

impl Layer {
    /// The problem of a flag that is not an assignment.
    pub(super) fn not_an_assignment(flag: &str) -> Problem {
        let layer = Layer::empty(flag, true);
        layer.problem(String::new(), "must be KEY=VALUE, such as fibre.length_km=2")
    }

    /// A problem of the whole layer with one key.
    pub(super) fn problem(&self, path: String, remedy: &str) -> Problem {
        Problem { place: self.whole(), path, value: String::new(), remedy: remedy.to_owned() }
    }

    pub(super) fn empty(name: &str, is_flag: bool) -> Layer {
        let (marks, table, problems) = (BTreeMap::new(), Table::new(), Problems::new());
        Layer { name: name.to_owned(), is_flag, marks, table, problems, unreadable: false }
    }

    /// Adds a problem.
    pub(super) fn refuse(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Place of the value of a dotted path in this layer.
    pub(super) fn place_of_value(&self, path: &str) -> Option<Place> {
        self.marks.get(path).and_then(|mark| self.place(mark.value))
    }

    /// Place of a dotted path's last key in this layer.
    pub(super) fn place_of_key(&self, path: &str) -> Option<Place> {
        self.marks.get(path).and_then(|mark| self.place(mark.key))
    }

    pub(super) fn place(&self, line_column: (usize, usize)) -> Option<Place> {
        Some(Place {
            layer: self.name.clone(),
            line_column: (!self.is_flag).then_some(line_column),
        })
    }

    /// The layer itself.
    pub(super) fn whole(&self) -> Option<Place> {
        Some(Place { layer: self.name.clone(), line_column: None })
    }
}
