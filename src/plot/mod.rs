//! Figures for slides: PNG or SVG by the file's ending. Only this folder knows the drawing library.
//!
//! Text is drawn with a font of our own: no system font is asked for.

mod axes;
mod bathtub;
mod colour;
mod contour_grid;
mod curves;
mod eye;
mod heat_map;
mod histogram;
mod labels;
mod legend;
mod overview;
mod save;
mod scale;
mod spectra;
mod tdecq;
mod text;
mod theme;
mod tick_axis;
mod waterfall;

pub use save::{Target, save};
pub use theme::{Size, Theme};

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, DrawingBackend};

/// Where a figure is drawn.
pub type Area<B> = DrawingArea<B, Shift>;
/// Result of drawing.
pub type DrawResult<B> =
    std::result::Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Something that can be drawn at any size, on any backend.
pub trait Figure {
    /// Draws on the whole of `area`.
    ///
    /// # Errors
    ///
    /// What the backend says.
    fn draw<B: DrawingBackend>(&self, area: &Area<B>, theme: &Theme) -> DrawResult<B>;
}
