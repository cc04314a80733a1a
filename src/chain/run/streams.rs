//! Which noises a block draws, and from which streams.

use crate::chain::describe::noise::NoiseId;
use crate::seed::Seed;

/// Which noises a block draws, and from which streams.
#[derive(Clone, Copy)]
pub struct StreamKeys<'a> {
    /// Streams of what several lanes share.
    pub shared_seed: Seed,
    /// Streams of this lane.
    pub lane_seed: Seed,
    /// Absolute index of the block: its interferers' data.
    pub block: u64,
    /// Index of the noise; that of the block, but for probes that draw one block many times.
    pub noise: u64,
    /// Which noises; interferers are always there.
    pub selection: NoiseSelection<'a>,
}

/// Which noises a block draws.
#[derive(Clone, Copy, PartialEq)]
pub enum NoiseSelection<'a> {
    /// None: the noiseless block.
    None,
    /// All of them.
    All,
    /// One source alone, scaled: a small probe of what it does.
    Only(&'a NoiseId, f32),
}

impl NoiseSelection<'_> {
    /// The factor on the noise of `id`; zero leaves it out.
    pub(crate) fn scale(&self, id: &NoiseId) -> f32 {
        match self {
            NoiseSelection::None => 0.0,
            NoiseSelection::All => 1.0,
            NoiseSelection::Only(only, scale) => {
                if *only == id {
                    *scale
                } else {
                    0.0
                }
            }
        }
    }
}
