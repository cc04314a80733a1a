//! A quantity over two axes.

use super::curves::Curves;
use super::scale::{AxisScale, Limit};
use ndarray::Array2;

/// A figure made from rows.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Curves: one axis varies, or one and a few values of another.
    Curves(Curves),
    /// Heat map: two axes of numbers vary.
    HeatMap(HeatMap),
}

/// A quantity over two axes.
#[derive(Clone, Debug)]
pub struct HeatMap {
    /// Title.
    pub title: String,
    /// Conditions, below the title.
    pub caption: String,
    /// Horizontal scale.
    pub x: AxisScale,
    /// Vertical scale.
    pub y: AxisScale,
    /// The quantity.
    pub z: AxisScale,
    /// Horizontal places, ascending.
    pub across: Vec<f64>,
    /// Vertical places, ascending.
    pub up: Vec<f64>,
    /// `values[[i, j]]` at `across[i]`, `up[j]`; a gap where it is not a number.
    pub values: Array2<f64>,
    /// True at gaps at which the link fails.
    pub failed: Array2<bool>,
    /// The limit, drawn as a line.
    pub limit: Option<Limit>,
}
