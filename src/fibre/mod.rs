//! From fibre to fibre.

mod single_mode;

pub use single_mode::SingleMode;
