//! Maps: what acts on samples in time, deterministically.

use crate::signal::{Quantity, Samples};
use std::marker::PhantomData;

/// A memoryless map from samples of `A` to samples of `B`, shared by all threads.
pub trait Map<A: Quantity, B: Quantity>: Send + Sync + 'static {
    /// Maps a block; `y` is as long as `x`.
    fn apply(&self, x: &[A::Sample], y: &mut [B::Sample]);

    /// What the map is called, as part of the names of random streams.
    fn name(&self) -> &'static str;
}

/// A map whose quantities are forgotten: what a built plan holds.
pub(crate) trait Erased: Send + Sync {
    fn run(&self, x: &Samples, y: &mut Samples);
    fn name(&self) -> &'static str;
}

pub(crate) struct Typed<M, A, B>(pub(crate) M, pub(crate) PhantomData<fn(A) -> B>);

impl<A: Quantity, B: Quantity, M: Map<A, B>> Erased for Typed<M, A, B> {
    fn run(&self, x: &Samples, y: &mut Samples) {
        self.0.apply(A::of(x), B::of_mut(y));
    }

    fn name(&self) -> &'static str {
        self.0.name()
    }
}
