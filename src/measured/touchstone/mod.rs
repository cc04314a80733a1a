//! Touchstone files: the scattering of networks of up to [`PORTS_MAX`] ports.

mod comments;
mod decode;
mod header;
mod immittance;
mod impedance;
mod modes;
pub(super) mod network_file;
pub(super) mod parse;
mod reader;
mod references;
#[cfg(test)]
mod tests;

pub use network_file::{PORTS_MAX, Touchstone};
