//! Fibre models.

mod corner;
mod single_mode;

pub use corner::{Corner, DispersionRanges};
pub use single_mode::SingleMode;
pub(crate) use single_mode::dispersion;
