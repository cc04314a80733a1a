//! Curves and heat maps as data: scales, labels, layout, and their building from rows. Any later
//! room may make them; `plot` draws them.

mod axis;
mod builder;
mod curves;
mod heat_map;
pub(crate) mod labels;
mod layout;
mod scale;

pub use axis::ChartAxis;
pub use builder::{ChartBuilder, ChartedMetric};
pub use curves::{Curve, CurveRole, Curves, ErrorBar, Mark};
pub use heat_map::{HeatMap, Picture};
pub use scale::{AxisScale, Limit, ScaleKind};
