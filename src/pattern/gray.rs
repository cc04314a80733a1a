//! Gray code: two bits to a PAM4 level and back.
//!
//! ```text
//! bits    00  01  11  10      first bit sent = most significant
//! level    0   1   2   3
//! ```
//!
//! Neighbouring levels differ in one bit, so a wrong decision to the next level costs one bit
//! error.
//!
//! # Reference
//!
//! IEEE 802.3, 120.5.7.1.

/// Bit errors when one level was sent and another decided: `BIT_ERRORS[sent][decided]`.
///
/// ```
/// use lightlane::pattern::gray;
/// assert_eq!(gray::BIT_ERRORS[0][1], 1);
/// assert_eq!(gray::BIT_ERRORS[0][2], 2);
/// ```
pub const BIT_ERRORS: [[u8; 4]; 4] = [[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]];

/// The level 0..=3 that carries two bits, `first` being sent first.
///
/// ```
/// use lightlane::pattern::gray;
/// assert_eq!(gray::level(true, true), 2);
/// assert_eq!(gray::bits(2), (true, true));
/// ```
#[must_use]
pub const fn level(first: bool, second: bool) -> u8 {
    (first as u8) << 1 | (first ^ second) as u8
}

/// The two bits that a level carries, the first bit sent first.
///
/// # Panics
///
/// If `level` is above 3.
#[must_use]
pub const fn bits(level: u8) -> (bool, bool) {
    assert!(level <= 3, "a PAM4 level is from 0 to 3");
    let first = level >= 2;
    (first, first ^ (level % 2 == 1))
}

/// The two bits of [`bits`] as a number, the first one on top: what differs between two levels is
/// their exclusive or.
#[must_use]
pub(crate) const fn pair(level: u8) -> u8 {
    level ^ level >> 1
}

/// The levels of a sequence of bits, taken two by two.
pub(super) fn encode(bits: impl IntoIterator<Item = bool>) -> Vec<u8> {
    let mut bits = bits.into_iter();
    std::iter::from_fn(|| Some(level(bits.next()?, bits.next()?))).collect()
}

/// Levels that one `u32` of bits makes.
pub(super) const LEVELS_PER_WORD: usize = 16;

/// Writes the levels of 32 bits, least significant bit first; a shorter `out` takes the first of
/// them.
pub(super) fn write_levels(word: u32, out: &mut [u8]) {
    if out.len() == LEVELS_PER_WORD {
        for (levels, byte) in out.chunks_exact_mut(4).zip(word.to_le_bytes()) {
            levels.copy_from_slice(&LEVELS_OF_BYTE[usize::from(byte)]);
        }
    } else {
        for (k, out) in out.iter_mut().enumerate() {
            *out = LEVELS_OF_BYTE[usize::from(word.to_le_bytes()[k / 4])][k % 4];
        }
    }
}

/// The four levels of the eight bits of a byte, least significant bit first.
static LEVELS_OF_BYTE: [[u8; 4]; 256] = levels_of_byte();

const fn levels_of_byte() -> [[u8; 4]; 256] {
    let mut table = [[0; 4]; 256];
    let mut index = 0;
    while index < 4 * 256 {
        let (byte, k) = (index / 4, index % 4);
        table[byte][k] = level(byte >> (2 * k) & 1 == 1, byte >> (2 * k + 1) & 1 == 1);
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_that_of_the_clause() {
        let map = [(false, false), (false, true), (true, true), (true, false)];
        for (level_index, (first, second)) in map.into_iter().enumerate() {
            assert_eq!(usize::from(level(first, second)), level_index);
        }
    }

    #[test]
    fn every_level_survives_the_round_trip() {
        for sent in 0..4 {
            let (first, second) = bits(sent);
            assert_eq!(level(first, second), sent);
            assert_eq!(pair(sent), u8::from(first) << 1 | u8::from(second));
        }
    }

    #[test]
    fn the_error_table_counts_the_bits_that_differ() {
        for (sent, row) in (0..).zip(BIT_ERRORS) {
            for (decided, errors) in (0..).zip(row) {
                let (a, b) = (bits(sent), bits(decided));
                assert_eq!(errors, u8::from(a.0 != b.0) + u8::from(a.1 != b.1));
            }
        }
    }

    #[test]
    fn neighbours_differ_in_one_bit() {
        for low in 0..3 {
            assert_eq!(BIT_ERRORS[low][low + 1], 1);
        }
    }

    #[test]
    fn a_word_gives_the_levels_of_its_bits_in_order() {
        let word = 0x9e37_79b9_u32;
        let expected = encode((0..32).map(|k| word >> k & 1 == 1));
        for length in 0..=LEVELS_PER_WORD {
            let mut out = vec![9; length];
            write_levels(word, &mut out);
            assert_eq!(out, expected[..length]);
        }
    }
}
