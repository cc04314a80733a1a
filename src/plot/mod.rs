//! Figures for slides: PNG or SVG by the file's ending. Only this room uses the drawing library.
//!
//! Text is drawn with an embedded font; no system font is needed.

mod axes;
mod bathtub;
mod colour;
mod contour_grid;
mod curves;
mod eye;
mod figure;
mod format;
mod heat_map;
mod histogram;
mod labels;
mod legend;
mod look;
mod overview;
mod penalties;
mod save;
mod scale;
mod spectra;
mod tdecq;
mod text;
mod theme;
mod tick_axis;
mod waterfall;

pub use figure::{Area, DrawResult, Figure};
pub use format::{FigureFormat, ImageFormat, Size};
pub use save::{Target, save};
pub use theme::Theme;
