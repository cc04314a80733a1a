//! A waveform between its samples: band-limited interpolation by a filter bank.

use super::least_squares;
use std::f64::consts::PI;
use std::sync::OnceLock;

/// Taps of each filter.
pub(crate) const TAPS: usize = 24;
/// Taps at and before the instant.
pub(crate) const BEFORE: usize = TAPS / 2;
/// Filters between two samples; between two filters their taps are blended.
const PHASES: usize = 128;
/// Band of the least squares fit, in units of half the sampling rate: a little wider than needed,
/// since the error is largest at the end of the band.
const BAND: f64 = 0.82;
/// Added to the diagonal of the normal equations, which are nearly singular.
const RIDGE: f64 = 1e-13;

/// The waveform at any instant from the samples around it.
///
/// ```text
/// y(i + d) = sum_j h_j(d) x[i + j - 11],   j = 0 .. 23,   0 <= d < 1
/// integral over |w| < 0.82 pi of |sum_j h_j(d) e^(i w (j - 11 - d)) - 1|^2  least
/// ```
///
/// In the middle of two samples the error is below -60 dB up to 0.8 of half the sampling rate
/// (sixteen taps would leave -46 dB, the best sixteen -48 dB); on a sample there is none.
///
/// # Reference
///
/// T. I. Laakso, V. Valimaki, M. Karjalainen, U. K. Laine, *Splitting the unit delay*, IEEE Signal
/// Processing Magazine 13 (1996).
pub(crate) struct Interpolator {
    /// PHASES + 1 filters.
    bank: Vec<[f32; TAPS]>,
}

impl Interpolator {
    /// The one that all share.
    pub(crate) fn shared() -> &'static Interpolator {
        static SHARED: OnceLock<Interpolator> = OnceLock::new();
        SHARED.get_or_init(|| Interpolator {
            bank: (0..=PHASES).map(|phase| filter(phase as f64 / PHASES as f64)).collect(),
        })
    }

    /// The waveform at `position`, in samples; `x` must reach from 11 samples before it to 12 after
    /// it.
    #[inline(always)]
    pub(crate) fn at(&self, x: &[f32], position: f64) -> f32 {
        // steps of the bank: the index is known before the part, which waits for a second
        // conversion
        let steps = position * PHASES as f64;
        let index = steps as i64;
        let part = (steps - index as f64) as f32;
        let (whole, phase) = (index as usize / PHASES, index as usize % PHASES);
        let from = whole + 1 - BEFORE;
        let x: &[f32; TAPS] = x[from..].first_chunk().expect("the samples reach so far");
        let (low, high) = (&self.bank[phase], &self.bank[phase + 1]);
        // the blend is last, so that the sums do not wait for the part either
        let (mut on, mut between) = ([0f32; TAPS], [0f32; TAPS]);
        for j in 0..TAPS {
            on[j] = low[j] * x[j];
            between[j] = (high[j] - low[j]) * x[j];
        }
        total(&on) + part * total(&between)
    }
}

/// The sum of all products.
#[inline(always)]
fn total(products: &[f32; TAPS]) -> f32 {
    let mut sums: [f32; 16] = *products.first_chunk().expect("there are more");
    sums.iter_mut().zip(&products[16..]).for_each(|(sum, product)| *sum += product);
    sum(&sums)
}

/// The sum by halves, as in a vector unit.
#[inline(always)]
pub(crate) fn sum(x: &[f32; 16]) -> f32 {
    let mut eight = [0f32; 8];
    for i in 0..8 {
        eight[i] = x[i] + x[i + 8];
    }
    let four = [eight[0] + eight[4], eight[1] + eight[5], eight[2] + eight[6], eight[3] + eight[7]];
    (four[0] + four[2]) + (four[1] + four[3])
}

/// The filter for an instant `d` of a sample after the tap before the middle.
fn filter(d: f64) -> [f32; TAPS] {
    // integral of cos(w t) over the band
    let integral = |t: f64| if t == 0.0 { BAND * PI } else { (BAND * PI * t).sin() / t };
    let mut a = vec![0.0; TAPS * TAPS];
    for i in 0..TAPS {
        for j in 0..TAPS {
            a[i * TAPS + j] = integral(i as f64 - j as f64) + if i == j { RIDGE } else { 0.0 };
        }
    }
    let b: Vec<f64> = (0..TAPS).map(|j| integral(j as f64 + 1.0 - BEFORE as f64 - d)).collect();
    let taps = least_squares::solve(&a, &b).expect("the ridge makes it definite");
    std::array::from_fn(|j| taps[j] as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tones up to 0.8 of half the rate, at phases on, between and beside the bank's; amplitude 1,
    /// so the error is a ratio.
    #[test]
    fn the_error_is_below_minus_sixty_decibels_to_four_fifths_of_the_band() {
        let bank = Interpolator::shared();
        let mut worst = (0.0f64, 0.0, 0.0);
        for i in 0..=80 {
            let turn = PI * 0.01 * f64::from(i);
            for angle in [0.0, PI / 2.0] {
                let x: Vec<f32> =
                    (0..32).map(|n| (turn * f64::from(n) + angle).cos() as f32).collect();
                for d in (0..=50).map(|d| f64::from(d) * 0.02 - 1e-3 * f64::from(d % 7)) {
                    let at = 12.0 + d;
                    let error = (f64::from(bank.at(&x, at)) - (turn * at + angle).cos()).abs();
                    if error > worst.0 {
                        worst = (error, 0.01 * f64::from(i), d);
                    }
                }
            }
        }
        assert!(
            worst.0 < 1e-3,
            "{:.1} dB at {} of the band, {} between samples",
            20.0 * worst.0.log10(),
            worst.1,
            worst.2
        );
    }

    #[test]
    fn on_a_sample_it_is_the_sample() {
        let x: Vec<f32> = (0..40).map(|n| ((n * n * 7) % 31) as f32 - 15.0).collect();
        for n in 12..27 {
            assert!((Interpolator::shared().at(&x, n as f64) - x[n]).abs() < 1e-4, "{n}");
        }
    }
}
