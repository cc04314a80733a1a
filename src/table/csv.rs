//! CSV as in RFC 4180: a header, then one line per row; a value that was not evaluated is empty. A
//! text that a spreadsheet would take for a formula has an apostrophe before it.

use super::row::{Header, Row};
use super::sink::{End, RowSink};
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, Write};

/// Rows as CSV; the header is written with the first row.
pub struct CsvSink<W> {
    out: W,
    header: Vec<u8>,
    written: u64,
}

impl<W: Write> CsvSink<W> {
    /// Writes to `out`, each row by one call.
    pub fn new(out: W) -> CsvSink<W> {
        CsvSink { out, header: Vec::new(), written: 0 }
    }
}

impl<W: Write> RowSink for CsvSink<W> {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        self.header = line(header.columns().map(Cow::from))?;
        Ok(())
    }

    fn push(&mut self, _: u64, row: &Row) -> io::Result<()> {
        let mut text = if self.written == 0 { self.header.clone() } else { Vec::new() };
        text.extend(line(row.values().map(cell))?);
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

fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => no_formula(text),
        other => other.to_string().into(),
    }
}

/// A text that a spreadsheet would compute, with an apostrophe before it: names of files and keys
/// become cells. Numbers stay as they are.
fn no_formula(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

fn line<'a>(cells: impl Iterator<Item = Cow<'a, str>>) -> io::Result<Vec<u8>> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for cell in cells {
        writer.write_field(cell.as_bytes())?;
    }
    writer.write_record(None::<&[u8]>)?;
    writer.into_inner().map_err(::csv::IntoInnerError::into_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_one_line_and_only_what_needs_quotes_has_them() {
        let mut sink = CsvSink::new(Vec::new());
        let header = Header {
            axes: vec!["a.b".to_owned(), "file".to_owned()],
            cells: vec!["x".to_owned(), "y".to_owned()],
        };
        sink.begin(&header).unwrap();
        assert!(sink.out.is_empty());
        let row = Row {
            at: vec![Value::from(0.1), Value::from("a,\"b\".txt")],
            cells: vec![Value::from(1.234e-112), Value::Null],
        };
        sink.push(0, &row).unwrap();
        assert_eq!(
            String::from_utf8(sink.out).unwrap(),
            "a.b,file,x,y\n0.1,\"a,\"\"b\"\".txt\",1.234e-112,\n"
        );
    }

    #[test]
    fn a_text_is_no_formula_and_a_number_stays_one() {
        for text in ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(&Value::from(text)), format!("'{text}"));
        }
        for (value, expected) in [
            (Value::from(-1.5), "-1.5"),
            (Value::from("800gbase-dr8"), "800gbase-dr8"),
            (Value::from("a=b"), "a=b"),
            (Value::from(""), ""),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }
}
