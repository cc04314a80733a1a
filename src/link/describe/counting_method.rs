//! The estimator that counts errors, by name.

use serde::{Deserialize, Serialize};

/// Estimator that counts errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountingMethod {
    /// Every block through the whole chain.
    #[default]
    Chain,
    /// Noise drawn at the slicer on four stored noiseless blocks: see
    /// [`NoiseOnly`](crate::chain::NoiseOnly).
    NoiseOnly,
    /// The same noise pushed towards errors and weighted back: see
    /// [`ImportanceSampling`](crate::chain::ImportanceSampling).
    Importance,
}

impl CountingMethod {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            CountingMethod::Chain => "the whole chain",
            CountingMethod::NoiseOnly => "noise-only Monte Carlo",
            CountingMethod::Importance => "importance sampling",
        }
    }
}
