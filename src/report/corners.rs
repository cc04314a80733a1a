//! Loss margins at the corners of the fibre's dispersion.

use super::number::decimals;
use crate::link::LinkResult;

/// The worst lane's, with its corner; nothing where corners were not solved.
pub(super) fn corners(result: &LinkResult) -> String {
    let worst = |margin: Option<f64>| margin.unwrap_or(f64::NEG_INFINITY);
    let lanes = result
        .lanes
        .iter()
        .filter_map(|lane| Some((lane.lane, lane.corner_worst?, lane.corner_worst_loss_margin_db)));
    let Some((lane, corner, margin)) = lanes.min_by(|a, b| worst(a.2).total_cmp(&worst(b.2)))
    else {
        return String::new();
    };
    format!(
        "dispersion corners: loss margin {} dB, of lane {lane} at the corner \"{}\"\n",
        decimals(margin, 2),
        corner.name()
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample::{lane, result};
    use super::*;
    use crate::fibre::Corner;

    #[test]
    fn the_worst_lane_has_its_corner() {
        let mut result = result(vec![lane(0), lane(1)]);
        assert_eq!(corners(&result), "");
        for lane in &mut result.lanes {
            (lane.corner_worst, lane.corner_worst_loss_margin_db) = (Some(Corner::Max), Some(4.5));
        }
        result.lanes[0].corner_worst_loss_margin_db = Some(3.812);
        let expected = format!(
            "dispersion corners: loss margin 3.81 dB, of lane {} at the corner \"max\"\n",
            result.lanes[0].lane
        );
        assert_eq!(corners(&result), expected);
    }
}
