//! The benchmark report as text.

use super::amount::amount;
use super::plain_table::{plain, text};
use crate::benchmark::Report;

/// Rates, fractions of the roofline, and the measured peaks.
pub fn benchmark(report: &Report) -> String {
    let mut table = plain(&["case", "per second", "median", "unit", "roofline", ""], &[0, 3, 5]);
    for row in &report.rows {
        let part =
            row.of_roofline.map_or_else(|| "-".to_owned(), |part| format!("{:.0} %", 100.0 * part));
        table.add_row([
            row.name.as_str(),
            &amount(row.per_second),
            &amount(row.per_second_median),
            &row.unit,
            &part,
            &row.about,
        ]);
    }
    let mut out = if report.rows.is_empty() { String::new() } else { text(&table) };
    if let Some(scaling) = report.scaling {
        out += &format!(
            "{}{} threads count {} symbols of chain_4sps per second, {:.2} times one thread\n",
            if out.is_empty() { "" } else { "\n" },
            scaling.threads,
            amount(scaling.per_second),
            scaling.times
        );
    }
    let giga = |x: f64| x / 1e9;
    out += &format!(
        "\none core ({}): {:.0} GFLOP/s of f32, {:.0} GB/s in its cache, {:.0} GB/s from memory; lightlane {}\n",
        report.vectors.as_str(),
        giga(report.peaks.flops_per_second),
        giga(report.peaks.cache_bytes_per_second),
        giga(report.peaks.memory_bytes_per_second),
        report.version
    );
    if report.unoptimised {
        out += "warning: built without optimisation, numbers mean nothing: build with --release\n";
    }
    out
}
