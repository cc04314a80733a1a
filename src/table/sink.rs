//! Sinks that take rows.

use super::row::{Header, Row};
use std::collections::BTreeMap;
use std::io;

/// How a table ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every row was pushed.
    Complete,
    /// Rows are missing.
    Stopped,
}

/// Receiver of a table: a header, rows in any order, the end.
pub trait RowSink {
    /// Takes the header, before any row.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    fn begin(&mut self, header: &Header) -> io::Result<()>;

    /// Takes row `index` of the table. Rows come in any order, each once.
    ///
    /// # Errors
    ///
    /// Errors of writing, such as a full disk.
    fn push(&mut self, index: u64, row: &Row) -> io::Result<()>;

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    fn finish(&mut self, end: End) -> io::Result<()>;

    /// Number of rows written so far.
    fn written(&self) -> u64;
}

/// Passes rows on in the order of their indices; rows that arrive early wait. For tables that are
/// read from top to bottom; a store does not need it.
pub struct InOrder<S> {
    sink: S,
    next: u64,
    waiting: BTreeMap<u64, Row>,
}

impl<S: RowSink> InOrder<S> {
    /// Rows of `sink`, in order from 0.
    pub fn new(sink: S) -> InOrder<S> {
        InOrder { sink, next: 0, waiting: BTreeMap::new() }
    }

    /// The inner sink, with its rows.
    pub fn into_inner(self) -> S {
        self.sink
    }
}

impl<S: RowSink> RowSink for InOrder<S> {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        self.sink.begin(header)
    }

    fn push(&mut self, index: u64, row: &Row) -> io::Result<()> {
        if index != self.next {
            self.waiting.insert(index, row.clone());
            return Ok(());
        }
        self.sink.push(index, row)?;
        self.next += 1;
        while let Some(row) = self.waiting.remove(&self.next) {
            self.sink.push(self.next, &row)?;
            self.next += 1;
        }
        Ok(())
    }

    fn finish(&mut self, end: End) -> io::Result<()> {
        self.sink.finish(end)
    }

    fn written(&self) -> u64 {
        self.sink.written()
    }
}

/// Passes every row to two sinks, either of which may be absent. The second counts the rows.
pub struct Both<A, B>(pub Option<A>, pub Option<B>);

impl<A: RowSink, B: RowSink> RowSink for Both<A, B> {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), |sink| sink.begin(header))?;
        self.1.as_mut().map_or(Ok(()), |sink| sink.begin(header))
    }

    fn push(&mut self, index: u64, row: &Row) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), |sink| sink.push(index, row))?;
        self.1.as_mut().map_or(Ok(()), |sink| sink.push(index, row))
    }

    fn finish(&mut self, end: End) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), |sink| sink.finish(end))?;
        self.1.as_mut().map_or(Ok(()), |sink| sink.finish(end))
    }

    fn written(&self) -> u64 {
        match self {
            Both(_, Some(sink)) => sink.written(),
            Both(Some(sink), None) => sink.written(),
            Both(None, None) => 0,
        }
    }
}

/// Calls a function for every row, in the order in which rows arrive.
pub struct EachRow<F> {
    call: F,
    written: u64,
}

impl<F: FnMut(&Row) -> io::Result<()>> EachRow<F> {
    /// Calls `call` for every row; its error ends the table.
    pub fn new(call: F) -> EachRow<F> {
        EachRow { call, written: 0 }
    }
}

impl<F: FnMut(&Row) -> io::Result<()>> RowSink for EachRow<F> {
    fn begin(&mut self, _: &Header) -> io::Result<()> {
        Ok(())
    }

    fn push(&mut self, _: u64, row: &Row) -> io::Result<()> {
        (self.call)(row)?;
        self.written += 1;
        Ok(())
    }

    fn finish(&mut self, _: End) -> io::Result<()> {
        Ok(())
    }

    fn written(&self) -> u64 {
        self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn row(i: u64) -> Row {
        Row { at: Vec::new(), cells: vec![Value::from(i)] }
    }

    #[test]
    fn rows_leave_in_order_and_those_after_a_gap_stay() {
        let mut seen = Vec::new();
        let mut sink = InOrder::new(EachRow::new(|row: &Row| {
            seen.push(row.cells[0].as_u64());
            Ok(())
        }));
        for i in [1, 3, 0, 2, 5] {
            sink.push(i, &row(i)).unwrap();
        }
        assert_eq!(sink.written(), 4);
        sink.finish(End::Stopped).unwrap();
        assert_eq!(seen, [0, 1, 2, 3].map(Some));
    }

    #[test]
    fn an_error_counts_the_rows_before_it() {
        let full = |row: &Row| match row.cells[0].as_u64() {
            Some(2) => Err(io::Error::other("full")),
            _ => Ok(()),
        };
        let mut sink = InOrder::new(EachRow::new(full));
        sink.push(2, &row(2)).unwrap();
        sink.push(1, &row(1)).unwrap();
        assert!(sink.push(0, &row(0)).is_err());
        assert_eq!(sink.written(), 2);
    }
}
