//! Minimum phase of a magnitude.

use num_complex::Complex64;
use rustfft::FftPlanner;

/// Bins from zero to the highest frequency considered.
const BINS: usize = 1 << 15;
/// The highest frequency considered, in units of the last known one.
const REACH: f64 = 16.0;

/// The phase, rad, of the minimum-phase response whose magnitude is given, at the frequencies `at`.
///
/// ```text
/// arg H = -n atan(f / f1) - Hilbert transform of (ln|H| + n/2 ln(1 + (f/f1)^2)),    |H| ~ f^-n beyond the last point
/// ```
///
/// `ln_magnitude` gives ln|H| at every frequency, Hz, up to `last_hz`; beyond, it falls by `fall` =
/// n nepers per neper of frequency. The asymptotic roll-off is taken out as n poles, whose phase is
/// known; the rest is flat at its ends, where the transform of 2^15 bins would otherwise bend it.
///
/// # Reference
///
/// A. Oppenheim, R. Schafer, *Discrete-Time Signal Processing*, Hilbert transform relations;
/// cepstrum.
pub(crate) fn minimum_phase(
    ln_magnitude: impl Fn(f64) -> f64,
    last_hz: f64,
    fall: f64,
    at: &[f64],
) -> Vec<f64> {
    let bin_hz = REACH * last_hz / BINS as f64;
    let pole_hz = last_hz / 2.0;
    let rest = |f: f64| ln_magnitude(f) + fall / 2.0 * (f / pole_hz).powi(2).ln_1p();
    let half: Vec<Complex64> =
        (0..=BINS).map(|k| Complex64::new(rest(k as f64 * bin_hz), 0.0)).collect();
    let mut buffer: Vec<Complex64> =
        half.iter().chain(half[1..BINS].iter().rev()).copied().collect();
    let mut planner = FftPlanner::new();
    planner.plan_fft_inverse(2 * BINS).process(&mut buffer);
    for (n, c) in buffer.iter_mut().enumerate() {
        *c *= match n {
            0 | BINS => 0.5,
            n if n < BINS => 1.0,
            _ => 0.0,
        } / BINS as f64;
    }
    planner.plan_fft_forward(2 * BINS).process(&mut buffer);
    let phase = |f: f64| {
        let place = (f / bin_hz).min(BINS as f64 - 1.0);
        let (k, part) = (place as usize, place.fract());
        buffer[k].im + part * (buffer[k + 1].im - buffer[k].im) - fall * (f / pole_hz).atan()
    };
    at.iter().map(|&f| phase(f)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::prototype::{Family, poles};
    use std::f64::consts::TAU;

    /// Magnitudes from a formula have no kinks of interpolation: what is left is the transform's.
    #[test]
    fn the_phase_of_a_low_pass_follows_from_its_magnitude() {
        for (family, order) in [(Family::Bessel, 4), (Family::Butterworth, 3), (Family::Bessel, 1)]
        {
            let poles = poles(family, order);
            let response = |f: f64| {
                poles
                    .iter()
                    .map(|p| 1.0 / (1.0 - Complex64::new(0.0, f / 36e9) / p))
                    .product::<Complex64>()
            };
            let at: Vec<f64> = (1..=100).map(|i| f64::from(i) * 1e9).collect();
            let phases = minimum_phase(|f| response(f).norm().ln(), 200e9, order as f64, &at);
            for (f, phase) in at.iter().zip(&phases) {
                let wrong = (Complex64::from_polar(1.0, *phase) / response(*f)).arg();
                assert!(
                    wrong.abs() < 2e-3 && phase.abs() < 2.0 * TAU,
                    "{family:?} {order}, {f}: {wrong}"
                );
            }
        }
    }
}
