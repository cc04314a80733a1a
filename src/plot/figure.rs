//! Figures that can be drawn.

use super::theme::Theme;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, DrawingBackend};

/// Where a figure is drawn.
pub type Area<B> = DrawingArea<B, Shift>;
/// Result of drawing.
pub type DrawResult<B> =
    std::result::Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Something that can be drawn at any size, on any backend, below a title and a caption.
pub trait Figure {
    /// What is shown, and of which link.
    fn title(&self) -> String;

    /// Its conditions and numbers, in one line.
    fn caption(&self) -> String;

    /// Draws below title and caption.
    ///
    /// # Errors
    ///
    /// Error of the drawing backend.
    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B>;
}
