//! Synthetic channels with known error statistics.

pub(crate) mod dfe;
pub(crate) mod draws;
pub(crate) mod gilbert_elliott;
mod markov;
pub(crate) mod source;
pub(crate) mod sparse_errors;
#[cfg(test)]
mod tests;

pub use dfe::{DfeErrors, continuation};
pub use gilbert_elliott::GilbertElliott;
pub use source::{ErrorModel, ErrorSource};
