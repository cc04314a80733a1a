//! What an instrument would read off a waveform.

pub mod eye;
pub mod levels;
