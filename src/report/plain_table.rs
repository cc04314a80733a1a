//! Tables without lines.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table without lines around its cells, columns two blanks apart, the named ones left-aligned.
pub(super) fn plain(header: &[&str], left: &[usize]) -> Table {
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
pub(super) fn text(table: &Table) -> String {
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}
