//! Error correction of the lanes and of the port.

use super::number::{counted, ratio, ratio_within, small};
use super::plain_table::{plain, text};
use crate::link::{CountVerdict, FecResult, LaneResult, LinkResult};

const HEADER: [&str; 10] = [
    "",
    "BER before\nouter code",
    "\ncodewords",
    "corrected\nbits",
    "uncor-\nrectable",
    "codeword error ratio\nextrapolated (95 %)",
    "\npredicted",
    "\nanalytic",
    "post-FEC BER\nanalytic",
    "frame loss\nanalytic",
];

/// A line for each lane, for the port and for the port at its limit, and the FEC bins of the port;
/// empty without a coding.
pub(super) fn fec(result: &LinkResult) -> String {
    let coded = |lane: &&LaneResult| {
        lane.codeword_error_ratio_analytic.is_some() || !lane.fec_bins.is_empty()
    };
    let lanes: Vec<&LaneResult> = result.lanes.iter().filter(coded).collect();
    if lanes.is_empty() {
        return result
            .port
            .fec_not_evaluated
            .as_ref()
            .map_or_else(String::new, |because| format!("{because}\n"));
    }
    let mut table = plain(&HEADER, &[0, 5]);
    for lane in lanes {
        table.add_row(of_lane(lane));
    }
    let ports = [("port", &result.port.fec), ("at limit", &result.port.fec_at_limit)];
    let ports: Vec<(&str, &FecResult)> =
        ports.into_iter().filter_map(|(name, port)| Some((name, port.as_ref()?))).collect();
    for &(name, port) in &ports {
        table.add_row(of_port(name, port));
    }
    let mut out = text(&table);
    out += &limits(&result.lanes);
    for &(name, port) in &ports {
        out += &format!("symbol errors per codeword, {name}: {}\n", bins(&port.fec_bins));
        let counted =
            port.frame_loss_ratio.map_or_else(|| "none".to_owned(), |ratio| format!("{ratio:.1e}"));
        let extrapolated = match port.frame_loss_ratio_extrapolated {
            None => "none".to_owned(),
            ratio => ratio_within(
                ratio,
                port.frame_loss_ratio_extrapolated_low,
                port.frame_loss_ratio_extrapolated_high,
            ),
        };
        out += &format!("frame loss, {name}: {counted} counted, {extrapolated} extrapolated\n");
    }
    if result.lanes.iter().any(|lane| lane.block_error_ratio_extrapolated.is_some()) {
        out += "extrapolated figures of a lane include the bit errors of the rest of the link (fec.added_ber)\n";
    }
    if let Some(because) = &result.port.fec_not_evaluated {
        out += &format!("{because}\nper-lane figures assume all lanes alike\n");
    }
    out
}

fn of_lane(lane: &LaneResult) -> [String; 10] {
    let ahead = if lane.ber_inner_counted_high.is_some() {
        counted(1, lane.ber_inner_counted, lane.ber_inner_counted_low, lane.ber_inner_counted_high)
    } else {
        ratio(lane.ber_semi_analytic.or(lane.ber_counted))
    };
    [
        format!("lane {}", lane.lane),
        ahead,
        lane.test_blocks.to_string(),
        decoded(lane.test_blocks, lane.corrected_bits),
        decoded(lane.test_blocks, lane.uncorrectable_blocks),
        ratio_within(
            lane.block_error_ratio_extrapolated,
            lane.block_error_ratio_extrapolated_low,
            lane.block_error_ratio_extrapolated_high,
        ),
        small(lane.codeword_error_ratio_predicted),
        small(lane.codeword_error_ratio_analytic),
        small(lane.post_fec_ber_analytic),
        small(lane.frame_loss_ratio_analytic),
    ]
}

/// The limit of the predicted ratio, and what counted codewords say of it; a line for each limit.
fn limits(lanes: &[LaneResult]) -> String {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for lane in lanes {
        let Some(limit) = lane.codeword_error_ratio_limit else { continue };
        let said = match lane.codeword_count_verdict {
            Some(CountVerdict::Confirms) => "confirm it",
            Some(CountVerdict::Refutes) => "refute it",
            Some(CountVerdict::Undecided) | None => "cannot decide",
        };
        let line =
            format!("limit of the codeword error ratio {limit:.1e}; counted codewords {said}");
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, numbers)) => numbers.push(lane.lane.to_string()),
            None => lines.push((line, vec![lane.lane.to_string()])),
        }
    }
    let all = |numbers: &[String]| numbers.len() == lanes.len();
    let which = |numbers: Vec<String>| {
        if all(&numbers) { "every lane".to_owned() } else { format!("lane {}", numbers.join(", ")) }
    };
    lines.into_iter().map(|(line, numbers)| format!("{line}: {}\n", which(numbers))).collect()
}

/// A count in decoded codewords, or a dash if there were none.
fn decoded(codewords: u64, count: u64) -> String {
    if codewords == 0 { "-".to_owned() } else { count.to_string() }
}

fn of_port(name: &str, port: &FecResult) -> [String; 10] {
    [
        name.to_owned(),
        counted(port.codewords, port.pre_fec_ber, port.pre_fec_ber_low, port.pre_fec_ber_high),
        port.codewords.to_string(),
        decoded(port.codewords, port.corrected_bits),
        decoded(port.codewords, port.uncorrectable),
        ratio_within(
            port.codeword_error_ratio_extrapolated,
            port.codeword_error_ratio_extrapolated_low,
            port.codeword_error_ratio_extrapolated_high,
        ),
        small(port.codeword_error_ratio_predicted),
        small(port.codeword_error_ratio_analytic),
        small(port.post_fec_ber_analytic),
        small(port.frame_loss_ratio_analytic),
    ]
}

/// Bins that are not empty: `0: 334, 1: 157, > 15: 2`.
fn bins(histogram: &[u64]) -> String {
    let last = histogram.len().saturating_sub(1);
    let bins = histogram.iter().enumerate().filter(|(_, count)| **count > 0);
    let bins: Vec<String> = bins
        .map(
            |(i, count)| {
                if i == last { format!("> {}: {count}", i - 1) } else { format!("{i}: {count}") }
            },
        )
        .collect();
    if bins.is_empty() { "no complete codeword".to_owned() } else { bins.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn only_bins_with_codewords_are_told_and_the_last_is_beyond() {
        assert_eq!(bins(&[3, 0, 1, 0]), "0: 3, 2: 1");
        assert_eq!(bins(&[0, 0, 7]), "> 1: 7");
        assert_eq!(bins(&[0; 17]), "no complete codeword");
    }

    #[test]
    fn limits_that_lanes_share_are_told_once_with_what_counts_say() {
        let lane = |number, limit, verdict| LaneResult {
            codeword_error_ratio_limit: limit,
            codeword_count_verdict: verdict,
            ..sample::lane(number)
        };
        let (confirms, refutes) = (Some(CountVerdict::Confirms), Some(CountVerdict::Refutes));
        let of = |second| limits(&[lane(0, Some(8.16e-13), confirms), second]);
        let said = "limit of the codeword error ratio 8.2e-13; counted codewords";
        assert_eq!(
            of(lane(1, Some(8.16e-13), confirms)),
            format!("{said} confirm it: every lane\n")
        );
        assert_eq!(
            of(lane(1, Some(8.16e-13), refutes)),
            format!("{said} confirm it: lane 0\n{said} refute it: lane 1\n")
        );
        assert_eq!(of(lane(1, None, None)), format!("{said} confirm it: lane 0\n"));
        assert_eq!(limits(&[lane(0, None, None)]), "");
    }

    #[test]
    fn without_a_coding_there_is_nothing_to_tell() {
        assert_eq!(fec(&sample::result(vec![sample::lane(0)])), "");
    }

    #[test]
    fn a_ratio_too_small_for_a_number_is_not_zero() {
        let lane = LaneResult {
            fec_bins: vec![48, 0],
            frame_loss_ratio_analytic: Some(0.0),
            ..sample::lane(0)
        };
        assert!(fec(&sample::result(vec![lane])).contains("< 1e-99"));
    }
}
