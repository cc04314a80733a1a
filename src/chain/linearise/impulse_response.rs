//! Short pieces of circular impulse responses, and their sums at the symbols.

use crate::math::buffer_pool::Pooled;
use crate::math::fir;
use crate::math::mean::mean_of;

/// The significant part of a circular response: `values[t]` has the index `first + t`, modulo the
/// block.
#[derive(Clone, Debug)]
pub(crate) struct ImpulseResponse {
    pub(crate) first: isize,
    pub(crate) values: Vec<f32>,
}

/// Longest side of a truncated response, samples.
const LONGEST: usize = 512;

impl ImpulseResponse {
    /// Truncates a circular response around its peak, losing at most `lost` of its energy on each
    /// side.
    pub(crate) fn cut(circular: &[f32], lost: f64) -> ImpulseResponse {
        let m = circular.len();
        let energy = |i: usize| f64::from(circular[i]).powi(2);
        let total = mean_of(circular, |x| x * x) * m as f64;
        let largest = circular.iter().fold(0f32, |l, x| l.max(x.abs()));
        let peak = circular.iter().position(|x| x.abs() == largest).unwrap_or(0);
        let side = |step: isize| {
            let at = |i: usize| (peak as isize + step * i as isize).rem_euclid(m as isize) as usize;
            let reach = kept((m / 2).min(LONGEST), lost * total, |i| energy(at(i)));
            reach.min((m - 1) / 2)
        };
        let (before, after) = (side(-1), side(1));
        let first = peak as isize - before as isize;
        let values = (0..=before + after)
            .map(|t| circular[(first + t as isize).rem_euclid(m as isize) as usize])
            .collect();
        // counted from the nearest end of the block, so that delays may be negative
        let first = if first > m as isize / 2 { first - m as isize } else { first };
        ImpulseResponse { first, values }
    }

    /// Truncates a response that is already short.
    pub(crate) fn shorter(&self, lost: f64) -> ImpulseResponse {
        let energy = |t: usize| f64::from(self.values[t]).powi(2);
        let total: f64 = (0..self.values.len()).map(energy).sum();
        let peak =
            (0..self.values.len()).max_by(|&i, &j| energy(i).total_cmp(&energy(j))).unwrap_or(0);
        let before = kept(peak.min(LONGEST), lost * total, |i| energy(peak - i));
        let after =
            kept((self.values.len() - 1 - peak).min(LONGEST), lost * total, |i| energy(peak + i));
        ImpulseResponse {
            first: self.first + (peak - before) as isize,
            values: self.values[peak - before..=peak + after].to_vec(),
        }
    }

    /// Response through taps at a distance of `spacing` samples: `out[t] = sum_j taps[j] self[t +
    /// (j - precursors) spacing]`.
    pub(crate) fn through(
        &self,
        taps: &[f32],
        precursors: usize,
        spacing: usize,
    ) -> ImpulseResponse {
        let mut values = vec![0f32; self.values.len() + (taps.len() - 1) * spacing];
        for (tap, start) in taps.iter().rev().zip((0..).step_by(spacing)) {
            values[start..].iter_mut().zip(&self.values).for_each(|(v, x)| *v += tap * x);
        }
        ImpulseResponse {
            first: self.first - (taps.len() as isize - 1 - precursors as isize) * spacing as isize,
            values,
        }
    }

    pub(crate) fn at(&self, index: isize) -> f32 {
        let t = index - self.first;
        if t >= 0 && (t as usize) < self.values.len() { self.values[t as usize] } else { 0.0 }
    }

    pub(crate) fn end(&self) -> isize {
        self.first + self.values.len() as isize
    }

    pub(crate) fn squared(&self) -> ImpulseResponse {
        ImpulseResponse { first: self.first, values: self.values.iter().map(|g| g * g).collect() }
    }

    /// Taps at the samples `p` of each symbol, the farthest first, and the lowest and highest
    /// symbol that they reach back.
    fn taps_at(&self, p: isize, stride: isize) -> (Vec<f32>, isize) {
        // j = q s - p
        let low = (self.first + p).div_euclid(stride)
            + isize::from((self.first + p).rem_euclid(stride) != 0);
        let high = (self.end() - 1 + p).div_euclid(stride);
        ((low..=high).rev().map(|q| self.at(q * stride - p)).collect(), high)
    }

    /// `out[n] += sum_j self[j] x[n s - j]` for a periodic `x` of s samples per output, in the
    /// order of [`polyphase`].
    pub(crate) fn add_at_symbols(&self, x: &[f32], s: usize, line: &mut Vec<f32>, out: &mut [f32]) {
        let n = out.len();
        for (p, x) in x.chunks_exact(n).enumerate() {
            let (taps, high) = self.taps_at(p as isize, s as isize);
            if taps.is_empty() {
                continue;
            }
            let length = n + taps.len();
            line.clear();
            let mut from = (-high).rem_euclid(n as isize) as usize;
            while line.len() < length {
                let run = (n - from).min(length - line.len());
                line.extend_from_slice(&x[from..from + run]);
                from = 0;
            }
            fir::correlate_add(line, &taps, out);
        }
    }

    /// Adds `f` of each sample to `to`; returns the mean at the symbols after
    /// [`ImpulseResponse::add_at_symbols`].
    pub(crate) fn add_phases(
        &self,
        x: &[f32],
        s: usize,
        f: impl Fn(f32) -> f32 + Copy,
        to: &mut [f32],
    ) -> f64 {
        to.iter_mut().zip(x).for_each(|(to, &x)| *to += f(x));
        let means: Vec<f64> = x.chunks_exact(x.len() / s).map(|x| mean_of(x, f)).collect();
        self.mean(&means)
    }

    /// The mean at the symbols after [`ImpulseResponse::add_at_symbols`], for samples with these
    /// means at each phase.
    pub(crate) fn mean(&self, means: &[f64]) -> f64 {
        let sum = |p: usize| {
            self.taps_at(p as isize, means.len() as isize)
                .0
                .iter()
                .map(|&t| f64::from(t))
                .sum::<f64>()
        };
        means.iter().enumerate().map(|(p, mean)| sum(p) * mean).sum()
    }
}

/// Steps from a peak, at most `most`, beyond which no more than `lost` of `energy` stands.
fn kept(most: usize, lost: f64, energy: impl Fn(usize) -> f64) -> usize {
    let (mut left, mut reach) = (0.0, most);
    while reach > 0 {
        left += energy(reach);
        if left > lost {
            break;
        }
        reach -= 1;
    }
    reach
}

/// Samples of a block by their place in the symbol: all the first ones, all the second ones, and so
/// on.
pub(crate) fn polyphase(x: &[f32], s: usize) -> Pooled<f32> {
    let mut out = Pooled::zeros(x.len());
    for (p, out) in out.chunks_exact_mut(x.len() / s).enumerate() {
        out.iter_mut().zip(x.chunks_exact(s)).for_each(|(out, x)| *out = x[p]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_at_symbols_are_the_circular_convolution_at_every_fourth_sample() {
        let (n, s) = (50usize, 4usize);
        let x: Vec<f32> = (0..n * s).map(|i| ((i * 29) % 53) as f32).collect();
        for first in [-23isize, -4, 0, 7] {
            let kernel =
                ImpulseResponse { first, values: (0..30).map(|t| t as f32 - 10.0).collect() };
            let mut out = vec![1.0; n];
            kernel.add_at_symbols(&polyphase(&x, s), s, &mut Vec::new(), &mut out);
            for (k, &out) in out.iter().enumerate() {
                let at = |j: isize| x[((k * s) as isize - j).rem_euclid((n * s) as isize) as usize];
                let expected: f32 =
                    1.0 + (first..first + 30).map(|j| kernel.at(j) * at(j)).sum::<f32>();
                assert_eq!(out, expected);
            }
        }
    }

    #[test]
    fn cutting_keeps_the_peak_and_all_but_the_lost_energy() {
        let m = 256;
        let mut circular = vec![0f32; m];
        for (i, x) in [(250usize, 1.0f32), (255, 4.0), (3, 2.0), (100, 1e-4)] {
            circular[i] = x;
        }
        let kernel = ImpulseResponse::cut(&circular, 1e-6);
        assert_eq!((kernel.first, kernel.values.len()), (-6, 10));
        assert_eq!((kernel.at(-1), kernel.at(3), kernel.at(100)), (4.0, 2.0, 0.0));
    }
}
