//! lightlane simulates the physical layer of PAM4 data-centre optics, lane by lane, from laser to bit error ratio.

pub mod chain;
pub mod dsp;
pub mod error;
pub mod math;
pub mod pattern;
pub mod seed;
pub mod signal;
pub mod units;

pub use error::{Error, Result};
