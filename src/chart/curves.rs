//! Curves over one axis.

use super::scale::{AxisScale, Limit};

/// Curves over one axis.
#[derive(Clone, Debug)]
pub struct Curves {
    /// Title.
    pub title: String,
    /// Conditions, below the title.
    pub caption: String,
    /// Horizontal scale.
    pub x: AxisScale,
    /// Vertical scale.
    pub y: AxisScale,
    /// Quantity in which the curves differ; empty when their names suffice.
    pub legend: String,
    /// The curves, the first one drawn first.
    pub traces: Vec<Curve>,
    /// The limit of all curves, drawn as a line, with the side on which it is missed.
    pub limit: Option<Limit>,
    /// Places along the horizontal scale that have a name.
    pub marks: Vec<Mark>,
}

/// A place with a name, drawn as an upright line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The place.
    pub x: f64,
    /// Its name.
    pub name: String,
}

/// One curve.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Name in the legend.
    pub name: String,
    /// Its points, x ascending, with a gap where a value is not a number.
    pub points: Vec<(f64, f64)>,
    /// Counted points with their intervals, in the curve's colour.
    pub counted: Vec<ErrorBar>,
    /// Its own limit where curves differ in it, drawn in its colour.
    pub limit: Vec<(f64, f64)>,
    /// Places without a value because the link fails there, marked at the foot of the chart.
    pub failed: Vec<f64>,
    /// How it is drawn.
    pub role: CurveRole,
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurveRole {
    /// In a colour of its own.
    #[default]
    Main,
    /// Thin and grey, below the others; consecutive ones share an entry of the legend.
    Background,
}

/// A counted point with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorBar {
    /// Horizontal place.
    pub x: f64,
    /// Value.
    pub y: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}
