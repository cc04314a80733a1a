//! Numbers of blocks, rounds and symbols of estimates and searches, with their reasons.

/// Blocks on which a receiver is trained: the second guards against taps that fit one block only.
pub(crate) const TRAINING_BLOCKS: u64 = 2;
/// Blocks on which an error ratio is predicted: their spread gives its interval.
pub(crate) const SCORING_BLOCKS: u64 = 4;
/// Blocks of a lane per round of counting: enough to occupy every thread of a machine, few enough
/// that a cancelled run ends within a second.
pub(crate) const ROUND_BLOCKS: u64 = 32;
/// Effective samples of importance sampling below which an interval is unreliable (assumed).
pub(crate) const EFFECTIVE_SAMPLES_MIN: f64 = 10.0;

/// Blocks on which the search for settings compares error ratios, and their symbols: a search runs
/// hundreds of trials, and neighbouring settings need to be ordered, not measured.
pub(crate) const SETTINGS_BLOCKS: u64 = 2;
/// Symbols of such a block; more if the longest equaliser needs them.
pub(crate) const SETTINGS_BLOCK_SYMBOLS: usize = 2048;
/// Rounds over all settings at a stride; most searches end after two or three.
pub(crate) const SETTINGS_ROUNDS: usize = 6;

/// Largest number of counts in the search for a counted margin.
pub(crate) const MARGIN_COUNTS: usize = 8;
/// Expected number of errors at the limit below which no margin is counted: with fewer the error
/// ratio is uncertain by a factor of two.
pub(crate) const MARGIN_ERRORS_MIN: f64 = 10.0;

/// Blocks per round at a point of a waterfall, which ends after [`WATERFALL_ERRORS`] errors: 6 % of
/// the ratio at 95 %.
pub(crate) const WATERFALL_ROUND_BLOCKS: u64 = 8;
/// Errors that end the count of a point of a waterfall.
pub(crate) const WATERFALL_ERRORS: u64 = 1000;
/// Symbols that end it, in blocks of the default length.
pub(crate) const WATERFALL_SYMBOLS: u64 = 1 << 19;
