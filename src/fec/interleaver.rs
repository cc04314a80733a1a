//! The convolutional interleaver before the inner code, addressed by absolute index.

use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A convolutional interleaver: branches that delay by 0, D, 2 D, .. take turns.
///
/// ```text
/// turn o of the output, on branch b = o mod B, is turn o + B D (B - 1 - b) of the input
/// ```
///
/// This is the usual device once its lines are full: branch 0 passes straight, the last lags by D
/// (B - 1) of its turns. The first turns of the early branches are never sent: they left before
/// index 0.
///
/// # Reference
///
/// J. L. Ramsey, *Realization of optimum interleavers*, IEEE Trans. Inf. Theory 16 (1970). The
/// numbers of clause 177 are not settled in our sources: they stand, `assumed`, in the codings that
/// ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Interleaver {
    /// Branches, B.
    pub branches: usize,
    /// Symbols that a branch takes in its turn.
    pub turn_symbols: usize,
    /// Turns by which a branch lags the next one, counted in its turns, D.
    pub delay_turns: usize,
}

/// That of `1.6tbase-dr8-2`.
impl Default for Interleaver {
    fn default() -> Self {
        Self { branches: 3, turn_symbols: 4, delay_turns: 23 }
    }
}

impl Interleaver {
    /// Reports numbers that make no interleaver.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.count(at, "branches", self.branches, 1..=64);
        problems.count(at, "turn_symbols", self.turn_symbols, 1..=64);
        problems.count(at, "delay_turns", self.delay_turns, 0..=4096);
    }

    /// The turn of the input that is turn `output` of the output.
    #[must_use]
    pub fn input(&self, output: u64) -> u64 {
        let branch = output % self.branches as u64;
        output + self.lead(branch)
    }

    /// The turn of the output that is turn `input` of the input; `None` if it left before index 0.
    #[must_use]
    pub fn output(&self, input: u64) -> Option<u64> {
        // leads are whole rounds of the branches
        input.checked_sub(self.lead(input % self.branches as u64))
    }

    /// First turns of the input, of which some are never sent.
    #[must_use]
    pub fn first_complete(&self) -> u64 {
        self.lead(0)
    }

    /// The turns of output among which a turn of input is sent.
    #[must_use]
    pub fn outputs(&self, input: u64) -> Range<u64> {
        input.saturating_sub(self.lead(0))..input + 1
    }

    fn lead(&self, branch: u64) -> u64 {
        let branches = self.branches as u64;
        branches * self.delay_turns as u64 * (branches - 1 - branch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_an_input_is_the_inverse_of_the_input_of_an_output() {
        for delay_turns in [0, 1, 23] {
            let interleaver = Interleaver { delay_turns, ..Interleaver::default() };
            for output in 0..1000 {
                assert_eq!(interleaver.output(interleaver.input(output)), Some(output));
            }
            let never = (0..1000).filter(|&input| interleaver.output(input).is_none()).count();
            // branches 0 and 1 of three lead by 2 and 1 times three delays: their turns of these
            assert_eq!(never, 3 * delay_turns);
        }
    }

    #[test]
    fn every_turn_beyond_the_first_is_sent_once() {
        for (branches, delay_turns) in [(1, 5), (3, 23), (6, 4), (2, 0)] {
            let interleaver = Interleaver { branches, turn_symbols: 4, delay_turns };
            let first = interleaver.first_complete();
            let mut sent = vec![0; 1000];
            for output in 0..1000 {
                let input = interleaver.input(output);
                assert!(interleaver.outputs(input).contains(&output));
                if let Some(count) = sent.get_mut(input as usize) {
                    *count += 1;
                }
            }
            assert!(
                sent[first as usize..].iter().all(|&count| count == 1),
                "{branches} {delay_turns}"
            );
            assert!(sent.iter().all(|&count| count <= 1));
        }
    }
}
