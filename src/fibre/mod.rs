//! Fibre models.

mod single_mode;

pub use single_mode::SingleMode;
pub(crate) use single_mode::dispersion;
