//! The table of a PMD's limits: value, limit, source, verdict.

use super::number::{decimals, ratio};
use super::plain_table::{plain, text};
use crate::link::{LimitSide, LimitStatus, SpecRow};
use crate::table::Spacing;

/// Every limit with the worst lane's value.
pub fn spec(rows: &[SpecRow]) -> String {
    let mut table =
        plain(&["limit", "value", "lane", "", "limit", "status", "finding"], &[0, 3, 5, 6]);
    for row in rows {
        let number = |value: Option<f64>| match row.spacing() {
            Spacing::Decades => ratio(value),
            Spacing::Linear => decimals(value, 2),
        };
        let side = if row.side == LimitSide::Max { "<=" } else { ">=" };
        let lane = row.lane.map_or_else(|| "-".to_owned(), |lane| lane.to_string());
        let cells = [
            row.name.to_owned(),
            number(row.value),
            lane,
            side.to_owned(),
            number(Some(row.limit)),
            row.status.as_str().to_owned(),
            if row.status == LimitStatus::User {
                row.finding.words().replace("assumed", "user").replace("ASSUMED", "USER")
            } else {
                row.finding.words().to_owned()
            },
        ];
        table.add_row(cells);
    }
    text(&table)
        + "Limits were read through secondary sources: no verdict here is a statement of compliance.\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Finding;

    #[test]
    fn every_limit_has_a_line_with_its_finding() {
        let row = |limit_key: &str, value, finding| SpecRow {
            limit_key: String::from(limit_key),
            name: "what is limited, dB".to_owned(),
            value,
            lane: value.map(|_| 3),
            limit: 3.4,
            side: LimitSide::Max,
            status: LimitStatus::Draft,
            finding,
        };
        let text = spec(&[
            row("tdecq_max_db", Some(1.2345), Finding::Pass),
            row("tecq_max_db", None, Finding::NotMeasured),
            row("pmd_ber", Some(1.2345e-5), Finding::Pass),
        ]);
        let lines: Vec<Vec<&str>> =
            text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1][4..], ["1.23", "3", "<=", "3.40", "draft", "pass"]);
        assert_eq!(lines[2][4..], ["-", "-", "<=", "3.40", "draft", "not", "measured"]);
        assert_eq!(lines[3][4..6], ["1.2e-5", "3"]);
    }
}
