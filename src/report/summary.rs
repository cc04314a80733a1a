//! The short table of a run: verdict and reason first, what is the same in every lane once.

use super::changed::changed;
use super::clock::clock;
use super::compliant::compliant;
use super::corners::corners;
use super::decision::decisions;
use super::number::{counted, decimals, ratio, small};
use super::plain_table::{plain, text};
use super::reflections::reflections;
use super::segments::segments;
use super::table::{Judgement, counting, errors, notes, port_margins, short, verdict, warnings};
use super::transmitted::transmitted;
use crate::link::{FecResult, LaneResult, LinkResult, NoiseShare};

/// Largest line width of the head and of the lines after the lanes, characters.
const WIDTH: usize = 78;
/// Width of the names of the lines after the lanes, characters.
const NAME_WIDTH: usize = 20;
/// Least share of a noise source that is printed.
const SHARE_MIN: f64 = 0.05;

const HEADER: [&str; 10] = [
    "\nlane",
    "pre-FEC BER\npredicted",
    "\ncounted",
    "margin\nloss dB",
    "margin\nSNR dB",
    "SNR\ndB",
    "OMA\nTP2 dBm",
    "ER\nTP2 dB",
    "mean\nTP3 dBm",
    "\nRLM",
];

/// Verdict, margins, a line for each lane, noise, error correction, notes and warnings.
pub fn summary(result: &LinkResult) -> String {
    let (judgement, reason) = verdict(result);
    let mut out = format!("{}\n", right_aligned(&title(result), judgement.as_str()));
    out += &changed(result, &[]);
    if judgement != Judgement::Pass {
        out += &format!("{reason}\n");
    }
    let limited = worst_lane(result).and_then(|lane| lane.limited_by);
    let limited = limited.map_or(String::new(), |by| format!("   limited by {}", by.as_str()));
    out += &format!("{}\n{}{limited}\n\n", worst(result), port_margins(&result.port));
    let mut table = plain(&HEADER, &[]);
    result.lanes.iter().for_each(|lane| {
        table.add_row(row(lane));
    });
    out += &text(&table);
    for part in [segments(result), transmitted(&result.lanes), decisions(&result.lanes)] {
        if !part.is_empty() {
            out += &format!("\n{part}");
        }
    }
    out += "\n";
    for (name, line) in noise(result).into_iter().chain(fec(result)).chain(check(result)) {
        out += &format!("{name:<NAME_WIDTH$}{line}\n");
    }
    out += &corners(result);
    out += &compliant(result);
    out += &clock(&result.lanes);
    out += &reflections(&result.lanes);
    for note in notes(result) {
        out += &format!("{note}\n");
    }
    out += &warnings(result);
    out + "\nMore: -v, --spec, --plots DIR, --json\n"
}

/// `800gbase-dr8  eml  8 x 53.125 GBd  0.5 km`.
fn title(result: &LinkResult) -> String {
    let mut parts = vec![result.preset.clone().unwrap_or_else(|| "custom link".to_owned())];
    if result.module.has_hosts() {
        parts.push(format!("{} module", result.module.name()));
    }
    parts.push(format!("{} transmitter", result.transmitter));
    parts.push(format!("{} x {} GBd", result.lanes.len(), result.symbol_rate_gbd));
    parts.push(format!("{} km", result.config.fibre.length_km));
    parts.join("  ")
}

/// `text`, and `word` at the end of the line.
fn right_aligned(text: &str, word: &str) -> String {
    let room = WIDTH.saturating_sub(text.chars().count() + word.chars().count()).max(2);
    format!("{text}{}{word}", " ".repeat(room))
}

/// The worst lane's error ratio beside the limit, and that of the port.
fn worst(result: &LinkResult) -> String {
    let lane = worst_lane(result);
    let ber = lane.map_or("-".to_owned(), |lane| {
        let counted =
            || counted(lane.bits, lane.ber_counted, lane.ber_counted_low, lane.ber_counted_high);
        lane.ber_semi_analytic.map_or_else(counted, |ber| ratio(Some(ber)))
    });
    let port = result.port.ber_semi_analytic.or(result.port.ber_counted);
    let port = port.map_or(String::new(), |ber| format!("   (port {})", ratio(Some(ber))));
    format!(
        "worst lane {}: pre-FEC BER {ber}, limit {:e}{port}",
        lane.map_or("-".to_owned(), |lane| lane.lane.to_string()),
        result.limit_ber
    )
}

fn worst_lane(result: &LinkResult) -> Option<&LaneResult> {
    let worst = result.port.worst_lane?;
    result.lanes.iter().find(|lane| lane.lane == worst)
}

fn row(lane: &LaneResult) -> [String; 10] {
    let mark = if lane.pattern_limited == Some(true) { "*" } else { " " };
    [
        format!("{}{mark}", lane.lane),
        ratio(lane.ber_semi_analytic),
        if lane.count_not_evaluated.is_some() && lane.bits == 0 {
            "refused".to_owned()
        } else {
            match lane.ber_counted {
                Some(ber) => ratio(Some(ber)),
                None => counted(lane.bits, None, lane.ber_counted_low, lane.ber_counted_high),
            }
        },
        if lane.least_ber.is_some() { "none".to_owned() } else { decimals(lane.loss_margin_db, 2) },
        decimals(lane.snr_margin_db, 2),
        decimals(lane.snr_db, 1),
        decimals(lane.oma_tp2_dbm, 2),
        decimals(lane.er_tp2_db, 2),
        decimals(lane.received_power_dbm, 2),
        decimals(lane.rlm, 3),
    ]
}

/// Parts of the noise of the worst lane, at the operating point and at the limit.
fn noise(result: &LinkResult) -> Vec<(&'static str, String)> {
    let Some(lane) = worst_lane(result) else { return vec![] };
    let shares = |shares: &[NoiseShare]| {
        let part = |part: &NoiseShare| {
            let share = part.share.filter(|share| *share >= SHARE_MIN)?;
            Some(format!("{} {:.0} %", short(&part.source), 100.0 * share))
        };
        shares.iter().filter_map(part).collect::<Vec<_>>().join("  ")
    };
    let here = lane.slicer.as_ref().map(|slicer| shares(&slicer.noise_shares));
    let at_limit = Some(shares(&lane.noise_shares_at_limit)).filter(|line| !line.is_empty());
    let lines = [
        ("noise, worst lane", here.map(|line| format!("here      {line}"))),
        ("", at_limit.map(|line| format!("at limit  {line}"))),
    ];
    lines.into_iter().filter_map(|(name, line)| Some((name, line?))).collect()
}

/// Codewords of the port.
fn fec(result: &LinkResult) -> Vec<(&'static str, String)> {
    let line = |fec: &FecResult| {
        let codewords = match (fec.codewords, fec.uncorrectable + fec.miscorrected) {
            (0, _) => "no codewords counted".to_owned(),
            (n, 0) => format!("no uncorrectable codeword in {n}"),
            (n, lost) => format!("{lost} of {n} codewords uncorrectable"),
        };
        format!(
            "{}: {codewords}; frame loss {} predicted",
            fec.coding,
            small(fec.frame_loss_ratio_extrapolated.or(fec.frame_loss_ratio_analytic))
        )
    };
    let found = result.port.fec.as_ref().map(line);
    found
        .or_else(|| result.port.fec_not_evaluated.clone())
        .map(|line| ("FEC", line))
        .into_iter()
        .collect()
}

/// The count at the limit against its prediction.
fn check(result: &LinkResult) -> Vec<(&'static str, String)> {
    let port = &result.port;
    let Some(ber) = port.ber_counted_at_limit else { return vec![] };
    let lanes = || result.lanes.iter().filter(|lane| lane.bits_at_limit > 0);
    let predicted = lanes().map(|lane| lane.ber_semi_analytic_at_limit).collect::<Option<Vec<_>>>();
    let predicted = predicted.map_or(String::new(), |all| {
        format!(", predicted {:.2e}", all.iter().sum::<f64>() / all.len() as f64)
    });
    let agree = match result.lanes.iter().filter_map(|lane| lane.estimators_agree).min() {
        Some(true) => ": consistent",
        Some(false) => ": INCONSISTENT",
        None => "",
    };
    let seen: u64 = lanes().map(|lane| lane.errors_at_limit).sum();
    let of = errors(counting(result));
    vec![("check at the limit", format!("counted {ber:.2e} ({seen} {of}){predicted}{agree}"))]
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn verdict_and_margins_come_first() {
        let text = summary(&sample::result(vec![sample::lane(0), sample::lane(1)]));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("800gbase-dr8  eml transmitter  2 x 53.125 GBd"), "{text}");
        assert!(lines[0].ends_with("PASS") && lines[0].chars().count() == WIDTH, "{text}");
        assert!(lines[1].starts_with("worst lane 1: pre-FEC BER 1.2e-112, limit 2.4e-4"), "{text}");
        assert!(lines[2].starts_with("margins: loss 5.90 dB"), "{text}");
        assert!(text.contains("here      rin 41 %  adc 33 %  thermal 14 %  shot 12 %"), "{text}");
        assert!(text.contains("warning: the light is dim"), "{text}");
    }

    #[test]
    fn a_failing_link_says_why_before_anything_else() {
        let bad = LaneResult { passes: Some(false), ..sample::lane(1) };
        let text = summary(&sample::result(vec![sample::lane(0), bad]));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with("FAIL"), "{text}");
        assert_eq!(lines[1], "lane 1 above the pre-FEC BER limit of 2.4e-4");
    }

    #[test]
    fn the_widest_figures_fit_the_width() {
        let text = summary(&sample::result((56..64).map(sample::lane).collect()));
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        // three digits of an exponent in every lane
        assert!(widest <= WIDTH + 4, "{widest}\n{text}");
    }
}
