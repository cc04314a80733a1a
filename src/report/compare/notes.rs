//! Notes below the tables.

use super::figures::verdict;
use crate::link::{LaneResult, LinkResult};
use crate::report::number::decimals;
use crate::sweep::{Difference, RankBy, Variant};

/// Largest number of notes and warnings printed.
const NOTES_MAX: usize = 12;
/// Largest number of variants whose ranks are listed.
const RANKS_MAX: usize = 12;

/// Notes on the differences and on the best variant.
pub(super) fn meaning(variants: &[Variant], rank_by: RankBy) -> Vec<String> {
    let mut lines = Vec::new();
    let differences: Vec<&Difference> =
        variants.iter().filter_map(|variant| variant.difference.as_ref()).collect();
    let (Some(least), Some(most)) = (
        differences.iter().map(|d| d.margin_lanes).min(),
        differences.iter().map(|d| d.margin_lanes.max(d.ln_ber_lanes)).max(),
    ) else {
        return vec![
            "one variant, nothing to compare: give a key two values, --vary KEY=A,B".to_owned(),
        ];
    };
    let lanes = if least == most { format!("{most}") } else { format!("{least} to {most}") };
    lines.push(if most < 2 {
        format!("differences to variant 1, lanes evaluated in both: {lanes}; too few for an interval")
    } else {
        format!("differences to variant 1, lane by lane: mean over {lanes} lanes, 95 % interval from their spread (Student t)")
    });
    if differences.iter().any(|difference| difference.same_seeds) {
        lines.push("paired: same seeds for data and noise".to_owned());
    }
    let others = numbers(variants, |variant| {
        variant.difference.as_ref().is_some_and(|difference| !difference.same_seeds)
    });
    if !others.is_empty() {
        lines.push(format!("{others}: other seeds than variant 1, NOT paired: the interval includes the spread of data and noise"));
    }
    if let Some((i, best)) = variants.iter().enumerate().find(|(_, variant)| variant.rank == 1) {
        let equals = variants.iter().filter(|variant| variant.rank == 1).count() - 1;
        let equals =
            if equals > 0 { format!(" ({equals} more equally good)") } else { String::new() };
        match best.result.port.loss_margin_db {
            Some(db) => lines.push(format!(
                "best by {} margin: variant {}, loss margin {} dB, SNR margin {} dB, {}{equals}",
                named(rank_by),
                i + 1,
                decimals(Some(db), 2),
                decimals(best.result.port.snr_margin_db, 2),
                verdict(&best.result)
            )),
            None => lines.push(format!(
                "no variant has a margin on all lanes; first by rank: variant {}{equals}",
                i + 1
            )),
        }
    }
    lines.extend(unlike_ranks(variants));
    lines.extend(unlike_ratios(variants));
    lines
}

/// A line where the error ratios of some variants are before an inner code and of others after it.
fn unlike_ratios(variants: &[Variant]) -> Option<String> {
    let numbers = |decoded: bool| -> Vec<String> {
        let of = |variant: &Variant| {
            let config = &variant.result.config;
            let inner = config.fec.chosen().is_some_and(|coding| coding.inner.is_some());
            inner && config.modules_decode() == decoded
        };
        let all = variants.iter().enumerate().filter(|(_, variant)| of(variant));
        all.map(|(i, _)| (i + 1).to_string()).collect()
    };
    let [after, before] = [true, false].map(numbers);
    (!after.is_empty() && !before.is_empty()).then(|| {
        format!(
            "error ratios are after the inner code in variants {}, before it in {}",
            after.join(" "),
            before.join(" ")
        )
    })
}

/// Name of the margin by which variants rank.
fn named(rank_by: RankBy) -> &'static str {
    match rank_by {
        RankBy::Loss => "loss",
        RankBy::Snr => "SNR",
    }
}

/// A line where loss and SNR margins rank the variants differently.
fn unlike_ranks(variants: &[Variant]) -> Option<String> {
    let differ = variants.iter().all(|v| v.result.port.snr_margin_db.is_some())
        && variants.iter().any(|v| v.rank_by_loss != v.rank_by_snr);
    let ranks = |of: fn(&Variant) -> usize| {
        variants.iter().map(|v| of(v).to_string()).collect::<Vec<_>>().join(" ")
    };
    let named =
        || format!("{} by loss, {} by SNR", ranks(|v| v.rank_by_loss), ranks(|v| v.rank_by_snr));
    let listed = if variants.len() > RANKS_MAX { "see --json".to_owned() } else { named() };
    differ.then(|| format!("loss and SNR margins rank differently: {listed}"))
}

/// Lanes that were not evaluated, and warnings, each once with the variants concerned.
pub(super) fn notes(variants: &[Variant]) -> Vec<String> {
    let of = |result: &LinkResult| -> Vec<String> {
        let lane = |lane: &LaneResult| {
            let refusal =
                lane.not_evaluated.as_ref().map(|because| format!("lane {}: {because}", lane.lane));
            let refusal = refusal.or_else(|| {
                lane.count_not_evaluated
                    .as_ref()
                    .map(|because| format!("lane {}: {because}", lane.lane))
            });
            refusal.or_else(|| {
                lane.least_ber.map(|ber| {
                    format!(
                        "lane {}: limit not reached at any power; lowest BER {ber:.1e}",
                        lane.lane
                    )
                })
            })
        };
        let warnings = result.warnings.iter().map(|warning| format!("warning: {warning}"));
        result
            .lanes
            .iter()
            .filter_map(lane)
            .chain(result.port.fec_not_evaluated.clone())
            .chain(warnings)
            .collect()
    };
    let notes: Vec<Vec<String>> = variants.iter().map(|variant| of(&variant.result)).collect();
    let mut notes_printed: Vec<&String> = Vec::new();
    for note in notes.iter().flatten() {
        if !notes_printed.contains(&note) {
            notes_printed.push(note);
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for note in notes_printed.iter().take(NOTES_MAX) {
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
    if notes_printed.len() > NOTES_MAX {
        lines.push(format!("{} more notes, see --json", notes_printed.len() - NOTES_MAX));
    }
    lines
}

/// `variants 2, 3`, or an empty text.
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
