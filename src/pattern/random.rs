//! Independent levels, each of the four equally likely.

use super::gray;
use crate::seed::Seed;

/// Symbols that share one random stream, so that a window may begin anywhere.
const CHUNK: usize = 4096;

/// Words of 32 bits in a chunk.
const CHUNK_WORDS: usize = CHUNK / gray::LEVELS_PER_WORD;

/// Writes random levels from symbol `first_symbol` on; a symbol depends on the seed and its own
/// index only.
pub(super) fn fill(first_symbol: u64, seed: Seed, out: &mut [u8]) {
    let seed = seed.named("pattern");
    let mut chunk = first_symbol / CHUNK as u64;
    let (head, body) = out.split_at_mut(out.len().min(CHUNK - offset(first_symbol)));
    fill_chunk(seed.index(chunk), offset(first_symbol), head);
    for part in body.chunks_mut(CHUNK) {
        chunk += 1;
        fill_chunk(seed.index(chunk), 0, part);
    }
}

/// Where in its chunk a symbol stands.
fn offset(symbol: u64) -> usize {
    (symbol % CHUNK as u64) as usize
}

/// Writes a part of one chunk, from its symbol `offset` on.
fn fill_chunk(seed: Seed, offset: usize, out: &mut [u8]) {
    let mut words = [0; CHUNK_WORDS];
    seed.rng().fill_u32(&mut words);
    let (first, skipped) = (offset / gray::LEVELS_PER_WORD, offset % gray::LEVELS_PER_WORD);
    let (head, body) = out.split_at_mut(out.len().min(gray::LEVELS_PER_WORD - skipped));
    gray::write_levels(words[first] >> (2 * skipped), head);
    for (word, levels) in words[first + 1..].iter().zip(body.chunks_mut(gray::LEVELS_PER_WORD)) {
        gray::write_levels(*word, levels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::source::tests::seed;

    fn window(first_symbol: u64, length: usize) -> Vec<u8> {
        let mut out = vec![9; length];
        fill(first_symbol, seed(), &mut out);
        out
    }

    #[test]
    fn any_window_agrees_with_any_other() {
        let whole = window(0, 5 * CHUNK);
        for first in [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 33, 3 * CHUNK - 5] {
            for length in [0, 1, 7, 16, 31, 100, CHUNK, CHUNK + 50] {
                assert_eq!(
                    window(first as u64, length),
                    whole[first..first + length],
                    "{length} symbols from {first}"
                );
            }
        }
    }

    #[test]
    fn the_last_symbols_that_have_an_index_can_be_drawn() {
        assert_eq!(window(u64::MAX - 9, 10).len(), 10);
    }

    #[test]
    fn another_seed_gives_other_levels() {
        let mut other = vec![9; 100];
        fill(0, seed().named("other"), &mut other);
        assert_ne!(window(0, 100), other);
    }

    /// n = 2^20 symbols: a count has mean n / 4 and standard deviation sqrt(3 n / 16) = 443, a
    /// pair's n / 16 and 248; both are held to 5 of them.
    #[test]
    fn levels_and_pairs_of_levels_are_equally_likely() {
        let levels = window(12_345, 1 << 20);
        for level in 0..4 {
            let count = levels.iter().filter(|&&other| other == level).count() as f64;
            assert!((count - f64::from(1 << 18)).abs() < 5.0 * 443.0, "level {level}: {count}");
            for next in 0..4 {
                let pairs = levels.windows(2).filter(|pair| *pair == [level, next]).count() as f64;
                assert!(
                    (pairs - f64::from(1 << 16)).abs() < 5.0 * 300.0,
                    "{level} then {next}: {pairs}"
                );
            }
        }
    }
}
