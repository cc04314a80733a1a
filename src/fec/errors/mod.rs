//! Channels other than a link: wrong symbols of a known statistic.

mod chain;
pub(crate) mod dfe;
pub(crate) mod draws;
pub(crate) mod gilbert_elliott;
pub(crate) mod slips;
pub(crate) mod source;
#[cfg(test)]
mod tests;

pub use dfe::{Dfe, continuation};
pub use gilbert_elliott::GilbertElliott;
pub use source::{ErrorSource, Errors};
