//! Numbers of blocks and rounds, and the fewest samples that are trusted.

/// Blocks of training and of prediction.
pub(crate) const TRAINING_BLOCKS: u64 = 2;

pub(crate) const SCORING_BLOCKS: u64 = 4;

/// Blocks of a lane between looks at whether enough was counted.
pub(crate) const ROUND_BLOCKS: u64 = 32;

/// Effective samples of rare events below which an interval means little.
pub(crate) const FEWEST_EFFECTIVE: f64 = 10.0;
