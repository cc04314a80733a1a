//! Selection of noises of a block, and their random streams.

use crate::chain::describe::noise::{NoiseId, NoiseSource};
use crate::math::normals;
use crate::seed::Seed;

/// Selection of noises of a block, and their random streams.
#[derive(Clone, Copy)]
pub struct StreamKeys<'a> {
    /// Streams shared by several lanes.
    pub shared_seed: Seed,
    /// Streams of this lane.
    pub lane_seed: Seed,
    /// Absolute index of the block: its interferers' data.
    pub block: u64,
    /// Index of the noise; that of the block, but for probes that draw one block many times.
    pub noise: u64,
    /// Selection of noises; interferers are always included.
    pub selection: NoiseSelection<'a>,
}

impl StreamKeys<'_> {
    /// The normal numbers of a noise that acts on symbols.
    pub(crate) fn symbol_normals(&self, id: &NoiseId, out: &mut [f32]) {
        normals::fill(&mut self.lane_seed.stream(&id.stream).index(self.noise).rng(), out);
    }

    /// The signs of a dual-Dirac displacement, one for each edge.
    pub(crate) fn signs(&self, id: &NoiseId, out: &mut [f32]) {
        self.symbol_normals(id, out);
        out.iter_mut().for_each(|step| *step = 1f32.copysign(*step));
    }
}

/// Selection of noises of a block.
#[derive(Clone, Copy, PartialEq)]
pub enum NoiseSelection<'a> {
    /// None: the noiseless block.
    None,
    /// All of them.
    All,
    /// One source alone, scaled: a small probe of its effect.
    Only(&'a NoiseId, f32),
    /// Another lane's, scaled; those that it shares with a lane of these noises are left out.
    Others(&'a [NoiseSource], f32),
}

impl NoiseSelection<'_> {
    /// The factor on a noise that lanes share.
    pub(crate) fn scale_shared(&self, id: &NoiseId) -> f32 {
        match self {
            NoiseSelection::Others(own, _) if own.iter().any(|noise| noise.id == *id) => 0.0,
            _ => self.scale(id),
        }
    }

    /// The factor on the noise of `id`; zero leaves it out.
    pub(crate) fn scale(&self, id: &NoiseId) -> f32 {
        match self {
            NoiseSelection::None => 0.0,
            NoiseSelection::All => 1.0,
            NoiseSelection::Others(_, scale) => *scale,
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
