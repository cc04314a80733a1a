//! Methods of counting errors.

use serde::{Deserialize, Serialize};

/// Method of counting errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountingMethod {
    /// Every block runs through the whole chain.
    #[default]
    Chain,
    /// Noise drawn at the slicer on four stored noiseless blocks: see
    /// [`NoiseOnly`](crate::chain::NoiseOnly).
    NoiseOnly,
    /// Importance sampling: the same noise shifted towards errors, with weights; see
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
