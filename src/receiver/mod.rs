//! From light to samples.

mod config;
mod crosstalk;
mod impairments;
mod large_signal;
mod linear;
mod noise_law;
mod photodiode;
mod tia;
mod tolerances;

pub use config::OpticalReceiver;
pub(crate) use crosstalk::Aggressors;
pub use crosstalk::Crosstalk;
pub use large_signal::LargeSignal;
pub use linear::LinearOutput;
pub use noise_law::{NoiseModel, NoiseScaling};
pub use photodiode::Photodiode;
pub use tia::{Limiting, Tia};
