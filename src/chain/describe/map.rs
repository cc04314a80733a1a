//! Maps: what acts on samples in time, deterministically.

use crate::seed::StreamKey;
use crate::signal::{Quantity, Samples};
use std::marker::PhantomData;

/// A memoryless map from samples of `A` to samples of `B`, shared by all threads.
pub trait Map<A: Quantity, B: Quantity>: Send + Sync + 'static {
    /// Maps a block; `y` is as long as `x`.
    fn apply(&self, x: &[A::Sample], y: &mut [B::Sample]);

    /// Name of the map, in messages.
    fn name(&self) -> &'static str;

    /// Key of the random stream of the noise that is merged at the end of its section.
    fn stream(&self) -> StreamKey {
        StreamKey::fixed(self.name())
    }
}

/// A map whose quantities are forgotten: what a built plan holds.
pub(crate) trait Erased: Send + Sync {
    fn run(&self, x: &Samples, y: &mut Samples);
    fn stream(&self) -> StreamKey;
}

pub(crate) struct Typed<M, A, B>(pub(crate) M, pub(crate) PhantomData<fn(A) -> B>);

impl<A: Quantity, B: Quantity, M: Map<A, B>> Erased for Typed<M, A, B> {
    fn run(&self, x: &Samples, y: &mut Samples) {
        self.0.apply(A::of(x), B::of_mut(y));
    }

    fn stream(&self) -> StreamKey {
        self.0.stream()
    }
}
