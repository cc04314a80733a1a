//! File of a table, which grows by whole rows.

use super::csv::CsvSink;
use super::json_lines::JsonLinesSink;
use super::row::{Header, Row};
use super::sink::{End, InOrder, RowSink};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Format of a table's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header, then one line per row; a value that was not evaluated is empty.
    Csv,
    /// One JSON object per line and row; a value that was not evaluated is null.
    Jsonl,
}

impl Format {
    /// The format of a file, by the ending of its name.
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "jsonl" => Some(Format::Jsonl),
            _ => None,
        }
    }

    /// Creates a file, or empties it, for rows in order.
    ///
    /// # Errors
    ///
    /// A path that cannot be written.
    pub fn create(self, path: &Path) -> Result<Box<dyn RowSink + Send>> {
        let file = RowFile::create(path)?;
        Ok(match self {
            Format::Csv => Box::new(InOrder::new(CsvSink::new(file))),
            Format::Jsonl => Box::new(InOrder::new(JsonLinesSink::new(file))),
        })
    }
}

impl RowSink for Box<dyn RowSink + Send> {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        (**self).begin(header)
    }

    fn push(&mut self, index: u64, row: &Row) -> io::Result<()> {
        (**self).push(index, row)
    }

    fn finish(&mut self, end: End) -> io::Result<()> {
        (**self).finish(end)
    }

    fn written(&self) -> u64 {
        (**self).written()
    }
}

/// A file that accepts each write completely or not at all.
///
/// Every row is in the file before the next one is written. When the disk is full the file ends
/// with its last whole row.
pub struct RowFile {
    file: File,
    /// Bytes of whole rows.
    whole: u64,
}

impl RowFile {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    ///
    /// A path that cannot be written.
    pub fn create(path: &Path) -> Result<RowFile> {
        let io = |source| Error::Io { path: PathBuf::from(path), source };
        Ok(RowFile { file: File::create(path).map_err(io)?, whole: 0 })
    }
}

impl Write for RowFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.file.write_all(bytes) {
            Ok(()) => {
                self.whole += bytes.len() as u64;
                Ok(bytes.len())
            }
            Err(error) => {
                // half a row would be read as a row; a device such as /dev/null cannot be truncated
                // and need not be
                let _ = self.file.set_len(self.whole);
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_the_ending_of_the_name() {
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
