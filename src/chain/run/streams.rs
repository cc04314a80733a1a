//! Which noises a block draws, and from which streams.

use crate::chain::describe::noise::NoiseId;
use crate::seed::Seed;

/// Which noises a block draws, and from which streams.
#[derive(Clone, Copy)]
pub struct Draws<'a> {
    /// Streams of what several lanes share.
    pub run: Seed,
    /// Streams of this lane.
    pub lane: Seed,
    /// Absolute index of the block: its interferers' data.
    pub block: u64,
    /// Index of the noise; the block's own, but for probes that draw one block many times.
    pub noise: u64,
    /// Which noises; interferers are always there.
    pub what: Drawn<'a>,
}

/// Which noises a block draws.
#[derive(Clone, Copy, PartialEq)]
pub enum Drawn<'a> {
    /// None: the noiseless block.
    Nothing,
    /// All of them.
    Everything,
    /// One source alone, scaled: a small probe of what it does.
    Only(&'a NoiseId, f32),
}

impl Drawn<'_> {
    /// The factor on the noise of `id`; zero leaves it out.
    pub(crate) fn scale(&self, id: &NoiseId) -> f32 {
        match self {
            Drawn::Nothing => 0.0,
            Drawn::Everything => 1.0,
            Drawn::Only(only, scale) => {
                if *only == id {
                    *scale
                } else {
                    0.0
                }
            }
        }
    }
}
