//! Feed-forward equaliser.

use crate::math::fir;
use crate::math::simd::multiversion_x8;
use crate::math::simd::{F32x8, Float, LANES};

/// Longest equaliser, taps.
pub(crate) const TAPS_MAX: usize = 256;

/// Equalises a periodic block of one or two samples per symbol into one output per symbol.
///
/// ```text
/// out[k] = offset + sum_j taps[j] x[k p + j - precursors],   p samples per symbol
/// ```
///
/// `padded` is memory for the samples with their wrapped neighbours, split by phase.
pub(crate) fn equalise(
    x: &[f32],
    p: usize,
    taps: &[f32],
    precursors: usize,
    offset: f32,
    padded: &mut [f32],
    out: &mut [f32],
) {
    let n = x.len() / p;
    out[..n].fill(offset);
    let mut split = [0f32; TAPS_MAX];
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
            for (l, x) in
                line[filled..filled + run].iter_mut().zip(x[from * p + phase..].iter().step_by(p))
            {
                *l = *x;
            }
            filled += run;
            from = 0;
        }
        fir::correlate_add(line, &split[..count], &mut out[..n]);
    }
}

/// Values adapted by the loop: forward taps, offset, and the postcursors left to a
/// decision-feedback equaliser.
#[derive(Debug)]
pub struct LmsLoop<'a> {
    /// Forward taps before the main one.
    pub precursors: usize,
    /// Forward taps, that of the earliest sample first.
    pub taps: &'a mut [f32],
    /// Offset added to the output.
    pub offset: &'a mut f32,
    /// Postcursors, that of the latest symbol first.
    pub postcursors: &'a mut [f32],
    /// Largest magnitude of a postcursor.
    pub limit: f32,
    /// True for forward taps and for postcursors that adapt.
    pub moves: [bool; 2],
}

/// A periodic block to adapt on.
#[derive(Clone, Copy, Debug)]
pub struct KnownBlock<'a> {
    /// One or two samples per symbol.
    pub samples: &'a [f32],
    /// Levels sent, -1 to 1, one per symbol.
    pub levels: &'a [f32],
}

/// Mean square of equidistant full-scale levels.
const LEVEL_POWER: f32 = 5.0 / 9.0;
/// Independent partial sums of a sum of products.
const STRANDS: usize = 8;
/// Symbols transposed, and squared errors summed, at a time.
const PIECE: usize = 128;

impl LmsLoop<'_> {
    /// One pass of normalised LMS along a periodic block of known symbols. Returns the mean square
    /// error.
    ///
    /// ```text
    /// e = sent - (out - sum_j b_j sent_-j);   taps += step e x / |x|^2 N / (N + M);   b_j -= step e sent_-j / s_a^2 / (N + M)
    /// ```
    ///
    /// N taps and M postcursors share the step: each regressor counts by its own power.
    ///
    /// # Panics
    ///
    /// If the samples are not one or several per symbol.
    ///
    /// # Reference
    ///
    /// S. Haykin, *Adaptive Filter Theory*, normalised LMS.
    pub fn adapt(&mut self, known: KnownBlock<'_>, step: f32) -> f64 {
        let [error] = along(one, std::slice::from_mut(self), &[known], step);
        error
    }
}

/// [`LmsLoop::adapt`] of several lanes at once, eight side by side: the same bits, faster. Returns
/// their mean square errors.
///
/// # Panics
///
/// If the numbers of blocks and loops differ, or the lanes differ in taps, precursors, postcursors,
/// samples, symbols or `moves`.
///
/// ```
/// use lightlane::dsp::ffe::{KnownBlock, LmsLoop, adapt_lanes};
/// let levels = [1.0, -1.0, 1.0 / 3.0, -1.0 / 3.0, 1.0, -1.0];
/// let halved = levels.map(|level| level / 2.0);
/// let (mut a, mut b, mut offsets) = ([1.0], [1.0], [0.0; 2]);
/// let [zero, one] = &mut offsets;
/// let of = |taps, offset| LmsLoop { precursors: 0, taps, offset, postcursors: &mut [], limit: 1.0, moves: [true; 2] };
/// let mut lanes = [of(&mut a, zero), of(&mut b, one)];
/// let blocks = [&levels, &halved].map(|samples| KnownBlock { samples, levels: &levels });
/// (0..200).for_each(|_| drop(adapt_lanes(&mut lanes, &blocks, 0.1)));
/// assert!((a[0] - 1.0).abs() < 1e-3 && (b[0] - 2.0).abs() < 1e-3);
/// ```
pub fn adapt_lanes(lanes: &mut [LmsLoop<'_>], blocks: &[KnownBlock<'_>], step: f32) -> Vec<f64> {
    assert_eq!(lanes.len(), blocks.len(), "a block for each loop");
    let mut errors = Vec::with_capacity(lanes.len());
    for (lanes, blocks) in lanes.chunks_mut(LANES).zip(blocks.chunks(LANES)) {
        if let ([lane], [block]) = (&mut *lanes, blocks) {
            errors.push(lane.adapt(*block, step));
        } else {
            errors.extend_from_slice(&along(side_by_side, lanes, blocks, step)[..lanes.len()]);
        }
    }
    errors
}

/// Parameters common to all lanes.
struct LoopParameters {
    per_symbol: usize,
    limit: f32,
    moves: [bool; 2],
    /// Steps of the taps (divided by their power), of the offset and of the postcursors.
    steps: [f32; 3],
}

/// Adapted values of each lane.
struct Adapted<T> {
    taps: Vec<T>,
    offset: T,
    postcursors: Vec<T>,
}

/// Adapts along a piece of a block, from a sample and a level on, with buffers for both; returns
/// the sum of squared errors.
type Piece<T, const N: usize> = fn(
    &LoopParameters,
    &mut Adapted<T>,
    &[&[f32]; N],
    &[&[f32]; N],
    [usize; 2],
    [&mut [T]; 2],
) -> T;

/// Transposes the lanes, adapts piece by piece and transposes back. Missing lanes adapt from zero
/// on the first one's block.
fn along<T: Float, const N: usize>(
    piece: Piece<T, N>,
    lanes: &mut [LmsLoop<'_>],
    blocks: &[KnownBlock<'_>],
    step: f32,
) -> [f64; N] {
    let (first, block) = (&lanes[0], &blocks[0]);
    let (n, total, taps, memory) =
        (block.levels.len(), block.samples.len(), first.taps.len(), first.postcursors.len());
    let alike = |l: &LmsLoop<'_>| {
        (l.taps.len(), l.postcursors.len(), l.precursors, l.moves, l.limit)
            == (taps, memory, first.precursors, first.moves, first.limit)
    };
    assert!(lanes.iter().all(alike), "loops of lanes are alike");
    assert!(
        blocks.iter().all(|b| b.levels.len() == n && b.samples.len() == total),
        "blocks of lanes are alike"
    );
    assert!(n > 0 && total % n == 0, "{total} samples of {n} symbols: must be one or several each");
    let (p, unknowns) = (total / n, (taps + memory) as f32);
    let parameters = LoopParameters {
        per_symbol: p,
        limit: first.limit,
        moves: first.moves,
        steps: [step * taps as f32 / unknowns, step / unknowns, step / LEVEL_POWER / unknowns],
    };
    let before = [first.precursors, memory].map(|by| by.next_multiple_of(n * p));
    let (samples_from, levels_from) = (before[0] - first.precursors, before[1] - memory);
    let each = |of: &dyn Fn(usize) -> f32| {
        T::each(|lane| if lane < blocks.len() { of(lane) } else { 0.0 })
    };
    let of = |lane: usize| blocks.get(lane).unwrap_or(block);
    let (x, sent) =
        (std::array::from_fn(|lane| of(lane).samples), std::array::from_fn(|lane| of(lane).levels));
    let mut adapted = Adapted {
        taps: (0..taps).map(|j| each(&|lane| lanes[lane].taps[j])).collect(),
        offset: each(&|lane| *lanes[lane].offset),
        postcursors: (0..memory).map(|j| each(&|lane| lanes[lane].postcursors[j])).collect(),
    };
    let (mut samples, mut levels) =
        (vec![T::default(); PIECE * p + taps], vec![T::default(); PIECE + memory]);
    let mut errors = [0f64; N];
    for from in (0..n).step_by(PIECE) {
        let count = (n - from).min(PIECE);
        let room = [&mut samples[..count * p + taps], &mut levels[..count + memory]];
        let square = piece(
            &parameters,
            &mut adapted,
            &x,
            &sent,
            [samples_from + from * p, levels_from + from],
            room,
        );
        errors
            .iter_mut()
            .enumerate()
            .for_each(|(lane, error)| *error += f64::from(square.lane(lane)));
    }
    for (lane, l) in lanes.iter_mut().enumerate() {
        l.taps.iter_mut().zip(&adapted.taps).for_each(|(to, from)| *to = from.lane(lane));
        *l.offset = adapted.offset.lane(lane);
        l.postcursors
            .iter_mut()
            .zip(&adapted.postcursors)
            .for_each(|(to, from)| *to = from.lane(lane));
    }
    errors.map(|error| error / n as f64)
}
multiversion_x8! {
fn one(
    parameters: &LoopParameters,
    adapted: &mut Adapted<f32>,
    x: &[&[f32]; 1],
    sent: &[&[f32]; 1],
    from: [usize; 2],
    room: [&mut [f32]; 2]
) -> f32 {
    adapt(parameters, adapted, x, sent, from, room)
}

fn side_by_side(
    parameters: &LoopParameters,
    adapted: &mut Adapted<F32x8>,
    x: &[&[f32]; LANES],
    sent: &[&[f32]; LANES],
    from: [usize; 2],
    room: [&mut [F32x8]; 2],
) -> F32x8 {
    adapt(parameters, adapted, x, sent, from, room)
}
}

/// Copies from periodic blocks of all lanes.
#[inline(always)]
fn transpose<T: Float, const N: usize>(blocks: &[&[f32]; N], from: usize, to: &mut [T]) {
    let n = blocks[0].len();
    let blocks: [&[f32]; N] = std::array::from_fn(|lane| &blocks[lane][..n]);
    let (mut at, mut filled) = (from % n, 0);
    while filled < to.len() {
        let run = (n - at).min(to.len() - filled);
        for (k, to) in to[filled..filled + run].iter_mut().enumerate() {
            *to = T::each(|lane| blocks[lane][at + k]);
        }
        filled += run;
        at = 0;
    }
}

/// The loop, for one lane or eight.
#[inline(always)]
fn adapt<T: Float, const N: usize>(
    parameters: &LoopParameters,
    adapted: &mut Adapted<T>,
    x: &[&[f32]; N],
    sent: &[&[f32]; N],
    from: [usize; 2],
    [samples, levels]: [&mut [T]; 2],
) -> T {
    transpose(x, from[0], samples);
    transpose(sent, from[1], levels);
    let [to_taps, to_offset, to_postcursors] = parameters.steps.map(T::splat);
    let (limit, least_power, zero) =
        (T::splat(parameters.limit), T::splat(f32::MIN_POSITIVE), T::default());
    let least_postcursor = zero - limit;
    let memory = adapted.postcursors.len();
    let mut offset = adapted.offset;
    let mut square = zero;
    for (k, levels) in levels.windows(memory + 1).enumerate() {
        let window = &samples[k * parameters.per_symbol..][..adapted.taps.len()];
        let (power, sum) = (strands(window, window), strands(window, &adapted.taps));
        let past = &levels[..memory];
        let left = past
            .iter()
            .rev()
            .zip(&adapted.postcursors)
            .fold(zero, |left, (&level, &b)| left + b * level);
        let error = levels[memory] - (offset + sum - left);
        square = square + error * error;
        if parameters.moves[0] {
            let power = power.if_less(least_power, least_power, power);
            let gain = error * (to_taps / power);
            adapted.taps.iter_mut().zip(window).for_each(|(w, &x)| *w = *w + gain * x);
        }
        offset = offset + to_offset * error;
        if parameters.moves[1] {
            let gain = to_postcursors * error;
            for (b, &level) in adapted.postcursors.iter_mut().zip(past.iter().rev()) {
                let moved = *b - gain * level;
                let above = moved.if_less(least_postcursor, least_postcursor, moved);
                *b = limit.if_less(above, limit, above);
            }
        }
    }
    adapted.offset = offset;
    square
}

/// A sum of products in independent partial sums.
#[inline(always)]
fn strands<T: Float>(a: &[T], b: &[T]) -> T {
    let mut sums = [T::default(); STRANDS];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<STRANDS>(), b.as_chunks::<STRANDS>());
    for (a, b) in a.iter().zip(b) {
        for i in 0..STRANDS {
            sums[i] = sums[i] + a[i] * b[i];
        }
    }
    let rest = a_rest.iter().zip(b_rest).fold(T::default(), |rest, (&a, &b)| rest + a * b);
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::levels::LEVELS;
    use crate::seed::Seed;

    #[test]
    fn every_output_is_its_sum_at_one_and_at_two_samples_per_symbol() {
        for (p, precursors, count) in
            [(1, 10, 21), (2, 10, 21), (2, 3, 4), (1, 0, 1), (2, 0, 1), (2, 1, 1)]
        {
            let n = 100;
            let x: Vec<f32> = (0..n * p).map(|i| ((i * 31) % 97) as f32).collect();
            let taps: Vec<f32> = (0..count).map(|j| j as f32 - 3.0).collect();
            let (mut padded, mut out) = (vec![0.0; 400], vec![0.0; n]);
            equalise(&x, p, &taps, precursors, 5.0, &mut padded, &mut out);
            for (k, &out) in out.iter().enumerate() {
                let total = (n * p) as isize;
                let at = |j: usize| {
                    x[((k * p + j) as isize - precursors as isize).rem_euclid(total) as usize]
                };
                let expected: f32 =
                    5.0 + taps.iter().enumerate().map(|(j, t)| t * at(j)).sum::<f32>();
                assert_eq!(out, expected);
            }
        }
    }

    /// Levels and samples of a lane: through a channel of three taps and in a little noise,
    /// different for every lane.
    fn block(lane: usize, p: usize, n: usize) -> (Vec<f32>, Vec<f32>) {
        let mut rng = Seed::new(1).named("ffe").index(lane as u64).rng();
        let levels: Vec<f32> = (0..n).map(|_| LEVELS[(rng.next_u64() >> 62) as usize]).collect();
        let post = 0.1 + 0.05 * lane as f32;
        let sample = |i: usize| {
            let (k, phase) = (i / p, (i % p) as f32 / p as f32);
            (1.0 - phase) * levels[k]
                + (phase - 0.1) * levels[(k + 1) % n]
                + post * levels[(k + n - 1) % n]
        };
        let samples =
            (0..n * p).map(|i| 0.8 * sample(i) + 0.02 * rng.normal() as f32 + 0.05).collect();
        (samples, levels)
    }

    /// Taps, offset and postcursors of a lane before it adapts.
    type Start = (Vec<f32>, f32, Vec<f32>);

    fn start(taps: usize, precursors: usize, memory: usize) -> Start {
        let mut all = vec![0.0; taps];
        all[precursors] = 1.0;
        (all, 0.0, vec![0.0; memory])
    }

    fn of(
        precursors: usize,
        limit: f32,
        moves: [bool; 2],
        (taps, offset, postcursors): &mut Start,
    ) -> LmsLoop<'_> {
        LmsLoop { precursors, taps, offset, postcursors, limit, moves }
    }

    #[test]
    fn lanes_side_by_side_adapt_to_the_bits_of_each_alone() {
        for (p, taps, precursors, memory, n) in [
            (1, 21, 10, 0, 512),
            (2, 21, 15, 1, 500),
            (2, 4, 0, 3, 129),
            (1, 1, 0, 16, 40),
            (2, 33, 16, 0, 10),
            (2, 7, 6, 2, 1),
        ] {
            for (count, moves, limit) in [
                (8, [true, true], 0.1),
                (11, [true, false], 1.0),
                (2, [false, true], f32::INFINITY),
                (17, [true; 2], 0.5),
            ] {
                let known: Vec<_> = (0..count).map(|lane| block(lane, p, n)).collect();
                let known: Vec<KnownBlock<'_>> =
                    known.iter().map(|(samples, levels)| KnownBlock { samples, levels }).collect();
                let mut alone = vec![start(taps, precursors, memory); count];
                let mut together = alone.clone();
                for step in [0.2, 0.05, 0.01] {
                    let each = |(start, known): (&mut Start, &KnownBlock<'_>)| {
                        of(precursors, limit, moves, start).adapt(*known, step)
                    };
                    let errors: Vec<f64> = alone.iter_mut().zip(&known).map(each).collect();
                    let mut loops: Vec<LmsLoop<'_>> = together
                        .iter_mut()
                        .map(|start| of(precursors, limit, moves, start))
                        .collect();
                    assert_eq!(adapt_lanes(&mut loops, &known, step), errors);
                }
                assert_eq!(
                    alone, together,
                    "{p} samples, {taps} taps, {memory} postcursors, {n} symbols, {count} lanes"
                );
                assert!(n < 100 || !moves[0] || alone[0] != alone[1], "lanes are not alike");
            }
        }
    }

    /// The textbook's loop in f64, with a window copied for each symbol. Rounding of f32 does not
    /// grow along a loop that converges.
    #[test]
    fn the_loop_is_the_formula() {
        for (p, taps, precursors, memory) in [(1, 21, 10, 0), (2, 21, 15, 2), (2, 6, 5, 1)] {
            let n = 700;
            let (x, sent) = block(3, p, n);
            let mut state = start(taps, precursors, memory);
            let error = of(precursors, 0.15, [true; 2], &mut state)
                .adapt(KnownBlock { samples: &x, levels: &sent }, 0.1);
            let (mut w, mut offset, mut b) = (vec![0.0; taps], 0.0, vec![0.0; memory]);
            w[precursors] = 1.0;
            let (unknowns, mut squares) = ((taps + memory) as f64, 0.0);
            for k in 0..n {
                let window: Vec<f64> = (0..taps)
                    .map(|j| f64::from(x[(k * p + j + n * p - precursors) % (n * p)]))
                    .collect();
                let before: Vec<f64> =
                    (0..memory).map(|j| f64::from(sent[(k + n - 1 - j) % n])).collect();
                let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
                let e = f64::from(sent[k]) - (offset + dot(&w, &window) - dot(&b, &before));
                let power = dot(&window, &window);
                w.iter_mut()
                    .zip(&window)
                    .for_each(|(w, x)| *w += 0.1 * e * x / power * taps as f64 / unknowns);
                b.iter_mut().zip(&before).for_each(|(b, l)| {
                    *b = (*b - 0.1 * e * l / (5.0 / 9.0) / unknowns).clamp(-0.15, 0.15)
                });
                offset += 0.1 / unknowns * e;
                squares += e * e;
            }
            assert!((error / (squares / n as f64) - 1.0).abs() < 1e-4);
            assert!(
                state
                    .0
                    .iter()
                    .zip(&w)
                    .chain(state.2.iter().zip(&b))
                    .all(|(a, b)| (f64::from(*a) - b).abs() < 1e-5),
                "{state:?} {w:?} {b:?}"
            );
            assert!((f64::from(state.1) - offset).abs() < 1e-5);
        }
    }
}
