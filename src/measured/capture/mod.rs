//! Captured waveforms: from a file of samples to one period of its pattern, with the noise
//! estimated from its repeats.
//!
//! A capture comes from an oscilloscope or from another simulator: power over time, with one period
//! of a known pattern or more. [`Capture::open`] takes it from text, `.npy`, HDF5 or MATLAB 7.3,
//! [`locate`] finds the pattern in it, and [`Periods::cut`] brings every period onto a grid of
//! whole samples per symbol.

mod lag_search;
mod locate;
mod located;
mod long_pattern;
mod periods;
mod preamble;
pub(super) mod read;
pub(super) mod recording;
mod resample_kernel;
mod residual;
mod sample_unit;
mod time_base;
#[cfg(feature = "hdf5")]
mod variables;

pub use locate::locate;
pub use located::{BitCoding, Candidate, Located};
pub use periods::Periods;
pub use read::{Capture, CaptureFormat, Opened};
pub use recording::{ExpectedSignal, Recording};
pub use residual::Residual;
pub use sample_unit::{CaptureQuantity, PowerUnit};
