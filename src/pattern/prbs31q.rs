//! PRBS31Q, 896 symbols at a time, from any symbol on.

use super::{gray, prbs::Register};

/// Bits of the register, and the older of its two taps.
const LENGTH: usize = 31;

/// The younger tap.
const TAP: usize = 28;

/// Symbols of one period; of bits too, so that one period of symbols is two of bits.
pub(super) const PERIOD: u64 = (1 << LENGTH) - 1;

/// The 31 bits before the first symbol, all ones (assumed: 802.3 leaves the seed of PRBS31 free).
const SEED: u32 = (1 << LENGTH) - 1;

/// 64 bits of the sequence, the first one least significant.
const WORD: usize = 64;

/// Symbols that one round of [`Prbs31q::fill`] makes.
const ROUND: usize = TAP * WORD / 2;

/// A PRBS31Q generator that starts anywhere.
///
/// ```text
/// p(i) = p(i - 31) + p(i - 28)  mod 2        squared six times:
/// p(i) = p(i - 31*64) + p(i - 28*64)         one exclusive or makes 64 bits
/// ```
///
/// The bits are inverted, then Gray coded in pairs. The state at bit n is A^n times the state at 0;
/// A^(2^k) is prepared.
///
/// # Reference
///
/// IEEE 802.3, 120.5.11.2 and Figure 49-9.
#[derive(Debug)]
pub(super) struct Prbs31q {
    /// The next 31 bits at bit 0, the first one least significant, not inverted.
    start: u32,
    /// Columns of A^(2^k).
    powers: Box<[Matrix; LENGTH]>,
}

/// A matrix over GF(2), by columns.
type Matrix = [u32; LENGTH];

impl Prbs31q {
    pub(super) fn new() -> Self {
        let start = Register::prbs31(SEED)
            .take(LENGTH)
            .enumerate()
            .fold(0, |bits, (k, bit)| bits | u32::from(bit) << k);
        let mut powers = Box::new([[0; LENGTH]; LENGTH]);
        powers[0] = std::array::from_fn(|k| step(1 << k));
        for k in 1..LENGTH {
            let root = powers[k - 1];
            powers[k] = root.map(|column| times(&root, column));
        }
        Self { start, powers }
    }

    /// Writes the levels from symbol `first_symbol` on.
    pub(super) fn fill(&self, first_symbol: u64, out: &mut [u8]) {
        let mut words = words_from(self.state_at(2 * (first_symbol % PERIOD)));
        for round in out.chunks_mut(ROUND) {
            for (word, levels) in words.iter().zip(round.chunks_mut(WORD / 2)) {
                let (early, late) = levels.split_at_mut(levels.len().min(gray::LEVELS_PER_WORD));
                gray::write_levels(!word as u32, early);
                gray::write_levels((!word >> 32) as u32, late);
            }
            words = words_after(&words);
        }
    }

    /// The next 31 bits at a bit of the sequence.
    fn state_at(&self, bit: u64) -> u32 {
        let exponent = bit % PERIOD;
        let factors = self.powers.iter().enumerate().filter(|(k, _)| exponent >> k & 1 == 1);
        factors.fold(self.start, |state, (_, power)| times(power, state))
    }
}

/// One bit on.
fn step(state: u32) -> u32 {
    let bit = (state ^ state >> (LENGTH - TAP)) & 1;
    state >> 1 | bit << (LENGTH - 1)
}

/// A matrix times a column.
fn times(matrix: &Matrix, column: u32) -> u32 {
    let picked = matrix.iter().enumerate().filter(|(k, _)| column >> k & 1 == 1);
    picked.fold(0, |sum, (_, column)| sum ^ column)
}

/// The next 31 words, given the next 31 bits.
fn words_from(mut state: u32) -> [u64; LENGTH] {
    std::array::from_fn(|_| {
        let mut bits = u128::from(state);
        for known in [LENGTH, LENGTH + TAP, LENGTH + 2 * TAP] {
            let new = (bits >> (known - LENGTH) ^ bits >> (known - TAP)) & ((1 << TAP) - 1);
            bits |= new << known;
        }
        state = (bits >> WORD) as u32 & SEED;
        bits as u64
    })
}

/// The 31 words that begin 28 words later.
fn words_after(words: &[u64; LENGTH]) -> [u64; LENGTH] {
    let kept = LENGTH - TAP;
    std::array::from_fn(|k| if k < kept { words[TAP + k] } else { words[k - kept] ^ words[k] })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sequence by its definition.
    fn inverted() -> impl Iterator<Item = bool> {
        Register::prbs31(SEED).map(|bit| !bit)
    }

    fn window(first_symbol: u64, length: usize) -> Vec<u8> {
        let mut out = vec![9; length];
        Prbs31q::new().fill(first_symbol, &mut out);
        out
    }

    /// 2^31 - 1 is prime, so a step that is not the identity, but whose power is, has exactly that
    /// period.
    #[test]
    fn the_period_is_2_to_31_less_1() {
        let prbs = Prbs31q::new();
        assert_ne!(step(1), 1);
        let all = prbs.powers.iter();
        let last = all.fold(std::array::from_fn(|k| 1 << k), |product: Matrix, power| {
            product.map(|column| times(power, column))
        });
        assert_eq!(last, std::array::from_fn(|k| 1 << k));
        assert_eq!(prbs.state_at(PERIOD), prbs.start);
    }

    #[test]
    fn the_start_is_that_of_the_register() {
        assert_eq!(window(0, 10_000), gray::encode(inverted().take(20_000)));
    }

    #[test]
    fn a_far_window_is_that_of_the_register() {
        for first in [1, 895, 896, 897, 65_537, 1_000_003, 20_000_000] {
            let expected = gray::encode(inverted().skip(2 * first).take(2 * 3000));
            assert_eq!(window(first as u64, 3000), expected, "from symbol {first}");
        }
    }

    /// The register runs backwards too, p(i) = p(i + 31) + p(i + 3), and so reaches the end of the
    /// period from its start.
    #[test]
    fn the_end_of_the_period_is_that_of_the_register_run_backwards() {
        let length = 3000;
        let mut bits: Vec<bool> = inverted().take(LENGTH).collect();
        bits.reverse();
        for k in LENGTH..LENGTH + 2 * length {
            bits.push(!(bits[k - 31] ^ bits[k - 3]));
        }
        bits.reverse();
        let expected = gray::encode(bits.into_iter().take(2 * length));
        assert_eq!(window(PERIOD - length as u64, length), expected);
    }

    #[test]
    fn the_second_period_repeats_the_first() {
        let joined = [window(PERIOD - 700, 700), window(0, 1300)].concat();
        assert_eq!(window(PERIOD - 700, 2000), joined);
        assert_eq!(window(5 * PERIOD - 700, 2000), joined);
    }

    #[test]
    #[ignore = "slow"]
    fn half_way_round_is_that_of_the_register() {
        let first = PERIOD / 2 - 100;
        let expected = gray::encode(inverted().skip(2 * first as usize).take(400));
        assert_eq!(window(first, 200), expected);
    }
}
