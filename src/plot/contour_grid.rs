//! Grid of a heat map in drawing coordinates: colour bands and contours.

use super::axes::Chart;
use super::colour;
use super::figure::DrawResult;
use super::scale::step;
use super::theme::{GRID, PAPER};
use crate::chart::{AxisScale, HeatMap, ScaleKind};
use crate::math::contour::contour;
use ndarray::Array2;
use plotters::element::BitMapElement;
use plotters::prelude::*;
use std::ops::Range;

/// Nodes along and up of the grid on which contours are drawn, so that their pieces are a few
/// pixels long.
const NODES: usize = 240;
/// Approximate number of colour bands.
pub(super) const BANDS: usize = 10;

/// Grid with positions and heights in drawing coordinates.
pub(super) struct ContourGrid {
    pub(super) across: Vec<f64>,
    pub(super) up: Vec<f64>,
    pub(super) heights: Array2<f64>,
    /// Heights of contours, ascending.
    pub(super) levels: Vec<f64>,
    pub(super) range: Range<f64>,
}

impl ContourGrid {
    /// The grid of a map.
    pub(super) fn of(map: &HeatMap) -> ContourGrid {
        let places = |scale: &AxisScale, values: &[f64]| {
            values.iter().map(|&v| scale.place(v)).collect::<Vec<_>>()
        };
        let range = map.z.extent(map.values.iter().copied()).unwrap_or(0.0..1.0);
        // ratios below the smallest one that is drawn are drawn as that one
        let heights = map.values.mapv(|value| {
            map.z.place(value).max(if value.is_nan() { f64::NAN } else { range.start })
        });
        let (across, up, heights) =
            refined(&places(&map.x, &map.across), &places(&map.y, &map.up), &heights);
        let width = range.end - range.start;
        let step = match map.z.kind {
            ScaleKind::Logarithmic if width > 2.5 => step(width, BANDS).ceil(),
            _ => step(width, BANDS),
        };
        let levels = if width > 0.0 {
            ((range.start / step).ceil() as i64..=(range.end / step).floor() as i64)
                .map(|i| i as f64 * step)
                .collect()
        } else {
            Vec::new()
        };
        ContourGrid { across, up, heights, levels, range }
    }

    /// The band of a height, and its colour.
    pub(super) fn colour(&self, z: f64) -> [u8; 3] {
        let band = self.levels.iter().filter(|level| **level <= z).count();
        let low = if band == 0 { self.range.start } else { self.levels[band - 1] };
        let high = self.levels.get(band).copied().unwrap_or(self.range.end);
        let width = (self.range.end - self.range.start).max(f64::MIN_POSITIVE);
        colour::height((0.5 * (low + high) - self.range.start) / width)
    }

    /// Contour lines of a height, in drawing coordinates.
    pub(super) fn contour(&self, level: f64) -> Vec<Vec<(f64, f64)>> {
        contour(&self.across, &self.up, self.heights.view(), level)
    }

    /// Colour bands over the whole chart, as one bitmap; gaps are hatched.
    pub(super) fn fill<B: DrawingBackend>(&self, chart: &mut Chart<'_, B>) -> DrawResult<B> {
        let area = chart.plotting_area();
        let (x, y) = area.get_pixel_range();
        let (width, height) =
            ((x.end - x.start).max(1) as usize, (y.end - y.start).max(1) as usize);
        let place = |range: Range<f64>, i: usize, pixels: usize| {
            range.start + (range.end - range.start) * (i as f64 + 0.5) / pixels as f64
        };
        let columns: Vec<(usize, f64)> =
            (0..width).map(|i| cell(&self.across, place(chart.x_range(), i, width))).collect();
        let mut pixels = Vec::with_capacity(width * height * 3);
        for row in 0..height {
            let (j, v) = cell(&self.up, place(chart.y_range(), height - 1 - row, height));
            for (column, &(i, u)) in columns.iter().enumerate() {
                let z = bilinear(&self.heights, (i, u), (j, v));
                let hatch = if (row + column) % 12 < 2 {
                    [GRID.0, GRID.1, GRID.2]
                } else {
                    [PAPER.0, PAPER.1, PAPER.2]
                };
                pixels.extend(if z.is_nan() { hatch } else { self.colour(z) });
            }
        }
        let corner = (chart.x_range().start, chart.y_range().end);
        let Some(picture) =
            BitMapElement::with_owned_buffer(corner, (width as u32, height as u32), pixels)
        else {
            return Ok(());
        };
        area.draw(&picture)
    }
}

/// Cell of ascending positions that contains a position, and the fraction of the cell before it.
fn cell(places: &[f64], at: f64) -> (usize, f64) {
    let i = places.partition_point(|place| *place <= at).clamp(1, places.len() - 1) - 1;
    (i, ((at - places[i]) / (places[i + 1] - places[i])).clamp(0.0, 1.0))
}

/// Bilinear interpolation in a cell; `None` where a corner with weight is missing.
fn bilinear(heights: &Array2<f64>, (i, u): (usize, f64), (j, v): (usize, f64)) -> f64 {
    let corners = [
        ((i, j), (1.0 - u) * (1.0 - v)),
        ((i + 1, j), u * (1.0 - v)),
        ((i, j + 1), (1.0 - u) * v),
        ((i + 1, j + 1), u * v),
    ];
    corners
        .iter()
        .filter(|(_, weight)| *weight > 0.0)
        .map(|(at, weight)| weight * heights[*at])
        .sum()
}

/// A refined grid, bilinearly interpolated, so that fill and contours coincide.
fn refined(across: &[f64], up: &[f64], heights: &Array2<f64>) -> (Vec<f64>, Vec<f64>, Array2<f64>) {
    let (columns, rows) = (finer(across), finer(up));
    let place = |places: &[f64], (i, t): (usize, f64)| places[i] + t * (places[i + 1] - places[i]);
    let fine = Array2::from_shape_fn((columns.len(), rows.len()), |(i, j)| {
        bilinear(heights, columns[i], rows[j])
    });
    (
        columns.iter().map(|&at| place(across, at)).collect(),
        rows.iter().map(|&at| place(up, at)).collect(),
        fine,
    )
}

/// Cell and fraction of each node of a finer axis.
fn finer(places: &[f64]) -> Vec<(usize, f64)> {
    let cells = places.len() - 1;
    let parts = NODES.div_ceil(cells);
    let inner = (0..cells).flat_map(|i| (0..parts).map(move |k| (i, k as f64 / parts as f64)));
    inner.chain([(cells - 1, 1.0)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bilinear surface is itself on any finer grid, and a hole stays one: its cells, no more.
    #[test]
    fn a_finer_grid_has_the_same_surface_and_the_same_holes() {
        let (across, up) = ([0.0, 1.0, 3.0], [0.0, 2.0]);
        let mut heights = Array2::from_shape_fn((3, 2), |(i, j)| (1.0 + across[i]) * (2.0 - up[j]));
        let (x, y, z) = refined(&across, &up, &heights);
        assert!(x.len() > NODES && y.len() > NODES && z.dim() == (x.len(), y.len()));
        for ((i, j), z) in z.indexed_iter() {
            assert!((z - (1.0 + x[i]) * (2.0 - y[j])).abs() < 1e-12);
        }
        heights[[2, 1]] = f64::NAN;
        let (x, y, z) = refined(&across, &up, &heights);
        for ((i, j), z) in z.indexed_iter() {
            assert_eq!(z.is_nan(), x[i] > 1.0 && y[j] > 0.0, "{} {}", x[i], y[j]);
        }
    }
}
