//! Input of counting one segment.

use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::seed::Seed;

/// A segment of a lane, from one decision point to the next.
#[derive(Clone, Copy)]
pub struct SegmentRun<'a> {
    /// Name.
    pub name: &'static str,
    /// Its chain.
    pub plan: &'a Plan,
    /// Its receiver.
    pub trained: &'a Trained,
    /// Its streams.
    pub streams: Seed,
}

impl SegmentRun<'_> {
    pub(crate) fn keys(&self, run: Seed, block: u64) -> StreamKeys<'static> {
        StreamKeys {
            shared_seed: run,
            lane_seed: self.streams,
            block,
            noise: block,
            selection: NoiseSelection::All,
        }
    }
}
