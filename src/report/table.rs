//! The long table of a run.

use super::changed::changed;
use super::clock::clock;
use super::compliant::compliant;
use super::corners::corners;
use super::decision::decisions;
use super::fec::fec;
use super::number::{counted, decimals, ratio, ratio_within};
use super::plain_table::{plain, text};
use super::segments::segments;
use super::transmitted::{levels, transmitted};
use crate::dsp::DetectorKind;
use crate::link::{CountingMethod, LaneResult, LinkResult, PortResult};

/// Largest line width, characters.
#[cfg(test)]
const WIDTH: usize = 120;
/// Largest number of warnings printed.
const WARNINGS_MAX: usize = 12;
/// Width of the column of noise sources, characters.
const NOISE_LETTERS_MAX: usize = 17;

const HEADER: [&str; 12] = [
    "\n\nlane",
    "\nBER\nsemi-analytic",
    "\nBER\ncounted",
    "margin\nloss\ndB",
    "margin\nSNR\ndB",
    "\nSNR\ndB",
    "\n\nRLM",
    "TP2\nOMA\ndBm",
    "TP2\nER\ndB",
    "TP2\nmean\ndBm",
    "TP3\nmean\ndBm",
    "\nlargest parts of\nnoise power, %",
];

/// All lanes, the port, the verdict and the warnings; at most 120 characters wide.
pub fn table(result: &LinkResult) -> String {
    let name = result.preset.as_deref().unwrap_or("custom link");
    let mut out = format!(
        "{name}: {}{} transmitter, {} lane{} of {} GBd, seed {}, config {}\n{}\n",
        if result.module.has_hosts() {
            format!("{} module, ", result.module.name())
        } else {
            String::new()
        },
        result.transmitter,
        result.lanes.len(),
        if result.lanes.len() == 1 { "" } else { "s" },
        result.symbol_rate_gbd,
        result.seed,
        result.config_hash,
        changed(result, &[])
    );
    let mut table = plain(&HEADER, &[1, 2, 11]);
    for lane in &result.lanes {
        table.add_row(row(lane));
    }
    out += &text(&table);
    let segments = segments(result);
    if !segments.is_empty() {
        out += &format!("\n{segments}");
    }
    let transmitted = transmitted(&result.lanes);
    if !transmitted.is_empty() {
        out += &format!("\n{transmitted}");
    }
    let levels = levels(&result.lanes);
    if !levels.is_empty() {
        out += &format!("\n{levels}");
    }
    let decided = decisions(&result.lanes);
    if !decided.is_empty() {
        out += &format!("\n{decided}");
    }
    let corrected = fec(result);
    if !corrected.is_empty() {
        out += &format!("\n{corrected}");
    }
    out += &format!("\n{}\n", port(result));
    if let Some(line) = at_limit(result) {
        out += &format!("{line}\n");
    }
    out += &corners(result);
    out += &compliant(result);
    out += &rare(&result.lanes);
    out += &clock(&result.lanes);
    let (judgement, reason) = verdict(result);
    out += &format!("{}: {reason}\n", judgement.as_str());
    for note in notes(result) {
        out += &format!("{note}\n");
    }
    out + &warnings(result)
}

/// Warnings, a line each.
pub(super) fn warnings(result: &LinkResult) -> String {
    let shown = result.warnings.iter().take(WARNINGS_MAX);
    let mut out: String = shown.map(|warning| format!("warning: {warning}\n")).collect();
    if result.warnings.len() > WARNINGS_MAX {
        out += &format!("warning: {} more, see --json\n", result.warnings.len() - WARNINGS_MAX);
    }
    out
}

fn row(lane: &LaneResult) -> [String; 12] {
    let mark = if lane.pattern_limited == Some(true) { "*" } else { " " };
    [
        format!("{}{mark}", lane.lane),
        ratio_within(
            lane.ber_semi_analytic,
            lane.ber_semi_analytic_low,
            lane.ber_semi_analytic_high,
        ),
        if lane.count_not_evaluated.is_some() && lane.bits == 0 {
            "refused".to_owned()
        } else {
            counted(lane.bits, lane.ber_counted, lane.ber_counted_low, lane.ber_counted_high)
        },
        if lane.least_ber.is_some() { "none".to_owned() } else { decimals(lane.loss_margin_db, 2) },
        decimals(lane.snr_margin_db, 2),
        decimals(lane.snr_db, 1),
        decimals(lane.rlm, 3),
        decimals(lane.oma_tp2_dbm, 2),
        decimals(lane.er_tp2_db, 2),
        decimals(lane.launch_power_dbm, 2),
        decimals(lane.received_power_dbm, 2),
        noises(lane),
    ]
}

/// The largest noise sources in per cent, as many as fit: `rin 41 adc 33 thermal 14`.
fn noises(lane: &LaneResult) -> String {
    let Some(slicer) = &lane.slicer else { return "-".to_owned() };
    let mut out = String::new();
    let parts = slicer.noise_shares.iter().filter_map(|part| Some((&part.source, part.share?)));
    for (source, share) in parts.filter(|(_, share)| *share >= 0.005) {
        let next = format!("{} {:.0}", short(source), 100.0 * share);
        if out.len() + 1 + next.len() > NOISE_LETTERS_MAX {
            break;
        }
        out += if out.is_empty() { "" } else { " " };
        out += &next;
    }
    out
}

/// Short name of a source: `rin` for `laser.0.rin`, `adc` for `adc.quantisation`, `dac jitter` for
/// `dac.jitter`.
pub(super) fn short(entity: &str) -> String {
    // sources in a host keep their place: `host tx` for `host.tx.noise`
    if let Some((place, last)) = entity
        .rsplit_once('.')
        .filter(|(place, _)| place.starts_with("host.") || place.starts_with("module."))
    {
        let place = place.replace('.', " ");
        return if last == "noise" { place } else { format!("{place} {}", last.replace('_', " ")) };
    }
    let first = entity.split('.').next().unwrap_or(entity);
    match entity.rsplit('.').next().unwrap_or(entity) {
        "noise" | "quantisation" => first.to_owned(),
        "jitter" => format!("{first} jitter"),
        last => last.to_owned(),
    }
}

fn port(result: &LinkResult) -> String {
    let port = &result.port;
    let worst = port.worst_lane.map_or(String::new(), |lane| format!(", worst lane {lane}"));
    let counting = counting(result);
    let by = if counting == CountingMethod::Chain {
        String::new()
    } else {
        format!(" by {}", counting.name())
    };
    let count =
        if port.bits == 0 && result.lanes.iter().any(|lane| lane.count_not_evaluated.is_some()) {
            format!("not counted{by}")
        } else {
            let ratio =
                counted(port.bits, port.ber_counted, port.ber_counted_low, port.ber_counted_high);
            format!(
                "counted{by} {ratio} ({} {} in {:.2e} bits)",
                port.errors,
                errors(counting),
                port.bits as f64
            )
        };
    format!(
        "port: BER semi-analytic {}, {count}{worst}\n{}",
        ratio(port.ber_semi_analytic),
        port_margins(port)
    )
}

/// Smallest margins of the lanes.
pub(super) fn port_margins(port: &PortResult) -> String {
    let bound = if port.overload_margin_is_bound { "> " } else { "" };
    let overload =
        port.overload_margin_db.map_or(String::new(), |db| format!(", overload {bound}{db:.1} dB"));
    let snr = port.snr_margin_db.map_or(String::new(), |db| format!(", SNR {db:.2} dB"));
    format!("margins: loss {} dB{snr}{overload}", decimals(port.loss_margin_db, 2))
}

/// The count at the limit, which validates the margin.
fn at_limit(result: &LinkResult) -> Option<String> {
    let bits: u64 = result.lanes.iter().map(|lane| lane.bits_at_limit).sum();
    let errors: u64 = result.lanes.iter().map(|lane| lane.errors_at_limit).sum();
    let agree =
        match result.lanes.iter().filter_map(|lane| lane.estimators_agree).reduce(|a, b| a && b) {
            Some(true) => ": the estimators agree",
            Some(false) => ": THE ESTIMATORS DISAGREE",
            None => "",
        };
    (bits > 0).then(|| {
        let weighted: f64 = result.lanes.iter().map(LaneResult::weighted_errors_at_limit).sum();
        let ber = weighted / bits as f64;
        let of = self::errors(counting(result));
        let counted_there = || result.lanes.iter().filter(|lane| lane.bits_at_limit > 0);
        let expected =
            |lane: &LaneResult| Some(lane.ber_semi_analytic_at_limit? * lane.bits_at_limit as f64);
        let predicted = counted_there().map(expected).sum::<Option<f64>>();
        let predicted = predicted.map(|errors| errors / bits as f64);
        let predicted = predicted.map_or(String::new(), |ber| format!(", predicted {ber:.2e}"));
        format!("at the limit: counted {ber:.2e} ({errors} {of}){predicted}{agree}")
    })
}

pub(super) fn counting(result: &LinkResult) -> CountingMethod {
    result.lanes.first().map_or(CountingMethod::Chain, |lane| lane.counted_by)
}

/// Unit of a count of errors.
pub(super) fn errors(counting: CountingMethod) -> &'static str {
    if counting == CountingMethod::Importance { "hits" } else { "errors" }
}

/// Efficiency of importance sampling, as a range over all lanes.
fn rare(lanes: &[LaneResult]) -> String {
    let range = |of: &dyn Fn(&LaneResult) -> Option<f64>| {
        let (low, high) = lanes
            .iter()
            .filter_map(of)
            .fold((f64::INFINITY, 0f64), |(low, high), x| (low.min(x), high.max(x)));
        if low < high { format!("{low:.1e}..{high:.1e}") } else { format!("{high:.1e}") }
    };
    if lanes.iter().all(|lane| lane.variance_reduction.is_none()) {
        return String::new();
    }
    format!(
        "importance sampling: {} effective samples, variance reduction {}; no codewords counted\n",
        range(&|l| l.effective_samples),
        range(&|l| l.variance_reduction)
    )
}

/// Judgement of a link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Every lane keeps the limits.
    Pass,
    /// A lane misses one.
    Fail,
    /// A lane has no error ratio.
    NotJudged,
}

impl Judgement {
    /// As printed.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Judgement::Pass => "PASS",
            Judgement::Fail => "FAIL",
            Judgement::NotJudged => "NOT JUDGED",
        }
    }
}

/// Judgement of the lanes against the limit, and its reason.
pub(super) fn verdict(result: &LinkResult) -> (Judgement, String) {
    let limit = result.limit_ber;
    let lanes = |of: &dyn Fn(&LaneResult) -> bool| {
        let lanes: Vec<String> =
            result.lanes.iter().filter(|lane| of(lane)).map(|lane| lane.lane.to_string()).collect();
        format!("lane{} {}", if lanes.len() == 1 { "" } else { "s" }, lanes.join(", "))
    };
    // a lane that keeps the limit from end to end can fail a segment's own limit
    let above = |lane: &LaneResult| lane.ber_semi_analytic.is_none_or(|ber| ber > limit);
    if result
        .lanes
        .iter()
        .any(|lane| lane.passes == Some(false) && !lane.segments.is_empty() && !above(lane))
    {
        let failing = |lane: &LaneResult| lane.passes == Some(false);
        let segments = result
            .lanes
            .iter()
            .flat_map(|lane| &lane.segments)
            .filter(|segment| segment.passes == Some(false));
        let mut names: Vec<String> =
            segments.filter_map(|s| Some(format!("{} ({:e})", s.name, s.limit_ber?))).collect();
        names.sort();
        names.dedup();
        let lanes = lanes(&failing);
        let names = names.join(", ");
        (Judgement::Fail, format!("{lanes} with a segment above its pre-FEC BER limit: {names}"))
    } else if result.lanes.iter().any(|lane| lane.passes == Some(false)) {
        let by_codewords = |lane: &LaneResult| {
            lane.passes == Some(false) && !above(lane) && lane.codeword_error_ratio_limit.is_some()
        };
        if let Some(lane) = result.lanes.iter().find(|lane| by_codewords(lane)) {
            let reason = lane.missed_by_codewords().unwrap_or_else(|| "codewords".to_owned());
            return (Judgement::Fail, format!("{} with {reason}", lanes(&by_codewords)));
        }
        let lanes = lanes(&|lane| lane.passes == Some(false));
        (Judgement::Fail, format!("{lanes} above the pre-FEC BER limit of {limit:e}"))
    } else if result.lanes.iter().any(|lane| lane.passes.is_none()) {
        let lanes = lanes(&|lane| lane.passes.is_none());
        let reason = format!("{lanes} without a BER to compare with the limit of {limit:e}");
        (Judgement::NotJudged, reason)
    } else {
        (Judgement::Pass, format!("every lane within the pre-FEC BER limit of {limit:e}"))
    }
}

/// Why lanes with a loss margin have no SNR margin.
fn absent_margins(lanes: &[LaneResult]) -> Vec<String> {
    let note = |predicted: bool, reason: &str| {
        let without = lanes.iter().filter(|lane| {
            lane.loss_margin_db.is_some()
                && lane.snr_margin_db.is_none()
                && lane.ber_semi_analytic.is_some() == predicted
        });
        let numbers: Vec<String> = without.map(|lane| lane.lane.to_string()).collect();
        let which = match numbers.len() {
            0 => return None,
            n if n == lanes.len() => "every lane".to_owned(),
            1 => format!("lane {}", numbers[0]),
            _ => format!("lanes {}", numbers.join(", ")),
        };
        Some(format!("{reason}: {which}"))
    };
    [
        note(false, "no SNR and overload margin without a predicted error ratio"),
        note(true, "no SNR margin, interference alone misses the limit"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Reasons for absent figures, and the files that were read.
pub(super) fn notes(result: &LinkResult) -> Vec<String> {
    let mut notes = Vec::new();
    for lane in &result.lanes {
        if let Some(refusal) = &lane.not_evaluated {
            notes.push(format!("lane {}: {refusal}", lane.lane));
        }
        // often the same for many lanes
        notes.extend(
            lane.count_not_evaluated
                .iter()
                .filter(|refusal| !notes.contains(refusal))
                .cloned()
                .collect::<Vec<_>>(),
        );
        notes.extend(
            lane.loss_margin_not_evaluated
                .iter()
                .filter(|refusal| !notes.contains(refusal))
                .cloned()
                .collect::<Vec<_>>(),
        );
        if let Some(least) = lane.least_ber {
            notes.push(format!(
                "lane {}: limit not reached with up to 10 dB more power; lowest BER {least:.1e}",
                lane.lane
            ));
        }
        if let (Some(from), Some(to)) = (lane.passes_from_loss_db, lane.passes_to_loss_db) {
            notes.push(format!(
                "lane {}: overloaded, passes between {from:.2} and {to:.2} dB of extra loss",
                lane.lane
            ));
        }
    }
    notes.extend(absent_margins(&result.lanes));
    // with decision feedback it is printed below that lane's table
    let sliced = result.lanes.iter().filter(|lane| {
        lane.slicer.as_ref().is_some_and(|slicer| slicer.detector == DetectorKind::Slicer)
    });
    let mut unpredicted: Vec<&str> =
        sliced.filter_map(|lane| lane.ber_semi_analytic_not_evaluated.as_deref()).collect();
    unpredicted.dedup();
    notes.extend(unpredicted.into_iter().map(str::to_owned));
    if result.lanes.iter().any(|lane| lane.pattern_limited == Some(true)) {
        notes.push("* 1 % of the symbols cause more than half of the lane's errors".to_owned());
    }
    for file in result.files.iter() {
        if let Some(found) = &file.found {
            notes.push(format!("{} = {}: {found}", file.key, file.file));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_widest_figures_fit_the_width() {
        let result = sample::result((56..64).map(sample::lane).collect());
        let text = table(&result);
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= WIDTH, "{widest}\n{text}");
    }

    #[test]
    fn a_lane_is_one_line_with_its_figures() {
        let text = table(&sample::result(vec![sample::lane(0), sample::lane(3)]));
        let line = text.lines().find(|line| line.trim_start().starts_with("3*")).unwrap();
        for figure in [
            "3*",
            "1.2e-112 (1.1..94)",
            "4.6e-5 (2.4..18)",
            "-10.02",
            "21.7",
            "0.987",
            "rin 41 adc 33",
        ] {
            assert!(line.contains(figure), "{figure}: {line}");
        }
        assert!(text.contains("PASS: every lane within the pre-FEC BER limit of 2.4e-4"));
        assert!(text.contains("warning: the light is dim"));
    }

    #[test]
    fn an_absent_snr_margin_has_its_reason() {
        let counted = LaneResult { ber_semi_analytic: None, ..sample::lane(1) };
        let whole = LaneResult { snr_margin_db: Some(5.0), ..sample::lane(2) };
        let text = table(&sample::result(vec![sample::lane(0), counted, whole]));
        for line in [
            "no SNR and overload margin without a predicted error ratio: lane 1\n",
            "no SNR margin, interference alone misses the limit: lane 0\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
    }

    #[test]
    fn a_lane_without_figures_is_never_a_pass() {
        let dark = LaneResult {
            lane: 1,
            not_evaluated: Some("no lock".to_owned()),
            ..LaneResult::default()
        };
        let text = table(&sample::result(vec![sample::lane(0), dark]));
        assert!(text.contains("NOT JUDGED: lane 1 "), "{text}");
        assert!(text.contains("lane 1: no lock"), "{text}");
    }

    #[test]
    fn a_lane_above_the_limit_fails_the_link() {
        let bad = LaneResult {
            passes: Some(false),
            least_ber: Some(1e-3),
            loss_margin_db: None,
            ..sample::lane(1)
        };
        let text = table(&sample::result(vec![sample::lane(0), bad]));
        assert!(
            text.contains("FAIL: lane 1 above the pre-FEC BER limit")
                && text.contains("lowest BER 1.0e-3"),
            "{text}"
        );
    }
}
