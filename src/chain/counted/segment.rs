//! One segment of a lane to count.

use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::run::streams::{Drawn, Draws};
use crate::seed::Seed;

/// A segment of a lane: from what drives symbols to what decides them.
#[derive(Clone, Copy)]
pub struct Hop<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Its chain.
    pub plan: &'a Plan,
    /// Its receiver.
    pub trained: &'a Trained,
    /// Its own streams.
    pub streams: Seed,
}

impl Hop<'_> {
    pub(crate) fn draws(&self, run: Seed, block: u64) -> Draws<'static> {
        Draws { run, lane: self.streams, block, noise: block, what: Drawn::Everything }
    }
}
