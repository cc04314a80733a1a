//! Sweeps of one link over many points, with a row for every point and lane; comparisons of a few
//! variants side by side.

mod axes;
mod chart;
mod compare;
mod memory;
mod metric;
mod points;
mod row;
mod run;

pub use crate::run_options::{CancelToken, Progress, RunOptions, WorkUnit};
pub use axes::Axis;
pub use compare::{Compared, Comparison, Coordinates, Difference, LaneDifference, RankBy, Variant};
pub use row::{lane_columns, lane_row};
pub use run::{Done, Sweep, SweepEnd};
