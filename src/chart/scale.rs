//! Quantity, unit and kind of scale along one side of a figure.

use crate::table::{Better, Spacing};

/// Quantity and unit of one side of a figure, and how values lie along it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisScale {
    /// The quantity.
    pub quantity: String,
    /// Its unit; empty for none.
    pub unit: String,
    /// How values lie along it.
    pub kind: ScaleKind,
}

/// How values lie along a side of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScaleKind {
    /// Equal differences.
    Linear,
    /// Equal ratios; zero and negative values lie below the lowest.
    Logarithmic,
    /// Names, at 0, 1, ..
    Categories(Vec<String>),
}

impl AxisScale {
    /// A linear scale.
    pub fn linear(quantity: impl Into<String>, unit: impl Into<String>) -> AxisScale {
        AxisScale { quantity: quantity.into(), unit: unit.into(), kind: ScaleKind::Linear }
    }

    /// A logarithmic scale.
    pub fn logarithmic(quantity: impl Into<String>, unit: impl Into<String>) -> AxisScale {
        AxisScale { quantity: quantity.into(), unit: unit.into(), kind: ScaleKind::Logarithmic }
    }
}

impl From<Spacing> for ScaleKind {
    fn from(spacing: Spacing) -> ScaleKind {
        match spacing {
            Spacing::Linear => ScaleKind::Linear,
            Spacing::Decades => ScaleKind::Logarithmic,
        }
    }
}

/// A limit, drawn as a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The value.
    pub value: f64,
    /// Side on which the limit is kept.
    pub better: Better,
}
