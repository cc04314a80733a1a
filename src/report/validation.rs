//! The validation report as text and as Markdown.

use super::plain_table::{plain, text};
use crate::validation::{ReferenceKind, RowStatus, ValidationReport, ValidationRow};
use std::fmt::Write as _;

/// Digits of a number of the report: the same on every vector unit.
const DIGITS: i32 = 4;

/// A number with four digits, in powers of ten where it is small or large.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = value.abs().log10().floor() as i32;
    if !(-3..6).contains(&exponent) {
        return format!("{value:.*e}", DIGITS as usize - 1);
    }
    let decimals = (DIGITS - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}")
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), number)
}

/// Largest difference, or that the reference is a bound.
fn tolerance(row: &ValidationRow) -> String {
    if row.is_bound { "at most".to_owned() } else { number(row.tolerance) }
}

/// Difference over tolerance, to two decimals: more digits would be those of the machine.
fn of_tolerance(row: &ValidationRow) -> String {
    row.of_tolerance().map_or_else(|| "-".to_owned(), |part| format!("{part:.2}"))
}

fn caught(row: &ValidationRow) -> &'static str {
    match row.mutation.caught {
        None => "-",
        Some(true) => "caught",
        Some(false) => "NOT CAUGHT",
    }
}

/// One line for the whole report.
fn summary(report: &ValidationReport) -> String {
    let of = |status: RowStatus| report.rows.iter().filter(|row| row.status == status).count();
    let mut out = format!("{} comparisons: {} agree", report.rows.len(), of(RowStatus::Agrees));
    for (status, words) in
        [(RowStatus::Disagrees, "disagree as recorded"), (RowStatus::Changed, "not as recorded")]
    {
        if of(status) > 0 {
            let _ = write!(out, ", {} {words}", of(status));
        }
    }
    let kinds = ReferenceKind::ALL.map(|kind| format!("{} {}", report.count(kind), kind.as_str()));
    let _ = writeln!(out, " ({})", kinds.join(", "));
    let run = report.rows.iter().filter(|row| row.mutation.caught.is_some()).count();
    if run > 0 {
        let missed = report.rows.iter().filter(|row| row.mutation.caught == Some(false)).count();
        let _ = writeln!(out, "{run} mutations: {} caught, {missed} not", run - missed);
    }
    if !report.complete {
        out += "stopped early: the other comparisons were not made\n";
    }
    out
}

/// A table of all comparisons, and what disagrees with its cause.
pub fn validation(report: &ValidationReport) -> String {
    let header = [
        "comparison",
        "reference",
        "ours",
        "difference",
        "tolerance",
        "unit",
        "status",
        "mutation",
    ];
    let mut table = plain(&header, &[0, 5, 6, 7]);
    for row in &report.rows {
        table.add_row([
            row.id.clone(),
            number(row.reference),
            optional(row.ours),
            optional(row.difference),
            tolerance(row),
            row.unit.clone(),
            row.status.as_str().to_owned(),
            caught(row).to_owned(),
        ]);
    }
    let mut out = text(&table) + "\n" + &summary(report);
    for row in report.rows.iter().filter(|row| row.status != RowStatus::Agrees) {
        let because = row.because.as_deref().unwrap_or("not as recorded");
        let _ = writeln!(out, "{}: {because}", row.id);
    }
    out
}

/// The figures of the page: the end of each file's name, and what it shows.
pub const VALIDATION_FIGURES: [(&str, &str); 3] = [
    ("agreement", "Difference over tolerance of every comparison"),
    ("kp4", "Codewords of KP4 lost, counted, and the binomial law"),
    ("waterfall", "Bit error ratio against OMA by thermal noise alone, and its closed form"),
];

/// The report as a page: every comparison with its conditions, source, tolerance and derivation.
/// Its figures stand beside it, `NAME-agreement.png` and so on.
pub fn validation_page(report: &ValidationReport, name: &str) -> String {
    let mut out = format!(
        "# Validation\n\nEvery number of ours is made anew by `lightlane validate`, which wrote this \
         page; a test holds\nthe page against it, and each row against its mutation: the stated change \
         of one parameter, with\nwhich the row must fail. A row that disagrees stays, with its cause \
         as far as known.\n\n{}\n",
        summary(report)
    );
    for (figure, about) in VALIDATION_FIGURES {
        let _ = writeln!(out, "![{about}]({name}-{figure}.png)\n");
    }
    for kind in ReferenceKind::ALL {
        let _ = writeln!(out, "## {}\n", title(kind));
        out += "| comparison | conditions | reference | ours | tolerance | of it | status |\n";
        out += "| --- | --- | --- | --- | --- | --- | --- |\n";
        for row in report.rows.iter().filter(|row| row.kind == kind) {
            let unit = if row.unit.is_empty() { String::new() } else { format!(" {}", row.unit) };
            let _ = writeln!(
                out,
                "| `{}` | {} | {}{unit} | {} | {} | {} | {} |",
                row.id,
                cell(&row.conditions),
                number(row.reference),
                optional(row.ours),
                tolerance(row),
                of_tolerance(row),
                row.status.as_str()
            );
        }
        out += "\n";
    }
    out += "## Sources, tolerances and mutations\n\n";
    for row in &report.rows {
        let _ = writeln!(
            out,
            "- `{}`: {}. Tolerance: {}. Mutation: {} from {} by {}.{}",
            row.id,
            sentence(&row.source),
            sentence(&row.derivation),
            row.mutation.parameter,
            number(row.mutation.value),
            number(row.mutation.change),
            row.because
                .as_deref()
                .map_or_else(String::new, |because| format!(" Disagrees: {}.", sentence(because)))
        );
    }
    out
}

fn title(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::ClosedForm => "Closed forms",
        ReferenceKind::IndependentProgram => "Independent programs",
        ReferenceKind::Published => "Published devices and links",
    }
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A text without the point at its end.
fn sentence(text: &str) -> &str {
    text.trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        for (value, expected) in [
            (0.0, "0"),
            (2.4e-4, "2.400e-4"),
            (0.123_456, "0.1235"),
            (54.9876, "54.99"),
            (-5.52, "-5.520"),
            (1360.0, "1360"),
            (1.5e9, "1.500e9"),
        ] {
            assert_eq!(number(value), expected);
        }
    }
}
