//! Chase's second algorithm on the (68,60) code.

use super::code::{BIT_OF_COLUMN, BLOCK_SYMBOLS, CODE_BITS, PAYLOAD_SYMBOLS, column};
use super::soft::Soft;
use serde::{Deserialize, Serialize};

/// Largest number of positions: 2^16 patterns per block.
const POSITIONS_MAX: usize = 16;

/// A number of positions that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("chase positions = {positions}: must be from 0 to 16")]
pub struct ChaseError {
    /// The requested value.
    pub positions: usize,
}

/// Result of decoding a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InnerOutcome {
    /// All bits as decided by the slicer.
    Clean,
    /// Changed to the likeliest codeword found.
    Corrected {
        /// Bits of the (68,60) code that were changed.
        bits: u32,
    },
    /// No pattern led to a codeword; the payload is the slicer's.
    Detected,
}

/// The decoder: flips every subset of the least reliable bits, decodes each to at most one more,
/// keeps the likeliest codeword.
///
/// ```text
/// cost of a codeword = sum of |LLR| over the bits in which it differs from the hard decision
/// ```
///
/// With no position it is the hard decision: one error of the 68 bits is corrected, two are
/// detected. In all cases a payload symbol takes the nearer of the two levels that its exclusive or
/// allows.
///
/// # Limits
///
/// Test patterns that leave an even, non-zero syndrome lead to two codewords or more at one more
/// flip than is tried and are dropped.
///
/// # Reference
///
/// D. Chase, *A class of algorithms for decoding block codes with channel measurement information*,
/// IEEE Trans. Inf. Theory 18 (1972).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Positions", into = "Positions")]
pub struct Chase {
    positions: usize,
}

/// [`Chase`] in a description.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Positions {
    /// Least reliable positions that are tried.
    positions: usize,
}

impl Default for Positions {
    fn default() -> Self {
        Chase::SOFT.into()
    }
}

impl TryFrom<Positions> for Chase {
    type Error = ChaseError;

    fn try_from(Positions { positions }: Positions) -> Result<Self, ChaseError> {
        Self::new(positions)
    }
}

impl From<Chase> for Positions {
    fn from(Chase { positions }: Chase) -> Self {
        Self { positions }
    }
}

impl Chase {
    /// The hard decision.
    pub const HARD: Self = Self { positions: 0 };
    /// Six positions, 64 patterns (`assumed`: 177.5.4 leaves the decoder free).
    pub const SOFT: Self = Self { positions: 6 };

    /// A decoder that tries the subsets of `positions` bits.
    ///
    /// # Errors
    ///
    /// More than 16 positions.
    pub fn new(positions: usize) -> Result<Self, ChaseError> {
        if positions > POSITIONS_MAX {
            Err(ChaseError { positions })
        } else {
            Ok(Self { positions })
        }
    }

    /// Least reliable positions that are tried.
    #[must_use]
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// Decodes the slicer's values of a block to the levels of its payload.
    pub fn decode(
        &self,
        soft: &Soft,
        received: &[f32; BLOCK_SYMBOLS],
        payload: &mut [u8; PAYLOAD_SYMBOLS],
    ) -> InnerOutcome {
        let (mut llr, mut choices) = ([0.0; CODE_BITS], [[0; 2]; PAYLOAD_SYMBOLS]);
        soft.read(received, &mut llr, &mut choices);
        let flips = self.flips(&llr);
        for (k, level) in payload.iter_mut().enumerate() {
            let odd = (llr[k] < 0.0) ^ (flips.unwrap_or(0) >> k & 1 == 1);
            *level = choices[k][usize::from(odd)];
        }
        match flips {
            None => InnerOutcome::Detected,
            Some(0) => InnerOutcome::Clean,
            Some(flips) => InnerOutcome::Corrected { bits: flips.count_ones() },
        }
    }

    /// The bits in which the likeliest codeword found differs from the hard decision.
    pub(super) fn flips(&self, llr: &[f32; CODE_BITS]) -> Option<u128> {
        let reliability = llr.map(f32::abs);
        let syndrome = (0..CODE_BITS).filter(|&i| llr[i] < 0.0).fold(0, |sum, i| sum ^ column(i));
        if syndrome == 0 {
            return Some(0);
        }
        let weak = least_reliable(&reliability, self.positions);
        let weak = &weak[..self.positions];
        let (mut best, mut best_cost) = (None, f32::INFINITY);
        let (mut pattern, mut syndrome, mut flipped) = (0u32, syndrome, 0u128);
        for count in 1..=1u32 << self.positions {
            let repair = usize::from(BIT_OF_COLUMN[usize::from(syndrome)]);
            if syndrome == 0 || repair < CODE_BITS {
                let flips = if syndrome == 0 { flipped } else { flipped ^ 1 << repair };
                let mut cost: f32 = weak
                    .iter()
                    .enumerate()
                    .filter(|(w, _)| pattern >> w & 1 == 1)
                    .map(|(_, &i)| reliability[i])
                    .sum();
                if syndrome != 0 {
                    cost += if flipped >> repair & 1 == 1 {
                        -reliability[repair]
                    } else {
                        reliability[repair]
                    };
                }
                if cost < best_cost {
                    (best, best_cost) = (Some(flips), cost);
                }
            }
            // the patterns in the order of a reflected code: one flip leads to the next
            let turn = count.trailing_zeros() as usize;
            if turn < self.positions {
                pattern ^= 1 << turn;
                flipped ^= 1 << weak[turn];
                syndrome ^= column(weak[turn]);
            }
        }
        best
    }
}

/// The positions of the smallest values, the smallest first.
fn least_reliable(reliability: &[f32; CODE_BITS], count: usize) -> [usize; POSITIONS_MAX] {
    let mut left = *reliability;
    let mut found = [0; POSITIONS_MAX];
    for slot in &mut found[..count] {
        *slot = (0..CODE_BITS).fold(0, |least, i| if left[i] < left[least] { i } else { least });
        left[*slot] = f32::INFINITY;
    }
    found
}
