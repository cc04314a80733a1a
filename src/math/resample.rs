//! A periodic waveform on another grid, or through a filter: by its spectrum.

use crate::math::fft::complex::bins;
use crate::math::fft::real::RealFft;
use num_complex::{Complex32, Complex64};

/// Spectrum of a real periodic block, bins 0 ..= n/2, scaled so that bin 0 is the mean.
pub(crate) fn spectrum(block: &[f32]) -> Vec<Complex32> {
    let fft = RealFft::shared(block.len());
    // about its first sample: a large mean costs the others no digits
    let mut moved: Vec<f32> = block.iter().map(|y| y - block[0]).collect();
    let mut out = vec![Complex32::default(); bins(block.len())];
    fft.forward(&mut moved, &mut out, &mut vec![Complex32::default(); fft.scratch()]);
    let scale = 1.0 / block.len() as f32;
    out.iter_mut().for_each(|bin| *bin *= scale);
    out[0].re += block[0];
    out
}

/// The real block of `length` samples that has a [`spectrum`]; bins that are missing are zero, bins
/// beyond half the rate are left out.
pub(crate) fn block(spectrum: &[Complex32], length: usize) -> Vec<f32> {
    let fft = RealFft::shared(length);
    let mut padded = vec![Complex32::default(); bins(length)];
    let kept = padded.len().min(spectrum.len());
    // bin 0 is added at the end
    padded[1..kept].copy_from_slice(&spectrum[1..kept]);
    let mut out = vec![0f32; length];
    fft.inverse(&mut padded, &mut out, &mut vec![Complex32::default(); fft.scratch()]);
    out.iter_mut().for_each(|y| *y += spectrum[0].re);
    out
}

/// Multiplies the spectrum of a block of `samples` by a response, asked at frequencies in turns per
/// sample, 0 to 1/2.
pub(crate) fn apply(
    spectrum: &mut [Complex32],
    samples: usize,
    response: impl Fn(f64) -> Complex64,
) {
    for (k, bin) in spectrum.iter_mut().enumerate() {
        let h = response(k as f64 / samples as f64);
        *bin *= Complex32::new(h.re as f32, h.im as f32);
    }
}

/// One period of a waveform on a grid of `length` samples: band-limited interpolation, or
/// decimation without aliases.
///
/// ```text
/// y(t) = sum_k X[k] exp(j 2 pi k t / period),   |k| < half of either length
/// ```
///
/// In: one period, any unit. Out: the same period in `length` samples; sample 0 stays where it is.
///
/// # Limits
///
/// Discontinuities ring (Gibbs): a waveform must be band-limited to half the lower of both rates to
/// keep its shape. An empty period stays empty.
///
/// ```
/// let tone = |n: usize| (0..n).map(|i| (i as f32 / n as f32 * std::f32::consts::TAU).sin()).collect::<Vec<f32>>();
/// let finer = lightlane::math::resample::by_spectrum(&tone(10), 48);
/// assert!(finer.iter().zip(tone(48)).all(|(a, b)| (a - b).abs() < 1e-6));
/// ```
pub fn by_spectrum(period: &[f32], length: usize) -> Vec<f32> {
    if period.is_empty() || length == 0 || period.len() == length {
        return period[..length.min(period.len())].to_vec();
    }
    let mut bins = spectrum(period);
    if period.len().is_multiple_of(2) && length > period.len() {
        bins[period.len() / 2] *= 0.5; // shared by both signs
    }
    block(&bins, length)
}

/// One period of a waveform after a response; `response` is asked at frequencies in turns per
/// sample, 0 to 1/2.
pub fn filtered(period: &[f32], response: impl Fn(f64) -> Complex64) -> Vec<f32> {
    if period.is_empty() {
        return Vec::new();
    }
    let mut bins = spectrum(period);
    apply(&mut bins, period.len(), response);
    block(&bins, period.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three tones below half of the lower rate; f32 transforms of a few thousand points err by
    /// about 1e-6.
    #[test]
    fn a_band_limited_waveform_is_itself_on_every_grid_odd_or_even() {
        let wave = |n: usize| -> Vec<f32> {
            let t = |i: usize| i as f64 / n as f64 * std::f64::consts::TAU;
            (0..n)
                .map(|i| {
                    (0.3 + (3.0 * t(i)).sin() + 0.5 * (40.0 * t(i) + 1.0).cos()
                        - 0.2 * (99.0 * t(i)).sin()) as f32
                })
                .collect()
        };
        for (from, to) in [(200, 1600), (201, 1608), (1600, 200), (255, 333), (1021, 512)] {
            let out = by_spectrum(&wave(from), to);
            assert!(out.iter().zip(wave(to)).all(|(a, b)| (a - b).abs() < 5e-6), "{from} to {to}");
        }
    }

    #[test]
    fn a_pure_delay_moves_the_waveform() {
        let wave: Vec<f32> = (0..60).map(|i| ((i * i) % 17) as f32).collect();
        let out = filtered(&wave, |f| Complex64::from_polar(1.0, -std::f64::consts::TAU * f * 7.0));
        assert!(out.iter().enumerate().all(|(i, y)| (y - wave[(i + 53) % 60]).abs() < 2e-5));
    }
}
