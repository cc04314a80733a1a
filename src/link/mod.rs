//! A link: its description in layers, its lanes, and what is said of them. The order of the chain
//! stands only here.

mod clock;
mod config;
mod corrected;
mod counted_margin;
mod counting;
mod eecq;
mod fec;
mod files;
mod lane;
mod layers;
mod limits;
mod margin;
mod module;
pub mod presets;
mod result;
mod run;
mod segment;
mod srs;
mod summary;
mod targets;
mod tolerance;
mod transmitted;
mod tuning;
mod view;
mod waveform;

pub use clock::ClockResult;
pub use config::{Config, Simulation, Spread, Targets};
pub use counting::Counting;
pub use fec::Fec;
pub use lane::{Lane, Segment};
pub(crate) use layers::nearest;
pub use layers::{Key, Resolved, Stack, Varied};
pub use limits::{Finding, Limits, Side, SpecRow, Status};
pub use margin::MARGIN_WITHIN_DB;
pub use module::{Host, Module, ModuleKind};
pub use result::{
    FecResult, LaneResult, LinkResult, NoiseShare, PortResult, SegmentResult, Slicer,
};
pub use run::{Link, Progress};
pub use srs::{Stress, Stressed, stressed};
pub use targets::{TargetVerdict, Verdict, judge};
pub use tolerance::{JitterTolerance, MASK_CORNER_MHZ, mask_ui};
pub use transmitted::{Tdecq, TestPattern};
pub(crate) use view::link_name;
pub use view::{
    Counted, Curve, EyeView, Histogram, Node, Overview, Panel, Spectra, View, Waterfall,
};
pub use waveform::{Record, TestPoint, Waveform};
