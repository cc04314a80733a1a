//! Fourier transforms of periodic blocks, and what spectra of real blocks do when the rate changes.
//!
//! # Normalisation
//!
//! No transform scales: forward and back multiply by the length. The engine's responses carry the
//! factor.
//!
//! # Order
//!
//! A real block of length M has the bins 0 ..= M/2 (rounded down); a complex one has M bins,
//! negative frequencies in the upper half.

mod rates;
mod real;

pub(crate) use rates::{fold, fold_curvature, fold_derivative, replicate, replicate_add};
pub(crate) use real::RealFft;

use num_complex::Complex32;
use std::sync::Arc;

/// What transforms are planned with: plans of one length are made once.
pub(crate) struct Planner {
    complex: rustfft::FftPlanner<f32>,
    odd: realfft::RealFftPlanner<f32>,
}

impl Default for Planner {
    fn default() -> Self {
        Planner { complex: rustfft::FftPlanner::new(), odd: realfft::RealFftPlanner::new() }
    }
}

/// Complex transforms of one length.
#[derive(Clone)]
pub(crate) struct ComplexFft {
    forward: Arc<dyn rustfft::Fft<f32>>,
    inverse: Arc<dyn rustfft::Fft<f32>>,
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

    /// From one place to another; what is transformed is overwritten.
    fn across(
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
