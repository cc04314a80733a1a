//! The segments of the worst lane, with the settings that an operator would program.

use super::number::{counted, decimals, ratio, ratio_within};
use super::plain_table::{plain, text};
use crate::link::{LinkResult, SegmentResult};

const HEADER: [&str; 8] = [
    "\nsegment",
    "BER\nsemi-analytic",
    "BER\ncounted",
    "\nlimit",
    "SNR\ndB",
    "channel\nloss dB",
    "CTLE dB\nmodule|rx",
    "\ntransmit taps",
];

/// A line for each segment of the worst lane; empty if the link has no host.
pub(super) fn segments(result: &LinkResult) -> String {
    let worst = result
        .lanes
        .iter()
        .find(|lane| Some(lane.lane) == result.port.worst_lane)
        .or(result.lanes.first());
    let Some(lane) = worst.filter(|lane| !lane.segments.is_empty()) else { return String::new() };
    let mut table = plain(&HEADER, &[0, 1, 2, 7]);
    for segment in &lane.segments {
        table.add_row(row(segment));
    }
    format!(
        "{}segments of the worst lane, {}; taps start at the first precursor; receiver taps: --json\n",
        text(&table),
        lane.lane
    )
}

/// A tap to two decimals without the leading zero: -.06.
fn short(tap: f64) -> String {
    decimals(Some(tap), 2).replacen("0.", ".", 1)
}

fn row(segment: &SegmentResult) -> [String; 8] {
    let gains = |ctle: Option<[f64; 2]>| ctle.map(|[gain, low]| format!("{gain:.0} {low:.0}"));
    let ctles: Vec<String> =
        [segment.input_ctle_db, segment.ctle_db].into_iter().filter_map(gains).collect();
    // zero taps at the ends are left out
    let ends = segment.tx_taps.len() / 2;
    let idle = segment.tx_taps.iter().rev().take(ends).take_while(|tap| **tap == 0.0).count();
    let taps = segment
        .tx_taps
        .iter()
        .rev()
        .skip(idle)
        .rev()
        .map(|&tap| short(tap))
        .collect::<Vec<_>>()
        .join(" ");
    [
        segment.name.as_str().to_owned(),
        match (segment.ber_semi_analytic, segment.ber_ideal_feedback) {
            (None, Some(ber)) => format!("{} ideal", ratio(Some(ber))),
            _ => ratio_within(
                segment.ber_semi_analytic,
                segment.ber_semi_analytic_low,
                segment.ber_semi_analytic_high,
            ),
        },
        counted(
            segment.bits,
            segment.ber_counted,
            segment.ber_counted_low,
            segment.ber_counted_high,
        ),
        ratio(segment.limit_ber),
        decimals(segment.snr_db, 1),
        decimals(segment.channel_loss_db, 1),
        if ctles.is_empty() { "-".to_owned() } else { ctles.join("|") },
        if taps.is_empty() { "-".to_owned() } else { taps },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_widest_segment_fits_the_width_and_shows_what_to_program() {
        let wide = SegmentResult {
            name: crate::link::SegmentKind::MODULE_TO_HOST,
            ber_semi_analytic: Some(1.2e-112),
            ber_semi_analytic_low: Some(1e-112),
            ber_semi_analytic_high: Some(9e-111),
            bits: 1_000_000,
            errors: 3,
            ber_counted: Some(4.6e-5),
            ber_counted_low: Some(2.4e-5),
            ber_counted_high: Some(1.8e-4),
            limit_ber: Some(1e-5),
            snr_db: Some(26.13),
            channel_loss_db: Some(33.31),
            tx_taps: vec![-0.06, 0.12, -0.34, 0.54, -0.2, 0.0, 0.0],
            input_ctle_db: Some([-14.0, -1.0]),
            ctle_db: Some([-13.0, -2.0]),
            ..SegmentResult::default()
        };
        let mut lane = sample::lane(3);
        lane.segments = vec![wide];
        let text = segments(&sample::result(vec![lane]));
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 120, "{widest}\n{text}");
        for shown in ["-14 -1|-13 -2", "-.06 .12 -.34 .54 -.20\n", "33.3", "of the worst lane, 3"] {
            assert!(text.contains(shown), "{shown}\n{text}");
        }
        assert!(segments(&sample::result(vec![sample::lane(0)])).is_empty());
    }
}
