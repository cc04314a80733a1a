//! Maximum-likelihood sequence estimation: the symbols that explain all samples best, behind a
//! response of two or three samples.
//!
//! [`Mlse`] gives decisions, [`SoftMlse`] how much worse each other level would explain the
//! samples.

mod any_states;
mod hard;
mod soft;
#[cfg(test)]
mod tests;
mod trellis;
mod windows;

pub use hard::Mlse;
pub use soft::SoftMlse;
pub use trellis::{PartialResponse, RUN};
