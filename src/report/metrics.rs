//! The reference of all metrics, generated from their registry.

use crate::fec::curve::POINT_METRICS;
use crate::host::CHANNEL_METRICS;
use crate::link::{FEC_METRICS, PORT_METRICS, lane_metrics};
use crate::table::{Better, Metric};
use std::fmt::Write;

/// A page of Markdown with all metrics, grouped by result.
pub fn metrics_reference() -> String {
    let mut page = "# Metrics\n\n\
        Made from the registry of metrics; a test holds this page against it.\n\n\
        Names are JSON keys, columns of `sweep --out`, values of `--figure` and keys of\n\
        `[targets]`. Of several lanes the worst is shown: the lowest where higher is better, the\n\
        highest where lower is better, else the one furthest outside the range of its target.\n"
        .to_owned();
    section(&mut page, "Lane", "`run --json`, `lanes[]`, and a row of a sweep.", lane_metrics());
    section(&mut page, "Port", "`run --json`, `port`.", PORT_METRICS);
    let about = "`run --json`, `port.fec` and `port.fec_at_limit`.";
    section(&mut page, "Error correction of a port", about, FEC_METRICS);
    section(&mut page, "Point of a FEC curve", "`fec --json` and `fec --out`.", POINT_METRICS);
    section(&mut page, "Host channel", "`channel --json`.", CHANNEL_METRICS);
    page
}

fn section<R: 'static, D: 'static>(
    page: &mut String,
    title: &str,
    about: &str,
    metrics: impl IntoIterator<Item = &'static Metric<R, D>>,
) {
    let _ = write!(
        page,
        "\n## {title}\n\n{about}\n\n\
         | name | unit | taken at | better | target | meaning |\n\
         | --- | --- | --- | --- | --- | --- |\n"
    );
    for metric in metrics {
        let better = match metric.better {
            _ if !metric.unit.is_number() => "",
            Better::Higher => "higher",
            Better::Lower => "lower",
            Better::Neither => "",
        };
        let target = if metric.target { "yes" } else { "" };
        let (unit, place) = (metric.unit.symbol(), metric.taken_at.as_str());
        let about = metric.about.replace('|', "\\|");
        let _ = writeln!(
            page,
            "| `{}` | {unit} | {place} | {better} | {target} | {about} |",
            metric.name
        );
    }
}
