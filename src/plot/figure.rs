//! Figures that can be drawn.

use super::theme::Theme;
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
    /// Error of the drawing backend.
    fn draw<B: DrawingBackend>(&self, area: &Area<B>, theme: &Theme) -> DrawResult<B>;
}
