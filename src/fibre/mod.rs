//! Fibre models.

mod corner;
mod four_wave_mixing;
mod impairments;
mod pmd;
mod reflections;
mod single_mode;
mod tolerances;
mod wdm;

pub use corner::{Corner, DispersionRanges};
pub use four_wave_mixing::FourWaveMixing;
pub(crate) use four_wave_mixing::Pump;
pub use pmd::Pmd;
pub use reflections::{ConnectorSet, Reflections};
pub use single_mode::SingleMode;
pub(crate) use single_mode::dispersion;
pub use wdm::{Wdm, WdmGrid};
