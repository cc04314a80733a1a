//! Short pieces of circular impulse responses, and their sums at the symbols.

use crate::math::fir;

/// The part of a circular response that matters: `values[t]` stands at index `first + t`, modulo the block.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub(super) first: isize,
    pub(super) values: Vec<f32>,
}

/// Longest side of a cut, samples: what rings longer is cut off.
const LONGEST: usize = 512;

impl Kernel {
    /// Cuts a circular response to the shortest stretch around its peak that leaves out `lost` of its energy a side.
    pub(super) fn cut(circular: &[f32], lost: f64) -> Kernel {
        let m = circular.len();
        let energy = |i: usize| f64::from(circular[i]).powi(2);
        let total: f64 = (0..m).map(energy).sum();
        let peak = (0..m).max_by(|&i, &j| energy(i).total_cmp(&energy(j))).unwrap_or(0);
        let side = |step: isize| {
            let at = |i: usize| (peak as isize + step * i as isize).rem_euclid(m as isize) as usize;
            let mut left = 0.0;
            let mut reach = (m / 2).min(LONGEST);
            while reach > 0 {
                left += energy(at(reach));
                if left > lost * total {
                    break;
                }
                reach -= 1;
            }
            reach.min((m - 1) / 2)
        };
        let (before, after) = (side(-1), side(1));
        let first = peak as isize - before as isize;
        let values = (0..=before + after).map(|t| circular[(first + t as isize).rem_euclid(m as isize) as usize]).collect();
        // counted from the nearest end of the block, so that delays may be negative
        let first = if first > m as isize / 2 { first - m as isize } else { first };
        Kernel { first, values }
    }

    pub(super) fn at(&self, index: isize) -> f32 {
        let t = index - self.first;
        if t >= 0 && (t as usize) < self.values.len() { self.values[t as usize] } else { 0.0 }
    }

    pub(super) fn end(&self) -> isize {
        self.first + self.values.len() as isize
    }

    pub(super) fn squared(&self) -> Kernel {
        Kernel { first: self.first, values: self.values.iter().map(|g| g * g).collect() }
    }

    /// `out[n] += sum_j self[j] x[n s - j]` for a periodic `x` of s samples per output.
    pub(super) fn add_at_symbols(&self, x: &[f32], s: usize, line: &mut Vec<f32>, out: &mut [f32]) {
        let n = out.len() as isize;
        let stride = s as isize;
        for p in 0..stride {
            // j = q s - p
            let low = (self.first + p).div_euclid(stride) + isize::from((self.first + p).rem_euclid(stride) != 0);
            let high = (self.end() - 1 + p).div_euclid(stride);
            if high < low {
                continue;
            }
            let taps: Vec<f32> = (low..=high).rev().map(|q| self.at(q * stride - p)).collect();
            line.clear();
            line.reserve(out.len() + taps.len());
            let mut from = (-high).rem_euclid(n) as usize;
            while line.len() < out.len() + taps.len() {
                let run = (out.len() - from).min(out.len() + taps.len() - line.len());
                line.extend(x[from * s + p as usize..].iter().step_by(s).take(run));
                from = 0;
            }
            fir::correlate_add(line, &taps, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_at_symbols_are_the_circular_convolution_at_every_fourth_sample() {
        let (n, s) = (50usize, 4usize);
        let x: Vec<f32> = (0..n * s).map(|i| ((i * 29) % 53) as f32).collect();
        for first in [-23isize, -4, 0, 7] {
            let kernel = Kernel { first, values: (0..30).map(|t| t as f32 - 10.0).collect() };
            let mut out = vec![1.0; n];
            kernel.add_at_symbols(&x, s, &mut Vec::new(), &mut out);
            for (k, &out) in out.iter().enumerate() {
                let at = |j: isize| x[((k * s) as isize - j).rem_euclid((n * s) as isize) as usize];
                let expected: f32 = 1.0 + (first..first + 30).map(|j| kernel.at(j) * at(j)).sum::<f32>();
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
        let kernel = Kernel::cut(&circular, 1e-6);
        assert_eq!((kernel.first, kernel.values.len()), (-6, 10));
        assert_eq!((kernel.at(-1), kernel.at(3), kernel.at(100)), (4.0, 2.0, 0.0));
    }
}
