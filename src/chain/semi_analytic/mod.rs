//! The semi-analytic estimator: variance of each symbol, prediction, and small draws where no
//! closed form exists.

pub(super) mod at_slicer;
pub(super) mod autocorrelation;
mod competing_events;
mod crosstalk;
mod error_events;
pub(super) mod error_propagation;
pub(super) mod expected_bursts;
pub(super) mod noise_classes;
pub(super) mod noise_memory;
pub(super) mod noise_probing;
mod nonlinear_receiver;
pub(super) mod over_reflections;
pub(super) mod phase_law;
pub(super) mod prediction;
pub(super) mod predictor;
mod reflections;
mod run_means;
mod scoring;
mod sequence_errors;
pub(super) mod symbol_noise;
mod training_scatter;
pub(super) mod variance;
