//! The sampling scope: a captured waveform from anywhere, and every figure that an instrument reads
//! off it.
//!
//! [`Scope`] says which file and how; [`Scope::measure`] finds the pattern in it, averages its
//! periods, and gives a
//! [`Measured`]: the [`Reading`], and what its pictures are drawn from.

mod bathtubs;
mod measurement;
mod page;
mod reading;
mod request;
mod trace;

pub use bathtubs::Bathtubs;
pub use measurement::Measured;
pub use page::{Equalised, Page};
pub use reading::Reading;
pub use request::{Averaging, Scope};
