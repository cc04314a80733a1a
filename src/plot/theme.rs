//! Sizes and colours of all figures.

use super::format::FigureFormat;
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, register_font};
use std::sync::Once;

/// Background.
pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);
/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(28, 32, 40);
/// Secondary text.
pub(super) const PALE_INK: RGBColor = RGBColor(88, 96, 108);
/// Lines of the grid.
pub(super) const GRID: RGBColor = RGBColor(222, 226, 231);
/// First curve; known levels.
pub(super) const BLUE: RGBColor = RGBColor(0, 93, 170);
/// Counted points; second curve.
pub(super) const ORANGE: RGBColor = RGBColor(213, 94, 0);
/// Third curve; thresholds.
pub(super) const GREEN: RGBColor = RGBColor(0, 128, 96);
/// The same over a density.
pub(super) const BRIGHT_BLUE: RGBColor = RGBColor(30, 160, 255);
/// The same over a density.
pub(super) const BRIGHT_GREEN: RGBColor = RGBColor(0, 190, 120);
/// Limits.
pub(super) const RED: RGBColor = RGBColor(190, 24, 40);
/// The side on which a limit is missed.
pub(super) const FAILING: RGBColor = RGBColor(252, 236, 236);
/// Noise.
pub(super) const GREY: RGBColor = RGBColor(128, 136, 148);
/// The four levels, lowest first.
pub(super) const LEVELS: [RGBColor; 4] =
    [BLUE, GREEN, RGBColor(202, 138, 0), RGBColor(168, 40, 110)];

/// Colours of curves in order, distinct also for colour-blind readers (M. Okabe, K. Ito, darkened
/// for paper).
pub(super) const CURVES: [RGBColor; 8] = [
    BLUE,
    ORANGE,
    GREEN,
    RGBColor(168, 40, 110),
    RGBColor(202, 138, 0),
    RGBColor(70, 160, 220),
    INK,
    RGBColor(120, 90, 60),
];

/// Font family; viewers of an SVG without this font use the next one.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";
const REGULAR: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");
const BOLD: &[u8] = include_bytes!("font/DejaVuSans-Bold-subset.ttf");

/// Sizes of a figure's parts, pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Font size of the title.
    pub title: i32,
    /// Font size of the caption.
    pub caption: i32,
    /// Font size of the axes' names.
    pub label: i32,
    /// Font size of numbers, marks and legends.
    pub tick: i32,
    /// Width of curves.
    pub line: u32,
    /// Outer margin.
    pub margin: i32,
}

impl Theme {
    /// The theme for a file: between those of the two sizes that have names by the shorter of both
    /// sides' ratios to a slide's, and in proportion beyond them.
    pub fn of(format: &FigureFormat) -> Theme {
        let (width, height) = format.size.pixels();
        let part = (f64::from(width) / 1600.0).min(f64::from(height) / 900.0);
        let between = |small: f64, slide: f64| {
            let at = part.clamp(0.5, 1.0);
            let size = small + (slide - small) * (2.0 * at - 1.0);
            size * part / at * format.scale()
        };
        let whole = |small, slide| between(small, slide).round() as i32;
        Theme {
            title: whole(23.0, 42.0),
            caption: whole(17.0, 29.0),
            label: whole(18.0, 30.0),
            tick: whole(16.0, 27.0),
            line: whole(2.0, 3.0).max(1) as u32,
            margin: whole(14.0, 28.0),
        }
    }

    /// The theme of one panel on a page of many.
    pub(super) fn panel(&self) -> Theme {
        let part = |x: i32| x * 3 / 4;
        Theme {
            title: part(self.caption),
            caption: part(self.caption),
            label: part(self.label),
            tick: part(self.tick),
            line: 1,
            margin: part(self.margin),
        }
    }

    /// Text style of a size and colour.
    pub(super) fn text(&self, size: i32, colour: RGBColor) -> TextStyle<'static> {
        load_font();
        TextStyle {
            color: colour.to_backend_color(),
            ..TextStyle::from((FAMILY, size).into_font())
        }
    }

    /// The same, bold.
    pub(super) fn bold(&self, size: i32, colour: RGBColor) -> TextStyle<'static> {
        load_font();
        TextStyle {
            color: colour.to_backend_color(),
            ..TextStyle::from((FAMILY, size, FontStyle::Bold).into_font())
        }
    }

    /// Line style of a curve.
    pub(super) fn stroke(&self, colour: RGBColor) -> ShapeStyle {
        colour.stroke_width(self.line)
    }

    /// Thin line style.
    pub(super) fn hair(&self, colour: RGBColor) -> ShapeStyle {
        colour.stroke_width((self.line / 2).max(1))
    }
}

/// Registers the embedded font.
fn load_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loaded = [(FontStyle::Normal, REGULAR), (FontStyle::Bold, BOLD)]
            .map(|(style, bytes)| register_font(FAMILY, style, bytes).is_ok());
        assert!(loaded == [true; 2], "the embedded fonts are fonts");
    });
}
