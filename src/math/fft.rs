//! Fourier transforms of periodic blocks, and what spectra of real blocks do when the rate changes.
//!
//! # Normalisation
//!
//! No transform scales: forward and back multiply by the length. The engine's responses carry the factor.
//!
//! # Order
//!
//! A real block of length M has the bins 0 ..= M/2 (rounded down); a complex one has M bins, negative frequencies in
//! the upper half.

use num_complex::Complex32;
use realfft::{ComplexToReal, RealToComplex};
use std::sync::Arc;

/// Transforms of one length, planned once and shared.
#[derive(Clone)]
pub(crate) struct RealFft {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

impl RealFft {
    pub(crate) fn new(planner: &mut realfft::RealFftPlanner<f32>, length: usize) -> Self {
        RealFft { forward: planner.plan_fft_forward(length), inverse: planner.plan_fft_inverse(length) }
    }

    pub(crate) fn scratch(&self) -> usize {
        self.forward.get_scratch_len().max(self.inverse.get_scratch_len())
    }

    /// Real block to spectrum; the block is overwritten.
    pub(crate) fn forward(&self, block: &mut [f32], spectrum: &mut [Complex32], scratch: &mut [Complex32]) {
        let scratch = &mut scratch[..self.forward.get_scratch_len()];
        self.forward.process_with_scratch(block, spectrum, scratch).expect("lengths are the plan's");
    }

    /// Spectrum to real block; the spectrum is overwritten.
    pub(crate) fn inverse(&self, spectrum: &mut [Complex32], block: &mut [f32], scratch: &mut [Complex32]) {
        spectrum[0].im = 0.0;
        if block.len().is_multiple_of(2) {
            spectrum[block.len() / 2].im = 0.0;
        }
        let scratch = &mut scratch[..self.inverse.get_scratch_len()];
        self.inverse.process_with_scratch(spectrum, block, scratch).expect("lengths are the plan's");
    }
}

/// Complex transforms of one length.
#[derive(Clone)]
pub(crate) struct ComplexFft {
    forward: Arc<dyn rustfft::Fft<f32>>,
    inverse: Arc<dyn rustfft::Fft<f32>>,
}

impl ComplexFft {
    pub(crate) fn new(planner: &mut rustfft::FftPlanner<f32>, length: usize) -> Self {
        ComplexFft { forward: planner.plan_fft_forward(length), inverse: planner.plan_fft_inverse(length) }
    }

    pub(crate) fn scratch(&self) -> usize {
        let f = self.forward.get_inplace_scratch_len();
        f.max(self.inverse.get_inplace_scratch_len())
    }

    pub(crate) fn forward(&self, block: &mut [Complex32], scratch: &mut [Complex32]) {
        self.forward.process_with_scratch(block, &mut scratch[..self.forward.get_inplace_scratch_len()]);
    }

    pub(crate) fn inverse(&self, block: &mut [Complex32], scratch: &mut [Complex32]) {
        self.inverse.process_with_scratch(block, &mut scratch[..self.inverse.get_inplace_scratch_len()]);
    }
}

/// Bins of a real block of `length`.
pub(crate) fn bins(length: usize) -> usize {
    length / 2 + 1
}

/// Bin `k` of the periodic spectrum whose bins 0 ..= n/2 are `half`, for a real block of length `n`.
#[inline(always)]
fn periodic(half: &[Complex32], n: usize, k: usize) -> Complex32 {
    let k = k % n;
    if k <= n / 2 { half[k] } else { half[n - k].conj() }
}

/// The spectrum of symbols at their own rate, repeated up to the block's rate and shaped: `out[k] += a[k mod n] h[k]`.
///
/// An impulse train of n symbols on a grid of M samples has the symbols' spectrum, repeated.
#[inline(always)]
pub(crate) fn replicate_add(symbols: &[Complex32], n: usize, response: &[Complex32], out: &mut [Complex32]) {
    let half = n / 2;
    let mut start = 0; // runs k = start .. in which k mod n ascends through 0..=half, then descends conjugated
    while start < out.len() {
        let up = (half + 1).min(out.len() - start);
        for ((o, h), a) in out[start..start + up].iter_mut().zip(&response[start..]).zip(symbols) {
            *o += a * h;
        }
        let middle = start + up;
        let down = (n - half - 1).min(out.len() - middle);
        let images = symbols[n - half - down..n - half].iter().rev();
        for ((o, h), a) in out[middle..middle + down].iter_mut().zip(&response[middle..]).zip(images) {
            *o += a.conj() * h;
        }
        start += n;
    }
}

/// Folds the spectrum of a real block of `m` samples onto `n` (a divisor of m): sampling every m/n-th sample.
///
/// `out[k] = sum_j x[k + j n]`, k in 0 ..= n/2; unscaled.
#[inline(always)]
pub(crate) fn fold(x: &[Complex32], m: usize, n: usize, out: &mut [Complex32]) {
    out.copy_from_slice(&x[..n / 2 + 1]);
    for j in 1..m / n {
        let start = j * n;
        for (k, o) in out.iter_mut().enumerate() {
            *o += periodic(x, m, start + k);
        }
    }
}

/// Folds the spectrum of the time derivative: as [`fold`] of j w x; `rate` is 2 pi times the distance of bins, rad/s.
///
/// The derivative is taken before the fold: what lies above half the new rate has the slope of its own frequency.
#[inline(always)]
pub(crate) fn fold_derivative(x: &[Complex32], m: usize, n: usize, rate: f32, out: &mut [Complex32]) {
    out.fill(Complex32::default());
    for j in 0..m / n {
        let start = j * n;
        for (k, o) in out.iter_mut().enumerate() {
            let k = start + k;
            if k <= m / 2 {
                let w = k as f32 * rate;
                *o += Complex32::new(-x[k].im * w, x[k].re * w);
            } else {
                let w = (m - k) as f32 * rate;
                *o += Complex32::new(-x[m - k].im * w, -x[m - k].re * w);
            }
        }
    }
}

/// Folds the spectrum of the second time derivative: as [`fold`] of -w^2 x; `rate` as of [`fold_derivative`].
#[inline(always)]
pub(crate) fn fold_curvature(x: &[Complex32], m: usize, n: usize, rate: f32, out: &mut [Complex32]) {
    out.fill(Complex32::default());
    for j in 0..m / n {
        for (k, o) in out.iter_mut().enumerate() {
            let k = j * n + k;
            let (bin, value) = if k <= m / 2 { (k, x[k]) } else { (m - k, x[m - k].conj()) };
            let w = bin as f32 * rate;
            *o -= value * (w * w);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;
    use realfft::RealFftPlanner;

    fn noise(n: usize) -> Vec<f32> {
        let mut rng = Seed::new(n as u64).named("fft").rng();
        (0..n).map(|_| rng.normal() as f32).collect()
    }

    fn spectrum(x: &[f32]) -> Vec<Complex32> {
        let fft = RealFft::new(&mut RealFftPlanner::new(), x.len());
        let (mut x, mut s) = (x.to_vec(), vec![Complex32::default(); bins(x.len())]);
        fft.forward(&mut x, &mut s, &mut vec![Complex32::default(); fft.scratch()]);
        s
    }

    /// Both sides are sums of a few thousand f32 products; 1e-5 of the largest is ten times their rounding.
    #[test]
    fn replication_is_the_spectrum_of_the_impulse_train_on_even_and_odd_lengths() {
        for (n, s) in [(64, 4), (63, 4), (8191, 2), (31, 3), (7, 5), (64, 1)] {
            let symbols = noise(n);
            let mut train = vec![0.0; n * s];
            for (i, &a) in symbols.iter().enumerate() {
                train[i * s] = a;
            }
            let ones = vec![Complex32::new(1.0, 0.0); bins(n * s)];
            let mut out = vec![Complex32::default(); bins(n * s)];
            replicate_add(&spectrum(&symbols), n, &ones, &mut out);
            let expected = spectrum(&train);
            let scale = expected.iter().map(|x| x.norm()).fold(0.0, f32::max);
            for (a, b) in out.iter().zip(&expected) {
                assert!((a - b).norm() < 1e-5 * scale, "n {n}, s {s}");
            }
        }
    }

    #[test]
    fn folding_is_the_spectrum_of_the_decimated_block_on_even_and_odd_lengths() {
        for (n, s) in [(64, 4), (63, 4), (8191, 2), (31, 3), (7, 5), (64, 1)] {
            let x = noise(n * s);
            let decimated: Vec<f32> = x.iter().step_by(s).copied().collect();
            let mut out = vec![Complex32::default(); bins(n)];
            fold(&spectrum(&x), n * s, n, &mut out);
            let expected = spectrum(&decimated);
            let scale = expected.iter().map(|x| x.norm()).fold(0.0, f32::max) * s as f32;
            for (a, b) in out.iter().zip(&expected) {
                assert!((a / s as f32 - b).norm() < 1e-5 * scale, "n {n}, s {s}");
            }
        }
    }

    /// A tone above half the new rate: x = cos(2 pi 40 i / 64), slope -2 pi 40/64 sin(..), kept at every fourth sample.
    #[test]
    fn the_folded_derivatives_are_those_of_the_waveform_not_of_its_samples() {
        let (m, n) = (256, 64);
        let angle = |i: usize| std::f32::consts::TAU * 40.0 * i as f32 / m as f32;
        let x: Vec<f32> = (0..m).map(|i| angle(i).cos()).collect();
        let mut folded = vec![Complex32::default(); bins(n)];
        fold_derivative(&spectrum(&x), m, n, std::f32::consts::TAU / m as f32, &mut folded);
        let fft = RealFft::new(&mut RealFftPlanner::new(), n);
        let mut slope = vec![0.0; n];
        fft.inverse(&mut folded, &mut slope, &mut vec![Complex32::default(); fft.scratch()]);
        let w = std::f32::consts::TAU * 40.0 / m as f32;
        for (i, s) in slope.iter().enumerate() {
            assert!((s / m as f32 + angle(4 * i).sin() * w).abs() < 1e-4);
        }
        fold_curvature(&spectrum(&x), m, n, std::f32::consts::TAU / m as f32, &mut folded);
        fft.inverse(&mut folded, &mut slope, &mut vec![Complex32::default(); fft.scratch()]);
        for (i, c) in slope.iter().enumerate() {
            assert!((c / m as f32 + angle(4 * i).cos() * w * w).abs() < 1e-4);
        }
    }

    /// Parseval: the energy of a block is its spectrum's over the length; rounding of f32 is far below 1e-5.
    #[test]
    fn energy_is_kept_by_the_transform() {
        for n in [4096, 8191] {
            let x = noise(n);
            let s = spectrum(&x);
            let time: f64 = x.iter().map(|x| f64::from(x * x)).sum();
            let mirrored = |k: usize| if k == 0 || 2 * k == n { 1.0 } else { 2.0 };
            let frequency: f64 = s.iter().enumerate().map(|(k, s)| mirrored(k) * f64::from(s.norm_sqr())).sum();
            assert!((frequency / n as f64 / time - 1.0).abs() < 1e-5);
        }
    }
}
