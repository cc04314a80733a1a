//! What is shown of results: to a reader, to a machine, in the manual.

mod benchmark;
mod channel;
mod clock;
mod com;
mod compare;
mod correction;
mod decision;
mod fec;
mod figure;
mod json;
mod models;
mod reading;
mod segments;
mod spec;
mod stressed;
mod table;
mod transmitted;
mod verdicts;
mod waveform;

pub use benchmark::benchmark;
pub use channel::channel;
pub use com::com;
pub use compare::compared;
pub use correction::{correction, correction_json};
pub use json::json;
pub use models::models;
pub use reading::reading;
pub use spec::spec;
pub use stressed::{stressed, stressed_json};
pub use table::table;
pub use verdicts::verdicts;
pub use waveform::waveform_csv;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table without lines around its cells, columns two blanks apart, the named ones left-aligned.
fn plain(header: &[&str], left: &[usize]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        column.set_cell_alignment(if left.contains(&i) {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        });
    }
    table
}

/// The table's text without blanks at the ends of lines.
fn text(table: &Table) -> String {
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod sample;
