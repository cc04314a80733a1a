//! Signals: the grid of a block, and the quantities on it.

mod aligned;
mod grid;
mod quantity;

pub use aligned::Aligned;
pub use grid::Grid;
pub use quantity::{Ampere, Field, Quantity, Samples, Symbol, Volt, Watt};
