//! A trained receiver, shared by both estimators.

use super::convergence::Convergence;
use super::detector::TrainedDetector;
use super::plan::Plan;
use super::section::RescaledNoise;
use super::timing::Timing;
use crate::dsp::slicer::Thresholds;
use crate::dsp::{LEVELS, ffe};
use crate::math::buffer_pool::Pooled;
use num_complex::Complex32;
use std::f64::consts::TAU;

impl Trained {
    /// Subtracts the postcursors of the transmitted symbols in a periodic block: ideal feedback.
    pub fn feed_back(&self, sent: &[u8], out: &mut [f32]) {
        let n = out.len();
        for (j, b) in self.postcursors.iter().enumerate() {
            out.iter_mut()
                .enumerate()
                .for_each(|(k, z)| *z -= b * LEVELS[usize::from(sent[(k + n - 1 - j) % n])]);
        }
    }

    /// Gives back what [`Trained::feed_back`] takes off.
    pub(crate) fn restore_postcursors(&self, sent: &[u8], out: &mut [f32]) {
        let n = out.len();
        for (j, b) in self.postcursors.iter().enumerate() {
            out.iter_mut()
                .enumerate()
                .for_each(|(k, z)| *z += b * LEVELS[usize::from(sent[(k + n - 1 - j) % n])]);
        }
    }
}

impl Trained {
    /// The equaliser's response at `f_hz`: taps a sampling period apart.
    pub fn equaliser_at(&self, f_hz: f64, plan: &Plan) -> Complex32 {
        let spacing_s = plan.grid.symbol_s() / plan.sampler.samples_per_symbol as f64;
        let mut sum = num_complex::Complex64::default();
        for (j, &tap) in self.taps.iter().enumerate() {
            let delay = j as f64 - self.precursors as f64;
            sum +=
                num_complex::Complex64::from_polar(f64::from(tap), TAU * f_hz * delay * spacing_s);
        }
        Complex32::new(sum.re as f32, sum.im as f32)
    }
}

/// A trained receiver, read-only: both estimators use the same one.
#[derive(Clone)]
pub struct Trained {
    /// Delay from the transmitter's symbol to its sample, symbols.
    pub delay_ui: f64,
    /// Factor on the power between transmitter and receiver, in addition to the link's loss.
    pub transmission: f32,
    /// Full scale of the converter, in the unit of the chain's end.
    pub full_scale: f32,
    /// Taps, for outputs in units of the full scale -1 .. 1.
    pub taps: Vec<f32>,
    /// Taps before the main one.
    pub precursors: usize,
    /// Added to the equaliser's sum.
    pub offset: f32,
    /// Thresholds of the slicer.
    pub thresholds: Thresholds,
    /// Interference of earlier symbols in an equalised sample, latest first, for levels of full
    /// scale -1 .. 1; empty for a slicer.
    pub postcursors: Vec<f32>,
    /// Detector.
    pub detector: TrainedDetector,
    /// Mean square error that training in closed form leaves.
    pub mse: f64,
    /// Convergence of the adaptive loop, if there was one.
    pub convergence: Option<Convergence>,
    /// Mean that is subtracted before the converter.
    pub(crate) mean: f32,
    /// Quantisation noise, rms.
    pub(crate) quantisation: f32,
    /// The last section's response with the sampling phase.
    pub(crate) response: Pooled<Complex32>,
    pub(crate) interferers: Vec<Pooled<Complex32>>,
    /// The last section's noise at the sampler, if some of it is added after the AGC, whose gain
    /// depends on the transmission.
    pub(crate) deviation: Option<RescaledNoise>,
    /// Its mean output for equally frequent levels, the operating point with AC coupling.
    pub(crate) dc_offset_balanced: f32,
    /// Curve of its timing detector, where a clock is recovered.
    pub(crate) timing: Option<Timing>,
}

impl Trained {
    /// Equalises the samples of a periodic block.
    pub(crate) fn equalise(
        &self,
        sampled: &[f32],
        per_symbol: usize,
        padded: &mut [f32],
        out: &mut [f32],
    ) {
        ffe::equalise(sampled, per_symbol, &self.taps, self.precursors, self.offset, padded, out);
    }
}
