//! The table of targets: expected value, found value, verdict.

use super::number::{decimals, ratio, ratio_within, small};
use super::plain_table::{plain, text};
use crate::link::TargetVerdict;
use crate::table::{Spacing, Unit};

/// Every target of some links, each link by its name.
pub fn verdicts(links: &[(String, Vec<TargetVerdict>)]) -> String {
    let mut table =
        plain(&["link", "target", "expected", "found", "lane", "verdict"], &[0, 1, 2, 3, 5]);
    for (name, verdicts) in links {
        for (i, judged) in verdicts.iter().enumerate() {
            let link = if i == 0 { name.clone() } else { String::new() };
            let lane = judged.lane.map_or_else(|| "all".to_owned(), |lane| lane.to_string());
            table.add_row([
                link,
                judged.key.to_owned(),
                expected(judged),
                found(judged),
                lane,
                judged.verdict.word().to_owned(),
            ]);
        }
    }
    text(&table)
}

fn expected(judged: &TargetVerdict) -> String {
    let [low, high] = judged.range;
    if is_ratio(judged) {
        format!("{} .. {}", ratio(Some(low)), ratio(Some(high)))
    } else {
        format!("{low} .. {high}")
    }
}

fn found(judged: &TargetVerdict) -> String {
    match (judged.value, judged.interval) {
        (Some(_), Some([low, high])) => ratio_within(judged.value, Some(low), Some(high)),
        (None, Some([_, high])) => format!("< {high:.1e}"),
        (value, None) if is_ratio(judged) => small(value),
        // a count has no decimals
        (Some(count), None) if judged.unit == Unit::Count => count.to_string(),
        (value, None) => decimals(value, 3),
    }
}

fn is_ratio(judged: &TargetVerdict) -> bool {
    judged.spacing == Spacing::Decades
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Verdict;

    #[test]
    fn every_target_has_a_line_with_its_verdict() {
        let judged = |key, value, interval, lane, verdict| TargetVerdict {
            key,
            unit: if key == "uncorrectable" { Unit::Count } else { Unit::Ratio },
            spacing: match key {
                "ber_counted" | "frame_loss_ratio_analytic" => Spacing::Decades,
                _ => Spacing::Linear,
            },
            range: [1e-5, 2.0],
            value,
            interval,
            lane,
            verdict,
        };
        let text = verdicts(&[(
            "a.toml".to_owned(),
            vec![
                judged("loss_margin_db", Some(5.1234), None, Some(3), Verdict::Fail),
                judged("ber_counted", None, Some([0.0, 1.4e-5]), None, Verdict::NotEnoughErrors),
                judged("rlm", None, None, None, Verdict::Fail),
                judged("frame_loss_ratio_analytic", Some(1e-130), None, Some(1), Verdict::Fail),
                judged("uncorrectable", Some(3.0), None, None, Verdict::Fail),
            ],
        )]);
        let lines: Vec<Vec<&str>> =
            text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines[1],
            ["a.toml", "loss_margin_db", "0.00001", "..", "2", "5.123", "3", "FAIL"]
        );
        assert_eq!(
            lines[2],
            [
                "ber_counted",
                "1.0e-5",
                "..",
                "2.0e0",
                "<",
                "1.4e-5",
                "all",
                "not",
                "enough",
                "errors"
            ]
        );
        assert_eq!(lines[3].last(), Some(&"FAIL"));
        assert_eq!(
            lines[4],
            ["frame_loss_ratio_analytic", "1.0e-5", "..", "2.0e0", "<", "1e-99", "1", "FAIL"]
        );
        assert_eq!(lines[5], ["uncorrectable", "0.00001", "..", "2", "3", "all", "FAIL"]);
    }
}
