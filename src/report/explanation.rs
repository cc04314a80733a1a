//! Penalties of impairments and sensitivities to tolerances as text.

use super::number::{decimals, difference};
use crate::link::{Explanation, LaneExplanation, Penalty, Sensitivity, VariantMargins};
use crate::sheet::Deviation;
use std::fmt::Write as _;

/// Largest width of a line, characters.
const WIDTH: usize = 80;
/// Width of the names of impairments and tolerances, of parts, and of numbers.
const NAME: usize = 31;
const PART: usize = 11;
const NUMBER: usize = 7;
/// Width of a deviation with its unit.
const STEP: usize = 15;
/// Lanes side by side in a table of all lanes, and the width of a number there.
const LANES: usize = 8;
const OF_LANE: usize = 5;

/// Tables of every lane that was explained: one in full, several side by side. Lines have at most
/// 80 characters.
pub fn explanation(found: &Explanation) -> String {
    let mut out = format!("{}\n", found.name);
    match &found.lanes[..] {
        [] => out += "no lane was explained\n",
        [lane] => {
            let _ = writeln!(
                out,
                "lane {} of {}, {} GBd, seed {}, pre-FEC BER limit {:e}",
                lane.lane, found.lanes_of_link, found.symbol_rate_gbd, found.seed, found.limit_ber
            );
            out += &one(lane);
        }
        lanes => {
            let _ = writeln!(
                out,
                "{} lanes, {} GBd, seed {}, pre-FEC BER limit {:e}; loss margins, dB",
                lanes.len(),
                found.symbol_rate_gbd,
                found.seed,
                found.limit_ber
            );
            for some in lanes.chunks(LANES) {
                out += &side_by_side(some);
            }
            out += &notes(&lanes[0]);
        }
    }
    if !found.complete {
        out += "stopped early: what was not evaluated has no number\n";
    }
    out
}

/// One lane: the steps from thermal noise alone to all impairments, then the tolerances.
fn one(lane: &LaneExplanation) -> String {
    let mut out = String::from("\n");
    let head = |first: &str, second: &str, cells: [&str; 4]| {
        let [a, b, c, d] = cells;
        let line = format!(
            "{first:<NAME$}  {second:<PART$}  {a:>NUMBER$}  {b:>NUMBER$}  {c:>NUMBER$}  {d:>NUMBER$}"
        );
        line.trim_end().to_owned() + "\n"
    };
    out += &head("", "", ["penalty", "penalty", "margin", "margin"]);
    out += &head("impairment", "part", ["loss dB", "SNR dB", "loss dB", "SNR dB"]);
    out += &row("receiver thermal noise alone", "", ["", ""], &lane.thermal_only);
    for penalty in &lane.penalties {
        out += &of_penalty(penalty);
    }
    let rest = [lane.joint_remainder.loss_db, lane.joint_remainder.snr_db].map(signed);
    let [loss, snr] = &rest;
    out += &head("joint remainder", "", [loss, snr, "", ""]);
    out += &row("all impairments", "", ["", ""], &lane.margins);
    if !lane.filters.is_empty() {
        out += "\nfilters of signal and thermal noise, in both ends above\n";
        lane.filters.iter().for_each(|filter| out += &of_penalty(filter));
    }
    out += &notes(lane);
    out + "\n" + &tornado(lane)
}

/// The line of a penalty.
fn of_penalty(penalty: &Penalty) -> String {
    let cells = [penalty.penalty.loss_db, penalty.penalty.snr_db].map(signed);
    let cells = cells.each_ref().map(String::as_str);
    row(&penalty.name, penalty.part.as_str(), cells, &penalty.without)
}

/// A line of the table of penalties; without a loss margin its reason follows.
fn row(name: &str, part: &str, [loss, snr]: [&str; 2], margins: &VariantMargins) -> String {
    let [of_loss, of_snr] =
        [margins.loss_margin_db, margins.snr_margin_db].map(|db| decimals(db, 2));
    let start = format!("{name:<NAME$}  {part:<PART$}  ");
    match &margins.not_evaluated {
        Some(because) if margins.loss_margin_db.is_none() => {
            let mut lines = wrapped(because, WIDTH - start.chars().count()).into_iter();
            let first = lines.next().unwrap_or_default();
            let indent = " ".repeat(start.chars().count());
            lines.fold(format!("{start}{first}\n"), |out, line| out + &indent + &line + "\n")
        }
        _ => {
            let line = format!(
                "{start}{loss:>NUMBER$}  {snr:>NUMBER$}  {of_loss:>NUMBER$}  {of_snr:>NUMBER$}"
            );
            line.trim_end().to_owned() + "\n"
        }
    }
}

/// What the table does not list, and how it is read.
fn notes(lane: &LaneExplanation) -> String {
    let mut out = String::from("\n");
    let mut paragraph = |text: String| {
        wrapped(&text, WIDTH).iter().enumerate().for_each(|(i, line)| {
            out += if i == 0 { "" } else { "  " };
            out += line;
            out += "\n";
        });
    };
    paragraph(
        "penalty: margin without the impairment less margin with all; same random numbers, \
         receiver trained anew."
            .to_owned(),
    );
    if !lane.filters.is_empty() {
        paragraph(
            "a filter below zero keeps out more noise than its interference costs.".to_owned(),
        );
    }
    if !lane.ideal.is_empty() {
        paragraph(format!("already ideal: {}.", lane.ideal.join(", ")));
    }
    for other in &lane.inseparable {
        paragraph(format!("not separated: {} ({}).", other.name, other.because));
    }
    out
}

/// The tolerances of one lane.
fn tornado(lane: &LaneExplanation) -> String {
    let head = |cells: [&str; 5]| {
        let [name, step, low, high, status] = cells;
        let line =
            format!("{name:<NAME$}  {step:<STEP$}  {low:>NUMBER$}  {high:>NUMBER$}  {status}");
        line.trim_end().to_owned() + "\n"
    };
    let mut out = head(["", "standard", "loss margin, dB", "", ""]);
    out += &head(["tolerance", "deviation", "lower", "higher", "source"]);
    for row in &lane.sensitivities {
        let [low, high] = [&row.change_lower, &row.change_higher].map(|c| signed(c.loss_db));
        let status = row.source.rsplit(' ').next().unwrap_or_default();
        out += &head([&row.name, &step(row), &low, &high, status]);
        for (side, margins) in [("lower", &row.lower), ("higher", &row.higher)] {
            if let (Some(because), None) = (&margins.not_evaluated, margins.loss_margin_db) {
                let text = format!("{side}: {because}");
                wrapped(&text, WIDTH - 2).iter().for_each(|line| out += &format!("  {line}\n"));
            }
        }
    }
    let sigma = decimals(Some(lane.loss_margin_sigma_db), 2);
    let text = format!(
        "together {sigma} dB, one standard deviation of the loss margin, if independent and \
         linear; sources: --json, docs/devices.md."
    );
    out + "\n" + &wrapped(&text, WIDTH).join("\n  ") + "\n"
}

/// `±0.3 dB`, `±7.5 %`.
fn step(row: &Sensitivity) -> String {
    match row.deviation {
        Deviation::Absolute(step) => format!("±{step} {}", row.unit).trim_end().to_owned(),
        Deviation::Percent(step) => format!("±{step} %"),
    }
}

/// Penalties and sensitivities of several lanes in columns, in the order of the first.
fn side_by_side(lanes: &[LaneExplanation]) -> String {
    let line = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>OF_LANE$}")).collect();
        format!("{name:<NAME$}{cells}").trim_end().to_owned() + "\n"
    };
    let of = |of: &dyn Fn(&LaneExplanation) -> Option<f64>, sign: bool| -> Vec<String> {
        let shown = |value| if sign { signed(value) } else { decimals(value, 2) };
        lanes.iter().map(|lane| shown(of(lane))).collect()
    };
    let numbers = lanes.iter().map(|lane| lane.lane.to_string()).collect();
    let mut out = "\n".to_owned() + &line("impairment, penalty       lane", numbers);
    out +=
        &line("receiver thermal noise alone", of(&|lane| lane.thermal_only.loss_margin_db, false));
    let rows = |of_lane: fn(&LaneExplanation) -> &[Penalty]| -> String {
        let each = of_lane(&lanes[0]).iter().map(|Penalty { name, .. }| {
            let named = |lane: &LaneExplanation| {
                of_lane(lane).iter().find(|row| row.name == *name)?.penalty.loss_db
            };
            line(name, of(&named, true))
        });
        each.collect()
    };
    out += &rows(|lane| &lane.penalties);
    out += &line("joint remainder", of(&|lane| lane.joint_remainder.loss_db, true));
    out += &line("all impairments", of(&|lane| lane.margins.loss_margin_db, false));
    out += "\nfilters of signal and thermal noise, in both ends above\n";
    out += &rows(|lane| &lane.filters);
    out += "\ntolerance, larger change\n";
    for Sensitivity { name, .. } in &lanes[0].sensitivities {
        let named = |lane: &LaneExplanation| {
            lane.sensitivities.iter().find(|row| row.name == *name)?.swing_db()
        };
        out += &line(name, of(&named, false));
    }
    out += &line("together, if independent", of(&|lane| Some(lane.loss_margin_sigma_db), false));
    let missing = lanes.iter().filter_map(|lane| {
        let because = lane.margins.not_evaluated.as_ref()?;
        Some(format!("lane {}: {because}\n", lane.lane))
    });
    out + &missing.collect::<String>()
}

/// A change with its sign.
fn signed(db: Option<f64>) -> String {
    difference(db, None, None)
}

/// Lines of a text of at most `width` characters; a longer word has its own line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if line.is_empty() {
            *line += word;
        } else if line.chars().count() + 3 + word.chars().count() <= width {
            *line += " ";
            *line += word;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
