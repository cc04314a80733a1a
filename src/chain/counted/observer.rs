//! Who else looks at counted blocks.

/// A block that was counted.
pub struct Seen<'a> {
    /// The levels on the line.
    pub sent: &'a [u8],
    /// What the slicer saw of them.
    pub values: &'a [f32],
    /// What it decided.
    pub decided: &'a [u8],
}

/// Who else looks at every block that is counted.
pub trait Witness: Sync {
    /// What is kept of a block.
    type Found: Send;

    /// Looks at a block of a lane; blocks come in any order, on any thread. Rare events are no
    /// blocks.
    fn look(&self, lane: usize, seen: &Seen<'_>) -> Self::Found;

    /// Takes what was found, each lane's blocks in their order.
    fn take(&mut self, lane: usize, found: Self::Found);
}

/// Nobody looks.
impl Witness for () {
    type Found = ();

    fn look(&self, _: usize, _: &Seen<'_>) {}

    fn take(&mut self, _: usize, (): ()) {}
}
