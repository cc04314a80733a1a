//! Variants of a link side by side.

mod figures;
mod notes;
mod tables;
mod text;

pub use text::compared;
