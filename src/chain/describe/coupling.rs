//! Coupling of lanes: how light of one lane reaches the detector of another, and what that lane
//! sends.

use crate::pattern::{SymbolSource, precode};
use crate::seed::Seed;
use num_complex::Complex64;
use std::sync::Arc;

/// How light of another lane joins the light of a lane at its detector.
///
/// ```text
/// power   i = R (|E|^2 + sum over k of T_k |E_k|^2)      other wavelengths: beats are out of band
/// field   i = R |c E + sum over k of c_k E_k|^2          one wavelength: the fields interfere
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coupling {
    /// Incoherent: part of the other lane's power.
    Power(f64),
    /// Coherent: factor on the other lane's field.
    Field(Complex64),
}

/// Symbols and random streams of a lane, as its neighbours know them.
#[derive(Clone, Debug)]
pub struct LaneSymbols {
    /// Source of its symbols.
    pub pattern: Arc<SymbolSource>,
    /// True when its transmitter precodes.
    pub precoder: bool,
    /// Absolute index of its first symbol; of the blocks of a training.
    pub first_symbol: u64,
    /// The same for blocks that no lane is scored on.
    pub training_symbol: u64,
    /// Random streams of its data.
    pub lane_seed: Seed,
    /// Random streams of its noises.
    pub streams: Seed,
}

impl LaneSymbols {
    /// The levels of a block of which `guard` symbols on each side overlap with its neighbours; of
    /// a training with these streams, if they are given.
    pub(crate) fn fill(&self, block: u64, guard: usize, training: Option<Seed>, out: &mut [u8]) {
        let scored = (out.len() - 2 * guard) as u64;
        let (first, seed) = match training {
            None => (self.first_symbol, self.lane_seed),
            Some(training) => (self.training_symbol, self.lane_seed.joined(training)),
        };
        self.pattern.fill(first.wrapping_add(block.wrapping_mul(scored)), seed, out);
        if self.precoder {
            precode(out, 0);
        }
    }

    /// Streams of its noises; of a training with these streams, if they are given.
    pub(crate) fn noise_streams(&self, training: Option<Seed>) -> Seed {
        training.map_or(self.streams, |training| self.streams.joined(training))
    }
}
