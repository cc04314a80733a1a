//! TDECQ, TECQ and SECQ: how much less noise a PAM4 eye tolerates after the reference equaliser
//! than an ideal one.
//!
//! One measurement, three signals: after the test fibre (TDECQ), without it (TECQ), or the stressed
//! receiver's (SECQ).

pub(crate) mod capture;
pub(crate) mod error;
mod eye_closure;
mod histogram;
pub(crate) mod instrument;
pub(crate) mod receiver;
pub(crate) mod reference;
pub(crate) mod result;
mod search;
mod start;
mod variables;
mod windows;

pub use capture::{CaptureNoise, InputFilter, SAMPLES_PER_SYMBOL_MIN, TdecqCapture};
pub use error::TdecqError;
pub use histogram::WindowHistogram;
pub use instrument::{Instrument, measure};
pub use receiver::{filtered, noise_correlation};
pub use reference::{Reference, TAPS_MAX, TapLimits};
pub use result::{HistogramWindow, TdecqResult};
