//! Who else looks at counted blocks.

/// A block that was counted.
pub struct BlockView<'a> {
    /// The levels on the line.
    pub sent: &'a [u8],
    /// What the slicer saw of them.
    pub values: &'a [f32],
    /// What it decided.
    pub decided: &'a [u8],
}

/// Who else looks at every block that is counted.
pub trait BlockObserver: Sync {
    /// What is kept of a block.
    type Observation: Send;

    /// Looks at a block of a lane; blocks come in any order, on any thread.
    /// Importance sampling has no blocks.
    fn observe(&self, lane: usize, seen: &BlockView<'_>) -> Self::Observation;

    /// Takes what was found, each lane's blocks in their order.
    fn collect(&mut self, lane: usize, found: Self::Observation);
}

/// Nobody looks.
impl BlockObserver for () {
    type Observation = ();

    fn observe(&self, _: usize, _: &BlockView<'_>) {}

    fn collect(&mut self, _: usize, (): ()) {}
}
