//! Counting methods.

use super::importance::estimator::ImportanceSampling;
use super::noise_only::estimator::NoiseOnly;
use crate::chain::describe::not_evaluated::NotEvaluated;

/// Method of counting a lane.
#[derive(Clone, Copy, Default)]
pub enum Method<'a> {
    /// Every block through the whole chain.
    #[default]
    Chain,
    /// Stored blocks with noise at the slicer.
    NoiseOnly(&'a NoiseOnly),
    /// Stored blocks with noise shifted towards errors, and weights.
    ImportanceSampling(&'a ImportanceSampling),
    /// None, with the reason.
    NotEvaluated(&'a NotEvaluated),
}
