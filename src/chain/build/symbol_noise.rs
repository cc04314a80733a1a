//! Noise and jitter of the converter that holds the symbols, in a plan.

use crate::chain::describe::noise::{Law, Noise, NoiseId};
use crate::signal::Grid;

pub(crate) struct PlannedSymbolNoise {
    pub(crate) id: NoiseId,
    pub(crate) kind: SymbolNoise,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum SymbolNoise {
    /// Added to each held symbol, rms in units of the full scale.
    Added(f32),
    /// Displacement of each edge, s rms.
    Timing(f32),
    /// Displacement of each edge by this or its opposite at random, s.
    DualDirac(f32),
    /// Displacement of each even edge and, in the opposite direction, of each odd one, s; always
    /// present.
    EvenOdd(f32),
}

impl SymbolNoise {
    /// Its law.
    pub(super) fn law(self) -> Law {
        match self {
            SymbolNoise::Added(_) => Law::Added,
            SymbolNoise::Timing(_) => Law::Timing,
            SymbolNoise::DualDirac(_) => Law::TimingDualDirac,
            SymbolNoise::EvenOdd(_) => Law::TimingEvenOdd,
        }
    }

    /// True for a displacement of edges.
    pub(super) fn displaces(self) -> bool {
        !matches!(self, SymbolNoise::Added(_))
    }
}

/// A noise at the symbols themselves: its density holds up to half the symbol rate.
pub(super) fn symbol_source(noise: &Noise, grid: Grid) -> PlannedSymbolNoise {
    let rms = (noise.density.at(0.0) * grid.symbol_rate_hz / 2.0).sqrt() as f32;
    let kind = match noise.law {
        Law::Added => SymbolNoise::Added(rms),
        Law::Timing => SymbolNoise::Timing(rms),
        Law::TimingDualDirac => SymbolNoise::DualDirac(rms),
        Law::TimingEvenOdd => SymbolNoise::EvenOdd(rms),
        _ => panic!("{} cannot act on symbols", noise.id.name),
    };
    PlannedSymbolNoise { id: noise.id.clone(), kind }
}
