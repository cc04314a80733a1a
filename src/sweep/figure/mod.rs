//! Figures of a sweep: curves over one axis, a map over two. What they are made of is plain, so
//! that any results can be drawn so.

mod channel;
mod chart;
mod correction;
mod layout;
mod merit;
mod words;

pub use chart::Chart;
pub use merit::{Better, Merit};

use crate::link::Counted;
use ndarray::Array2;

/// What a chart becomes.
#[derive(Clone, Debug)]
pub enum Picture {
    /// One axis that varies, or one and a few values of another.
    Curves(Curves),
    /// Two axes of numbers.
    Map(Map),
}

/// What one side of a figure means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The quantity.
    pub quantity: String,
    /// Its unit; empty for none.
    pub unit: String,
    /// How values lie along it.
    pub spacing: Spacing,
}

/// How values lie along a side of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Equal differences.
    Linear,
    /// Equal ratios; what is zero or less lies below the lowest.
    Logarithmic,
    /// Names, at 0, 1, ..
    Names(Vec<String>),
}

/// A value that is held as the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The value.
    pub value: f64,
    /// Which side of it keeps it.
    pub better: Better,
}

/// Curves over one axis.
#[derive(Clone, Debug)]
pub struct Curves {
    /// What is shown.
    pub title: String,
    /// What else a reader needs.
    pub caption: String,
    /// Along.
    pub x: Scale,
    /// Up.
    pub y: Scale,
    /// What the traces differ in; empty when their names say it all.
    pub legend: String,
    /// The curves, the first one drawn first.
    pub traces: Vec<Trace>,
    /// The limit, drawn as a line.
    pub limit: Option<Limit>,
}

/// One curve.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What it is, in the legend.
    pub name: String,
    /// Its points, x ascending; it is broken where a value is not a number.
    pub points: Vec<(f64, f64)>,
    /// Counted points with their intervals, in the curve's colour.
    pub counted: Vec<Bar>,
    /// How it is drawn.
    pub role: Role,
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// In a colour of its own.
    #[default]
    Own,
    /// Thin and grey, to be seen behind the others; those that follow each other share a place in
    /// the legend.
    Background,
}

/// A counted point with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Along.
    pub x: f64,
    /// Its value.
    pub y: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

impl Bar {
    /// A counted point of a waterfall.
    pub fn of(point: &Counted) -> Bar {
        Bar { x: point.dbm, y: point.ber, low: point.low, high: point.high }
    }
}

/// A quantity over two axes.
#[derive(Clone, Debug)]
pub struct Map {
    /// What is shown.
    pub title: String,
    /// What else a reader needs.
    pub caption: String,
    /// Along.
    pub x: Scale,
    /// Up.
    pub y: Scale,
    /// The quantity.
    pub z: Scale,
    /// Places along, ascending.
    pub across: Vec<f64>,
    /// Places up, ascending.
    pub up: Vec<f64>,
    /// `values[[i, j]]` at `across[i]`, `up[j]`; a hole where it is not a number.
    pub values: Array2<f64>,
    /// The limit, drawn as a line.
    pub limit: Option<Limit>,
}
