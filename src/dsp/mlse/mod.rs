//! Maximum-likelihood sequence estimation: the most probable symbols given all samples, after a
//! response of two or three samples.
//!
//! [`Mlse`] gives decisions, [`SoftMlse`] the loss of log-likelihood of each other level.

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
