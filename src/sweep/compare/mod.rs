//! Variants side by side: one link at a few points, run whole with the same seeds, paired lane by
//! lane.

mod comparison;
mod difference;
mod rank;
mod result;

pub use comparison::Comparison;
pub use result::{Compared, Coordinates, Difference, LaneDifference, Variant};
