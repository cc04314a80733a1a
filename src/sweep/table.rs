//! The file of a sweep, or of another curve: rows as CSV or as lines of JSON, every row whole.

use super::{Axis, Row};
use crate::error::{Error, Result};
use serde_json::Value;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header, then a line each; what was not evaluated is empty.
    Csv,
    /// An object each on a line of its own; what was not evaluated is null.
    Jsonl,
}

impl Format {
    /// By the end of a file's name.
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "jsonl" => Some(Format::Jsonl),
            _ => None,
        }
    }

    /// The lines before the first row.
    fn header(self, columns: &[String]) -> String {
        match self {
            Format::Csv => line(columns.iter().map(|name| quoted(name))),
            Format::Jsonl => String::new(),
        }
    }

    fn row(self, columns: &[String], row: &Row) -> String {
        let values = row.at.iter().chain(&row.figures);
        match self {
            Format::Csv => line(values.map(cell)),
            Format::Jsonl => {
                let pairs: Vec<String> = columns
                    .iter()
                    .zip(values)
                    .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
                    .collect();
                format!("{{{}}}\n", pairs.join(","))
            }
        }
    }
}

/// A file that grows by whole rows.
///
/// Every row is in the file before the next one is written. When the disk is full the file ends
/// with its last whole row.
pub struct TableFile {
    file: File,
    format: Format,
    columns: Vec<String>,
    /// Bytes of whole rows.
    whole: u64,
}

impl TableFile {
    /// Creates the file, or empties it; the header comes with the first row.
    ///
    /// # Errors
    ///
    /// A path that cannot be written.
    pub fn create(path: &Path, format: Format, axes: &[Axis]) -> Result<TableFile> {
        TableFile::with_columns(
            path,
            format,
            axes.iter().map(Axis::name).chain(Row::figures()).collect(),
        )
    }

    /// The same for rows of any columns.
    ///
    /// # Errors
    ///
    /// A path that cannot be written.
    pub fn with_columns(path: &Path, format: Format, columns: Vec<String>) -> Result<TableFile> {
        let io = |source| Error::Io { path: PathBuf::from(path), source };
        Ok(TableFile { file: File::create(path).map_err(io)?, format, columns, whole: 0 })
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// What the operating system says, as of a full disk; the file then holds the rows before.
    pub fn push(&mut self, row: &Row) -> io::Result<()> {
        let header =
            if self.whole == 0 { self.format.header(&self.columns) } else { String::new() };
        let text = header + &self.format.row(&self.columns, row);
        match self.file.write_all(text.as_bytes()) {
            Ok(()) => {
                self.whole += text.len() as u64;
                Ok(())
            }
            Err(error) => {
                // half a row would be read as a row; a device has no length, and keeps nothing
                // either
                let _ = self.file.set_len(self.whole);
                Err(error)
            }
        }
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(",") + "\n"
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// RFC 4180: quotes around what holds a comma, a quote or an end of line.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_one_line_in_both_formats() {
        let columns = ["a.b".to_owned(), "file".to_owned(), "x".to_owned(), "y".to_owned()];
        let row = Row {
            at: vec![Value::from(0.1), Value::from("a,\"b\".txt")],
            figures: vec![Value::from(1.234e-112), Value::Null],
        };
        assert_eq!(Format::Csv.header(&columns), "a.b,file,x,y\n");
        assert_eq!(Format::Csv.row(&columns, &row), "0.1,\"a,\"\"b\"\".txt\",1.234e-112,\n");
        assert_eq!(
            Format::Jsonl.row(&columns, &row),
            "{\"a.b\":0.1,\"file\":\"a,\\\"b\\\".txt\",\"x\":1.234e-112,\"y\":null}\n"
        );
    }

    #[test]
    fn the_format_is_the_end_of_the_name() {
        for (name, format) in [
            ("a.csv", Some(Format::Csv)),
            ("b/c.JSONL", Some(Format::Jsonl)),
            ("d.txt", None),
            ("csv", None),
        ] {
            assert_eq!(Format::of(Path::new(name)), format, "{name}");
        }
    }
}
