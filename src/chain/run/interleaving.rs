//! Errors of interleaved converters on a block.

use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::describe::sub_converters::SubConverters;

/// Full scale of the symbols.
const SYMBOLS: f32 = 2.0;

impl SubConverters {
    /// Gains and offsets of the converter that holds symbols, the first of which has this number.
    pub(crate) fn hold(&self, first: i64, symbols: &mut [f32]) {
        for (x, c) in symbols.iter_mut().zip(self.turns(first)) {
            *x += c.gain * *x + SYMBOLS * c.offset;
        }
    }

    /// Displacement of the edge that begins each symbol, s.
    pub(crate) fn displace(&self, first: i64, edges: &mut [f32]) {
        edges.iter_mut().zip(self.turns(first)).for_each(|(edge, c)| *edge = c.skew_s);
    }

    /// Samples of the converter, from their ideal values and, where instants differ, the
    /// waveform's slope and curvature there.
    pub(crate) fn sample(
        &self,
        first: i64,
        full_scale: f32,
        samples: &mut [f32],
        [slope, curvature]: [&[f32]; 2],
    ) {
        if self.skewed() {
            let derivatives = slope.iter().zip(curvature);
            for ((x, (s, c)), own) in samples.iter_mut().zip(derivatives).zip(self.turns(first)) {
                *x += own.skew_s * (s + 0.5 * own.skew_s * c);
            }
        }
        for (x, c) in samples.iter_mut().zip(self.turns(first)) {
            *x += c.gain * *x + full_scale * c.offset;
        }
    }

    /// Factor on the variance of each equalised sample's noise, white before the converter:
    /// sum of w^2 (1 + g)^2 over sum of w^2.
    pub(crate) fn noise_factors(&self, plan: &Plan, trained: &Trained, block: u64) -> Vec<f32> {
        let (p, m) = (plan.sampler.samples_per_symbol as i64, self.each().len());
        let squares: Vec<f64> = trained.taps.iter().map(|&w| f64::from(w).powi(2)).collect();
        let all = squares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let factor = |symbol: i64| {
            let first = symbol * p - trained.precursors as i64;
            let gains = self.turns(first).map(|c| (1.0 + f64::from(c.gain)).powi(2));
            (squares.iter().zip(gains).map(|(w, g)| w * g).sum::<f64>() / all) as f32
        };
        let first = plan.first_symbol(block);
        let turn: Vec<f32> = (first..first + m as i64).map(factor).collect();
        turn.into_iter().cycle().take(plan.grid.symbols).collect()
    }
}
