//! From equalised samples to symbols: by the slicer, behind decision feedback, or as the likeliest
//! sequence.

use super::{Trained, Worker};
use crate::dsp::dfe::Dfe;
use crate::dsp::mlse::{Mlse, PartialResponse};
use crate::dsp::{DetectorKind, LEVELS};
use crate::math::simd::multiversion;

/// How a receiver decides, as it is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Decision {
    /// Symbol by symbol.
    #[default]
    Slicer,
    /// What earlier decisions leave is taken off first.
    Dfe {
        /// Taps.
        taps: usize,
        /// Most that a tap may be of the main cursor.
        limit: f64,
        /// Their values, latest symbol first; empty where they are to be found.
        frozen: Vec<f64>,
    },
    /// The sequence that explains all samples best.
    Mlse {
        /// Postcursors that are left to it, 1 or 2.
        memory: usize,
        /// Samples that it looks ahead at least.
        depth: usize,
        /// The postcursors, latest symbol first; empty where they are to be found.
        frozen: Vec<f64>,
    },
}

impl Decision {
    /// Earlier symbols whose interference the forward filter leaves to the decisions.
    pub(super) fn postcursors(&self) -> usize {
        match self {
            Decision::Slicer => 0,
            Decision::Dfe { taps, .. } => *taps,
            Decision::Mlse { memory, .. } => *memory,
        }
    }

    /// Most that one may be of the main cursor.
    pub(super) fn limit(&self) -> f64 {
        if let Decision::Dfe { limit, .. } = self { *limit } else { f64::INFINITY }
    }

    /// Their values where they are given.
    pub(super) fn frozen(&self) -> &[f64] {
        match self {
            Decision::Slicer => &[],
            Decision::Dfe { frozen, .. } | Decision::Mlse { frozen, .. } => frozen,
        }
    }
}

/// What decides in a trained receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decider {
    /// The thresholds alone.
    Slicer,
    /// The thresholds, behind feedback of [`Trained::postcursors`].
    Dfe,
    /// The likeliest sequence behind this response, that many samples ahead.
    Mlse(PartialResponse, usize),
}

impl Decider {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> DetectorKind {
        match self {
            Decider::Slicer => DetectorKind::Slicer,
            Decider::Dfe => DetectorKind::Dfe,
            Decider::Mlse(..) => DetectorKind::Mlse,
        }
    }

    /// Why no error ratio can be foretold of it by symbols that are Gaussian and independent;
    /// nothing where one can.
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Decider::Slicer => None,
            Decider::Dfe => Some(
                "decision feedback turns one wrong symbol into several, which the semi-analytic estimator does not follow",
            ),
            Decider::Mlse(..) => Some(
                "a sequence detector decides on many samples at once, which the semi-analytic estimator does not follow",
            ),
        }
    }

    /// For one of `kind`: levels (mean, rms) as they are seen with ideal feedback of `postcursors`,
    /// which are those of full-scale levels.
    pub(super) fn trained(
        kind: &Decision,
        levels: &[(f64, f64); 4],
        postcursors: &[f32],
    ) -> Decider {
        let Decision::Mlse { depth, .. } = kind else {
            return if matches!(kind, Decision::Dfe { .. }) {
                Decider::Dfe
            } else {
                Decider::Slicer
            };
        };
        // means against full-scale levels: what an earlier symbol leaves is smaller or larger
        // likewise
        let slope = levels
            .iter()
            .zip(LEVELS)
            .map(|((mean, _), level)| mean * f64::from(level))
            .sum::<f64>()
            / LEVELS.iter().map(|&level| f64::from(level).powi(2)).sum::<f64>();
        let relative: Vec<f32> =
            postcursors.iter().map(|b| (f64::from(*b) / slope) as f32).collect();
        // the detector adds the mean of earlier levels, which the means have already
        let sum: f64 = relative.iter().map(|&a| f64::from(a)).sum();
        let mean = levels.iter().map(|(mean, _)| mean).sum::<f64>() / 4.0;
        let shift = if 1.0 + sum > 0.1 { mean * sum / (1.0 + sum) } else { 0.0 };
        let response = PartialResponse::new(&relative)
            .with_levels(levels.map(|(mean, _)| (mean - shift) as f32))
            .with_variances(levels.map(|(_, sigma)| (sigma * sigma).max(1e-12) as f32));
        Decider::Mlse(response, *depth)
    }
}

impl Trained {
    /// Takes off what the symbols `sent` before each leave in a periodic block: feedback that is
    /// never wrong.
    pub fn feed_back(&self, sent: &[u8], out: &mut [f32]) {
        let n = out.len();
        for (j, b) in self.postcursors.iter().enumerate() {
            out.iter_mut()
                .enumerate()
                .for_each(|(k, z)| *z -= b * LEVELS[usize::from(sent[(k + n - 1 - j) % n])]);
        }
    }
}

/// What a worker keeps for sequence detection, so that no block makes it anew.
#[derive(Default)]
pub(super) struct Detection {
    mlse: Option<Mlse>,
}

impl Worker {
    /// Decides the equalised block; behind it `equalised` holds what the decisions were made of,
    /// earlier symbols' parts taken off.
    ///
    /// A block is periodic: the symbols ahead of its first are its last ones. Feedback takes them
    /// as known: no error is carried from a block into the next; one burst a block at most is cut
    /// short. Sequences are detected around the block's ends too.
    pub(super) fn decide(&mut self, trained: &Trained, sent: &[u8]) {
        let n = sent.len();
        let known = &sent[n - trained.postcursors.len().min(n)..];
        match &trained.decider {
            Decider::Slicer => trained.thresholds.levels(&self.equalised, &mut self.decided),
            Decider::Dfe => {
                let mut dfe = Dfe::new(&trained.postcursors, trained.thresholds);
                dfe.restart(known);
                self.padded[..n].copy_from_slice(&self.equalised);
                dfe.decide_guessing(
                    &self.padded[..n],
                    sent,
                    &mut self.equalised,
                    &mut self.decided,
                );
            }
            Decider::Mlse(response, depth) => {
                let mlse = self.detection.mlse.get_or_insert_with(|| Mlse::new(response, *depth));
                mlse.believe(response, *depth);
                mlse.detect_periodic(&self.equalised, sent, &mut self.decided);
                for (j, &b) in trained.postcursors.iter().enumerate() {
                    let (first, rest) = self.equalised.split_at_mut((j + 1).min(n));
                    first.iter_mut().enumerate().for_each(|(k, z)| {
                        *z -= b * LEVELS[usize::from(sent[(k + n - 1 - j) % n])]
                    });
                    take_off(b, &self.decided, rest);
                }
            }
        }
    }
}

multiversion! {
/// Takes off what earlier decisions leave in samples.
fn take_off(postcursor: f32, decided: &[u8], z: &mut [f32]) {
    let [lowest, low, high, highest] = LEVELS.map(|level| postcursor * level);
    for (z, &d) in z.iter_mut().zip(decided) {
        let (lower, upper) = (if d == 0 { lowest } else { low }, if d == 3 { highest } else { high });
        *z -= if d < 2 { lower } else { upper };
    }
}
}
