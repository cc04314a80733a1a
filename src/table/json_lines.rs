//! JSON lines: one object per row; a value that was not evaluated is null.

use super::row::{Header, Row};
use super::sink::{End, RowSink};
use serde::ser::{SerializeMap, Serializer};
use std::io::{self, Write};

/// Rows as lines of JSON.
pub struct JsonLinesSink<W> {
    out: W,
    columns: Vec<String>,
    written: u64,
}

impl<W: Write> JsonLinesSink<W> {
    /// Writes to `out`, each row by one call.
    pub fn new(out: W) -> JsonLinesSink<W> {
        JsonLinesSink { out, columns: Vec::new(), written: 0 }
    }
}

impl<W: Write> RowSink for JsonLinesSink<W> {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        self.columns = header.columns().map(str::to_owned).collect();
        Ok(())
    }

    fn push(&mut self, _: u64, row: &Row) -> io::Result<()> {
        let mut text = Vec::new();
        let mut json = serde_json::Serializer::new(&mut text);
        let mut map = json.serialize_map(Some(self.columns.len()))?;
        for (name, value) in self.columns.iter().zip(row.values()) {
            map.serialize_entry(name, value)?;
        }
        map.end()?;
        text.push(b'\n');
        self.out.write_all(&text)?;
        self.written += 1;
        Ok(())
    }

    fn finish(&mut self, _: End) -> io::Result<()> {
        self.out.flush()
    }

    fn written(&self) -> u64 {
        self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_row_is_an_object_on_one_line_in_the_order_of_the_columns() {
        let mut sink = JsonLinesSink::new(Vec::new());
        let header = Header {
            axes: vec!["a.b".to_owned(), "file".to_owned()],
            cells: vec!["x".to_owned(), "a".to_owned()],
        };
        sink.begin(&header).unwrap();
        let row = Row {
            at: vec![Value::from(0.1), Value::from("a,\"b\".txt")],
            cells: vec![Value::from(1.234e-112), Value::Null],
        };
        sink.push(0, &row).unwrap();
        assert_eq!(
            String::from_utf8(sink.out).unwrap(),
            "{\"a.b\":0.1,\"file\":\"a,\\\"b\\\".txt\",\"x\":1.234e-112,\"a\":null}\n"
        );
    }
}
