//! Sizes and colours of all figures.

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

/// Size of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A slide: 1600 by 900 pixels.
    Slide,
    /// Half a slide, or a column of a page: 800 by 500 pixels.
    Small,
}

impl Size {
    /// Width and height, pixels.
    pub fn pixels(self) -> (u32, u32) {
        match self {
            Size::Slide => (1600, 900),
            Size::Small => (800, 500),
        }
    }
}

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
    /// The theme for a size.
    pub fn of(size: Size) -> Theme {
        match size {
            Size::Slide => {
                Theme { title: 42, caption: 29, label: 30, tick: 27, line: 3, margin: 28 }
            }
            Size::Small => {
                Theme { title: 23, caption: 17, label: 18, tick: 16, line: 2, margin: 14 }
            }
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
