//! Optical transmitters.
//!
//! Converter and transmit equaliser are common to all; each kind of modulator is a file with its
//! laser, driver, electrode and losses. A new kind takes a new file, its name here, and one line of
//! the registry. A modulator that is not built in implements [`Modulator`] and is given to a link
//! ([`crate::link::Link::with_modulator`]).

mod added_rin;
mod alignment;
mod driver;
mod eml;
mod field_map;
mod impairments;
mod laser;
mod laser_feed;
mod laser_feedback;
mod laser_thermal;
mod linear;
mod modulator;
mod mzm;
mod power_map;
mod registry;
mod ring;
mod stressed;
mod tfln;
mod tolerances;
mod waveform;
mod waveguide_crosstalk;

pub(crate) use added_rin::AddedRin;
pub use alignment::{Alignment, Joint};
pub use driver::{Driver, DriverModel};
pub use eml::EmlModel;
pub use laser::{Laser, LaserModel, LaserSetting, Relaxation, RinKind};
pub use laser_feedback::LaserFeedback;
pub use laser_thermal::{LaserControl, LaserThermal};
pub use linear::LinearInput;
pub use modulator::{Drive, Modulator, ModulatorSheet};
pub use mzm::{Electrode, MzmModel};
pub use registry::*;
pub use ring::{Detuning, Resonator, RingModel, Side, ThermalState};
pub use waveguide_crosstalk::WaveguideCrosstalk;
