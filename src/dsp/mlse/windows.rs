//! Windows of a periodic block, eight detectors side by side.

use super::trellis::RUN;
use super::trellis::{Trellis, normalise, trace};
use crate::math::simd::multiversion_x8;
use crate::math::simd::{F32x8, Float, LANES, U32x8};

/// Warm-up samples before a window, in whole runs so that every window's runs are the block's.
pub(super) fn warm_up(depth: usize) -> usize {
    depth.next_multiple_of(RUN)
}

/// Symbols of a block that eight windows of whole runs cover.
pub(super) fn whole(n: usize) -> usize {
    n / (LANES * RUN) * (LANES * RUN)
}

/// Index `by` before a place in a periodic block of `n`.
pub(super) fn before(place: usize, by: usize, n: usize) -> usize {
    (place + by.next_multiple_of(n) - by) % n
}

/// Copies from a periodic block.
pub(super) fn cyclic<E: Copy>(block: &[E], mut at: usize, out: &mut [E]) {
    let mut filled = 0;
    while filled < out.len() {
        let piece = (block.len() - at).min(out.len() - filled);
        out[filled..filled + piece].copy_from_slice(&block[at..at + piece]);
        filled += piece;
        at = 0;
    }
}

/// Copies from a periodic block into a lane.
fn cyclic_lane(block: &[f32], mut at: usize, lane: usize, out: &mut [F32x8]) {
    let mut filled = 0;
    while filled < out.len() {
        let piece = (block.len() - at).min(out.len() - filled);
        out[filled..filled + piece]
            .iter_mut()
            .zip(&block[at..])
            .for_each(|(out, &y)| out.0[lane] = y);
        filled += piece;
        at = 0;
    }
}

/// Detectors of eight windows of one block.
pub(super) struct Windows<'a, const S: usize> {
    pub(super) trellis: &'a Trellis<S>,
    /// Depth and a run long.
    pub(super) survivors: &'a mut [U32x8],
    pub(super) y: &'a [f32],
    pub(super) sent: &'a [u8],
}

/// The loop over samples and the way back, compiled for a number of states.
pub(super) trait Compiled<const S: usize> {
    fn on(&self, metric: &mut [F32x8; S], y: &[F32x8], survivors: &mut [U32x8]);

    fn back(metric: &[F32x8; S], survivors: &[U32x8], symbols: &mut [U32x8; RUN]);
}

impl<const S: usize> Windows<'_, S>
where
    Trellis<S>: Compiled<S>,
{
    /// Decides: `decided` holds the windows one after another from the block's start.
    pub(super) fn detect(self, decided: &mut [u8]) {
        let (n, window, memory) =
            (self.y.len(), decided.len() / LANES, S.trailing_zeros() as usize / 2);
        let depth = self.survivors.len() - RUN;
        let warm_up = warm_up(depth);
        if window == 0 {
            return;
        }
        let mut at: [usize; LANES] = std::array::from_fn(|lane| before(lane * window, warm_up, n));
        let starts = at.map(|at| {
            let mut known = [0; 2];
            cyclic(self.sent, before(at, memory, n), &mut known[..memory]);
            Trellis::<S>::start(&known[..memory])
        });
        let mut metric: [F32x8; S] = std::array::from_fn(|s| F32x8::each(|lane| starts[lane][s]));
        let (mut samples, mut symbols) = ([F32x8::default(); RUN], [U32x8::default(); RUN]);
        // the depth, then the runs that precede it
        let (mut filled, mut given) = (0, 0);
        while given < warm_up + window {
            let samples =
                &mut samples[..(if filled < depth { depth - filled } else { RUN }).min(RUN)];
            for (lane, at) in at.iter_mut().enumerate() {
                cyclic_lane(self.y, *at, lane, samples);
                *at = (*at + samples.len()) % n;
            }
            self.trellis.on(
                &mut metric,
                samples,
                &mut self.survivors[filled..filled + samples.len()],
            );
            filled += samples.len();
            if filled <= depth {
                continue;
            }
            normalise(&mut metric);
            if given >= warm_up {
                Trellis::<S>::back(&metric, self.survivors, &mut symbols);
                for (lane, decided) in decided.chunks_exact_mut(window).enumerate() {
                    let run = &mut decided[given - warm_up..][..RUN];
                    run.iter_mut()
                        .zip(&symbols)
                        .for_each(|(decided, symbols)| *decided = symbols.0[lane] as u8);
                }
            }
            self.survivors.copy_within(RUN.., 0);
            filled = depth;
            given += RUN;
        }
    }
}

/// Functions for a number of states, each by itself: a small one compiles to vectors as written.
macro_rules! compiled {
    ($($states:literal $on:ident $back:ident),+) => { $(
        impl Compiled<$states> for Trellis<$states> {
            fn on(&self, metric: &mut [F32x8; $states], y: &[F32x8], survivors: &mut [U32x8]) {
                $on(self, metric, y, survivors);
            }

            fn back(metric: &[F32x8; $states], survivors: &[U32x8], symbols: &mut [U32x8; RUN]) {
                $back(metric, survivors, symbols);
            }
        }

        multiversion_x8! {
        fn $on(
            trellis: &Trellis<$states>,
            metric: &mut [F32x8; $states],
            y: &[F32x8],
            survivors: &mut [U32x8]
        ) {
            trellis.run_lanes(metric, y, survivors);
        }

        fn $back(metric: &[F32x8; $states], survivors: &[U32x8], symbols: &mut [U32x8; RUN]) {
            trace(metric, survivors, RUN, |n, symbol| symbols[n] = symbol);
        }
        }
    )+ };
}
compiled!(4 on_four back_four, 16 on_sixteen back_sixteen);
