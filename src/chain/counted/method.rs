//! Which estimator counts a lane.

use super::importance::estimator::ImportanceSampling;
use super::noise_only::estimator::NoiseOnly;
use crate::chain::describe::not_evaluated::NotEvaluated;

/// Which estimator counts a lane.
#[derive(Clone, Copy, Default)]
pub enum Method<'a> {
    /// Every block through the whole chain.
    #[default]
    Chain,
    /// Stored blocks with noise at the slicer.
    NoiseOnly(&'a NoiseOnly),
    /// Stored blocks with noise that is pushed towards errors.
    ImportanceSampling(&'a ImportanceSampling),
    /// None, and why.
    NotEvaluated(&'a NotEvaluated),
}
