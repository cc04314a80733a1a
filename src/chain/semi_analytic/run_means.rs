//! Scatter of a mean over symbols, by the means of runs of them.

use crate::chain::linearise::noiseless_block::NoiselessBlock;
use crate::math::interval::Scatter;

/// Symbols of a run: many times what a tap line remembers.
const RUN: usize = 128;

/// Scatter of the mean of figures of the symbols of each block, its variance in the square of
/// their `unit`.
///
/// Runs are independent of each other. Where every block sends the same, a fixed pattern, only what
/// differs between the blocks scatters: the mean over them is taken off, symbol by symbol, and of
/// all runs as many count as are left free. Of one such block nothing scatters.
pub(super) fn scatter(figures: &[&[f64]], records: &[NoiselessBlock], unit: f64) -> Scatter {
    let fixed = records.windows(2).all(|pair| pair[0].levels == pair[1].levels);
    let blocks = figures.len() as f64;
    let common = |k: usize| match fixed {
        true => figures.iter().map(|block| block[k]).sum::<f64>() / blocks,
        false => 0.0,
    };
    let runs = figures.iter().flat_map(|block| block.chunks(RUN).enumerate());
    let means: Vec<f64> = runs
        .map(|(i, run)| {
            let own = run.iter().zip(i * RUN..).map(|(x, k)| x - common(k));
            own.sum::<f64>() / run.len() as f64
        })
        .collect();
    let count = means.len() as f64;
    let mean = means.iter().sum::<f64>() / count;
    let square = means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (unit * unit);
    let degrees = if fixed { count * (blocks - 1.0) / blocks } else { count - 1.0 };
    if fixed && blocks == 1.0 || square == 0.0 {
        Scatter::NONE
    } else if degrees < 1.0 {
        Scatter { variance: f64::INFINITY, degrees: 1 }
    } else {
        Scatter { variance: square / degrees / count, degrees: degrees as u32 }
    }
}
