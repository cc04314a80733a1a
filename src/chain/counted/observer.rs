//! Observers of counted blocks.

/// A block that was counted.
pub struct BlockView<'a> {
    /// The levels on the line.
    pub sent: &'a [u8],
    /// Values at the slicer.
    pub values: &'a [f32],
    /// Decided levels.
    pub decided: &'a [u8],
}

/// Observer of every block that is counted.
pub trait BlockObserver: Sync {
    /// Observation of one block.
    type Observation: Send;

    /// Observes a block of a lane; blocks come in any order, on any thread. Importance sampling has
    /// no blocks.
    fn observe(&self, lane: usize, seen: &BlockView<'_>) -> Self::Observation;

    /// Collects the observations, each lane's blocks in their order.
    fn collect(&mut self, lane: usize, found: Self::Observation);

    /// Takes notice that so many symbols of a lane were counted, from any thread: progress.
    fn advance(&self, _symbols: u64) {}
}

/// No observer.
impl BlockObserver for () {
    type Observation = ();

    fn observe(&self, _: usize, _: &BlockView<'_>) {}

    fn collect(&mut self, _: usize, (): ()) {}
}
