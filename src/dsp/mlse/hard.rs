//! Viterbi's algorithm.

use super::any_states::{AnyStates, SequenceDetector};
use super::trellis::{PartialResponse, RUN};
use super::trellis::{Trellis, normalise, trace};
use super::windows::{self, Windows};
use crate::math::simd::U32x8;
use crate::math::simd::multiversion_x8;

/// Finds the most probable sequence of symbols by Viterbi's algorithm and keeps its state from call
/// to call.
///
/// ```text
/// metric(s) = min over predecessors p of metric(p) + (y - expected(p, s))^2 / 2 v + ln v / 2
/// ```
///
/// In: one sample per symbol. Out: decisions of symbols with at least `depth` later samples,
/// [`RUN`](super::RUN) at a time; [`Mlse::finish`] gives the rest. Their timing depends on the
/// number of samples only, so pieces of any length give the decisions of one call. Before the first
/// sample all symbols are equally probable.
///
/// # Limits
///
/// Survivors have to agree `depth` symbols back: with 1 + a D, a depth of 16 to 32. A sample that
/// is not a number corrupts all later decisions.
///
/// # Reference
///
/// G. D. Forney, *Maximum-likelihood sequence estimation of digital sequences in the presence of
/// intersymbol interference*, IEEE Trans. Inf. Theory 18 (1972).
///
/// ```
/// use lightlane::dsp::mlse::{Mlse, PartialResponse};
/// let mut mlse = Mlse::new(&PartialResponse::new(&[0.5]), 16);
/// let mut decided = [0; 3];
/// assert_eq!(mlse.detect(&[1.5, 0.2, -1.1], &mut decided), 0);
/// assert_eq!(mlse.finish(&mut decided), 3);
/// assert_eq!(decided, [3, 1, 0]);
/// ```
#[derive(Clone, Debug)]
pub struct Mlse(AnyStates<Viterbi<4>, Viterbi<16>>);

impl Mlse {
    /// A detector that decides a symbol at least `depth` samples later.
    #[must_use]
    pub fn new(response: &PartialResponse, depth: usize) -> Self {
        Self(AnyStates::new(response, depth))
    }

    /// Changes the response and restarts; allocates only for another depth or number of states.
    pub fn set_response(&mut self, response: &PartialResponse, depth: usize) {
        self.0.set_response(response, depth);
    }

    /// Restarts; `known` are the symbols sent before the first sample, latest last, or none.
    ///
    /// # Panics
    ///
    /// If some are known, but fewer than the response has postcursors, or one is above 3.
    pub fn restart(&mut self, known: &[u8]) {
        self.0.restart(known);
    }

    /// Decisions that [`Mlse::detect`] will return for a number of samples.
    #[must_use]
    pub fn ready(&self, samples: usize) -> usize {
        self.0.ready(samples)
    }

    /// Takes samples and writes decisions; returns their number.
    ///
    /// # Panics
    ///
    /// If `decided` is shorter than [`Mlse::ready`] says.
    pub fn detect(&mut self, y: &[f32], decided: &mut [u8]) -> usize {
        let ready = self.ready(y.len());
        detect(&mut self.0, y, &mut decided[..ready]);
        ready
    }

    /// Decides a periodic block of known symbols in windows, eight side by side; restarts before
    /// and after it.
    ///
    /// Each window is decided as by [`Mlse::detect`] from `warm-up` samples before it, after the
    /// symbols sent there:
    ///
    /// ```text
    /// warm-up = depth, to whole runs;    window = N / 8, to whole runs, and the rest
    /// ```
    ///
    /// Decisions are those of one pass, except where an error would descend from one made more than
    /// a warm-up before.
    ///
    /// # Panics
    ///
    /// If the lengths differ, or a symbol is above 3.
    pub fn detect_periodic(&mut self, y: &[f32], sent: &[u8], decided: &mut [u8]) {
        assert!(
            y.len() == sent.len() && y.len() == decided.len(),
            "as many symbols and decisions as samples"
        );
        let done = windows::whole(y.len());
        let windows = &mut decided[..done];
        match &mut self.0 {
            AnyStates::Four(viterbi) => viterbi.windows(y, sent).detect(windows),
            AnyStates::Sixteen(viterbi) => viterbi.windows(y, sent).detect(windows),
        }
        if done < y.len() {
            self.detect_window(y, sent, done, &mut decided[done..]);
        }
        self.restart(&[]);
    }

    /// The symbols of one window of a periodic block, from the one at `from` on.
    pub(super) fn detect_window(
        &mut self,
        y: &[f32],
        sent: &[u8],
        from: usize,
        decided: &mut [u8],
    ) {
        let (depth, memory) = self.0.looks();
        let warm_up = windows::warm_up(depth);
        let mut at = windows::before(from, warm_up, y.len());
        let mut known = [0; 2];
        windows::cyclic(sent, windows::before(at, memory, y.len()), &mut known[..memory]);
        self.restart(&known[..memory]);
        let (mut samples, mut run) = ([0.0; RUN], [0; RUN]);
        let mut given = 0;
        while given < warm_up + decided.len() {
            windows::cyclic(y, at, &mut samples);
            at = (at + RUN) % y.len();
            let ready = self.detect(&samples, &mut run);
            if ready > 0 && given >= warm_up {
                let decided = &mut decided[given - warm_up..];
                let wanted = decided.len().min(RUN);
                decided[..wanted].copy_from_slice(&run[..wanted]);
            }
            given += ready;
        }
    }

    /// Decides all symbols that are left and begins anew; returns their number.
    ///
    /// # Panics
    ///
    /// If `decided` is shorter than the pending symbols: at most the depth and [`RUN`](super::RUN).
    pub fn finish(&mut self, decided: &mut [u8]) -> usize {
        self.0.finish(decided)
    }
}

multiversion_x8! {
fn detect(either: &mut AnyStates<Viterbi<4>, Viterbi<16>>, y: &[f32], decided: &mut [u8]) {
    either.detect(y, decided);
}
}

#[derive(Clone, Debug)]
struct Viterbi<const S: usize> {
    trellis: Trellis<S>,
    metric: [f32; S],
    /// Per sample the symbols that left on the best paths, two bits a state; length: depth plus a
    /// run.
    survivors: Vec<u32>,
    pending: usize,
    /// Survivors of eight windows side by side.
    side_by_side: Vec<U32x8>,
}

impl<const S: usize> SequenceDetector for Viterbi<S> {
    type Given = u8;

    fn new(response: &PartialResponse, depth: usize) -> Self {
        let (survivors, side_by_side) = (vec![0; depth + RUN], vec![U32x8::default(); depth + RUN]);
        Self {
            trellis: Trellis::new(response),
            metric: [0.0; S],
            survivors,
            pending: 0,
            side_by_side,
        }
    }

    fn depth(&self) -> usize {
        self.survivors.len() - RUN
    }

    fn pending(&self) -> usize {
        self.pending
    }

    fn set_response(&mut self, response: &PartialResponse) {
        self.trellis = Trellis::new(response);
    }

    fn restart(&mut self, known: &[u8]) {
        self.metric = Trellis::start(known);
        self.pending = 0;
    }

    #[inline(always)]
    fn detect(&mut self, mut y: &[f32], decided: &mut [u8]) {
        let (depth, mut given) = (self.depth(), 0);
        while !y.is_empty() {
            let (now, later) = y.split_at(y.len().min(self.survivors.len() - self.pending));
            let mut metric = self.metric;
            for (&y, survivor) in now.iter().zip(&mut self.survivors[self.pending..]) {
                (metric, *survivor) = self.trellis.step(&metric, y);
            }
            self.metric = metric;
            self.pending += now.len();
            y = later;
            if self.pending == self.survivors.len() {
                normalise(&mut self.metric);
                self.trace(&mut decided[given..given + RUN]);
                given += RUN;
                self.survivors.copy_within(RUN.., 0);
                self.pending = depth;
            }
        }
    }

    fn finish(&mut self, decided: &mut [u8]) -> usize {
        let pending = self.pending;
        self.trace(&mut decided[..pending]);
        self.restart(&[]);
        pending
    }
}

impl<const S: usize> Viterbi<S> {
    fn windows<'a>(&'a mut self, y: &'a [f32], sent: &'a [u8]) -> Windows<'a, S> {
        Windows { trellis: &self.trellis, survivors: &mut self.side_by_side, y, sent }
    }

    /// First decisions of the best path, traced back.
    #[inline(always)]
    fn trace(&self, decided: &mut [u8]) {
        trace(&self.metric, &self.survivors[..self.pending], decided.len(), |n, symbol| {
            decided[n] = symbol as u8
        });
    }
}
