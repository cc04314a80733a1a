//! A detector of 4 or 16 states, selected at run time by its response.

use super::trellis::{PartialResponse, RUN};

/// A detector of a fixed number of states.
pub(super) trait SequenceDetector {
    /// Output for a symbol.
    type Given;

    fn new(response: &PartialResponse, depth: usize) -> Self;

    /// Least number of samples after a symbol before it is decided.
    fn depth(&self) -> usize;

    /// Symbols not yet returned.
    fn pending(&self) -> usize;

    /// Replaces the response by another one of as many states.
    fn set_response(&mut self, response: &PartialResponse);

    /// Restarts after known symbols.
    fn restart(&mut self, known: &[u8]);

    /// Takes samples, writes the outputs that are ready.
    fn detect(&mut self, y: &[f32], given: &mut [Self::Given]);

    /// Writes the pending outputs and restarts; returns their number.
    fn finish(&mut self, given: &mut [Self::Given]) -> usize;
}

/// One of two sizes of a detector; the only place that distinguishes them.
#[derive(Clone, Debug)]
pub(super) enum AnyStates<F, S> {
    Four(Box<F>),
    Sixteen(Box<S>),
}

/// Same expression for both sizes.
macro_rules! both {
    ($detectors:expr, $detector:ident => $words:expr) => {
        match $detectors {
            AnyStates::Four($detector) => $words,
            AnyStates::Sixteen($detector) => $words,
        }
    };
}

impl<F: SequenceDetector, S: SequenceDetector<Given = F::Given>> AnyStates<F, S> {
    pub(super) fn new(response: &PartialResponse, depth: usize) -> Self {
        match response.states() {
            4 => Self::Four(Box::new(F::new(response, depth))),
            _ => Self::Sixteen(Box::new(S::new(response, depth))),
        }
    }

    pub(super) fn set_response(&mut self, response: &PartialResponse, depth: usize) {
        let states = if matches!(self, Self::Four(_)) { 4 } else { 16 };
        if states != response.states() || both!(self, detector => detector.depth()) != depth {
            *self = Self::new(response, depth);
        }
        both!(self, detector => {
            detector.set_response(response);
            detector.restart(&[]);
        });
    }

    pub(super) fn restart(&mut self, known: &[u8]) {
        assert!(known.iter().all(|&symbol| symbol < 4), "{known:?}: symbols are 0 to 3");
        both!(self, detector => detector.restart(known));
    }

    /// Least number of samples after a symbol before it is decided, and symbols of a state.
    pub(super) fn looks(&self) -> (usize, usize) {
        (
            both!(self, detector => detector.depth()),
            if matches!(self, Self::Four(_)) { 1 } else { 2 },
        )
    }

    pub(super) fn ready(&self, samples: usize) -> usize {
        let (pending, depth) = both!(self, detector => (detector.pending(), detector.depth()));
        (pending + samples).saturating_sub(depth) / RUN * RUN
    }

    #[inline(always)]
    pub(super) fn detect(&mut self, y: &[f32], given: &mut [F::Given]) {
        both!(self, detector => detector.detect(y, given));
    }

    pub(super) fn finish(&mut self, given: &mut [F::Given]) -> usize {
        both!(self, detector => detector.finish(given))
    }
}
