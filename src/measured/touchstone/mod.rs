//! Touchstone files: the scattering of networks of up to [`PORTS_MAX`] ports.

mod header;
mod immittance;
pub(super) mod network_file;
pub(super) mod parse;
mod reader;
#[cfg(test)]
mod tests;

pub use network_file::{PORTS_MAX, Touchstone};
