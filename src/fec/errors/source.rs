//! Error models, and the sources built from them.

use super::dfe::{self, DfeErrors};
use super::draws::flip_bits;
use super::gilbert_elliott::{self, GilbertElliott};
use crate::error::{KeyPath, Problems, Result};
use crate::seed::{Rng, Seed};
use serde::{Deserialize, Serialize};

/// Error models.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorModel {
    /// Every bit is wrong with the same probability, independently.
    Independent {
        /// Bit errors over all bits.
        ber: f64,
    },
    /// Two states of different bit error ratio.
    GilbertElliott(GilbertElliott),
    /// A slicer after a one-tap feedback equaliser, in white noise.
    Dfe(DfeErrors),
}

impl ErrorModel {
    /// Reports every number that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        match self {
            Self::Independent { ber } => problems.range(at, "ber", *ber, 0.0..=0.5),
            Self::GilbertElliott(channel) => channel.check(at, problems),
            Self::Dfe(dfe) => dfe.check(at, problems),
        }
    }

    /// A source of such errors with its random stream.
    ///
    /// # Errors
    ///
    /// Every number that is out of its range.
    pub fn build(&self, seed: Seed) -> Result<ErrorSource> {
        let mut problems = Problems::new();
        self.check(&KeyPath::root(), &mut problems);
        problems.finish()?;
        let rng = seed.named("fec.errors").rng();
        Ok(ErrorSource(match *self {
            Self::Independent { ber } => Kind::Independent { rng, ber },
            Self::GilbertElliott(channel) => {
                Kind::GilbertElliott(gilbert_elliott::GilbertElliottSource::new(channel, rng))
            }
            Self::Dfe(dfe) => Kind::Dfe(dfe::DfeSource::new(dfe, rng)),
        }))
    }
}

/// Source of errors, block after block, with memory carried over.
#[derive(Clone)]
pub struct ErrorSource(Kind);

#[derive(Clone)]
enum Kind {
    Independent { rng: Rng, ber: f64 },
    GilbertElliott(gilbert_elliott::GilbertElliottSource),
    Dfe(dfe::DfeSource),
}

impl ErrorSource {
    /// Turns the transmitted levels into the decided ones.
    pub fn corrupt(&mut self, levels: &mut [u8]) {
        match &mut self.0 {
            Kind::Independent { rng, ber } => flip_bits(rng, *ber, levels),
            Kind::GilbertElliott(source) => source.corrupt(levels),
            Kind::Dfe(source) => source.corrupt(levels),
        }
    }
}
