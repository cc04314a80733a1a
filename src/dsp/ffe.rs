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

/// What an adaptive loop moves: forward taps, what is added, and the postcursors that are left to decisions.
pub(crate) struct Loop<'a> {
    pub(crate) precursors: usize,
    pub(crate) taps: &'a mut [f32],
    pub(crate) offset: &'a mut f32,
    pub(crate) postcursors: &'a mut [f32],
    /// Most that a postcursor may become.
    pub(crate) limit: f32,
    /// Whether forward taps and postcursors move.
    pub(crate) moves: [bool; 2],
}

/// Mean square of equidistant full-scale levels.
const LEVEL_POWER: f32 = 5.0 / 9.0;

impl Loop<'_> {
    /// Normalised LMS along a periodic block once; `sent` are its levels. Returns the mean square error seen.
    ///
    /// ```text
    /// e = sent - (out - sum_j b_j sent_-j);   taps += step e x / |x|^2 N / (N + M);   b_j -= step e sent_-j / s_a^2 / (N + M)
    /// ```
    ///
    /// N taps and M postcursors share the step: each regressor counts by its own power.
    pub(crate) fn adapt(&mut self, x: &[f32], p: usize, sent: &[f32], step: f32) -> f64 {
        let (total, n) = (x.len(), sent.len());
        let mut error = 0f64;
        let mut window = vec![0f32; self.taps.len()];
        let unknowns = (self.taps.len() + self.postcursors.len()) as f32;
        let share = self.taps.len() as f32 / unknowns;
        for (k, &target) in sent.iter().enumerate() {
            let first = (k * p + total - self.precursors % total) % total;
            for (j, w) in window.iter_mut().enumerate() {
                *w = x[(first + j) % total];
            }
            let power: f32 = window.iter().map(|x| x * x).sum();
            let before = |j: usize| sent[(k + n - 1 - j) % n];
            let left: f32 = self.postcursors.iter().enumerate().map(|(j, b)| b * before(j)).sum();
            let out: f32 = *self.offset + window.iter().zip(self.taps.iter()).map(|(x, w)| x * w).sum::<f32>() - left;
            let e = target - out;
            error += f64::from(e * e);
            if self.moves[0] {
                let gain = step * e / power.max(f32::MIN_POSITIVE) * share;
                self.taps.iter_mut().zip(&window).for_each(|(w, x)| *w += gain * x);
            }
            *self.offset += step / unknowns * e;
            if self.moves[1] {
                let gain = step * e / LEVEL_POWER / unknowns;
                let limit = self.limit;
                self.postcursors.iter_mut().enumerate().for_each(|(j, b)| *b = (*b - gain * before(j)).clamp(-limit, limit));
            }
        }
        error / n as f64
    }
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
