//! Complex transforms, and the planner of all lengths.

use num_complex::Complex32;
use std::sync::Arc;

/// Planner of transforms; plans of one length are made once.
pub(crate) struct Planner {
    pub(super) complex: rustfft::FftPlanner<f32>,
    pub(super) odd: realfft::RealFftPlanner<f32>,
}

impl Default for Planner {
    fn default() -> Self {
        Planner { complex: rustfft::FftPlanner::new(), odd: realfft::RealFftPlanner::new() }
    }
}

/// Complex transforms of one length.
#[derive(Clone)]
pub(crate) struct ComplexFft {
    pub(super) forward: Arc<dyn rustfft::Fft<f32>>,
    pub(super) inverse: Arc<dyn rustfft::Fft<f32>>,
}

impl ComplexFft {
    pub(crate) fn new(planner: &mut Planner, length: usize) -> Self {
        let planner = &mut planner.complex;
        ComplexFft {
            forward: planner.plan_fft_forward(length),
            inverse: planner.plan_fft_inverse(length),
        }
    }

    pub(crate) fn scratch(&self) -> usize {
        let of = |fft: &Arc<dyn rustfft::Fft<f32>>| {
            fft.get_inplace_scratch_len().max(fft.get_outofplace_scratch_len())
        };
        of(&self.forward).max(of(&self.inverse))
    }

    pub(crate) fn forward(&self, block: &mut [Complex32], scratch: &mut [Complex32]) {
        self.forward
            .process_with_scratch(block, &mut scratch[..self.forward.get_inplace_scratch_len()]);
    }

    pub(crate) fn inverse(&self, block: &mut [Complex32], scratch: &mut [Complex32]) {
        self.inverse
            .process_with_scratch(block, &mut scratch[..self.inverse.get_inplace_scratch_len()]);
    }

    /// Out of place; the input is overwritten.
    pub(super) fn across(
        &self,
        back: bool,
        from: &mut [Complex32],
        to: &mut [Complex32],
        scratch: &mut [Complex32],
    ) {
        let fft = if back { &self.inverse } else { &self.forward };
        fft.process_outofplace_with_scratch(
            from,
            to,
            &mut scratch[..fft.get_outofplace_scratch_len()],
        );
    }
}

/// Bins of a real block of `length`.
pub(crate) fn bins(length: usize) -> usize {
    length / 2 + 1
}
