//! From light to samples.

mod config;
mod crosstalk;
mod linear;
mod photodiode;
mod tia;

pub use config::OpticalReceiver;
pub use crosstalk::Crosstalk;
pub use linear::LinearOutput;
pub use photodiode::Photodiode;
pub use tia::{Limiting, NoiseModel, Tia};
