//! Noise added to each symbol, or displacing its edge, at the slicer.

use crate::chain::linearise::impulse_response::ImpulseResponse;
use crate::math::buffer_pool::Pooled;
use crate::math::simd::multiversion;

/// Response at the slicer to one symbol, `lines[t][d] = g[d s - u] h[t]` with u the t-th sample
/// that it reaches.
struct Lines {
    /// Row by row.
    values: Vec<f32>,
    width: usize,
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
    let (stride, n) = (s as isize, weights.len());
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
    let mut sums = Pooled::zeros(n + width);
    symbols_kernel(&Lines { values, width, reached }, &slopes, weights, s, &mut sums);
    let (mut at, mut left) = (low.rem_euclid(n as isize) as usize, &*sums);
    while !left.is_empty() {
        let (run, next) = left.split_at(left.len().min(n - at));
        out[at..].iter_mut().zip(run).for_each(|(out, sum)| *out += sum);
        (at, left) = (0, next);
    }
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
    for (block, &(from, to)) in lines.reached.iter().enumerate().rev() {
        let block = block * RUN;
        let mut own = [[0f32; RUN]; N];
        let slopes: [&[f32]; N] =
            std::array::from_fn(|k| &slopes[(first + k) * s + from..(first + k) * s + to]);
        for t in from..to {
            let line: &[f32; RUN] = lines.values[t * lines.width + block..]
                .first_chunk()
                .expect("width is a multiple of the run");
            for k in 0..N {
                let d = slopes[k][t - from];
                for i in 0..RUN {
                    own[k][i] += d * line[i];
                }
            }
        }
        for k in 0..N {
            let to: &mut [f32; RUN] =
                sums[first + k + block..].first_chunk_mut().expect("sums are longer by the width");
            for i in 0..RUN {
                to[i] += weights[k] * own[k][i] * own[k][i];
            }
        }
    }
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
            }
        }
    }
}
