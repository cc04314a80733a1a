//! Signal processing on sample slices, without physics.
//!
//! A feed-forward equaliser is followed by a [`slicer`], a decision-feedback equaliser ([`dfe`]) or
//! a sequence detector ([`mlse`]). A receiver trains its equaliser together with the feedback or
//! with the detector's response, which makes the noise as white as such a filter can; a
//! [`whitening`] filter does the same for an equaliser that was trained alone, and no receiver of a
//! link uses it. [`cdr`] has the loop that finds the sampling phase. Levels are [`LEVELS`], one
//! sample is one symbol, and every state is kept from call to call.

pub mod awgn;
mod bent_slicer;
pub mod bursts;
pub mod cdr;
mod detector;
pub mod dfe;
pub mod ffe;
mod levels;
pub mod mlse;
pub mod slicer;
pub mod whitening;

pub use detector::DetectorKind;
pub use levels::LEVELS;
