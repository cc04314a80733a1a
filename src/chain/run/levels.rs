//! The levels of a block.

use crate::pattern::{SymbolSource, precode};
use crate::seed::Seed;

/// The levels of a block: the window of the pattern, precoded when asked.
pub fn block_levels(
    pattern: &SymbolSource,
    precoder: bool,
    first_symbol: u64,
    block: u64,
    lane: Seed,
    out: &mut [u8],
) {
    pattern.fill(first_symbol.wrapping_add(block.wrapping_mul(out.len() as u64)), lane, out);
    if precoder {
        precode(out, 0);
    }
}
