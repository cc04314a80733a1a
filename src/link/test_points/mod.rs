//! Measurements of a lane at TP1a, TP2, TP3 and TP4.

pub(super) mod eecq;
pub(super) mod levels;
pub(super) mod pattern;
pub(super) mod transmitter;
