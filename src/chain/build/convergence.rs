//! How an adaptive loop ended.

use crate::units::power_ratio;

/// Most by which a loop that has converged may lie above the least mean square error, and move from
/// one block to the next, dB.
const NEAR_DB: f64 = 0.5;

/// How an adaptive loop ended: mean square errors of blocks, against noise that was drawn for them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Of the last block.
    pub last: f64,
    /// Of the block before.
    pub before: f64,
    /// The least that closed-form training leaves.
    pub least: f64,
}

impl Convergence {
    /// Whether the last block is no more than half a decibel above the least error, nor that far
    /// from the block before.
    #[must_use]
    pub fn reached(&self) -> bool {
        let near = power_ratio(NEAR_DB);
        self.last <= near * self.least
            && self.last <= near * self.before
            && self.before <= near * self.last
    }
}
