//! The equations of the taps at one sampling phase.

use super::normal_equations::NormalEquations;
use super::training::{Training, moved};
use crate::chain::linearise::correlations::{Correlations, Lags};
use crate::math::buffer_pool::Pooled;
use num_complex::Complex32;

impl<'a> Training<'a> {
    /// Covariances of the samples with each other and with the symbols, averaged over the records.
    pub(crate) fn normal(&mut self, phase: f64, quantisation: f64) -> NormalEquations {
        match self.lags {
            Some(lags) if !self.correlated.is_empty() => self.normal_of(lags, phase, quantisation),
            _ => self.normal_of_whole(phase, quantisation),
        }
    }

    /// Equations from the correlations at the needed lags.
    fn normal_of(&self, lags: &Lags, phase: f64, quantisation: f64) -> NormalEquations {
        let (p, taps) = (self.plan.sampler.samples_per_symbol, self.dsp.taps);
        let records = self.records.len() as f64;
        let average = |of: &dyn Fn(&Correlations) -> f64| {
            self.correlated.iter().map(of).sum::<f64>() / records
        };
        let means: Vec<f64> =
            (0..p).map(|q| average(&|c| c.mean(phase + q as f64 / p as f64))).collect();
        let mut sums = Sums { means, ..Sums::default() };
        for (record, correlated) in self.records.iter().zip(&self.correlated) {
            sums.symbol_mean += record.symbol_mean / records;
            sums.symbol_power += record.symbol_power / records;
            let crosses = correlated.crosses(phase, lags);
            sums.crosses.resize(crosses.len(), 0.0);
            sums.crosses.iter_mut().zip(crosses).for_each(|(c, own)| *c += own / records);
        }
        sums.own.clone_from(&self.own);
        let jitter = if moved(self.plan) {
            average(&|c| c.slope_power(phase)) * self.jitter_variance_s2()
        } else {
            0.0
        };
        // samples a whole number of symbols apart have the same covariances
        let phase_of =
            |j: usize| (j as isize - self.dsp.precursors as isize).rem_euclid(p as isize) as usize;
        let product =
            |q: usize, lag: usize| average(&|c| c.product(phase + q as f64 / p as f64, lag, lags));
        let products: Vec<Vec<f64>> =
            (0..p).map(|q| (0..taps).map(|lag| product(q, lag)).collect()).collect();
        let signal = |i: usize, j: usize| products[phase_of(j)][i - j] + self.covariance[i - j];
        self.equations(&sums, signal, self.white(quantisation) + jitter)
    }

    /// The equations from covariances, `signal` of two taps, the first not before the second, and
    /// `white` of one alone.
    fn equations(
        &self,
        sums: &Sums,
        signal: impl Fn(usize, usize) -> f64,
        white: f64,
    ) -> NormalEquations {
        let (p, taps, fed_back) =
            (self.plan.sampler.samples_per_symbol, self.dsp.taps, self.dsp.detector.postcursors());
        let Sums { means, crosses, own, symbol_mean, symbol_power } = sums;
        let mean_of = |j: usize| {
            means[(j as isize - self.dsp.precursors as isize).rem_euclid(p as isize) as usize]
        };
        let [gain, ..] = self.mismatch();
        let size = taps + fed_back;
        let mut g = vec![0.0; size * size];
        let mut h = vec![0.0; size];
        for i in 0..taps {
            let cross = |back: usize| crosses[i + back * p] - symbol_mean * mean_of(i);
            h[i] = cross(0);
            for j in 0..=i {
                let own = signal(i, j) - mean_of(i) * mean_of(j);
                g[i * size + j] = own + if i == j { white + gain * own } else { 0.0 };
                g[j * size + i] = g[i * size + j];
            }
            for j in 0..fed_back {
                g[i * size + taps + j] = -cross(j + 1);
                g[(taps + j) * size + i] = g[i * size + taps + j];
            }
        }
        let ridge = 1e-9 * g[0];
        (0..taps).for_each(|i| g[i * size + i] += ridge);
        let covariance = |lag: usize| own[lag] - symbol_mean * symbol_mean;
        for i in 0..fed_back {
            h[taps + i] = -covariance(i + 1);
            (0..fed_back).for_each(|j| g[(taps + i) * size + taps + j] = covariance(i.abs_diff(j)));
        }
        let symbol_variance = symbol_power - symbol_mean * symbol_mean;
        NormalEquations {
            g,
            h,
            forward: taps,
            means: means.clone(),
            symbol_mean: *symbol_mean,
            symbol_variance,
        }
    }

    /// Equations by transforms of whole blocks, of any length.
    pub(crate) fn normal_of_whole(&mut self, phase: f64, quantisation: f64) -> NormalEquations {
        let (grid, p) = (self.plan.grid, self.plan.sampler.samples_per_symbol);
        let (n, taps, records) = (grid.symbols, self.dsp.taps, self.records.len() as f64);
        let fed_back = self.dsp.detector.postcursors();
        // correlations by whole symbols of each pair of sampling phases, and with the symbols
        let mut pairs = vec![vec![0f64; n]; p * p];
        let mut crosses = vec![vec![0f64; n]; p];
        let mut own = vec![0f64; n];
        let mut means = vec![0.0; p];
        let (mut symbol_mean, mut symbol_power, mut jitter) = (0.0, 0.0, 0.0);
        let mut line = vec![0f32; n];
        for i in 0..self.records.len() {
            let phases: Vec<Pooled<Complex32>> =
                (0..p).map(|q| self.folded(i, phase + q as f64 / p as f64)).collect();
            let record = &self.records[i];
            means.iter_mut().zip(&phases).for_each(|(m, y)| *m += f64::from(y[0].re) / records);
            symbol_mean += record.symbol_mean / records;
            symbol_power += record.symbol_power / records;
            jitter += self.slope_power(i, phase) * self.jitter_variance_s2() / records;
            let transforms = &self.plan.transforms.symbols;
            if fed_back > 0 {
                let mut s: Vec<Complex32> = record
                    .symbol_spectrum
                    .iter()
                    .map(|a| Complex32::new(a.norm_sqr(), 0.0))
                    .collect();
                transforms.inverse(&mut s, &mut line, &mut self.scratch);
                own.iter_mut()
                    .zip(&line)
                    .for_each(|(r, &l)| *r += f64::from(l) / ((n * n) as f64 * records));
            }
            for (a, ya) in phases.iter().enumerate() {
                for (b, yb) in phases.iter().enumerate().take(a + 1) {
                    let mut s: Vec<Complex32> =
                        ya.iter().zip(yb.iter()).map(|(x, y)| x * y.conj()).collect();
                    transforms.inverse(&mut s, &mut line, &mut self.scratch);
                    pairs[a * p + b]
                        .iter_mut()
                        .zip(&line)
                        .for_each(|(r, &l)| *r += f64::from(l) / records);
                }
                let mut s: Vec<Complex32> = ya
                    .iter()
                    .zip(record.symbol_spectrum.iter())
                    .map(|(y, a)| y * a.conj())
                    .collect();
                transforms.inverse(&mut s, &mut line, &mut self.scratch);
                crosses[a]
                    .iter_mut()
                    .zip(&line)
                    .for_each(|(r, &l)| *r += f64::from(l) / (n as f64 * records));
            }
        }
        let wrap = |lag: isize| lag.rem_euclid(n as isize) as usize;
        let split = |j: usize| {
            let o = j as isize - self.dsp.precursors as isize;
            (o.div_euclid(p as isize), o.rem_euclid(p as isize) as usize)
        };
        let crosses =
            (0..taps + p * fed_back).map(split).map(|(q, phase)| crosses[phase][wrap(q)]).collect();
        let signal = |i: usize, j: usize| {
            let ((qi, pi), (qj, pj)) = (split(i), split(j));
            let signal = if pi >= pj {
                pairs[pi * p + pj][wrap(qi - qj)]
            } else {
                pairs[pj * p + pi][wrap(qj - qi)]
            };
            signal + self.covariance[i - j]
        };
        let sums = Sums { means, crosses, own, symbol_mean, symbol_power };
        self.equations(&sums, signal, self.white(quantisation) + jitter)
    }
}

/// Means of products, over records.
#[derive(Default)]
struct Sums {
    /// Samples with samples, at each phase.
    means: Vec<f64>,
    /// Samples with symbols, by taps from the first one.
    crosses: Vec<f64>,
    /// Symbols with symbols, by distance.
    own: Vec<f64>,
    symbol_mean: f64,
    symbol_power: f64,
}
