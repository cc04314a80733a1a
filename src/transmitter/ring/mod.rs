//! Silicon micro-ring modulator.

mod coupled_mode;
mod detuning;
mod model;
mod resonator;
mod self_heating;
pub(super) mod sheet;
#[cfg(test)]
mod tests;

pub use detuning::{Detuning, Side};
pub use model::RingModel;
pub use resonator::Resonator;
pub use self_heating::ThermalState;
pub use sheet::Ring;
