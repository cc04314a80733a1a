//! The line about reflected light.

use super::number::{decimals, ratio};
use crate::link::LaneResult;

/// The lane with the most errors in the worst phases of its reflections; empty without strong ones.
pub(super) fn reflections(lanes: &[LaneResult]) -> String {
    let errors = |lane: &&LaneResult| lane.ber_reflections_worst.unwrap_or(0.0);
    let worst = lanes
        .iter()
        .filter(|lane| lane.ber_reflections_worst.is_some())
        .max_by(|a, b| errors(a).total_cmp(&errors(b)));
    let Some(lane) = worst else { return String::new() };
    format!(
        "reflections {} dB, lane {}: BER {} in 99 % of phases, {} in the worst\n",
        decimals(lane.multipath_interference_db, 1),
        lane.lane,
        ratio(lane.ber_reflections_p99),
        ratio(lane.ber_reflections_worst),
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_worst_lane_is_named_and_weak_reflections_are_not() {
        let strong = LaneResult {
            multipath_interference_db: Some(-38.04),
            ber_reflections_p99: Some(4.5e-4),
            ber_reflections_worst: Some(4.6e-4),
            ..sample::lane(3)
        };
        let weaker = LaneResult { ber_reflections_worst: Some(2e-4), ..sample::lane(2) };
        assert_eq!(
            reflections(&[weaker, strong]),
            "reflections -38.0 dB, lane 3: BER 4.5e-4 in 99 % of phases, 4.6e-4 in the worst\n"
        );
        assert_eq!(reflections(&[sample::lane(1)]), "");
    }
}
