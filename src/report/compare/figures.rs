//! Numbers of a variant in the tables.

use crate::link::{FecResult, LaneResult, LinkResult, PortResult};
use crate::report::number::{counted, decimals, difference, ratio, small};
use crate::sweep::{Difference, RankBy, Variant};

/// Kind of the cells of a compared number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// A number alone.
    Number,
    /// A number with its interval.
    Interval,
    /// A word.
    Text,
}

/// A number that is listed for every variant.
pub(super) struct ComparedNumber {
    /// Label of its line.
    pub(super) line: &'static str,
    /// Head of its column.
    pub(super) column: &'static str,
    pub(super) cell: Cell,
    pub(super) of: fn(&Variant) -> String,
}

const fn compared_number(
    line: &'static str,
    column: &'static str,
    of: fn(&Variant) -> String,
) -> ComparedNumber {
    ComparedNumber { line, column, cell: Cell::Number, of }
}

/// A figure that is printed with its interval, under a head that says so.
const fn interval(
    line: &'static str,
    column: &'static str,
    of: fn(&Variant) -> String,
) -> ComparedNumber {
    ComparedNumber { cell: Cell::Interval, ..compared_number(line, column, of) }
}

/// Numbers of the variant itself.
pub(super) const fn own(rank_by: RankBy) -> [ComparedNumber; 10] {
    let rank = match rank_by {
        RankBy::Loss => "rank by loss margin",
        RankBy::Snr => "rank by SNR margin",
    };
    [
        compared_number(rank, "\nrank", |v| v.rank.to_string()),
        compared_number("loss margin, worst lane, dB", "loss\nmargin\ndB", margin),
        compared_number("SNR margin, worst lane, dB", "SNR\nmargin\ndB", |v| {
            decimals(v.result.port.snr_margin_db, 2)
        }),
        compared_number("worst lane", "worst\nlane", |v| {
            v.result.port.worst_lane.map_or_else(|| "-".to_owned(), |lane| lane.to_string())
        }),
        compared_number("its SNR, dB", "SNR\ndB", |v| decimals(worst(v, |lane| lane.snr_db), 1)),
        compared_number("its OMA at TP2, dBm", "OMA\ndBm", |v| {
            decimals(worst(v, |lane| lane.oma_tp2_dbm), 2)
        }),
        compared_number("its ER at TP2, dB", "ER\ndB", |v| {
            decimals(worst(v, |lane| lane.er_tp2_db), 2)
        }),
        compared_number("port BER semi-analytic", "port BER\nsemi-analytic", |v| {
            ratio(v.result.port.ber_semi_analytic)
        }),
        interval("port BER counted", "port BER\ncounted (95 %)", port_counted),
        ComparedNumber {
            cell: Cell::Text,
            ..compared_number("verdict", "\nverdict", |v| verdict(&v.result).to_owned())
        },
    ]
}

/// Numbers of error correction, of all lanes together, and of the difference to the first variant.
pub(super) const BEYOND: [ComparedNumber; 5] = [
    compared_number("codeword errors, analytic", "codeword\nerrors", |v| {
        small(fec(&v.result.port, |fec| fec.codeword_error_ratio_analytic))
    }),
    compared_number("frame loss, analytic", "frame\nloss", |v| {
        small(fec(&v.result.port, |fec| fec.frame_loss_ratio_analytic))
    }),
    interval("mean loss margin, dB", "mean loss margin\ndB (95 %)", |v| {
        within(v.loss_margin_mean_db, v.loss_margin_mean_db_low, v.loss_margin_mean_db_high)
    }),
    interval("loss margin difference, dB", "loss margin\ndifference, dB (95 %)", |v| {
        against(v, |d| difference(d.loss_margin_db, d.loss_margin_db_low, d.loss_margin_db_high))
    }),
    interval("ln BER difference", "ln BER\ndifference (95 %)", |v| {
        against(v, |d| difference(d.ln_ber, d.ln_ber_low, d.ln_ber_high))
    }),
];

fn margin(variant: &Variant) -> String {
    let floor = variant.result.lanes.iter().any(|lane| lane.least_ber.is_some());
    if floor { "none".to_owned() } else { decimals(variant.result.port.loss_margin_db, 2) }
}

/// A number of the worst lane.
fn worst(variant: &Variant, of: fn(&LaneResult) -> Option<f64>) -> Option<f64> {
    let lane = variant.result.port.worst_lane?;
    variant.result.lanes.iter().find(|found| found.lane == lane).and_then(of)
}

fn port_counted(variant: &Variant) -> String {
    let port = &variant.result.port;
    counted(port.bits, port.ber_counted, port.ber_counted_low, port.ber_counted_high)
}

fn fec(port: &PortResult, of: fn(&FecResult) -> Option<f64>) -> Option<f64> {
    port.fec.as_ref().and_then(of)
}

/// A mean with its interval: `6.73 (6.55..6.91)`.
fn within(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(_), Some(_)) => {
            format!("{} ({}..{})", decimals(value, 2), decimals(low, 2), decimals(high, 2))
        }
        _ => decimals(value, 2),
    }
}

fn against(variant: &Variant, of: fn(&Difference) -> String) -> String {
    variant.difference.as_ref().map_or_else(|| "reference".to_owned(), of)
}

/// The verdict in one or two words.
pub(super) fn verdict(result: &LinkResult) -> &'static str {
    match result.port.passes {
        _ if result.lanes.iter().any(|lane| lane.passes == Some(false)) => "FAIL",
        Some(true) => "PASS",
        _ => "NOT JUDGED",
    }
}
