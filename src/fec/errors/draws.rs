//! Draws used by several sources.

use crate::pattern::gray;
use crate::seed::Rng;

/// Bits of a PAM4 symbol.
const SYMBOL_BITS: usize = 2;

/// Flips every bit with a probability, jumping from flip to flip; the gaps are geometric, so a
/// stream may be cut anywhere.
pub(super) fn flip_bits(rng: &mut Rng, ber: f64, levels: &mut [u8]) {
    let mut at = geometric(rng, ber);
    while at < (SYMBOL_BITS * levels.len()) as u64 {
        let level = &mut levels[at as usize / SYMBOL_BITS];
        let (first, second) = gray::bits(*level);
        *level = if at.is_multiple_of(2) {
            gray::level(!first, second)
        } else {
            gray::level(first, !second)
        };
        at += 1 + geometric(rng, ber);
    }
}

/// Failures before the first success; a huge number for a probability of zero.
pub(crate) fn geometric(rng: &mut Rng, probability: f64) -> u64 {
    if probability >= 1.0 {
        return 0;
    }
    // the cast saturates; the bound leaves room for additions
    ((libm::log(rng.uniform()) / libm::log1p(-probability)).abs() as u64).min(u64::MAX / 4)
}
