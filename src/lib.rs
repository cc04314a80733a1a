#![doc = include_str!("../README.md")]

pub mod benchmark;
pub mod chain;
pub mod chart;
#[cfg(feature = "cli")]
pub mod cli;
pub mod dsp;
pub mod error;
pub mod fec;
pub mod fibre;
pub mod host;
pub mod link;
pub mod math;
pub mod measure;
pub mod measured;
pub mod path_text;
pub mod pattern;
#[cfg(feature = "plot")]
pub mod plot;
pub mod receiver;
#[cfg(feature = "cli")]
pub mod report;
pub mod run_options;
pub mod seed;
pub mod serdes;
pub mod sheet;
pub mod signal;
pub mod sweep;
pub mod table;
pub mod transmitter;
pub mod units;
pub mod validation;

pub use error::{Error, Result};
