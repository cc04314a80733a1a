//! Alignment of a waveform with its symbols.

use crate::math::fft;
use crate::math::resample;
use num_complex::Complex32;

/// Samples per symbol of the correlation: a parabola through three of them finds a smooth peak to
/// 0.02 symbols.
const COARSE: usize = 4;

/// Delay in samples, from 0 to the period, of a waveform's symbol middles after the samples `k
/// samples_per_symbol`.
///
/// ```text
/// largest over d of   sum_k a(k) int_{-T/2}^{T/2} y(k T + d + t) dt
/// ```
///
/// Every rotation of the pattern is tried; for a rectangular symbol the instant is its centre.
/// Without samples or symbols the delay is 0.
pub fn delay(waveform: &[f32], samples_per_symbol: usize, levels: &[u8]) -> f64 {
    let n = levels.len();
    if n == 0 || samples_per_symbol == 0 || waveform.len() != n * samples_per_symbol {
        return 0.0;
    }
    let bins = resample::spectrum(waveform);
    delay_of(bins, samples_per_symbol, levels)
}

/// [`delay`] of the waveform that has a spectrum of [`resample::spectrum`]; at least one symbol.
pub(super) fn delay_of(mut bins: Vec<Complex32>, samples_per_symbol: usize, levels: &[u8]) -> f64 {
    let n = levels.len();
    let levels: Vec<f32> = levels.iter().map(|&l| f32::from(l)).collect();
    let symbols = resample::spectrum(&levels);
    let grid = COARSE.min(samples_per_symbol) * n;
    bins.truncate(fft::bins(grid));
    bins[0] = Complex32::default();
    for (k, bin) in bins.iter_mut().enumerate().skip(1) {
        let x = std::f32::consts::PI * k as f32 / n as f32;
        // the integral over a symbol
        *bin = bin.conj() * (x.sin() / x);
    }
    let mut product = vec![Complex32::default(); bins.len()];
    fft::replicate_add(&symbols, n, &bins, &mut product);
    // conjugated, so the lag runs backwards
    let correlation = resample::block(&product, grid);
    let at = |d: usize| f64::from(correlation[(grid - d % grid) % grid]);
    let best = (0..grid).max_by(|&a, &b| at(a).total_cmp(&at(b))).unwrap_or(0);
    let (before, peak, after) = (at(best + grid - 1), at(best), at(best + 1));
    let bend = before - 2.0 * peak + after;
    let fraction = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    let period = (n * samples_per_symbol) as f64;
    ((best as f64 + fraction) * period / grid as f64).rem_euclid(period)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Pattern, PatternKind};
    use crate::seed::Seed;

    /// The middle of `s` equal samples lies at (s - 1) / 2; a parabola errs by less than 0.02
    /// symbols.
    #[test]
    fn a_rectangular_waveform_is_found_at_every_rotation() {
        let source = Pattern { kind: PatternKind::Prbs13q, ..Default::default() }
            .build()
            .expect("it builds");
        let mut levels = vec![0; 8191];
        source.fill(0, Seed::new(0), &mut levels);
        for (s, rotation) in [(8, 0), (16, 5), (16, 8000), (9, 123), (1, 77)] {
            let wave: Vec<f32> = (0..8191 * s)
                .map(|i| 5.0 + f32::from(levels[(i / s + 8191 - rotation) % 8191]))
                .collect();
            let expected = (rotation * s) as f64 + (s - 1) as f64 / 2.0;
            let found = delay(&wave, s, &levels);
            assert!((found - expected).abs() < 0.02 * s as f64 + 1e-3, "{s} {rotation}: {found}");
        }
    }

    #[test]
    fn nothing_has_no_delay() {
        assert_eq!(delay(&[], 4, &[]), 0.0);
        assert_eq!(delay(&[1.0; 8], 4, &[0, 3, 1]), 0.0);
    }
}
