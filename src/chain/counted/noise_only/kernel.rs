//! Inner loop of noise-only counting.

use crate::dsp::slicer::Thresholds;
use crate::math::simd::multiversion;

/// Symbols per run: their numbers stay in the first-level cache.
pub(crate) const PIECE: usize = 2048;

/// Symbols in parallel: four vectors of sixteen.
const RUN: usize = 64;

multiversion! {
/// Adds coloured noise to the noiseless symbols and decides them by a slicer.
///
/// ```text
/// out[k] = means[k] + deviations[k] sum over j of taps[j] white[k + j]
/// decided[k] = how many thresholds lie below out[k]
/// ```
pub(crate) fn add_noise_and_slice(
    white: &[f32],
    taps: &[f32],
    stored: &[&[f32]; 2],
    thresholds: Thresholds,
    out: &mut [f32],
    decided: &mut [u8],
) {
    noisy(white, taps, stored, out);
    let Thresholds([t0, t1, t2]) = thresholds;
    let decide = |z: f32| (u32::from(z > t0) + u32::from(z > t1) + u32::from(z > t2)) as u8;
    decided.iter_mut().zip(out.iter()).for_each(|(d, &z)| *d = decide(z));
}

/// Coloured noise without decisions.
pub(crate) fn add_noise(white: &[f32], taps: &[f32], stored: &[&[f32]; 2], out: &mut [f32]) {
    noisy(white, taps, stored, out);
}
}

#[inline(always)]
fn noisy(white: &[f32], taps: &[f32], stored: &[&[f32]; 2], out: &mut [f32]) {
    let [means, deviations] = stored;
    let n = out.len();
    assert!(
        white.len() + 1 >= n + taps.len() && means.len() == n && deviations.len() == n,
        "as many numbers as symbols"
    );
    let done = n - n % RUN;
    let (means, mean_rest) = means.as_chunks::<RUN>();
    let (deviations, deviation_rest) = deviations.as_chunks::<RUN>();
    let (runs, rest) = out.as_chunks_mut::<RUN>();
    for (r, ((out, mean), deviation)) in runs.iter_mut().zip(means).zip(deviations).enumerate() {
        let white = &white[r * RUN..];
        let mut sum = [0f32; RUN];
        for (j, &tap) in taps.iter().enumerate() {
            let x: &[f32; RUN] = white[j..].first_chunk().expect("checked above");
            for i in 0..RUN {
                sum[i] += tap * x[i];
            }
        }
        for i in 0..RUN {
            out[i] = mean[i] + deviation[i] * sum[i];
        }
    }
    for (k, ((out, mean), deviation)) in
        rest.iter_mut().zip(mean_rest).zip(deviation_rest).enumerate()
    {
        let sum =
            taps.iter().enumerate().fold(0f32, |sum, (j, tap)| sum + tap * white[done + k + j]);
        *out = mean + deviation * sum;
    }
}
