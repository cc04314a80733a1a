//! The estimator that counts errors, by name.

use serde::{Deserialize, Serialize};

/// What counts errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Every block through the whole chain.
    #[default]
    Chain,
    /// Noise drawn at the slicer on four stored noiseless blocks: see [`Replay`].
    Replay,
    /// The same noise pushed towards errors and weighted back: see [`Rare`].
    Rare,
}

impl Counting {
    /// What a reader calls it.
    pub fn name(self) -> &'static str {
        match self {
            Counting::Chain => "the whole chain",
            Counting::Replay => "replay",
            Counting::Rare => "rare events",
        }
    }
}
