//! Grid of a heat map in drawing coordinates: colour bands and contours.

use super::axes::Chart;
use super::colour;
use super::figure::DrawResult;
use super::scale::step;
use super::theme::{GRID, PAPER, RED};
use crate::chart::{AxisScale, HeatMap, ScaleKind};
use crate::math::contour::contour;
use crate::table::Better;
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
    /// Whether there are heights below the range, which have its lowest colour.
    pub(super) is_cut: bool,
    /// Positions of the map itself, and where the link fails without a value.
    places: [Vec<f64>; 2],
    failed: Array2<bool>,
    /// Height of the limit and the side on which it is kept.
    limit: Option<(f64, Better)>,
}

impl ContourGrid {
    /// The grid of a map.
    pub(super) fn of(map: &HeatMap) -> ContourGrid {
        let places = |scale: &AxisScale, values: &[f64]| {
            values.iter().map(|&v| scale.place(v)).collect::<Vec<_>>()
        };
        let range = map.z.extent(map.values.iter().copied()).unwrap_or(0.0..1.0);
        // ratios below the smallest one that is drawn have its colour
        let heights = map.values.mapv(|value| map.z.place(value));
        let is_cut = heights.iter().any(|height| *height < range.start);
        let heights =
            heights.mapv(|height| if height < range.start { range.start } else { height });
        let places = [places(&map.x, &map.across), places(&map.y, &map.up)];
        let (across, up, heights) = refined(&places[0], &places[1], &heights);
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
        ContourGrid {
            across,
            up,
            heights,
            levels,
            range,
            is_cut,
            places,
            failed: map.failed.clone(),
            limit: map.limit.map(|limit| (map.z.place(limit.value), limit.better)),
        }
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

    /// True where a height misses the limit.
    pub(super) fn misses(&self, z: f64) -> bool {
        match self.limit {
            Some((level, Better::Higher)) => z < level,
            Some((level, Better::Lower)) => z > level,
            _ => false,
        }
    }

    /// True in a cell of the map with a corner without a value because the link fails there.
    fn fails(&self, x: f64, y: f64) -> bool {
        let [across, up] = &self.places;
        let corners = corners(cell(across, x), cell(up, y));
        corners.iter().any(|(at, weight)| *weight > 0.0 && self.failed[*at])
    }

    /// Colour bands over the whole chart, as one bitmap. What misses the limit is hatched in its
    /// colour, on paper where it has no value; gaps for another reason are hatched in grey.
    pub(super) fn fill<B: DrawingBackend>(
        &self,
        chart: &mut Chart<'_, B>,
        hatch: usize,
    ) -> DrawResult<B> {
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
                let (place_x, place_y) = (
                    place(chart.x_range(), column, width),
                    place(chart.y_range(), height - 1 - row, height),
                );
                let fails = if z.is_nan() { self.fails(place_x, place_y) } else { self.misses(z) };
                let below = if z.is_nan() { rgb(PAPER) } else { self.colour(z) };
                let is_line = (row + column) % hatch < hatch / 6 + 1;
                pixels.extend(match (is_line, fails, z.is_nan()) {
                    (true, true, _) => mixed(below, rgb(RED)),
                    (true, false, true) => rgb(GRID),
                    _ => below,
                });
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

fn rgb(colour: RGBColor) -> [u8; 3] {
    [colour.0, colour.1, colour.2]
}

/// Halfway from one colour to another.
fn mixed(from: [u8; 3], to: [u8; 3]) -> [u8; 3] {
    std::array::from_fn(|i| from[i].midpoint(to[i]))
}

/// Cell of ascending positions that contains a position, and the fraction of the cell before it.
fn cell(places: &[f64], at: f64) -> (usize, f64) {
    let i = places.partition_point(|place| *place <= at).clamp(1, places.len() - 1) - 1;
    (i, ((at - places[i]) / (places[i + 1] - places[i])).clamp(0.0, 1.0))
}

/// Corners of a cell, each with its weight in a bilinear interpolation.
fn corners((i, u): (usize, f64), (j, v): (usize, f64)) -> [((usize, usize), f64); 4] {
    [
        ((i, j), (1.0 - u) * (1.0 - v)),
        ((i + 1, j), u * (1.0 - v)),
        ((i, j + 1), (1.0 - u) * v),
        ((i + 1, j + 1), u * v),
    ]
}

/// Bilinear interpolation in a cell; not a number where a corner with weight is missing.
fn bilinear(heights: &Array2<f64>, across: (usize, f64), up: (usize, f64)) -> f64 {
    corners(across, up)
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
