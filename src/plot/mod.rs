//! Figures for slides: PNG or SVG by the file's ending. Only this folder knows the drawing library.
//!
//! Text is drawn with a font of our own: no system font is asked for.

mod axes;
mod bathtub;
mod colour;
mod contour_grid;
mod curves;
mod eye;
mod figure;
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

pub use figure::{Area, DrawResult, Figure};
pub use save::{Target, save};
pub use theme::{Size, Theme};
