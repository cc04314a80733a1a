//! Soft decisions: the best sequence with each level at each symbol.

use super::any_states::{AnyStates, SequenceDetector};
use super::trellis::{PartialResponse, RUN};
use super::trellis::{Trellis, normalise};
use crate::math::simd::multiversion_x8;

/// Loss of log-likelihood of the best sequence with each of the four levels at a symbol.
///
/// ```text
/// penalty[n](d) = min over sequences with d at n of metric - min over all sequences of metric    (max-log: natural logarithms)
/// ```
///
/// In: one sample per symbol. Out: four penalties per symbol, 0 for the decision of
/// [`Mlse`](super::Mlse). The second least one is the decision's reliability. As there, outputs
/// come [`RUN`](super::RUN) at a time, at least `depth` samples later, and pieces give the outputs
/// of one call; forward metrics are exact, backward metrics start without knowledge.
///
/// # Limits
///
/// Logarithms of likelihood only when the variances of [`PartialResponse::with_variances`] are the
/// noise's. The sum over sequences is taken as its largest term.
///
/// # Reference
///
/// P. Robertson, E. Villebrun, P. Hoeher, *A comparison of optimal and sub-optimal MAP decoding
/// algorithms operating in the log domain*, ICC 1995.
#[derive(Clone, Debug)]
pub struct SoftMlse(AnyStates<MaxLog<4>, MaxLog<16>>);

impl SoftMlse {
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

    /// Outputs that [`SoftMlse::detect`] will return for a number of samples.
    #[must_use]
    pub fn ready(&self, samples: usize) -> usize {
        self.0.ready(samples)
    }

    /// Takes samples and writes penalties by level; returns the number of symbols.
    ///
    /// # Panics
    ///
    /// If `penalties` is shorter than [`SoftMlse::ready`] says.
    pub fn detect(&mut self, y: &[f32], penalties: &mut [[f32; 4]]) -> usize {
        let ready = self.ready(y.len());
        detect(&mut self.0, y, &mut penalties[..ready]);
        ready
    }

    /// Writes the pending penalties and restarts; returns the number of symbols.
    ///
    /// # Panics
    ///
    /// If `penalties` is shorter than the pending symbols: at most the depth and
    /// [`RUN`](super::RUN).
    pub fn finish(&mut self, penalties: &mut [[f32; 4]]) -> usize {
        self.0.finish(penalties)
    }
}

multiversion_x8! {
fn detect(either: &mut AnyStates<MaxLog<4>, MaxLog<16>>, y: &[f32], penalties: &mut [[f32; 4]]) {
    either.detect(y, penalties);
}
}

#[derive(Clone, Debug)]
struct MaxLog<const S: usize> {
    trellis: Trellis<S>,
    metric: [f32; S],
    /// Samples and the metrics after each; length: depth plus a run.
    samples: Vec<f32>,
    forward: Vec<[f32; S]>,
    pending: usize,
}

impl<const S: usize> SequenceDetector for MaxLog<S> {
    type Given = [f32; 4];

    fn new(response: &PartialResponse, depth: usize) -> Self {
        let (samples, forward) = (vec![0.0; depth + RUN], vec![[0.0; S]; depth + RUN]);
        Self { trellis: Trellis::new(response), metric: [0.0; S], samples, forward, pending: 0 }
    }

    fn depth(&self) -> usize {
        self.samples.len() - RUN
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
    fn detect(&mut self, y: &[f32], penalties: &mut [[f32; 4]]) {
        let (depth, mut given) = (self.depth(), 0);
        for &y in y {
            (self.metric, _) = self.trellis.step(&self.metric, y);
            normalise(&mut self.metric);
            self.samples[self.pending] = y;
            self.forward[self.pending] = self.metric;
            self.pending += 1;
            if self.pending == self.samples.len() {
                self.give(&mut penalties[given..given + RUN]);
                given += RUN;
                self.samples.copy_within(RUN.., 0);
                self.forward.copy_within(RUN.., 0);
                self.pending = depth;
            }
        }
    }

    fn finish(&mut self, penalties: &mut [[f32; 4]]) -> usize {
        let pending = self.pending;
        self.give(&mut penalties[..pending]);
        self.restart(&[]);
        pending
    }
}

impl<const S: usize> MaxLog<S> {
    /// Penalties of the first symbols pending.
    #[inline(always)]
    fn give(&self, penalties: &mut [[f32; 4]]) {
        let mut later = [0.0; S];
        for n in (0..self.pending).rev() {
            if let Some(penalty) = penalties.get_mut(n) {
                let mut least = [f32::INFINITY; 4];
                for s in 0..S {
                    least[s & 3] = least[s & 3].min(self.forward[n][s] + later[s]);
                }
                normalise(&mut least);
                *penalty = least;
            }
            later = self.trellis.step_back(&later, self.samples[n]);
            normalise(&mut later);
        }
    }
}
