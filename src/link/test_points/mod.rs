//! Measurements of a lane at TP1a, TP2, TP3 and TP4.

pub(super) mod eecq;
pub(super) mod level_reading;
mod level_variance;
pub(super) mod levels;
pub(super) mod pattern;
mod photodiode;
mod relative_noise;
pub(super) mod stressed_source;
pub(super) mod transmitter;
