//! The engine: responses, maps and noise as data, built into a plan that both estimators run.
//! Independent of devices.

mod build;
mod counted;
mod describe;
mod linearise;
mod run;
mod semi_analytic;
#[cfg(test)]
pub(crate) mod test_links;
mod train;

pub use build::convergence::Convergence;
pub use build::detector::TrainedDetector;
pub use build::plan::Plan;
pub use build::plan_cache::PlanCache;
pub(crate) use build::reflections::FOLLOWED_DB;
pub use build::timing::Timing;
pub use build::trained::Trained;
pub use counted::clock_reading::ClockReading;
pub use counted::count::count;
pub use counted::importance::estimator::ImportanceSampling;
pub use counted::importance::weighted::Weighted;
pub use counted::lane::{Count, Stop};
pub use counted::method::Method;
pub use counted::noise_only::estimator::NoiseOnly;
pub use counted::observer::{BlockObserver, BlockView};
pub use counted::segment::SegmentRun;
pub use counted::tally::{LaneCount, Tally};
pub use describe::chain::{Chain, CoupledLight, LEVEL_CONTEXTS, level_context};
pub use describe::clocking::{Clocking, Recovery, Sinusoid};
pub use describe::coupling::{Coupling, LaneSymbols};
pub use describe::detector::DetectorSpec;
pub use describe::interferer::Interferer;
pub(crate) use describe::lookup::Lookup;
pub use describe::map::{Map, Memory};
pub use describe::noise::{
    Density, Law, Noise, NoiseClass, NoiseId, NoiseOrigin, NoisePlace, NoiseSource,
};
pub use describe::noise_bandwidth::NoiseBandwidth;
pub use describe::not_evaluated::NotEvaluated;
pub use describe::receiver_dsp::{Adaptation, RxDsp};
pub use describe::reflections::{ReflectedPath, Reflections};
pub use describe::sampler::Sampler;
pub use describe::shape::Shape;
pub use describe::sub_converters::{SubConverter, SubConverters};
pub use describe::table::Table;
pub use run::levels::block_levels;
pub use run::streams::{NoiseSelection, StreamKeys};
pub use run::workspace::Workspace;
pub use run::workspace::probe::Probe;
pub use run::workspace_pool::WorkspacePool;
pub(crate) use semi_analytic::over_reflections::OverReflections;
pub(crate) use semi_analytic::phase_law::OverPhase;
pub use semi_analytic::prediction::{PredictedBursts, Prediction, Share};
pub use semi_analytic::predictor::Predictor;
