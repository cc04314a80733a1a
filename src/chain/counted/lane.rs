//! Input of counting one lane, and criteria for stopping.

use super::method::Method;
use super::segment::SegmentRun;
use crate::pattern::SymbolSource;
use crate::seed::Seed;

/// Criteria for stopping, applied between rounds only, so that results do not depend on the number
/// of threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Blocks of a lane per round.
    pub round_blocks: u64,
    /// Largest number of symbols of a lane, rounded up to whole blocks.
    pub symbols: u64,
    /// Number of errors after which a lane is done.
    pub bit_errors: u64,
}

/// One lane to count.
#[derive(Clone)]
pub struct Count<'a> {
    /// Its segments, one or more of the same grid: each transmits the decisions of the one before.
    pub segments: Vec<SegmentRun<'a>>,
    /// Symbols to count in place of those of [`Stop`].
    pub symbols: Option<u64>,
    /// Source of its symbols.
    pub pattern: &'a SymbolSource,
    /// Absolute index of its first symbol.
    pub first_symbol: u64,
    /// True when the transmitter precodes.
    pub precoder: bool,
    /// Random streams shared by all lanes.
    pub shared_seed: Seed,
    /// Random streams of the lane's data.
    pub lane_seed: Seed,
    /// Counting method; all but the whole chain use the first segment only.
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
