//! Fibre models.

mod corner;
mod impairments;
mod single_mode;
mod tolerances;

pub use corner::{Corner, DispersionRanges};
pub use single_mode::SingleMode;
pub(crate) use single_mode::dispersion;
