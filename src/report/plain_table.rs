//! Tables without lines.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table without borders, columns two spaces apart; the columns `left` are left-aligned.
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

/// The table as text, without trailing spaces.
pub(super) fn text(table: &Table) -> String {
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}
