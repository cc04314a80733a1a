//! Detectors after the equaliser, other than a slicer.

use super::number::{decimals, ratio};
use super::plain_table::{plain, text};
use crate::dsp::DetectorKind;
use crate::link::{LaneResult, SlicerResult};

/// Largest number of postcursors printed.
const TAPS_MAX: usize = 3;

/// A line for each lane with decision feedback or sequence detection; empty without one.
pub(super) fn decisions(lanes: &[LaneResult]) -> String {
    let ours = || {
        lanes.iter().filter_map(|lane| {
            Some((
                lane,
                lane.slicer.as_ref().filter(|slicer| slicer.detector != DetectorKind::Slicer)?,
            ))
        })
    };
    let Some((first, slicer)) = ours().next() else { return String::new() };
    let header = [
        "\n",
        "\ndetector",
        "\npost-cursors",
        "BER, ideal\nfeedback",
        "counted margin\n95 %, dB",
        "continuation, %\n(predicted)",
        "bursts of 1, 2, 3, more\nsymbol errors (longest)",
    ];
    let mut table = plain(&header, &[1, 2, 6]);
    for (lane, slicer) in ours() {
        table.add_row(row(lane, slicer));
    }
    let ideal = "SNR, RLM and noise are given for ideal feedback";
    let sequences = slicer.detector == DetectorKind::Mlse;
    let explained = match first.ber_semi_analytic_not_evaluated.as_deref() {
        Some(because) => format!("{because}:\n{ideal}; error ratios and margin are counted"),
        None if sequences => {
            format!("{ideal}; the predicted error ratio is a sum over error events")
        }
        None => {
            format!("{ideal}; the predicted error ratio includes the errors that it feeds back")
        }
    };
    format!("{}{explained}\n", text(&table))
}

fn row(lane: &LaneResult, slicer: &SlicerResult) -> [String; 7] {
    let mut left: Vec<String> =
        slicer.postcursors.iter().take(TAPS_MAX).map(|b| format!("{b:.3}")).collect();
    left.extend((slicer.postcursors.len() > TAPS_MAX).then(|| "..".to_owned()));
    // the count at the limit, if there is one, has more errors
    let (lengths, longest, continuation, predicted) = if lane.bits_at_limit > 0 {
        (
            &lane.burst_lengths_at_limit,
            lane.longest_burst_at_limit,
            lane.burst_continuation_at_limit,
            lane.burst_continuation_predicted_at_limit,
        )
    } else {
        (
            &lane.burst_lengths,
            lane.longest_burst,
            lane.burst_continuation,
            lane.burst_continuation_predicted,
        )
    };
    let percent = |share: Option<f64>| decimals(share.map(|share| 100.0 * share), 0);
    let predicted = predicted.map(|share| format!(" ({})", percent(Some(share))));
    let count = |length: usize| lengths.get(length - 1).copied().unwrap_or(0);
    let more: u64 = lengths.iter().skip(3).sum();
    let place = if lane.bits_at_limit > 0 { " at limit" } else { "" };
    let bursts = if lengths.is_empty() {
        format!("none{place}")
    } else {
        format!("{}, {}, {}, {more} ({longest}){place}", count(1), count(2), count(3))
    };
    let margin = match (lane.loss_margin_db_low, lane.loss_margin_db_high) {
        (Some(low), Some(high)) => format!("{low:.2}..{high:.2}"),
        _ => "-".to_owned(),
    };
    [
        format!("lane {}", lane.lane),
        slicer.detector.as_str().to_uppercase(),
        left.join(" "),
        ratio(lane.ber_ideal_feedback),
        margin,
        format!("{}{}", percent(continuation), predicted.unwrap_or_default()),
        bursts,
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_lane_that_feeds_back_has_a_line_and_a_slicer_none() {
        let mut fed = sample::lane(7);
        let slicer = fed.slicer.as_mut().unwrap();
        (slicer.detector, slicer.postcursors) = (DetectorKind::Dfe, vec![-0.25, 0.5, 0.125, 0.1]);
        (fed.ber_ideal_feedback, fed.loss_margin_db_low, fed.loss_margin_db_high) =
            (Some(1.5e-5), Some(-1.25), Some(0.5));
        fed.burst_continuation_predicted_at_limit = Some(0.13);
        (fed.burst_lengths_at_limit, fed.longest_burst_at_limit, fed.burst_continuation_at_limit) =
            (vec![90, 9, 0, 0, 1], 5, Some(0.11));
        assert_eq!(decisions(&[sample::lane(0)]), "");
        let text = decisions(&[sample::lane(0), fed]);
        let line = text.lines().find(|line| line.contains("lane 7")).unwrap();
        for figure in [
            "DFE",
            "-0.250 0.500 0.125 ..",
            "1.5e-5",
            "-1.25..0.50",
            "11 (13)",
            "90, 9, 0, 1 (5) at limit",
        ] {
            assert!(line.contains(figure), "{figure}: {line}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 120) && !text.contains("lane 0"),
            "{text}"
        );
    }
}
