//! Signal processing on sample slices, without physics.
//!
//! Behind a feed-forward equaliser come a [`slicer`], a decision-feedback equaliser ([`dfe`]), or a [`whitening`] filter and
//! a sequence detector ([`mlse`]); [`cdr`] holds the loop that finds the sampling phase. Levels are
//! [`LEVELS`], one sample is one symbol, and every state is kept from call to call.

pub mod bursts;
pub mod cdr;
pub mod dfe;
pub(crate) mod ffe;
pub mod mlse;
pub mod slicer;
pub mod whitening;

/// The levels of PAM4 at full scale -1 .. 1.
pub const LEVELS: [f32; 4] = [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0];
