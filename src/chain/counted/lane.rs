//! One lane to count, and when to stop.

use super::method::Method;
use super::segment::SegmentRun;
use crate::pattern::SymbolSource;
use crate::seed::Seed;

/// When to stop counting; decided between rounds only, so that no thread count changes the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Blocks of a lane before the next look.
    pub round_blocks: u64,
    /// Symbols of a lane at the most, rounded up to whole blocks.
    pub symbols: u64,
    /// Errors of a lane that are enough.
    pub bit_errors: u64,
}

/// One lane to count.
pub struct Count<'a> {
    /// Its segments, one or more of the same grid: each sends on what the one before it decided.
    pub segments: Vec<SegmentRun<'a>>,
    /// Its data.
    pub pattern: &'a SymbolSource,
    /// Absolute index of its first symbol.
    pub first_symbol: u64,
    /// True when the transmitter precodes.
    pub precoder: bool,
    /// Streams of what lanes share.
    pub shared_seed: Seed,
    /// The lane's streams: its data.
    pub lane_seed: Seed,
    /// Which estimator counts it; all but the chain's look at the first segment alone.
    pub method: Method<'a>,
}

impl Count<'_> {
    pub(crate) fn block_symbols(&self) -> u64 {
        match self.method {
            Method::Chain | Method::NotEvaluated(_) => self.segments[0].plan.grid.symbols as u64,
            Method::NoiseOnly(noise_only) => noise_only.block_symbols() as u64,
            Method::ImportanceSampling(importance) => importance.block_symbols(),
        }
    }
}
