//! Stretches of a periodic block, eight detectors side by side.

use super::RUN;
use super::trellis::{Trellis, normalise, trace};
use crate::math::pack::{LANES, Number, Pack};

/// Samples ahead of a stretch from which on it is detected: whole runs, so that every stretch's runs are the block's.
pub(super) fn warm_up(depth: usize) -> usize {
    depth.next_multiple_of(RUN)
}

/// Symbols of a block that eight stretches of whole runs cover.
pub(super) fn whole(n: usize) -> usize {
    n / (LANES * RUN) * (LANES * RUN)
}

/// What stands `by` ahead of a place in a block of `n`.
pub(super) fn before(place: usize, by: usize, n: usize) -> usize {
    (place + by.next_multiple_of(n) - by) % n
}

/// Copies from a periodic block.
#[inline(always)]
pub(super) fn cyclic<E: Copy>(block: &[E], mut at: usize, out: &mut [E]) {
    let mut filled = 0;
    while filled < out.len() {
        let piece = (block.len() - at).min(out.len() - filled);
        out[filled..filled + piece].copy_from_slice(&block[at..at + piece]);
        filled += piece;
        at = 0;
    }
}

/// Decides eight stretches: `decided` is theirs, one behind the other from the block's start. `survivors` are depth and a run long.
#[inline(always)]
pub(super) fn detect<const S: usize>(trellis: &Trellis<S>, survivors: &mut [Pack<u32>], y: &[f32], sent: &[u8], decided: &mut [u8]) {
    let stretch = decided.len() / LANES;
    if stretch == 0 {
        return;
    }
    let (n, depth, memory) = (y.len(), survivors.len() - RUN, S.trailing_zeros() as usize / 2);
    let warm_up = warm_up(depth);
    let mut at: [usize; LANES] = std::array::from_fn(|lane| before(lane * stretch, warm_up, n));
    let starts = at.map(|at| {
        let mut known = [0; 2];
        cyclic(sent, before(at, memory, n), &mut known[..memory]);
        Trellis::<S>::start(&known[..memory])
    });
    let mut metric: [Pack<f32>; S] = std::array::from_fn(|s| Pack::each(|lane| starts[lane][s]));
    let mut symbols = [Pack::default(); RUN];
    let mut feed = |metric: &mut [Pack<f32>; S], survivors: &mut [Pack<u32>]| {
        let mut samples = [[0.0; RUN]; LANES];
        for (at, samples) in at.iter_mut().zip(&mut samples) {
            cyclic(y, *at, &mut samples[..survivors.len()]);
            *at = (*at + survivors.len()) % n;
        }
        let sample = |k: usize| Pack::each(|lane| samples[lane][k]);
        let mut next = *metric;
        // to and fro, so that no metric is copied
        for (k, survivors) in survivors.chunks_mut(2).enumerate() {
            survivors[0] = trellis.step_lanes(metric, sample(2 * k), &mut next);
            match survivors.get_mut(1) {
                Some(survivor) => *survivor = trellis.step_lanes(&next, sample(2 * k + 1), metric),
                None => *metric = next,
            }
        }
    };
    survivors[..depth].chunks_mut(RUN).for_each(|survivors| feed(&mut metric, survivors));
    for given in (0..warm_up + stretch).step_by(RUN) {
        feed(&mut metric, &mut survivors[depth..]);
        normalise(&mut metric);
        if given >= warm_up {
            trace(&metric, survivors, RUN, |n, symbol| symbols[n] = symbol);
            for (lane, decided) in decided.chunks_exact_mut(stretch).enumerate() {
                let run = &mut decided[given - warm_up..][..RUN];
                run.iter_mut().zip(&symbols).for_each(|(decided, symbols)| *decided = symbols.0[lane] as u8);
            }
        }
        survivors.copy_within(RUN.., 0);
    }
}
