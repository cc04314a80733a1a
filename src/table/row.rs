//! Rows: values of the axes, then cells, under a header that names both.

use serde_json::Value;

/// Names of the columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Keys of the axes, which come first.
    pub axes: Vec<String>,
    /// Names of the cells.
    pub cells: Vec<String>,
}

impl Header {
    /// The columns of a table without axes.
    pub fn of(cells: impl IntoIterator<Item = &'static str>) -> Header {
        Header { axes: Vec::new(), cells: cells.into_iter().map(str::to_owned).collect() }
    }

    /// Index of a cell by its name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.cells.iter().position(|cell| cell == name)
    }

    /// All names, the axes first.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.axes.iter().chain(&self.cells).map(String::as_str)
    }
}

/// One row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Values of the axes.
    pub at: Vec<Value>,
    /// Cells; null where a figure was not evaluated.
    pub cells: Vec<Value>,
}

impl Row {
    /// All values, those of the axes first.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        self.at.iter().chain(&self.cells)
    }
}
