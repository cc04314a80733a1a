//! Histogram of symbol errors per codeword (FEC bins), as reported by a switch.

use crate::fec::reed_solomon::code::Code;
use crate::math::interval::{BlockCounts, Interval, count_interval};

/// Codewords by number of symbol errors: bins 0 to t, and overflow.
///
/// For KP4 these are BIN0 to BIN15 and `> 15`. With a decoder, bins hold the corrected symbols; by
/// comparison with the transmitted words, the symbol errors. The two agree except for miscorrected
/// words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolErrorHistogram {
    symbols: usize,
    bins: Vec<u64>,
    overflow: u64,
}

impl SymbolErrorHistogram {
    /// An empty histogram.
    #[must_use]
    pub fn new(code: &Code) -> Self {
        Self { symbols: code.codeword_symbols, bins: vec![0; code.correctable() + 1], overflow: 0 }
    }

    /// A histogram of counts that are known: of 0 .. t symbol errors, and of more; `None` where
    /// their number is not that of the code.
    #[must_use]
    pub fn of_bins(code: &Code, counts: &[u64]) -> Option<Self> {
        let (&overflow, bins) = counts.split_last()?;
        let empty = Self::new(code);
        let fits = bins.len() == empty.bins.len();
        fits.then(|| Self { bins: bins.to_vec(), overflow, ..empty })
    }

    /// Adds a codeword with a number of symbol errors; `None` if detected as uncorrectable.
    pub fn push(&mut self, wrong_symbols: Option<usize>) {
        match wrong_symbols.and_then(|wrong| self.bins.get_mut(wrong)) {
            Some(bin) => *bin += 1,
            None => self.overflow += 1,
        }
    }

    /// Adds the counts of another histogram.
    ///
    /// # Panics
    ///
    /// If the codes differ.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(
            (self.symbols, self.bins.len()),
            (other.symbols, other.bins.len()),
            "histograms of different codes"
        );
        self.bins.iter_mut().zip(&other.bins).for_each(|(bin, more)| *bin += more);
        self.overflow += other.overflow;
    }

    /// Codewords with 0, 1, .., t symbol errors.
    #[must_use]
    pub fn bins(&self) -> &[u64] {
        &self.bins
    }

    /// Codewords with more than t symbol errors.
    #[must_use]
    pub fn overflow(&self) -> u64 {
        self.overflow
    }

    /// Symbols of a codeword.
    #[must_use]
    pub fn symbols(&self) -> usize {
        self.symbols
    }

    /// All codewords.
    #[must_use]
    pub fn codewords(&self) -> u64 {
        self.bins.iter().sum::<u64>() + self.overflow
    }

    /// Mean and variance of the symbol errors, words beyond t taken with t + 1; zero without
    /// codewords.
    #[must_use]
    pub fn moments(&self) -> (f64, f64) {
        let all = || {
            self.bins
                .iter()
                .chain([&self.overflow])
                .enumerate()
                .map(|(wrong, &count)| (wrong as f64, count as f64))
        };
        let words = self.codewords().max(1) as f64;
        let mean = all().map(|(wrong, count)| wrong * count).sum::<f64>() / words;
        (mean, all().map(|(wrong, count)| (wrong - mean).powi(2) * count).sum::<f64>() / words)
    }

    /// The interval of the share of codewords beyond t, for independent codewords.
    ///
    /// # Panics
    ///
    /// If `confidence` is not between 0 and 1.
    #[must_use]
    pub fn codeword_error_ratio(&self, confidence: f64) -> Interval {
        count_interval(&[BlockCounts::whole(self.codewords(), self.overflow)], confidence).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fall_into_their_bins_and_two_counts_add() {
        let mut histogram = SymbolErrorHistogram::new(&Code::KP4);
        for wrong in [Some(0), Some(0), Some(15), Some(16), None] {
            histogram.push(wrong);
        }
        histogram.merge(&histogram.clone());
        assert_eq!((histogram.bins()[0], histogram.bins()[15], histogram.overflow()), (4, 2, 4));
        assert_eq!((histogram.bins().len(), histogram.codewords()), (16, 10));
        let Interval { low, high } = histogram.codeword_error_ratio(0.95);
        assert!(low < 0.4 && 0.4 < high);
    }
}
