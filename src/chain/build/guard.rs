//! Coverage of a response by the guards of stream mode.

use super::plan::Plan;
use super::trained::Trained;
use crate::math::fft;
use num_complex::Complex32;

impl Plan {
    /// Share of the energy of the impulse response, from the symbols to the sampler, beyond the
    /// guards, which wraps around the block.
    ///
    /// It is computed for the fused responses; the memory of maps between them is subtracted from
    /// the guard.
    pub fn energy_beyond_guard(&self, trained: &Trained) -> f64 {
        let Some(clocking) = self.clocking else { return 0.0 };
        let mut response = trained.response.clone();
        let sections = &self.sections[..self.sections.len() - 1];
        for section in sections.iter().filter(|section| section.flat.is_none()) {
            let unit = 1.0 / section.response[0].norm().max(f32::MIN_POSITIVE);
            response.iter_mut().zip(&section.response).for_each(|(r, h)| *r *= h * unit);
        }
        let mut circular = vec![0f32; self.grid.samples()];
        let mut scratch = vec![Complex32::default(); self.transforms.scratch()];
        self.transforms.samples.inverse(&mut response, &mut circular, &mut scratch);
        debug_assert_eq!(response.len(), fft::bins(circular.len()));
        // the receiver reads the trailing guard up to the equaliser's last sample
        let delay = latency(trained, self.sampler.samples_per_symbol) as usize;
        let covered = (clocking.guard.saturating_sub(delay + SLACK) * self.grid.samples_per_symbol)
            .saturating_sub(self.memory_samples());
        let energy = |samples: &[f32]| samples.iter().map(|&h| f64::from(h).powi(2)).sum::<f64>();
        energy(&circular[covered..circular.len() - covered])
            / energy(&circular).max(f64::MIN_POSITIVE)
    }
}

/// Symbols of a guard reserved for slips, jitter and interpolation.
pub(crate) const SLACK: usize = 16;

/// Delay of the equaliser's output after its last sample, symbols: it adds to the loop's delay.
///
/// ```text
/// ceil((taps - precursors) / p) - 1,   p samples per symbol
/// ```
pub(crate) fn latency(trained: &Trained, per_symbol: usize) -> i64 {
    ((trained.taps.len() - trained.precursors).div_ceil(per_symbol) - 1) as i64
}
