//! Clock recovery: timing detectors, the phase loop and its lock detector.
//!
//! Phases are in unit intervals (UI, one symbol), frequencies in units of the symbol rate: 4 MHz at
//! 53.125 GBd is 7.53e-5.

mod clock_loop;
mod lock;
mod timing;

pub use clock_loop::{ClockLoop, LoopGains, damping_from_peaking_db};
pub use lock::{LockDetector, Slips};
pub use timing::{TimingDetector, TimingDetectorKind, bang_bang_gain_per_ui};
