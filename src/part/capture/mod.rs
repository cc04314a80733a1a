//! Captured waveforms: from a file of samples to one period of its pattern, with the noise that its
//! repeats show.
//!
//! A capture is an oscilloscope's, or another simulator's: power over time, a period of a known
//! pattern or more. [`Capture::open`] takes it from text or `.npy`, [`locate`] finds the pattern in
//! it, and [`Periods::cut`] brings every period onto a grid of whole samples per symbol.

mod file;
mod kernel;
mod locate;
mod periods;
mod read;
mod residual;

pub(super) use file::Recipe;
pub use file::{CaptureFile, Recording, Sending};
pub use locate::{Candidate, Located, locate};
pub use periods::Periods;
pub(super) use read::MOST_BYTES;
pub use read::{Capture, Opened, PowerUnit, Quantity};
pub use residual::Residual;
