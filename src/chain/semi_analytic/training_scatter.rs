//! Scatter of a prediction by what the receiver was trained on.
//!
//! ```text
//! ln p(T) - ln p = mean over the training symbols k of u_k
//! u_k = -(G^-1 g) x_k e_k + f (t_k - t) / (q d)
//! ```
//!
//! Other training symbols would have given other taps and another full scale. Both are means over
//! the training symbols to first order, so that u_k is the influence of each: x_k the samples (and
//! symbols fed back) that the taps weigh, e_k the error left, G their covariance with the noise, g
//! the slope of the logarithm of the error ratio p with the taps; t_k the probability that a sample
//! leaves the range q, t its mean, d its density there, f the slope with the logarithm of the full
//! scale. Thresholds stand where they are best, so that p does not move with them to first order.
//! The variance of the mean is that of [means of runs](super::run_means).
//!
//! # Limits
//!
//! Taps of least squares; a loop that adapts scatters by its own noise too. The feedback's errors
//! and a sequence detector scale p as they do where they were found.
//!
//! # Reference
//!
//! F. Hampel, *The Influence Curve and Its Role in Robust Estimation*, J. Am. Stat. Assoc. 69
//! (1974).

use super::at_slicer::{AtSlicer, Sampled};
use super::run_means;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::dsp::LEVELS;
use crate::math::buffer_pool::Pooled;
use crate::math::interval::Scatter;
use crate::math::mean::mean_of;
use crate::math::{fir, gaussian, least_squares};
use std::f64::consts::TAU;

/// Steps of the slopes: of the mean, in parts of the noise, and of the variance's logarithm.
const STEP: f64 = 0.02;

/// The blocks that a receiver was trained on, and the noise at its sampler.
pub(super) struct TrainedOn<'a> {
    pub(super) plan: &'a Plan,
    pub(super) trained: &'a Trained,
    pub(super) blocks: &'a [NoiselessBlock],
    pub(super) scale: Scale,
    /// Covariance of the noise at the distances of taps.
    pub(super) covariance: Vec<f64>,
    /// Variance of a sample's own errors.
    pub(super) white: f64,
    /// False for taps that are given.
    pub(super) adapts: bool,
}

/// A block as the taps meet it.
struct Line {
    /// Samples by their phase in the symbol, each padded by its wrapped neighbours.
    phases: Vec<Pooled<f32>>,
    symbols: usize,
}

/// Slopes of the logarithm of the error ratio.
struct Slopes {
    /// With the taps, then with what is fed back.
    taps: Vec<f64>,
    /// With the logarithm of the full scale.
    full_scale: f64,
}

impl TrainedOn<'_> {
    /// Scatter of the logarithm of the error ratio that is predicted on `records`, over receivers
    /// trained on other symbols; none where the pattern is fixed.
    pub(super) fn scatter(&self, records: &[NoiselessBlock], at: &[AtSlicer]) -> Scatter {
        let lines: Vec<Line> = self.blocks.iter().map(|block| self.line(block)).collect();
        let slopes = self.slopes(records, at);
        let mut influence = self.of_full_scale(&lines, slopes.full_scale);
        let solved = self.adapts.then(|| least_squares::solve(&self.normal(&lines), &slopes.taps));
        if let Some(direction) = solved.flatten() {
            for ((u, line), block) in influence.iter_mut().zip(&lines).zip(self.blocks) {
                let mut along = vec![0f32; line.symbols];
                for (i, d) in direction.iter().enumerate() {
                    let row = self.row(i, line, block);
                    let mean = mean_of(&row, |x| x) as f32;
                    along.iter_mut().zip(&row).for_each(|(a, x)| *a += *d as f32 * (x - mean));
                }
                let left = self.left(line, block);
                u.iter_mut().zip(along.iter().zip(&left)).for_each(|(u, (a, e))| *u -= a * e);
            }
        }
        let influence: Vec<Vec<f64>> =
            influence.iter().map(|block| block.iter().map(|&u| f64::from(u)).collect()).collect();
        let blocks: Vec<&[f64]> = influence.iter().map(Vec::as_slice).collect();
        run_means::scatter(&blocks, run_means::is_fixed(self.blocks), 1.0)
    }

    fn line(&self, block: &NoiselessBlock) -> Line {
        let Trained { taps, precursors, .. } = self.trained;
        let p = self.plan.sampler.samples_per_symbol;
        let samples = Sampled::new(self.plan, block, self.trained, self.scale).samples;
        let n = samples.len() / p;
        let reach = taps.len() + precursors + 1;
        let phase = |q: usize| {
            let sample = |k: usize| samples[(k + reach * (n - 1)) % n * p + q];
            (0..n + 2 * reach).map(sample).collect()
        };
        Line { phases: (0..p).map(phase).collect(), symbols: n }
    }

    /// What unknown `i` weighs of each symbol: the sample of a tap, or the symbol fed back.
    fn row(&self, i: usize, line: &Line, block: &NoiselessBlock) -> Vec<f32> {
        let Trained { taps, precursors, .. } = self.trained;
        let n = line.symbols;
        let Some(back) = i.checked_sub(taps.len()) else {
            let p = line.phases.len() as isize;
            let at = i as isize - *precursors as isize;
            let (q, symbols) = (at.rem_euclid(p) as usize, at.div_euclid(p));
            let start = (symbols + (taps.len() + precursors + 1) as isize) as usize;
            return line.phases[q][start..start + n].to_vec();
        };
        (0..n).map(|k| -LEVELS[usize::from(block.levels[(k + 2 * n - 1 - back) % n])]).collect()
    }

    /// Errors left at the slicer, without noise.
    fn left(&self, line: &Line, block: &NoiselessBlock) -> Vec<f32> {
        let mut out = vec![self.trained.offset; line.symbols];
        let weights = self.trained.taps.iter().chain(&self.trained.postcursors);
        for (i, &w) in weights.enumerate() {
            out.iter_mut().zip(self.row(i, line, block)).for_each(|(o, x)| *o += w * x);
        }
        out.iter_mut().zip(&block.levels).for_each(|(z, &level)| *z -= LEVELS[usize::from(level)]);
        out
    }

    /// Covariance of what the unknowns weigh, with the noise.
    fn normal(&self, lines: &[Line]) -> Vec<f64> {
        let (taps, size) = (self.trained.taps.len(), self.unknowns());
        let mut g = vec![0.0; size * size];
        for (line, block) in lines.iter().zip(self.blocks) {
            let rows: Vec<Vec<f32>> = (0..size)
                .map(|i| {
                    let mut row = self.row(i, line, block);
                    let mean = mean_of(&row, |x| x) as f32;
                    row.iter_mut().for_each(|x| *x -= mean);
                    row
                })
                .collect();
            let part = (lines.len() * line.symbols) as f64;
            for i in 0..size {
                for j in 0..=i {
                    let product = dot(&rows[i], &rows[j]) / part;
                    g[i * size + j] += product;
                    g[j * size + i] = g[i * size + j];
                }
            }
        }
        for i in 0..taps {
            for j in 0..taps {
                g[i * size + j] += self.covariance[i.abs_diff(j)];
            }
            g[i * size + i] += self.white;
        }
        g
    }

    fn unknowns(&self) -> usize {
        self.trained.taps.len() + self.trained.postcursors.len()
    }

    /// Slopes on the blocks that are predicted.
    fn slopes(&self, records: &[NoiselessBlock], at: &[AtSlicer]) -> Slopes {
        let Trained { taps, thresholds, quantisation, .. } = self.trained;
        let mut slopes = Slopes { taps: vec![0.0; self.unknowns()], full_scale: 0.0 };
        let (mut errors, mut spread) = (0.0, 0.0);
        let steps = taps.iter().map(|w| w * w).sum::<f32>() * quantisation * quantisation;
        for (record, at) in records.iter().zip(at) {
            let n = record.levels.len();
            let expected = |at: &AtSlicer| {
                let mut out = vec![0f64; n];
                at.expected_errors(thresholds, &record.levels, &mut out);
                out
            };
            let by = STEP as f32 * (mean_of(&at.variances, |v| v) as f32).sqrt();
            let moved = |by: f32| {
                let mut moved = at.clone();
                moved.means.iter_mut().for_each(|mean| *mean += by);
                expected(&moved)
            };
            let grown = |factor: f64| {
                let mut grown = at.clone();
                grown.scale_noise(factor);
                expected(&grown)
            };
            let (up, down) = (moved(by), moved(-by));
            let (more, less) = (grown(1.0 + STEP), grown(1.0 - STEP));
            errors += up.iter().zip(&down).map(|(u, d)| 0.5 * (u + d)).sum::<f64>();
            let with_mean: Vec<f32> =
                up.iter().zip(&down).map(|(u, d)| ((u - d) / f64::from(2.0 * by)) as f32).collect();
            let with_noise = more.iter().zip(&less).map(|(m, l)| (m - l) / (2.0 * STEP));
            for (growth, &variance) in with_noise.zip(&at.variances) {
                spread += growth;
                slopes.full_scale +=
                    growth * f64::from(2.0 * steps / variance.max(f32::MIN_POSITIVE));
            }
            let line = self.line(record);
            for (i, slope) in slopes.taps.iter_mut().enumerate() {
                *slope += dot(&with_mean, &self.row(i, &line, record));
            }
        }
        let weights: Vec<f64> = taps.iter().map(|&w| f64::from(w)).collect();
        let through: Vec<f64> = (0..weights.len())
            .map(|i| {
                let noise = weights.iter().enumerate();
                noise.map(|(j, w)| w * self.covariance[i.abs_diff(j)]).sum::<f64>()
                    + self.white * weights[i]
            })
            .collect();
        let variance: f64 = weights.iter().zip(&through).map(|(w, c)| w * c).sum();
        for (slope, c) in slopes.taps.iter_mut().zip(&through) {
            *slope += spread * 2.0 * c / variance.max(f64::MIN_POSITIVE);
        }
        let errors = errors.max(f64::MIN_POSITIVE);
        slopes.taps.iter_mut().for_each(|slope| *slope /= errors);
        slopes.full_scale /= errors;
        slopes
    }

    /// Influence of each training symbol by the full scale.
    fn of_full_scale(&self, lines: &[Line], slope: f64) -> Vec<Vec<f32>> {
        let range = f64::from(self.trained.full_scale) / 2.0;
        let sigma = self.covariance[0].max(1e-12 * range * range).sqrt();
        let (mut density, mut symbols) = (0.0, 0);
        let reach = self.trained.taps.len() + self.trained.precursors + 1;
        let mut beyond: Vec<Vec<f32>> = lines
            .iter()
            .map(|line| {
                symbols += line.symbols;
                let samples = &line.phases[0][reach..reach + line.symbols];
                let one = |&y: &f32| {
                    let from = [range - f64::from(y), range + f64::from(y)].map(|d| d / sigma);
                    let tail = |x: f64| (-0.5 * x * x).exp() / (TAU.sqrt() * sigma);
                    density += from.map(tail).iter().sum::<f64>();
                    from.map(gaussian::q_fast).iter().sum::<f64>() as f32
                };
                samples.iter().map(one).collect()
            })
            .collect();
        density /= symbols as f64;
        let mean = beyond.iter().flatten().map(|&t| f64::from(t)).sum::<f64>() / symbols as f64;
        let factor = if density > 0.0 { slope / (density * range) } else { 0.0 };
        beyond.iter_mut().flatten().for_each(|t| *t = (factor * (f64::from(*t) - mean)) as f32);
        beyond
    }
}

/// Sum of products.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sum = [0.0];
    fir::lags_add(a, b, &mut sum);
    sum[0]
}
