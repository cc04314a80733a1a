//! How curves differ: by colour, dashes and markers, so that a print without colour does
//! as well.

use super::axes::Chart;
use super::figure::{Area, DrawResult};
use super::theme::{BLUE, CURVES, GREY, PAPER, Theme};
use plotters::prelude::*;

/// Lengths of dashes and of the gaps after them, in sizes of the ticks' font; none for a whole
/// line.
type Dashes = &'static [f64];

const DASHES: [Dashes; 4] = [&[], &[0.9, 0.45], &[0.25, 0.35], &[0.9, 0.35, 0.25, 0.35]];
/// Dashes of a curve's own limit.
const OF_LIMIT: Dashes = &[0.4, 0.4];

/// Colour, dashes and marker of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) colour: RGBColor,
    dashes: Dashes,
    marker: Marker,
    is_hollow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];

impl Look {
    /// The look of a curve by its index: the first one whole with circles.
    pub(super) fn of(index: usize) -> Look {
        Look {
            colour: *CURVES.get(index % CURVES.len()).unwrap_or(&BLUE),
            dashes: DASHES[index % DASHES.len()],
            marker: MARKERS[index % MARKERS.len()],
            is_hollow: index / MARKERS.len() % 2 == 1,
        }
    }

    /// The look of what lies below the curves.
    pub(super) fn background() -> Look {
        Look::plain(GREY)
    }

    /// A whole line of a colour.
    pub(super) fn plain(colour: RGBColor) -> Look {
        Look { colour, dashes: &[], marker: Marker::Circle, is_hollow: false }
    }

    /// The same in another colour.
    pub(super) fn coloured(self, colour: RGBColor) -> Look {
        Look { colour, ..self }
    }

    /// The look of this curve's own limit.
    pub(super) fn limit(self) -> Look {
        Look { dashes: OF_LIMIT, ..self }
    }

    /// Draws a line through points of a chart.
    pub(super) fn line<B: DrawingBackend>(
        self,
        chart: &mut Chart<'_, B>,
        theme: &Theme,
        points: &[(f64, f64)],
    ) -> DrawResult<B> {
        let (x, y) = (chart.x_range(), chart.y_range());
        let (width, height) = chart.plotting_area().dim_in_pixel();
        let scale = (f64::from(width) / (x.end - x.start), f64::from(height) / (y.end - y.start));
        let style = theme.stroke(self.colour);
        let pieces = self.pieces(points, scale, theme);
        chart.draw_series(pieces.into_iter().map(|piece| PathElement::new(piece, style)))?;
        Ok(())
    }

    /// Draws the same between pixels of an area, for a legend.
    pub(super) fn sample<B: DrawingBackend>(
        self,
        area: &Area<B>,
        theme: &Theme,
        [from, to]: [(i32, i32); 2],
    ) -> DrawResult<B> {
        let ends = [from, to].map(|(x, y)| (f64::from(x), f64::from(y)));
        for piece in self.pieces(&ends, (1.0, 1.0), theme) {
            let piece: Vec<(i32, i32)> =
                piece.into_iter().map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
            area.draw(&PathElement::new(piece, theme.stroke(self.colour)))?;
        }
        Ok(())
    }

    /// Draws markers at points of a chart.
    pub(super) fn markers<B: DrawingBackend>(
        self,
        chart: &mut Chart<'_, B>,
        theme: &Theme,
        points: impl Iterator<Item = (f64, f64)>,
        radius: i32,
    ) -> DrawResult<B> {
        for point in points {
            let outline = self.outline(radius);
            let fill = if self.is_hollow { PAPER } else { self.colour };
            let closed: Vec<(i32, i32)> =
                outline.iter().copied().chain(outline.first().copied()).collect();
            chart.draw_series([EmptyElement::at(point)
                + Polygon::new(outline, fill.filled())
                + PathElement::new(closed, theme.hair(self.colour))])?;
        }
        Ok(())
    }

    /// The marker in a legend.
    pub(super) fn marker<B: DrawingBackend>(
        self,
        area: &Area<B>,
        theme: &Theme,
        (x, y): (i32, i32),
        radius: i32,
    ) -> DrawResult<B> {
        let outline: Vec<(i32, i32)> =
            self.outline(radius).into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        let fill = if self.is_hollow { PAPER } else { self.colour };
        area.draw(&Polygon::new(outline.clone(), fill.filled()))?;
        let closed: Vec<(i32, i32)> =
            outline.iter().copied().chain(outline.first().copied()).collect();
        area.draw(&PathElement::new(closed, theme.hair(self.colour)))
    }

    /// Outline of the marker around its middle, pixels; shapes of about equal areas.
    fn outline(self, radius: i32) -> Vec<(i32, i32)> {
        let r = f64::from(radius);
        let corners = |count: usize, first: f64, radius: f64| {
            let corner = |i: usize| {
                let angle = first + i as f64 * std::f64::consts::TAU / count as f64;
                (
                    (radius * libm::cos(angle)).round() as i32,
                    (radius * libm::sin(angle)).round() as i32,
                )
            };
            (0..count).map(corner).collect()
        };
        let quarter = std::f64::consts::FRAC_PI_4;
        match self.marker {
            Marker::Circle => corners(24, 0.0, r),
            Marker::Square => corners(4, quarter, 1.25 * r),
            Marker::Triangle => corners(3, -2.0 * quarter, 1.45 * r),
            Marker::Diamond => corners(4, 0.0, 1.35 * r),
        }
    }

    /// The dashes of a line through points, `scale` pixels a unit; the pattern runs on through its
    /// bends.
    fn pieces(
        self,
        points: &[(f64, f64)],
        scale: (f64, f64),
        theme: &Theme,
    ) -> Vec<Vec<(f64, f64)>> {
        // the backend draws thin strokes at sharp bends; separate straight pieces avoid this
        if self.dashes.is_empty() {
            let straight = points.windows(2).map(<[_]>::to_vec);
            return straight.chain([points.to_vec()]).filter(|piece| piece.len() > 1).collect();
        }
        let length = |i: usize| self.dashes[i % self.dashes.len()] * f64::from(theme.tick);
        let (mut index, mut left) = (0, length(0));
        let mut pieces: Vec<Vec<(f64, f64)>> = vec![points.first().copied().into_iter().collect()];
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let whole = ((to.0 - from.0) * scale.0).hypot((to.1 - from.1) * scale.1);
            let mut done = 0.0;
            while whole - done > left {
                done += left;
                let part = done / whole;
                let at = (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
                if index % 2 == 0 {
                    pieces.last_mut().expect("never empty").push(at);
                } else {
                    pieces.push(vec![at]);
                }
                index += 1;
                left = length(index);
            }
            left -= whole - done;
            if index % 2 == 0 {
                pieces.last_mut().expect("never empty").push(to);
            }
        }
        pieces.retain(|piece| piece.len() > 1);
        pieces
    }
}

/// Radius of a marker on a line, pixels.
pub(super) fn radius(theme: &Theme) -> i32 {
    theme.line as i32 * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{FigureFormat, Size};

    /// Dashes cover their share of a line whatever its bends: 0.9 of 1.35 parts, to a dash.
    #[test]
    fn dashes_run_on_through_bends() {
        let theme = Theme::of(&FigureFormat::from(Size::Slide));
        let points: Vec<(f64, f64)> =
            (0..=500).map(|i| (2.0 * f64::from(i), f64::from(i % 2))).collect();
        let length = |line: &[(f64, f64)]| -> f64 {
            line.windows(2).map(|p| (p[1].0 - p[0].0).hypot(p[1].1 - p[0].1)).sum()
        };
        let drawn: f64 =
            Look::of(1).pieces(&points, (1.0, 1.0), &theme).iter().map(|piece| length(piece)).sum();
        let dash = 0.9 * f64::from(theme.tick);
        assert!((drawn - length(&points) * 0.9 / 1.35).abs() < dash, "{drawn}");
        let whole = Look::of(0).pieces(&points, (1.0, 1.0), &theme);
        assert_eq!(whole.len(), points.len());
    }

    /// No two of the eight curves that a figure has room for differ in colour alone.
    #[test]
    fn looks_differ_without_colour() {
        let grey = |i: usize| Look { colour: GREY, ..Look::of(i) };
        for i in 0..8 {
            assert!((0..i).all(|j| grey(i) != grey(j)), "{i}");
        }
    }
}
