//! Touchstone files: the scattering of networks of up to [`MOST_PORTS`] ports.

mod header;
mod immittance;
pub(super) mod network_file;
pub(super) mod parse;
mod reader;
#[cfg(test)]
mod tests;

pub use network_file::{MOST_PORTS, Touchstone};
