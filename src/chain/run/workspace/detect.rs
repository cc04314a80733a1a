//! From equalised samples to symbols: by the slicer, after decision feedback, or as the likeliest
//! sequence.

use super::Workspace;
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::run::streams::StreamKeys;
use crate::dsp::LEVELS;
use crate::dsp::dfe::Dfe;
use crate::dsp::mlse::Mlse;
use crate::dsp::slicer::{self, DecisionErrors};
use crate::math::simd::multiversion;
use crate::pattern::unprecode;

impl Workspace {
    /// Runs one block through a trained chain and decides it.
    pub fn decisions(
        &mut self,
        plan: &Plan,
        trained: &Trained,
        sent: &[u8],
        keys: &StreamKeys<'_>,
        precoder: bool,
    ) -> DecisionErrors {
        self.run_to_detector(plan, sent, keys, trained.transmission);
        self.sample_and_fold(plan, trained, keys);
        self.equalise(plan, trained, keys);
        self.decide(trained, sent);
        self.compared(sent, precoder)
    }

    /// Compares the decisions of a block with the transmitted symbols, with the precoder undone on
    /// both sides.
    pub(crate) fn compared(&mut self, sent: &[u8], precoder: bool) -> DecisionErrors {
        let mut decisions = slicer::compare(sent, &self.decided, &self.equalised);
        if precoder {
            // the symbol before the block counts as decided correctly, and is 0 for the precoder
            let before = 0;
            let (mut decided, mut plain) =
                (std::mem::take(&mut self.decided_plain), std::mem::take(&mut self.plain));
            decided.copy_from_slice(&self.decided);
            unprecode(&mut decided, before);
            plain.copy_from_slice(sent);
            unprecode(&mut plain, before);
            let moments = decisions.moments;
            decisions =
                DecisionErrors { moments, ..slicer::compare(&plain, &decided, &self.equalised) };
            (self.decided_plain, self.plain) = (decided, plain);
        }
        decisions
    }
}

impl Workspace {
    /// Decides the equalised block; afterwards `equalised` holds the slicer's input, without the
    /// postcursors of earlier symbols.
    ///
    /// A block is periodic: the symbols before its first are its last ones. Feedback assumes them
    /// known: no error is carried from a block into the next, and at most one burst per block is
    /// truncated. Sequences are detected around the block's ends too.
    pub(crate) fn decide(&mut self, trained: &Trained, sent: &[u8]) {
        let n = sent.len();
        let known = &sent[n - trained.postcursors.len().min(n)..];
        match &trained.detector {
            TrainedDetector::Slicer => {
                trained.thresholds.levels(&self.equalised, &mut self.decided)
            }
            TrainedDetector::Dfe => {
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
            TrainedDetector::Mlse(response, depth) => {
                let mlse = self.mlse.get_or_insert_with(|| Mlse::new(response, *depth));
                mlse.set_response(response, *depth);
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
/// Subtracts the postcursors of earlier decisions from samples.
fn take_off(postcursor: f32, decided: &[u8], z: &mut [f32]) {
    let [lowest, low, high, highest] = LEVELS.map(|level| postcursor * level);
    for (z, &d) in z.iter_mut().zip(decided) {
        let (lower, upper) =
            (if d == 0 { lowest } else { low }, if d == 3 { highest } else { high });
        *z -= if d < 2 { lower } else { upper };
    }
}
}
