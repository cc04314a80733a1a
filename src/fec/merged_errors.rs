//! Errors of a lane whose decisions one after another have unlike rates, as one sequence.

use super::error_extractor::{ErrorPositions, SymbolError};
use super::layout::CodewordLayout;
use crate::pattern::gray;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Merges the errors of the light, after its inner code, with those of the electrical segments,
/// which carry the same symbols before the inner code and its interleaver.
///
/// ```text
/// wrong bits of a lane = exclusive or of those of its segments
/// ```
///
/// Both codes are linear: what a segment makes wrong does not depend on what was wrong before it.
/// Segments may come at any pace; what all of them have brought is taken in order.
#[derive(Clone, Debug)]
pub struct MergedErrors {
    layout: Arc<CodewordLayout>,
    /// Symbols that each segment has brought, in its own order.
    brought: Vec<u64>,
    /// Whether each has the inner code.
    is_coded: Vec<bool>,
    /// Level sent and wrong bits, by the payload symbol after the interleaver.
    waiting: BTreeMap<u64, (u8, u8)>,
    taken: u64,
}

impl MergedErrors {
    /// No errors yet of segments, each with the inner code or without.
    #[must_use]
    pub fn new(layout: &Arc<CodewordLayout>, is_coded: Vec<bool>) -> MergedErrors {
        MergedErrors {
            layout: layout.clone(),
            brought: vec![0; is_coded.len()],
            is_coded,
            waiting: BTreeMap::new(),
            taken: 0,
        }
    }

    /// Adds the next payload symbols of a segment.
    ///
    /// # Panics
    ///
    /// If there is no such segment.
    pub fn push(&mut self, segment: usize, read: &ErrorPositions) {
        let first = self.brought[segment];
        self.brought[segment] += read.symbols;
        for wrong in &read.wrong {
            let index = first + u64::from(wrong.index);
            let index = if self.is_coded[segment] {
                Some(index)
            } else {
                self.layout.interleaved_symbol(index)
            };
            let Some(index) = index else { continue };
            let flipped = bits(wrong.sent) ^ bits(wrong.decided);
            self.waiting.entry(index).or_insert((wrong.sent, 0)).1 ^= flipped;
        }
    }

    /// Takes what every segment has brought since.
    pub fn take(&mut self) -> ErrorPositions {
        let whole = self.brought.iter().zip(&self.is_coded).map(|(&symbols, &is_coded)| {
            if is_coded { symbols } else { self.layout.whole_symbols(symbols) }
        });
        let end = whole.min().unwrap_or(0).max(self.taken);
        let later = self.waiting.split_off(&end);
        let found = std::mem::replace(&mut self.waiting, later);
        let error = |(index, (sent, flipped)): (u64, (u8, u8))| {
            let bits = bits(sent) ^ flipped;
            let decided = gray::level(bits & 2 != 0, bits & 1 != 0);
            let index = (index - self.taken) as u32;
            (decided != sent).then_some(SymbolError { index, sent, decided })
        };
        let wrong = found.into_iter().filter_map(error).collect();
        let symbols = end - self.taken;
        self.taken = end;
        ErrorPositions { symbols, wrong, ..ErrorPositions::default() }
    }
}

/// Both bits of a level.
fn bits(level: u8) -> u8 {
    let (first, second) = gray::bits(level);
    u8::from(first) << 1 | u8::from(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::Coding;

    fn read(symbols: u64, wrong: &[(u32, u8, u8)]) -> ErrorPositions {
        let error = |&(index, sent, decided)| SymbolError { index, sent, decided };
        let wrong = wrong.iter().map(error).collect();
        ErrorPositions { symbols, wrong, ..ErrorPositions::default() }
    }

    /// A symbol that both segments get wrong the same way is right again, one that they get wrong
    /// by different bits has both; nothing is taken before all have brought it.
    #[test]
    fn errors_of_segments_add_without_carry() {
        let layout = Coding::named("1.6tbase-dr8-2").unwrap().build().unwrap();
        // turn 138 of the input, of branch 0, is turn 0 of the output; a turn has 20 PAM4 symbols
        let straight = 138 * 20;
        assert_eq!(layout.interleaved_symbol(u64::from(straight)), Some(0));
        let mut merged = MergedErrors::new(&layout, vec![false, true]);
        // level 1 is 01, level 0 00, level 2 11
        let own = [(straight, 1, 0), (straight + 1, 1, 0), (straight + 2, 3, 2)];
        merged.push(0, &read(5000, &own));
        assert_eq!(merged.take(), read(0, &[]));
        merged.push(1, &read(100, &[(0, 1, 0), (1, 1, 2)]));
        assert_eq!(merged.take(), read(100, &[(1, 1, 3), (2, 3, 2)]));
        merged.push(1, &read(9000, &[]));
        assert_eq!(merged.take().symbols, 5000 - straight as u64 - 100);
    }
}
