//! Noiseless blocks: what the semi-analytic estimator keeps of each.

use super::plan::Plan;
use super::worker::{Draws, Worker};
use super::{block, kernel, slopes};
use crate::math::buffer_pool::Pooled;
use crate::math::fft;
use crate::math::mean::mean_of;
use crate::signal::{Ampere, Quantity};
use num_complex::Complex32;

/// Factors on records: on the signal, which a receiver that bends has in them already, and on what
/// is added behind a gain that makes up for lost light.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) signal: f32,
    pub(super) gained: f32,
}

/// A noiseless block and what the estimator asks of it.
pub(super) struct Record {
    pub(super) block: u64,
    pub(super) levels: Vec<u8>,
    /// Current at the start of the last section, without extra loss.
    pub(super) current: Pooled<f32>,
    /// The same by place in the symbol.
    pub(super) phases: Pooled<f32>,
    pub(super) current_mean: f64,
    pub(super) current_square: f64,
    /// Spectrum of the signal and of the interference at the sampler.
    signal: Pooled<Complex32>,
    /// Empty where nothing interferes.
    interference: [Pooled<Complex32>; 2],
    slopes: Vec<Slope>,
    /// Squares of the steps between transmitted symbols.
    pub(super) edge_squares: Pooled<f32>,
    pub(super) edge_square: f64,
    pub(super) symbol_spectrum: Pooled<Complex32>,
    pub(super) symbol_mean: f64,
    pub(super) symbol_power: f64,
}

/// Local slope of the current by a section's end.
pub(super) struct Slope {
    section: usize,
    pub(super) values: Pooled<f32>,
    /// Squares by place in the symbol, their means there, and over all.
    pub(super) squares: Pooled<f32>,
    pub(super) phase_squares: Vec<f64>,
    pub(super) square: f64,
}

impl Slope {
    /// Of `s` samples a symbol.
    pub(super) fn new(section: usize, values: Pooled<f32>, s: usize) -> Slope {
        let mut squares = kernel::phases(&values, s);
        squares.iter_mut().for_each(|v| *v *= *v);
        let phase_squares: Vec<f64> =
            squares.chunks_exact(values.len() / s).map(|x| mean_of(x, |v| v)).collect();
        let square = phase_squares.iter().sum::<f64>() / s as f64;
        Slope { section, values, squares, phase_squares, square }
    }
}

impl Record {
    /// Runs a block without noise; slopes by the ends of these `sections`.
    pub(super) fn new(
        plan: &Plan,
        worker: &mut Worker,
        levels: Vec<u8>,
        draws: &Draws<'_>,
        attenuation: f32,
        sections: &[usize],
    ) -> Record {
        let (current, slopes) = slopes::front(plan, worker, &levels, draws, attenuation, sections);
        let current_mean = mean_of(&current, |i| i);
        let current_square = mean_of(&current, |i| i * i);
        let mut spectrum = Pooled::zeros(plan.grid.bins());
        Ampere::of_mut(&mut worker.real).copy_from_slice(&current);
        plan.transforms.samples.forward(
            Ampere::of_mut(&mut worker.real),
            &mut spectrum,
            &mut worker.scratch,
        );
        block::multiply(&mut spectrum, &plan.end().response);
        let mut interference = [false, true].map(|gained| {
            if plan.end().interferers.is_empty() {
                return Pooled::default();
            }
            worker.spectrum.fill(Complex32::default());
            worker.interfere_where(plan.end(), None, draws, |leak| leak.behind_gain == gained);
            Pooled::of(&worker.spectrum)
        });
        if plan.jitters_far() {
            // what is sampled on average: E[y(t + tau)] has y's spectrum times the characteristic
            // function of tau
            let mean = |k: usize| {
                (-(std::f64::consts::TAU * k as f64 * plan.grid.bin_hz() * plan.sampler.jitter_s)
                    .powi(2)
                    / 2.0)
                    .exp() as f32
            };
            for bins in interference.iter_mut().chain([&mut spectrum]) {
                bins.iter_mut().enumerate().for_each(|(k, x)| *x *= mean(k));
            }
        }
        let n = levels.len() as f64;
        let mut transmitted = Pooled::zeros(levels.len());
        block::transmit_taps(&levels, &plan.taps, plan.compression, &mut transmitted);
        let before = transmitted.last().into_iter().chain(&transmitted);
        let edge_squares: Pooled<f32> =
            transmitted.iter().zip(before).map(|(x, before)| (before - x).powi(2)).collect();
        let mut symbols: Pooled<f32> =
            levels.iter().map(|&l| block::LEVELS[usize::from(l)]).collect();
        let symbol_mean = symbols.iter().map(|&a| f64::from(a)).sum::<f64>() / n;
        let symbol_power = symbols.iter().map(|&a| f64::from(a).powi(2)).sum::<f64>() / n;
        let mut symbol_spectrum = Pooled::zeros(fft::bins(levels.len()));
        plan.transforms.symbols.forward(&mut symbols, &mut symbol_spectrum, &mut worker.scratch);
        Record {
            block: draws.block,
            phases: kernel::phases(&current, plan.grid.samples_per_symbol),
            current,
            current_mean,
            current_square,
            signal: spectrum,
            interference,
            slopes,
            edge_square: edge_squares.iter().map(|&e| f64::from(e)).sum::<f64>() / n,
            edge_squares,
            symbol_spectrum,
            symbol_mean,
            symbol_power,
            levels,
        }
    }

    pub(super) fn slope(&self, section: usize) -> Option<&Slope> {
        self.slopes.iter().find(|s| s.section == section)
    }

    /// Mean product of two symbols so far apart.
    pub(super) fn symbol_product(&self, lag: usize) -> f64 {
        let n = self.levels.len();
        let symbol = |k: usize| block::LEVELS[usize::from(self.levels[k % n])];
        (0..n).map(|k| f64::from(symbol(k) * symbol(k + lag))).sum::<f64>() / n as f64
    }

    /// Spectrum at the sampler with the signal scaled, and with what stands behind a gain scaled
    /// against it.
    pub(super) fn at_sampler(&self, scale: Scale) -> Pooled<Complex32> {
        let [fixed, gained] = &self.interference;
        if fixed.is_empty() {
            return self.signal.iter().map(|s| s * scale.signal).collect();
        }
        self.signal
            .iter()
            .zip(fixed)
            .zip(gained)
            .map(|((s, fixed), gained)| s * scale.signal + gained * scale.gained + fixed)
            .collect()
    }
}
