//! A link: its description in layers, its lanes, and what is said of them. The order of the chain stands only here.

mod config;
mod files;
mod lane;
mod layers;
mod margin;
pub mod presets;
mod result;
mod run;
mod targets;
mod waveform;

pub use config::{Config, Limits, Simulation, Spread, Targets};
pub use lane::Lane;
pub use layers::{Resolved, Stack};
pub use result::{LaneResult, LinkResult, NoiseShare, PortResult, Slicer};
pub use run::{Link, Progress};
pub use targets::{TargetVerdict, Verdict, judge};
pub use waveform::{Node, Waveform};
