//! Maps: deterministic operations on samples in time.

use crate::seed::StreamKey;
use crate::signal::{Quantity, Samples};
use std::marker::PhantomData;

/// Memory of a map: dependence of its output on earlier input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Each sample on its own.
    None,
    /// This many earlier samples of the grid.
    Samples(usize),
    /// The whole block, as with slow heating.
    Block,
}

/// A map from samples of `A` to samples of `B`, shared by all threads.
pub trait Map<A: Quantity, B: Quantity>: Send + Sync + 'static {
    /// Maps a block, which is periodic; `y` is as long as `x`. A map with memory gives the periodic
    /// steady state.
    fn apply(&self, x: &[A::Sample], y: &mut [B::Sample]);

    /// [`Map::apply`] with this extra factor on the received power, which a gain control follows.
    fn apply_at(&self, x: &[A::Sample], y: &mut [B::Sample], _transmission: f32) {
        self.apply(x, y);
    }

    /// Name of the map, in messages.
    fn name(&self) -> &'static str;

    /// Key of the random stream of the noise that is merged at the end of its section.
    fn stream(&self) -> StreamKey {
        StreamKey::fixed(self.name())
    }

    /// Memory. With memory, noise before the map is measured by small draws through the chain
    /// instead of by a local slope, and guards of stream mode must cover it.
    fn memory(&self) -> Memory {
        Memory::None
    }
}

/// A map with its quantities erased, as stored in a plan.
pub(crate) trait Erased: Send + Sync {
    fn run(&self, x: &Samples, y: &mut Samples, transmission: f32);
    fn stream(&self) -> StreamKey;
    fn name(&self) -> &'static str;
    fn memory(&self) -> Memory;
}

pub(crate) struct Typed<M, A, B>(pub(crate) M, pub(crate) PhantomData<fn(A) -> B>);

impl<A: Quantity, B: Quantity, M: Map<A, B>> Erased for Typed<M, A, B> {
    fn run(&self, x: &Samples, y: &mut Samples, transmission: f32) {
        self.0.apply_at(A::of(x), B::of_mut(y), transmission);
    }

    fn stream(&self) -> StreamKey {
        self.0.stream()
    }

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn memory(&self) -> Memory {
        self.0.memory()
    }
}
