//! The sampling oscilloscope: readings of a captured waveform.
//!
//! [`Scope`] describes a measurement; [`Scope::measure`] finds the pattern in the file, averages
//! its periods, and returns a [`Measured`]: the [`Reading`], and the data of its figures.

mod bathtubs;
mod measurement;
mod outer;
mod page;
mod reading;
mod request;
mod trace;

pub use bathtubs::Bathtubs;
pub use measurement::Measured;
pub use outer::OuterSource;
pub use page::{Equalised, Page};
pub use reading::Reading;
pub use request::{Averaging, GivenLevels, Scope};
