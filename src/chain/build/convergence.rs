//! Convergence of an adaptive loop.

use crate::units::power_ratio;

/// Largest excess of a converged loop over the least mean square error, and largest change from
/// block to block, dB.
const NEAR_DB: f64 = 0.5;

/// Convergence of an adaptive loop: mean square errors of training blocks with drawn noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Mean square error of the last block.
    pub last: f64,
    /// Mean square error of the block before.
    pub before: f64,
    /// Least mean square error, from training in closed form.
    pub least: f64,
}

impl Convergence {
    /// Whether the last block is within half a decibel of the least error and of the block before.
    #[must_use]
    pub fn reached(&self) -> bool {
        let near = power_ratio(NEAR_DB);
        self.last <= near * self.least
            && self.last <= near * self.before
            && self.before <= near * self.last
    }
}
