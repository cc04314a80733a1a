//! Measurements on waveforms, as an instrument makes them.

pub mod align;
pub mod bathtub;
pub mod excursion;
pub mod eye;
pub mod eye_opening;
pub mod levels;
pub mod scope;
pub mod tdecq;
pub mod transition;
