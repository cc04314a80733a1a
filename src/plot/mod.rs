//! Figures for slides: PNG or SVG by the file's ending. Only this folder knows the drawing library.
//!
//! Text is drawn with a font of our own: no system font is asked for.

mod axes;
mod bathtub;
mod colour;
mod curves;
mod eye;
mod histogram;
mod labels;
mod legend;
mod map;
mod overview;
mod relief;
mod ruler;
mod save;
mod scale;
mod spectra;
mod tdecq;
mod text;
mod theme;
mod waterfall;

pub use save::{Target, save};
pub use theme::{Size, Theme};

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, DrawingBackend};

/// Where a figure is drawn.
pub type Area<B> = DrawingArea<B, Shift>;
/// What drawing comes to.
pub type Drawn<B> = std::result::Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Something that can be drawn at any size, on any backend.
pub trait Figure {
    /// Draws on the whole of `area`.
    ///
    /// # Errors
    ///
    /// What the backend says.
    fn draw<B: DrawingBackend>(&self, area: &Area<B>, theme: &Theme) -> Drawn<B>;
}
