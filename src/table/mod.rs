//! Metrics, rows of cells, and the sinks that take rows. This room is independent of links and
//! codes; the lists of metrics are in the rooms of the results.

mod csv;
mod file;
mod json_lines;
mod metric;
mod renamed;
mod row;
mod sink;
mod worst;

pub use csv::CsvSink;
pub use file::{Format, RowFile};
pub use json_lines::JsonLinesSink;
pub use metric::{Better, Metric, Spacing, TakenAt, Unit};
pub use renamed::{RenamedNames, renamed};
pub use row::{Header, Row};
pub use sink::{Both, EachRow, End, InOrder, RowSink};
pub use worst::Worst;
