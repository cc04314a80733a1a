//! From symbols to light.
//!
//! What stays whatever the modulator is (converter, transmit equaliser) stands here; every kind of
//! modulator is a file with all that comes and goes with it: laser, driver, electrode, losses. A
//! new kind is a new file and one line of `kinds!`.

mod driver;
mod eml;
mod field_map;
mod laser;
mod linear;
mod modulator;
mod mzm;
mod power_map;
mod registry;
mod stressed;
mod waveform;

pub use driver::{Driver, DriverModel};
pub use eml::{Eml, EmlModel};
pub use laser::{Laser, LaserModel, Relaxation, RinKind};
pub use linear::LinearInput;
pub use modulator::{Drive, Modulator, ModulatorSheet};
pub use mzm::{Electrode, Mzm, MzmModel};
pub use registry::{Transmitter, TransmitterKind};
pub use stressed::StressedSource;
pub use waveform::CapturedWaveform;
