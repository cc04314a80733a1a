//! Variants of a link side by side.

use super::figure::{counted, decimals, difference, ratio, small};
use super::{plain, text};
use crate::link::{FecResult, LaneResult, LinkResult, PortResult};
use crate::sweep::{Compared, Difference, Variant};
use serde_json::Value;

/// Widest line, characters.
const WIDTH: usize = 120;
/// Most variants that stand in columns.
const MOST_COLUMNS: usize = 4;
/// Most characters of a value: the end of a longer one, where a file has its name.
const MOST_VALUE: usize = 20;
/// Notes of lanes and warnings that are printed.
const MOST_NOTES: usize = 12;

/// One figure of every variant.
struct Figure {
    /// Before a line of it.
    line: &'static str,
    /// Above a column of it.
    column: &'static str,
    of: fn(&Variant) -> String,
}

const fn figure(line: &'static str, column: &'static str, of: fn(&Variant) -> String) -> Figure {
    Figure { line, column, of }
}

/// Of the variant itself.
const OWN: [Figure; 9] = [
    figure("rank by margin", "\nrank", |v| v.rank.to_string()),
    figure("margin, worst lane, dB", "margin\ndB", margin),
    figure("worst lane", "worst\nlane", |v| {
        v.result.port.worst_lane.map_or_else(|| "-".to_owned(), |lane| lane.to_string())
    }),
    figure("its SNR, dB", "SNR\ndB", |v| decimals(worst(v, |lane| lane.snr_db), 1)),
    figure("its OMA at TP2, dBm", "OMA\ndBm", |v| decimals(worst(v, |lane| lane.oma_tp2_dbm), 2)),
    figure("its ER at TP2, dB", "ER\ndB", |v| decimals(worst(v, |lane| lane.er_tp2_db), 2)),
    figure("port BER semi-analytic", "port BER\nsemi-analytic", |v| {
        ratio(v.result.port.ber_semi_analytic)
    }),
    figure("port BER counted", "port BER\ncounted (95 %)", port_counted),
    figure("verdict", "\nverdict", |v| verdict(&v.result).to_owned()),
];

/// Of error correction, of all lanes together, and against the first variant.
const BEYOND: [Figure; 5] = [
    figure("codeword errors, closed", "codeword\nerrors", |v| {
        small(fec(&v.result.port, |fec| fec.codeword_error_ratio_closed))
    }),
    figure("frame loss, closed", "frame\nloss", |v| {
        small(fec(&v.result.port, |fec| fec.frame_loss_ratio_closed))
    }),
    figure("mean margin, dB", "mean margin\ndB (95 %)", |v| {
        within(v.margin_mean_db, v.margin_mean_db_low, v.margin_mean_db_high)
    }),
    figure("differs by: margin, dB", "differs by\nmargin, dB (95 %)", |v| {
        against(v, |d| difference(d.margin_db, d.margin_db_low, d.margin_db_high))
    }),
    figure("differs by: ln BER", "differs by\nln BER (95 %)", |v| {
        against(v, |d| difference(d.ln_ber, d.ln_ber_low, d.ln_ber_high))
    }),
];

/// All variants, what their differences mean, the best one; lines of at most 120 characters, but
/// for warnings.
pub fn compared(compared: &Compared) -> String {
    let variants = compared.variants.as_slice();
    let Some(first) = variants.first() else { return "no variant was run to its end\n".to_owned() };
    let mut out = format!(
        "{}: {}\n\n",
        first.result.preset.as_deref().unwrap_or("own link"),
        common(compared)
    );
    out += &layout(compared);
    out.push('\n');
    for line in meaning(variants) {
        out += &format!("{line}\n");
    }
    for line in notes(variants) {
        out += &format!("{line}\n");
    }
    out
}

/// What all variants have in common: `4 variants of 8 lanes of 53.125 GBd, seed 1`.
fn common(compared: &Compared) -> String {
    let variants = compared.variants.as_slice();
    let first = &variants[0].result;
    let all =
        |same: &dyn Fn(&LinkResult) -> bool| variants.iter().all(|variant| same(&variant.result));
    let number = variants.len();
    let mut out = format!("{number} variant{}", if number == 1 { "" } else { "s" });
    if !compared.complete {
        out += &format!(" (of {})", compared.total);
    }
    if all(&|result| result.lanes.len() == first.lanes.len()) {
        out += &format!(
            " of {} lane{}",
            first.lanes.len(),
            if first.lanes.len() == 1 { "" } else { "s" }
        );
    }
    if all(&|result| result.symbol_rate_gbd == first.symbol_rate_gbd) {
        out += &format!(" of {} GBd", first.symbol_rate_gbd);
    }
    if all(&|result| result.seed == first.seed) {
        out += &format!(", seed {}", first.seed);
    }
    if all(&|result| result.limit_ber == first.limit_ber) {
        out += &format!(", limit {:e} before error correction", first.limit_ber);
    }
    out
}

/// The first of some layouts that fits the width: few variants as columns; as rows with their
/// values; as rows with a list of values.
fn layout(compared: &Compared) -> String {
    let fits = |text: &String| text.lines().all(|line| line.chars().count() <= WIDTH);
    let columns = (compared.variants.len() <= MOST_COLUMNS).then(|| columns(compared));
    columns
        .filter(fits)
        .or_else(|| Some(rows(compared, true)).filter(fits))
        .unwrap_or_else(|| list(compared) + &rows(compared, false))
}

/// A column a variant, a line a figure.
fn columns(compared: &Compared) -> String {
    let variants = &compared.variants;
    let numbers: Vec<String> = (1..=variants.len()).map(|number| number.to_string()).collect();
    let header: Vec<&str> =
        std::iter::once("variant").chain(numbers.iter().map(String::as_str)).collect();
    let all: Vec<usize> = (0..header.len()).collect();
    let mut table = plain(&header, &all);
    for (i, key) in compared.keys.iter().enumerate() {
        table.add_row(
            std::iter::once(key.clone()).chain(variants.iter().map(|variant| value(variant, i))),
        );
    }
    for figures in [&OWN[..], &BEYOND] {
        table.add_row(vec![""; header.len()]);
        for figure in figures {
            table.add_row(
                std::iter::once(figure.line.to_owned()).chain(variants.iter().map(figure.of)),
            );
        }
    }
    text(&table)
}

/// A row a variant, in two tables, with its number and perhaps its values.
fn rows(compared: &Compared, with_values: bool) -> String {
    let keys: Vec<String> = if with_values {
        compared.keys.iter().map(|key| key.replace('.', "\n")).collect()
    } else {
        Vec::new()
    };
    // heads end on the same line
    let deepest =
        |heads: &[&str]| heads.iter().map(|head| head.matches('\n').count()).max().unwrap_or(0);
    let of = |figures: &[Figure]| {
        let heads: Vec<&str> = ["#"]
            .into_iter()
            .chain(keys.iter().map(String::as_str))
            .chain(figures.iter().map(|f| f.column))
            .collect();
        let depth = deepest(&heads);
        let heads: Vec<String> = heads
            .iter()
            .map(|head| "\n".repeat(depth - head.matches('\n').count()) + head)
            .collect();
        let left: Vec<usize> =
            (1..=keys.len()).chain(texts(figures).map(|i| 1 + keys.len() + i)).collect();
        let mut table = plain(&heads.iter().map(String::as_str).collect::<Vec<_>>(), &left);
        for (i, variant) in compared.variants.iter().enumerate() {
            let values = (0..keys.len()).map(|key| value(variant, key));
            table.add_row(
                std::iter::once((i + 1).to_string())
                    .chain(values)
                    .chain(figures.iter().map(|figure| (figure.of)(variant))),
            );
        }
        text(&table)
    };
    of(&OWN) + "\n" + &of(&BEYOND)
}

/// The columns that hold more than a number.
fn texts(figures: &[Figure]) -> impl Iterator<Item = usize> {
    figures
        .iter()
        .enumerate()
        .filter(|(_, figure)| figure.column.contains("95 %") || figure.line == "verdict")
        .map(|(i, _)| i)
}

/// The variants by number, with their values.
fn list(compared: &Compared) -> String {
    let mut out = String::new();
    for (i, variant) in compared.variants.iter().enumerate() {
        let mut line = format!("{}:", i + 1);
        for (k, key) in compared.keys.iter().enumerate() {
            let next = format!(" {key}={}", value(variant, k));
            if line.chars().count() + next.chars().count() > WIDTH {
                out += &format!("{line}\n");
                line = "  ".to_owned();
            }
            line += &next;
        }
        out += &format!("{line}\n");
    }
    out + "\n"
}

/// What the differences are, and which variant is the best.
fn meaning(variants: &[Variant]) -> Vec<String> {
    let mut lines = Vec::new();
    let differences: Vec<&Difference> =
        variants.iter().filter_map(|variant| variant.difference.as_ref()).collect();
    let (Some(least), Some(most)) = (
        differences.iter().map(|d| d.margin_lanes).min(),
        differences.iter().map(|d| d.margin_lanes.max(d.ln_ber_lanes)).max(),
    ) else {
        return vec!["one variant: there is nothing to compare it with; give a key two values, --vary KEY=A,B".to_owned()];
    };
    let lanes = if least == most { format!("{most}") } else { format!("{least} to {most}") };
    lines.push(if most < 2 {
        format!("differences to variant 1, lanes with a figure in both: {lanes}; no scatter, no interval")
    } else {
        format!("differences to variant 1, lane by lane: mean over {lanes} lanes, 95 % interval by their scatter (Student t)")
    });
    if differences.iter().any(|difference| difference.same_seeds) {
        lines.push("paired: same seeds for data and noise".to_owned());
    }
    let others = numbers(variants, |variant| {
        variant.difference.as_ref().is_some_and(|difference| !difference.same_seeds)
    });
    if !others.is_empty() {
        lines.push(format!("{others}: other seeds than variant 1, so NOT paired: the scatter holds that of data and noise, too"));
    }
    if let Some((i, best)) = variants.iter().enumerate().find(|(_, variant)| variant.rank == 1) {
        let equals = variants.iter().filter(|variant| variant.rank == 1).count() - 1;
        let equals = if equals > 0 { format!(" (as good: {equals} more)") } else { String::new() };
        match best.result.port.margin_db {
            Some(db) => lines.push(format!(
                "best: variant {}, margin {} dB, {}{equals}",
                i + 1,
                decimals(Some(db), 2),
                verdict(&best.result)
            )),
            None => lines.push(format!(
                "no variant has a margin on all lanes; the first by rank is variant {}{equals}",
                i + 1
            )),
        }
    }
    lines
}

/// Lanes without figures and warnings, each once with the variants it is of.
fn notes(variants: &[Variant]) -> Vec<String> {
    let of = |result: &LinkResult| -> Vec<String> {
        let lane = |lane: &LaneResult| {
            let refusal =
                lane.refusal.as_ref().map(|because| format!("lane {}: {because}", lane.lane));
            let refusal = refusal.or_else(|| {
                lane.count_refusal.as_ref().map(|because| format!("lane {}: {because}", lane.lane))
            });
            refusal.or_else(|| {
                lane.floor_ber.map(|ber| {
                    format!("lane {}: no power reaches the limit; least BER {ber:.1e}", lane.lane)
                })
            })
        };
        let warnings = result.warnings.iter().map(|warning| format!("warning: {warning}"));
        result
            .lanes
            .iter()
            .filter_map(lane)
            .chain(result.port.fec_refusal.clone())
            .chain(warnings)
            .collect()
    };
    let notes: Vec<Vec<String>> = variants.iter().map(|variant| of(&variant.result)).collect();
    let mut said: Vec<&String> = Vec::new();
    for note in notes.iter().flatten() {
        if !said.contains(&note) {
            said.push(note);
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for note in said.iter().take(MOST_NOTES) {
        let whose: Vec<String> = notes
            .iter()
            .enumerate()
            .filter(|(_, notes)| notes.contains(note))
            .map(|(i, _)| (i + 1).to_string())
            .collect();
        lines.push(if whose.len() == variants.len() {
            (*note).clone()
        } else {
            format!("variant {}: {note}", whose.join(", "))
        });
    }
    if said.len() > MOST_NOTES {
        lines.push(format!("{} more notes, see --json", said.len() - MOST_NOTES));
    }
    lines
}

/// `variants 2, 3`, or nothing.
fn numbers(variants: &[Variant], of: impl Fn(&Variant) -> bool) -> String {
    let numbers: Vec<String> = variants
        .iter()
        .enumerate()
        .filter(|(_, variant)| of(variant))
        .map(|(i, _)| (i + 1).to_string())
        .collect();
    match numbers.len() {
        0 => String::new(),
        1 => format!("variant {}", numbers[0]),
        _ => format!("variants {}", numbers.join(", ")),
    }
}

fn value(variant: &Variant, key: usize) -> String {
    let text = match variant.at.0.get(key).map(|(_, value)| value) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let text = text.replace(char::is_control, " ");
    let length = text.chars().count();
    if length <= MOST_VALUE {
        text
    } else {
        format!("..{}", text.chars().skip(length + 2 - MOST_VALUE).collect::<String>())
    }
}

fn margin(variant: &Variant) -> String {
    let floor = variant.result.lanes.iter().any(|lane| lane.floor_ber.is_some());
    if floor { "none".to_owned() } else { decimals(variant.result.port.margin_db, 2) }
}

/// A figure of the worst lane.
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

fn verdict(result: &LinkResult) -> &'static str {
    match result.port.passes {
        _ if result.lanes.iter().any(|lane| lane.passes == Some(false)) => "FAIL",
        Some(true) => "PASS",
        _ => "NOT JUDGED",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::sweep::At;

    fn variant(at: &[(&str, Value)], rank: usize, result: LinkResult) -> Variant {
        let difference = Difference {
            same_seeds: true,
            margin_lanes: 8,
            margin_db: Some(-11.04),
            margin_db_low: Some(-12.34),
            margin_db_high: Some(-10.56),
            ln_ber_lanes: 8,
            ln_ber: Some(-234.5),
            ln_ber_low: Some(-345.6),
            ln_ber_high: Some(-123.4),
            lanes: Vec::new(),
        };
        Variant {
            at: At(at.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()),
            rank,
            margin_mean_db: Some(-10.04),
            margin_mean_db_low: Some(-11.31),
            margin_mean_db_high: Some(-9.02),
            difference: Some(difference),
            result,
        }
    }

    /// The first has no difference.
    fn of(mut variants: Vec<Variant>) -> Compared {
        variants[0].difference = None;
        let keys = variants[0].at.0.iter().map(|(key, _)| key.clone()).collect();
        Compared {
            schema: 1,
            version: "0.1.0",
            keys,
            total: variants.len() as u64,
            complete: true,
            same_seeds: true,
            variants,
        }
    }

    fn wide(variants: usize, keys: usize) -> Compared {
        let file = Value::from("measured/in/the/laboratory/of/june/amplifier.s2p");
        let key = |i: usize| {
            [
                "receiver.tia.response.file",
                "transmitter.mzm.laser.rin_db_per_hz",
                "pattern.file",
                "fibre.length_km",
            ][i]
        };
        let at: Vec<(&str, Value)> = (0..keys).map(|i| (key(i), file.clone())).collect();
        of((0..variants)
            .map(|i| variant(&at, i + 1, sample::result((56..64).map(sample::lane).collect())))
            .collect())
    }

    #[test]
    fn the_widest_figures_fit_the_width_in_every_layout() {
        for (variants, keys) in [(1, 1), (2, 1), (4, 1), (4, 3), (5, 1), (64, 1), (64, 2), (64, 4)]
        {
            let text = compared(&wide(variants, keys));
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= WIDTH, "{variants} variants, {keys} keys: {widest}\n{text}");
            assert!(
                text.contains("../of/june/amplifier") || text.contains("amplifier.s2p"),
                "{text}"
            );
        }
    }

    #[test]
    fn few_variants_stand_in_columns_and_many_in_rows() {
        let at = |km: f64| [("fibre.length_km", Value::from(km))];
        let some = |count: usize| {
            of((0..count)
                .map(|i| variant(&at(0.5 + i as f64), i + 1, sample::result(vec![sample::lane(1)])))
                .collect())
        };
        let columns = compared(&some(2));
        let line = |text: &str, first: &str| -> Vec<String> {
            let line = text
                .lines()
                .find(|line| line.trim_start().starts_with(first))
                .unwrap_or_else(|| panic!("{first}: {text}"));
            line.split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(line(&columns, "fibre.length_km")[1..], ["0.5", "1.5"]);
        assert_eq!(line(&columns, "rank")[3..], ["1", "2"]);
        assert_eq!(
            line(&columns, "differs by: margin")[4..],
            ["reference", "-11.0", "(-12.3..-10.6)"]
        );
        assert!(columns.contains("mean over 8 lanes, 95 % interval by their scatter"), "{columns}");
        assert!(columns.contains("best: variant 1, margin 5.90 dB, PASS"), "{columns}");
        let rows = compared(&some(6));
        assert_eq!(line(&rows, "6")[..4], ["6", "5.5", "6", "5.90"]);
    }

    #[test]
    fn a_lane_without_a_figure_is_never_a_pass_and_its_reason_is_told_once() {
        let dark =
            LaneResult { lane: 1, refusal: Some("no lock".to_owned()), ..LaneResult::default() };
        let with = |lanes| variant(&[("lanes", Value::from(2))], 1, sample::result(lanes));
        let text =
            compared(&of(vec![with(vec![sample::lane(0)]), with(vec![sample::lane(0), dark])]));
        assert!(
            text.contains("NOT JUDGED") && text.contains("variant 2: lane 1: no lock"),
            "{text}"
        );
        assert_eq!(text.matches("warning: the light is dim").count(), 1, "{text}");
    }

    #[test]
    fn other_seeds_are_not_called_paired_and_one_variant_is_not_compared() {
        let one = || {
            variant(
                &[("simulation.seed", Value::from(1))],
                1,
                sample::result(vec![sample::lane(0)]),
            )
        };
        let mut two = of(vec![one(), one()]);
        two.variants[1].difference.as_mut().unwrap().same_seeds = false;
        assert!(compared(&two).contains("variant 2: other seeds than variant 1, so NOT paired"));
        assert!(compared(&of(vec![one()])).contains("there is nothing to compare it with"));
    }
}
