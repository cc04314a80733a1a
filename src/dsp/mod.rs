//! Signal processing on sample slices, without physics.

pub(crate) mod ffe;
pub mod slicer;
