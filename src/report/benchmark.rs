//! The benchmark report as text.

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
            &rate(row.per_second),
            &rate(row.per_second_median),
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
            rate(scaling.per_second),
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

/// A rate to three digits, with a prefix of thousands.
fn rate(per_second: f64) -> String {
    let prefixes = [(1e9, " G"), (1e6, " M"), (1e3, " k"), (1.0, "")];
    let (unit, prefix) =
        prefixes.into_iter().find(|(unit, _)| per_second >= 0.9995 * unit).unwrap_or((1.0, ""));
    let x = per_second / unit;
    let digits = if x >= 99.95 {
        0
    } else if x >= 9.995 {
        1
    } else {
        2
    };
    format!("{x:.digits$}{prefix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_three_digits_and_a_prefix() {
        for (rate_per_second, expected) in [
            (1.288e9, "1.29 G"),
            (19.83e6, "19.8 M"),
            (300_000.0, "300 k"),
            (999.7, "1.00 k"),
            (64.13, "64.1"),
            (0.5, "0.50"),
            (0.0, "0.00"),
        ] {
            assert_eq!(rate(rate_per_second), expected);
        }
    }
}
