//! One laser that feeds several modulators.

use crate::units::power_ratio;

/// Power at each output of a tree of 1:2 splitters with this excess loss per stage, W.
pub(super) fn fed_w(laser_w: f64, lanes: usize, excess_db: f64) -> f64 {
    let lanes = lanes as f64;
    laser_w / lanes * power_ratio(-excess_db * lanes.log2())
}
