//! Loss margins with transmitters that just comply with the limits of the PMD.

use super::number::decimals;
use crate::link::{CompliantCase, CompliantTransmitter, LaneResult, LinkResult};

/// Width of the names of the cases, characters.
const NAME_WIDTH: usize = 17;

/// The smallest one of all lanes, every case of that lane, and reasons for missing cases; nothing
/// where none was asked for.
pub(super) fn compliant(result: &LinkResult) -> String {
    let mut out = String::new();
    let lanes = result.lanes.iter().filter(|lane| lane.compliant.compliant_worst.is_some());
    let margin =
        |lane: &LaneResult| lane.compliant.compliant_loss_margin_db.unwrap_or(f64::NEG_INFINITY);
    if let Some(lane) = lanes.min_by(|a, b| margin(a).total_cmp(&margin(b))) {
        let found = &lane.compliant;
        let worst = found.compliant_worst.as_deref().unwrap_or_default();
        let db = decimals(found.compliant_loss_margin_db, 2);
        out += &format!("worst compliant: loss margin {db} dB, of lane {}: {worst}\n", lane.lane);
        for cases in found.cases.chunk_by(|a, b| a.case == b.case) {
            out += &line(cases);
        }
    }
    for lane in &result.lanes {
        if let Some(because) = &lane.compliant.compliant_not_evaluated {
            out += &format!("lane {}: no compliant margin: {because}\n", lane.lane);
        }
    }
    out
}

/// `  own transmitter    OMA 0.12 dBm, TDECQ 2.02 dB   min 4.31  max 4.52 dB`.
fn line(cases: &[CompliantCase]) -> String {
    let Some(first) = cases.first() else { return String::new() };
    let closure = match first.case {
        CompliantTransmitter::Own => "TDECQ",
        CompliantTransmitter::StressedSource => "SECQ",
    };
    let margins: Vec<String> = cases
        .iter()
        .map(|case| format!("{} {}", case.corner.name(), decimals(case.loss_margin_db, 2)))
        .collect();
    format!(
        "  {:<NAME_WIDTH$}OMA {:.2} dBm, {closure} {:.2} dB   {} dB\n",
        first.case.as_str(),
        first.oma_tp2_dbm,
        first.eye_closure_db,
        margins.join("  ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample::{lane, result};
    use super::*;
    use crate::fibre::Corner;
    use crate::link::CompliantMargin;

    #[test]
    fn the_worst_lane_shows_every_case() {
        let mut result = result(vec![lane(0), lane(1)]);
        assert_eq!(compliant(&result), "");
        let case = |case, corner, db| CompliantCase {
            case,
            corner,
            eye_closure_db: 3.4,
            oma_tp2_dbm: 1.5,
            loss_margin_db: Some(db),
        };
        use CompliantTransmitter::{Own, StressedSource};
        for (at, lane) in result.lanes.iter_mut().enumerate() {
            let less = at as f64;
            lane.compliant = CompliantMargin {
                compliant_loss_margin_db: Some(2.0 - less),
                compliant_worst: Some("stressed source, min".to_owned()),
                compliant_not_evaluated: None,
                cases: vec![
                    case(Own, Corner::Min, 3.0 - less),
                    case(Own, Corner::Max, 3.5 - less),
                    case(StressedSource, Corner::Min, 2.0 - less),
                    case(StressedSource, Corner::Max, 2.25 - less),
                ],
            };
        }
        result.lanes[0].compliant = CompliantMargin {
            compliant_not_evaluated: Some("no TDECQ".to_owned()),
            ..Default::default()
        };
        assert_eq!(
            compliant(&result),
            format!(
                "worst compliant: loss margin 1.00 dB, of lane {1}: stressed source, min\n\
                 {0}own transmitter  OMA 1.50 dBm, TDECQ 3.40 dB   min 2.00  max 2.50 dB\n\
                 {0}stressed source  OMA 1.50 dBm, SECQ 3.40 dB   min 1.00  max 1.25 dB\n\
                 lane 0: no compliant margin: no TDECQ\n",
                "  ", 1
            )
        );
    }
}
