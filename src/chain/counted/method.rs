//! Which estimator counts a lane.

use super::importance::estimator::Rare;
use super::noise_only::estimator::Replay;
use crate::chain::describe::not_evaluated::Refusal;

/// Which estimator counts a lane.
#[derive(Clone, Copy, Default)]
pub enum Method<'a> {
    /// Every block through the whole chain.
    #[default]
    Chain,
    /// Stored blocks with noise at the slicer.
    Replay(&'a Replay),
    /// The same, with noise that is pushed towards errors.
    Rare(&'a Rare),
    /// None, and why.
    Refused(&'a Refusal),
}
