//! Spectra of real blocks under changes of the sampling rate.

use num_complex::Complex32;

/// The spectrum of symbols at their own rate, repeated up to the block's rate and shaped: `out[k] =
/// a[k mod n] h[k]`.
///
/// An impulse train of n symbols on a grid of M samples has the symbols' spectrum, repeated.
#[inline(always)]
pub(crate) fn replicate(
    symbols: &[Complex32],
    n: usize,
    response: &[Complex32],
    out: &mut [Complex32],
) {
    replicate_by(symbols, n, response, out, |o, x| *o = x);
}

/// The same, added to what is there.
#[inline(always)]
pub(crate) fn replicate_add(
    symbols: &[Complex32],
    n: usize,
    response: &[Complex32],
    out: &mut [Complex32],
) {
    replicate_by(symbols, n, response, out, |o, x| *o += x);
}

#[inline(always)]
fn replicate_by(
    symbols: &[Complex32],
    n: usize,
    response: &[Complex32],
    out: &mut [Complex32],
    put: impl Fn(&mut Complex32, Complex32),
) {
    let half = n / 2;
    // runs k = start .. in which k mod n ascends through 0..=half, then descends conjugated
    let mut start = 0;
    while start < out.len() {
        let up = (half + 1).min(out.len() - start);
        for ((o, h), a) in out[start..start + up].iter_mut().zip(&response[start..]).zip(symbols) {
            put(o, a * h);
        }
        let middle = start + up;
        let down = (n - half - 1).min(out.len() - middle);
        let images = symbols[n - half - down..n - half].iter().rev();
        for ((o, h), a) in
            out[middle..middle + down].iter_mut().zip(&response[middle..]).zip(images)
        {
            put(o, a.conj() * h);
        }
        start += n;
    }
}

/// Folds the spectrum of a real block of `m` samples onto `n` (a divisor of m): sampling every
/// m/n-th sample.
///
/// `out[k] = sum_j x[k + j n]`, k in 0 ..= n/2; unscaled.
#[inline(always)]
pub(crate) fn fold(x: &[Complex32], m: usize, n: usize, out: &mut [Complex32]) {
    fold_by(x, m, n, out, |_, x| x, |_, x| x.conj());
}

/// Folds the spectrum of the time derivative: as [`fold`] of j w x; `rate` is 2 pi times the
/// distance of bins, rad/s.
///
/// The derivative is taken before the fold: what lies above half the new rate has the slope of its
/// own frequency.
#[inline(always)]
pub(crate) fn fold_derivative(
    x: &[Complex32],
    m: usize,
    n: usize,
    rate: f32,
    out: &mut [Complex32],
) {
    let w = |bin: u32| bin as f32 * rate;
    fold_by(
        x,
        m,
        n,
        out,
        |k, x| Complex32::new(-x.im * w(k), x.re * w(k)),
        |k, x| Complex32::new(-x.im * w(k), -x.re * w(k)),
    );
}

/// Folds the spectrum of the second time derivative: as [`fold`] of -w^2 x; `rate` as of
/// [`fold_derivative`].
#[inline(always)]
pub(crate) fn fold_curvature(
    x: &[Complex32],
    m: usize,
    n: usize,
    rate: f32,
    out: &mut [Complex32],
) {
    let w2 = |bin: u32| -((bin as f32 * rate) * (bin as f32 * rate));
    fold_by(x, m, n, out, |k, x| x * w2(k), |k, x| x.conj() * w2(k));
}

/// Sums every n-th bin of a real block's spectrum: of a bin's number and value, and of one whose
/// image it is.
#[inline(always)]
fn fold_by(
    x: &[Complex32],
    m: usize,
    n: usize,
    out: &mut [Complex32],
    straight: impl Fn(u32, Complex32) -> Complex32,
    image: impl Fn(u32, Complex32) -> Complex32,
) {
    let (half, top) = (n / 2, m / 2);
    assert!(x.len() == top + 1 && out.len() == half + 1, "bins of {m} and of {n} samples");
    for j in 0..m / n {
        let start = j * n;
        // bins up to the top one are there, those beyond as images
        let there = (top + 1).saturating_sub(start).min(half + 1);
        let (direct, mirrored) = out.split_at_mut(there);
        let from = start.min(top + 1);
        let sums = direct.iter_mut().zip(&x[from..from + there]).enumerate();
        if j == 0 {
            sums.for_each(|(k, (o, &x))| *o = straight(k as u32, x));
        } else {
            sums.for_each(|(k, (o, &x))| *o += straight((start + k) as u32, x));
        }
        if !mirrored.is_empty() {
            let (last, first) = (m - start - there, m - start - half);
            let images = mirrored.iter_mut().zip(x[first..=last].iter().rev()).enumerate();
            images.for_each(|(i, (o, &x))| *o += image((last - i) as u32, x));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::fft::complex::{Planner, bins};
    use crate::math::fft::real::RealFft;
    use crate::seed::Seed;

    fn noise(n: usize) -> Vec<f32> {
        let mut rng = Seed::new(n as u64).named("fft").rng();
        (0..n).map(|_| rng.normal() as f32).collect()
    }

    fn spectrum(x: &[f32]) -> Vec<Complex32> {
        let fft = RealFft::new(&mut Planner::default(), x.len());
        let (mut x, mut s) = (x.to_vec(), vec![Complex32::default(); bins(x.len())]);
        fft.forward(&mut x, &mut s, &mut vec![Complex32::default(); fft.scratch()]);
        s
    }

    /// Both sides are sums of a few thousand f32 products; 1e-5 of the largest is ten times their
    /// rounding.
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

    /// A tone above half the new rate: x = cos(2 pi 40 i / 64), slope -2 pi 40/64 sin(..), kept at
    /// every fourth sample.
    #[test]
    fn the_folded_derivatives_are_those_of_the_waveform_not_of_its_samples() {
        let (m, n) = (256, 64);
        let angle = |i: usize| std::f32::consts::TAU * 40.0 * i as f32 / m as f32;
        let x: Vec<f32> = (0..m).map(|i| angle(i).cos()).collect();
        let mut folded = vec![Complex32::default(); bins(n)];
        fold_derivative(&spectrum(&x), m, n, std::f32::consts::TAU / m as f32, &mut folded);
        let fft = RealFft::new(&mut Planner::default(), n);
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

    /// Parseval: the energy of a block is its spectrum's over the length; rounding of f32 is far
    /// below 1e-5.
    #[test]
    fn energy_is_kept_by_the_transform() {
        for n in [4096, 8191] {
            let x = noise(n);
            let s = spectrum(&x);
            let time: f64 = x.iter().map(|x| f64::from(x * x)).sum();
            let mirrored = |k: usize| if k == 0 || 2 * k == n { 1.0 } else { 2.0 };
            let frequency: f64 =
                s.iter().enumerate().map(|(k, s)| mirrored(k) * f64::from(s.norm_sqr())).sum();
            assert!((frequency / n as f64 / time - 1.0).abs() < 1e-5);
        }
    }
}
