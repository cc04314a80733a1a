//! Description of the receiver's sequence detector.

use super::fixed;
use crate::chain::DetectorSpec;
use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};

/// Maximum-likelihood sequence estimation after 1 + a1 D (+ a2 D^2), by Viterbi's algorithm in 4 or
/// 16 states.
///
/// The response is that left by the forward filter when it is trained together with as many
/// feedback taps; the noise after it is then as white as such a filter can make it. Levels and
/// their noise are those of training, level by level.
///
/// # Limits
///
/// Noise of neighbouring samples is taken as independent. An inner code with soft decisions after
/// it is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MlseConfig {
    /// Earlier symbols in a sample: 1 (4 states) or 2 (16 states).
    pub memory: usize,
    /// Least number of samples after a symbol before it is decided.
    pub depth: usize,
    /// Fixed postcursors relative to the main cursor, latest symbol first, as many as the memory.
    /// Empty: they are trained.
    pub fixed: Vec<f64>,
}

impl Default for MlseConfig {
    fn default() -> Self {
        MlseConfig { memory: 1, depth: 32, fixed: Vec::new() }
    }
}

/// Largest fixed postcursor: beyond it the main cursor would be another one.
const POSTCURSOR_MAX: f64 = 2.0;

impl MlseConfig {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.count(at, "memory", self.memory, 1..=2);
        problems.count(at, "depth", self.depth, 4..=256);
        fixed::check(at, &self.fixed, self.memory, problems);
        if self.fixed.iter().any(|tap| tap.abs() > POSTCURSOR_MAX) {
            problems.report(
                at,
                "fixed",
                format!("{:?}", self.fixed),
                format!("must be from -{POSTCURSOR_MAX} to {POSTCURSOR_MAX}"),
            );
        }
    }

    pub(super) fn detector(&self) -> DetectorSpec {
        DetectorSpec::Mlse { memory: self.memory, depth: self.depth, fixed: self.fixed.clone() }
    }
}
