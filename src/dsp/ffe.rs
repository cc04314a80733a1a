//! Feed-forward equaliser.

use crate::math::fir;

/// Longest equaliser, taps.
pub(crate) const MOST_TAPS: usize = 256;

/// Equalises a periodic block of one or two samples per symbol into one output per symbol.
///
/// ```text
/// out[k] = offset + sum_j taps[j] x[k p + j - precursors],   p samples per symbol
/// ```
///
/// `padded` is memory for the samples with their wrapped neighbours, split by phase.
pub(crate) fn equalise(x: &[f32], p: usize, taps: &[f32], precursors: usize, offset: f32, padded: &mut [f32], out: &mut [f32]) {
    let n = x.len() / p;
    out[..n].fill(offset);
    let mut split = [0f32; MOST_TAPS];
    for phase in 0..p {
        // taps j with (j - precursors) mod p == phase see the samples x[(k + q) p + phase]
        let first = (phase + precursors) % p;
        if first >= taps.len() {
            continue;
        }
        let q0 = (first as isize - precursors as isize).div_euclid(p as isize);
        let count = (taps.len() - first).div_ceil(p);
        for (s, w) in split.iter_mut().zip(taps[first..].iter().step_by(p)) {
            *s = *w;
        }
        let line = &mut padded[..n + count];
        let start = q0.rem_euclid(n as isize) as usize;
        let mut filled = 0;
        let mut from = start;
        while filled < line.len() {
            let run = (n - from).min(line.len() - filled);
            for (l, x) in line[filled..filled + run].iter_mut().zip(x[from * p + phase..].iter().step_by(p)) {
                *l = *x;
            }
            filled += run;
            from = 0;
        }
        fir::correlate_add(line, &split[..count], &mut out[..n]);
    }
}

/// Normalised LMS: moves `taps` along the block once; returns the mean square error seen.
///
/// ```text
/// e = sent - out;   taps += step e x / |x|^2
/// ```
pub(crate) fn adapt(x: &[f32], p: usize, sent: &[f32], step: f32, precursors: usize, taps: &mut [f32], offset: &mut f32) -> f64 {
    let total = x.len();
    let mut error = 0f64;
    let mut window = vec![0f32; taps.len()];
    for (k, &sent) in sent.iter().enumerate() {
        let first = (k * p + total - precursors % total) % total;
        for (j, w) in window.iter_mut().enumerate() {
            *w = x[(first + j) % total];
        }
        let power: f32 = window.iter().map(|x| x * x).sum();
        let out: f32 = *offset + window.iter().zip(taps.iter()).map(|(x, w)| x * w).sum::<f32>();
        let e = sent - out;
        error += f64::from(e * e);
        let gain = step * e / power.max(f32::MIN_POSITIVE);
        taps.iter_mut().zip(&window).for_each(|(w, x)| *w += gain * x);
        *offset += step / taps.len() as f32 * e;
    }
    error / sent.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_is_its_sum_at_one_and_at_two_samples_per_symbol() {
        for (p, precursors, count) in [(1, 10, 21), (2, 10, 21), (2, 3, 4), (1, 0, 1), (2, 0, 1), (2, 1, 1)] {
            let n = 100;
            let x: Vec<f32> = (0..n * p).map(|i| ((i * 31) % 97) as f32).collect();
            let taps: Vec<f32> = (0..count).map(|j| j as f32 - 3.0).collect();
            let (mut padded, mut out) = (vec![0.0; 400], vec![0.0; n]);
            equalise(&x, p, &taps, precursors, 5.0, &mut padded, &mut out);
            for (k, &out) in out.iter().enumerate() {
                let total = (n * p) as isize;
                let at = |j: usize| x[((k * p + j) as isize - precursors as isize).rem_euclid(total) as usize];
                let expected: f32 = 5.0 + taps.iter().enumerate().map(|(j, t)| t * at(j)).sum::<f32>();
                assert_eq!(out, expected);
            }
        }
    }
}
