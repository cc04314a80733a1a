//! A link: its description in layers, its lanes, and their results. The order of the chain is
//! known only here.

mod build;
mod count;
mod describe;
mod layers;
mod result;
mod run;
mod solve;
mod studies;
mod test_points;
mod views;

pub use crate::run_options::{CancelToken, Progress, RunOptions, WorkUnit};
pub use build::lane::Lane;
pub use build::segment::Segment;
pub use describe::config::Config;
pub use describe::counting_method::CountingMethod;
pub use describe::fec::Fec;
pub use describe::limits::{Limits, Status};
pub use describe::module::{Host, Module, ModuleKind};
pub use describe::presets;
pub use describe::segments::{DecisionPoint, SegmentKind, segments};
pub use describe::simulation::{Simulation, Spread};
pub use describe::targets::Targets;
pub use describe::tdecq::{Tdecq, TestPattern};
pub use layers::changes::Change;
pub use layers::layered::{LayeredConfig, Resolved};
pub use layers::swept::{Key, SweptConfig};
pub use result::clock::ClockResult;
pub use result::compliant::{CompliantCase, CompliantMargin, CompliantTransmitter};
pub use result::explanation::{
    Explanation, LaneExplanation, MarginChange, Penalty, Sensitivity, VariantMargins,
};
pub use result::figures::{LaneResult, LinkResult, NoiseShare, SegmentResult, SlicerResult};
pub use result::level_drives::LevelDrives;
pub use result::limited_by::LimitedBy;
pub use result::metrics::lane::{lane_cells, lane_metric, lane_metrics};
pub use result::metrics::limit::{LaneLimits, LaneMetric};
pub use result::metrics::port::{FEC_METRICS, FecMetric, PORT_METRICS, PortMetric};
pub use result::port::{FecResult, PortResult};
pub use result::spec::{Finding, LimitSide, LimitStatus, SpecRow};
pub use result::targets::{TargetVerdict, Verdict, judge, uncounted_targets};
pub use result::transmitter_used::TransmitterUsed;
pub use result::verdict::CountVerdict;
pub use run::custom::LaneSet;
pub use run::link::Link;
pub use solve::margin::MARGIN_WITHIN_DB;
pub use solve::memory::memory_bytes;
pub use studies::conformance::conformance;
pub use studies::explain::{ExplainedLanes, explain};
pub use studies::jitter_tolerance::{JitterTolerance, MASK_CORNER_MHZ, mask_ui};
pub use studies::stressed_receiver::{Stress, Stressed, stressed};
pub use views::eye::{EyeFilter, EyeView, Node};
pub use views::fec_bins::fec_bins;
pub use views::histogram::Histogram;
pub(crate) use views::link_name::link_name;
pub use views::overview::{Overview, Panel};
pub use views::spectra::{Spectra, SpectrumCurve};
pub use views::view::View;
pub use views::waterfall::{Waterfall, WaterfallPoint};
pub use views::waveform::{Record, TestPoint, Waveform};
