//! Histograms of the slicer's input by transmitted level, with the semi-analytic prediction.

use crate::error::Result;
use crate::link::solve::segment::optical_predictor;
use crate::link::views::view::View;
use rayon::prelude::*;

/// Bins over the whole range.
const BINS: usize = 240;
/// Half the range (full scale 1).
const REACH: f64 = 1.6;
/// Distance from a mean beyond which a Gaussian is negligible, in standard deviations.
const FAR: f64 = 9.0;

/// Probability densities at the slicer, per unit of amplitude; full scale -1 .. 1.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// Link and lane.
    pub name: String,
    /// Centres of the bins.
    pub amplitudes: Vec<f64>,
    /// Counted densities by transmitted level.
    pub counted: [Vec<f64>; 4],
    /// Predicted densities by transmitted level: sums of every symbol's Gaussian.
    pub predicted: [Vec<f64>; 4],
    /// Mean and rms of each level.
    pub levels: [(f64, f64); 4],
    /// Thresholds.
    pub thresholds: [f64; 3],
    /// Symbols counted.
    pub symbols: u64,
    /// Semi-analytic bit error ratio, where there is one. With decision feedback or sequence
    /// detection, `predicted` is for ideal feedback.
    pub ber: Option<f64>,
    /// Signal to noise ratio, dB.
    pub snr_db: f64,
}

impl View {
    /// The histograms of at least `symbols` symbols.
    ///
    /// # Errors
    ///
    /// A receiver that does not train.
    pub fn histogram(&self, symbols: u64) -> Result<Histogram> {
        let (trained, prediction) = self.receiver()?;
        let (lane, blocks) = (&self.lane, self.blocks_of(symbols));
        let width = 2.0 * REACH / BINS as f64;
        let count = |block: u64| {
            let (levels, draws) = self.block(block);
            let mut counts = vec![[0u64; 4]; BINS];
            self.workspaces.with(&lane.optical().plan, |workspace| {
                let inputs =
                    workspace.slicer_inputs(&lane.optical().plan, trained, &levels, &draws);
                for (&level, &z) in levels.iter().zip(inputs) {
                    let bin =
                        ((f64::from(z) + REACH) / width).clamp(0.0, (BINS - 1) as f64) as usize;
                    counts[bin][usize::from(level)] += 1;
                }
            });
            counts
        };
        let sum = |mut a: Vec<[u64; 4]>, b: Vec<[u64; 4]>| {
            a.iter_mut().flatten().zip(b.iter().flatten()).for_each(|(a, b)| *a += b);
            a
        };
        let counts = (0..blocks).into_par_iter().map(count).reduce(|| vec![[0; 4]; BINS], sum);
        let symbols = blocks * lane.grid().symbols as u64;
        let mixture = self.workspaces.with(&lane.optical().plan, |workspace| {
            optical_predictor(lane, workspace).mixture(workspace, trained)
        });
        let per_count = 1.0 / (symbols as f64 * width);
        Ok(Histogram {
            name: self.name.clone(),
            amplitudes: (0..BINS).map(|i| (i as f64 + 0.5) * width - REACH).collect(),
            counted: std::array::from_fn(|level| {
                counts.iter().map(|c| c[level] as f64 * per_count).collect()
            }),
            predicted: predicted(&mixture, width),
            levels: prediction.levels,
            thresholds: trained.thresholds.0.map(f64::from),
            symbols,
            ber: prediction.no_prediction.is_none().then_some(prediction.ber),
            snr_db: prediction.snr_db,
        })
    }
}

/// Sums of Gaussians by level at the centres of the bins.
fn predicted(mixture: &[(u8, f32, f32)], width: f64) -> [Vec<f64>; 4] {
    let mut sums: [Vec<f64>; 4] = std::array::from_fn(|_| vec![0.0; BINS]);
    for &(level, mean, variance) in mixture {
        let (mean, sigma) = (f64::from(mean), f64::from(variance.max(1e-12)).sqrt());
        let bin = |z: f64| ((z + REACH) / width).clamp(0.0, BINS as f64) as usize;
        let peak = 1.0 / (sigma * std::f64::consts::TAU.sqrt() * mixture.len() as f64);
        let sum = &mut sums[usize::from(level)];
        for (i, sum) in
            sum.iter_mut().enumerate().take(bin(mean + FAR * sigma)).skip(bin(mean - FAR * sigma))
        {
            let x = ((i as f64 + 0.5) * width - REACH - mean) / sigma;
            *sum += peak * (-0.5 * x * x).exp();
        }
    }
    sums
}
