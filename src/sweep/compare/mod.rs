//! Variants side by side: one link at a few points, each run completely with the same seeds and
//! paired lane by lane.

mod comparison;
mod difference;
mod rank;
mod result;

pub use comparison::Comparison;
pub use rank::RankBy;
pub use result::{Compared, Coordinates, Difference, LaneDifference, Variant};
