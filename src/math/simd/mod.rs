//! Vector units: kernels compiled for each of them, and loops over eight numbers side by side.

mod multiversion;
mod x8;

pub use multiversion::Vectors;
pub(crate) use multiversion::{multiversion, multiversion_x8};
pub(crate) use x8::{F32x8, Float, LANES, U32x8, Word};
