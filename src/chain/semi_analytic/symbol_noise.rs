//! Noise added to each symbol, or displacing its edge, at the slicer.

use crate::chain::linearise::impulse_response::ImpulseResponse;
use crate::math::buffer_pool::Pooled;
use crate::math::simd::multiversion;
use crate::math::two_points::GatheredPoints;

/// Response at the slicer to one symbol, `lines[t][d] = g[d s - u] h[t]` with u the t-th sample
/// that it reaches.
struct Lines {
    /// Row by row.
    values: Vec<f32>,
    width: usize,
    /// The first d.
    low: isize,
    /// Rows between which each run of outputs has anything at all.
    reached: Vec<(usize, usize)>,
}

/// `out[n] += sum_k weights[k] (sum_u g[n s - u] slope[u] h[u - k s])^2`.
pub(crate) fn add(
    g: &ImpulseResponse,
    h: &ImpulseResponse,
    slope: &[f32],
    weights: &[f32],
    s: usize,
    out: &mut [f32],
) {
    let n = weights.len();
    let (lines, slopes) = lines_and_slopes(g, h, slope, s);
    let mut sums = Pooled::zeros(n + lines.width);
    symbols_kernel(&lines, &slopes, weights, s, &mut sums);
    let (mut at, mut left) = (lines.low.rem_euclid(n as isize) as usize, &*sums);
    while !left.is_empty() {
        let (run, next) = left.split_at(left.len().min(n - at));
        out[at..].iter_mut().zip(run).for_each(|(out, sum)| *out += sum);
        (at, left) = (0, next);
    }
}

/// Gathers the terms of [`add`] at each output, as variables of two points.
pub(crate) fn gather(
    g: &ImpulseResponse,
    h: &ImpulseResponse,
    slope: &[f32],
    weights: &[f32],
    s: usize,
    out: &mut [GatheredPoints],
) {
    let n = weights.len();
    let (lines, slopes) = lines_and_slopes(g, h, slope, s);
    let mut terms = Pooled::zeros(n * lines.width);
    terms_kernel(&lines, &slopes, weights, s, &mut terms);
    for (k, terms) in terms.chunks_exact(lines.width).enumerate() {
        let first = (k as isize + lines.low).rem_euclid(n as isize) as usize;
        for (d, &term) in terms.iter().enumerate() {
            out[(first + d) % n].add(term);
        }
    }
}

/// The lines, and the slopes as they meet them.
fn lines_and_slopes(
    g: &ImpulseResponse,
    h: &ImpulseResponse,
    slope: &[f32],
    s: usize,
) -> (Lines, Pooled<f32>) {
    let stride = s as isize;
    // d = n - k for which g reaches from some u = k s + h.first + t
    let low = (g.first + h.first).div_euclid(stride);
    let high = (g.end() + h.end()).div_euclid(stride) + 1;
    let width = ((high - low) as usize).next_multiple_of(RUN);
    let values: Vec<f32> = (0..h.values.len() as isize)
        .flat_map(|t| (0..width as isize).map(move |d| (t, d)))
        .map(|(t, d)| g.at((low + d) * stride - h.first - t) * h.values[t as usize])
        .collect();
    // the slopes from the first that counts on, and again from there as far as the last symbol
    // reaches
    let (start, more) =
        (h.first.rem_euclid(slope.len() as isize) as usize, h.values.len().min(slope.len()));
    let mut slopes = Pooled::zeros(slope.len() + more);
    let (ahead, behind) = slope.split_at(start);
    slopes[..behind.len()].copy_from_slice(behind);
    slopes[behind.len()..slope.len()].copy_from_slice(ahead);
    slopes.copy_within(..more, slope.len());
    let reached = |block: usize| {
        let any = |t: &usize| values[t * width + block..][..RUN].iter().any(|&line| line != 0.0);
        let from = (0..h.values.len()).find(any).unwrap_or(0);
        (from, (from..h.values.len()).rev().find(any).map_or(from, |last| last + 1))
    };
    let reached = (0..width).step_by(RUN).map(reached).collect();
    (Lines { values, width, low, reached }, slopes)
}

/// Outputs side by side.
const RUN: usize = 16;

multiversion! {
fn symbols_kernel(lines: &Lines, slopes: &[f32], weights: &[f32], s: usize, sums: &mut [f32]) {
    let (groups, rest) = weights.as_chunks::<TOGETHER>();
    for (group, weights) in groups.iter().enumerate() {
        together(group * TOGETHER, weights, lines, slopes, s, sums);
    }
    for (k, &weight) in rest.iter().enumerate() {
        together(groups.len() * TOGETHER + k, &[weight], lines, slopes, s, sums);
    }
}
}

multiversion! {
fn terms_kernel(lines: &Lines, slopes: &[f32], weights: &[f32], s: usize, terms: &mut [f32]) {
    for ((k, &weight), terms) in weights.iter().enumerate().zip(terms.chunks_mut(lines.width)) {
        for (block, terms) in terms.as_chunks_mut::<RUN>().0.iter_mut().enumerate() {
            let [own] = responses::<1>(k, block, lines, slopes, s);
            terms.iter_mut().zip(own).for_each(|(term, own)| *term = weight * own * own);
        }
    }
}
}

/// Symbols side by side: sums that do not wait for each other.
const TOGETHER: usize = 4;

/// The symbols from `first` on. The last outputs come first: each then has its symbols' parts added
/// in their order.
#[inline(always)]
fn together<const N: usize>(
    first: usize,
    weights: &[f32; N],
    lines: &Lines,
    slopes: &[f32],
    s: usize,
    sums: &mut [f32],
) {
    for block in (0..lines.reached.len()).rev() {
        let own = responses::<N>(first, block, lines, slopes, s);
        for k in 0..N {
            let to: &mut [f32; RUN] = sums[first + k + block * RUN..]
                .first_chunk_mut()
                .expect("sums are longer by the width");
            for i in 0..RUN {
                to[i] += weights[k] * own[k][i] * own[k][i];
            }
        }
    }
}

/// A run of outputs of each of the symbols from `first` on.
#[inline(always)]
fn responses<const N: usize>(
    first: usize,
    block: usize,
    lines: &Lines,
    slopes: &[f32],
    s: usize,
) -> [[f32; RUN]; N] {
    let (from, to) = lines.reached[block];
    let mut own = [[0f32; RUN]; N];
    let slopes: [&[f32]; N] =
        std::array::from_fn(|k| &slopes[(first + k) * s + from..(first + k) * s + to]);
    for t in from..to {
        let line: &[f32; RUN] = lines.values[t * lines.width + block * RUN..]
            .first_chunk()
            .expect("width is a multiple of the run");
        for k in 0..N {
            let d = slopes[k][t - from];
            for i in 0..RUN {
                own[k][i] += d * line[i];
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers, which f32 adds and multiplies exactly: the sums as they are written,
    /// with groups of symbols and some left over.
    #[test]
    fn sums_are_those_of_the_formula() {
        for (n, g_first, h_first) in [(24, -3, 2), (27, 5, -4), (22, -31, 0)] {
            let s = 2usize;
            let small = |length: usize, step: usize| {
                (0..length).map(|i| ((i * step) % 7) as f32 - 3.0).collect::<Vec<f32>>()
            };
            let (g, h) = (
                ImpulseResponse { first: g_first, values: small(9, 3) },
                ImpulseResponse { first: h_first, values: small(5, 2) },
            );
            let (slope, weights) = (small(n * s, 5), small(n, 4));
            let mut out = vec![1.0; n];
            add(&g, &h, &slope, &weights, s, &mut out);
            let mut gathered = vec![GatheredPoints::default(); n];
            gather(&g, &h, &slope, &weights, s, &mut gathered);
            for (k, out) in out.iter().enumerate() {
                let mut expected = 1.0;
                // symbols far to either side stand for those around the block
                for sent in -3 * n as isize..4 * n as isize {
                    let start = sent * s as isize;
                    let of =
                        |u: isize| slope[u.rem_euclid((n * s) as isize) as usize] * h.at(u - start);
                    let sum: f32 = (start + h.first..start + h.end())
                        .map(|u| g.at((k * s) as isize - u) * of(u))
                        .sum();
                    expected += weights[sent.rem_euclid(n as isize) as usize] * sum * sum;
                }
                assert_eq!(*out, expected, "{n}, {k}");
                assert_eq!(gathered[k].variance(), expected - 1.0, "{n}, {k}");
            }
        }
    }
}
