//! Sweeps: one link at many points, a row for every point and lane, in the order of the points; or
//! a few of them side by side.

mod axes;
mod compare;
mod figure;
mod points;
mod row;
mod run;
mod table;

pub use axes::Axis;
pub use compare::{At, Compared, Comparison, Difference, LaneDifference, Variant};
pub use figure::{
    Bar, Better, Chart, Curves, Limit, Map, Merit, Picture, Role, Scale, Spacing, Trace,
};
pub use row::Row;
pub use run::{Done, End, Progress, Sweep};
pub use table::{Format, TableFile};
