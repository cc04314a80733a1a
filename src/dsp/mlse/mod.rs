//! Maximum-likelihood sequence estimation: the symbols that explain all samples best, behind a
//! response of two or three samples.
//!
//! [`Mlse`] gives decisions, [`SoftMlse`] how much worse each other level would explain the
//! samples.

mod either;
mod hard;
mod soft;
mod stretches;
#[cfg(test)]
mod tests;
mod trellis;

pub use hard::Mlse;
pub use soft::SoftMlse;
pub use trellis::PartialResponse;

/// Symbols that a detector decides at a time.
pub const RUN: usize = 64;
