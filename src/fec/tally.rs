//! Counts of an outer decoder over the codewords of a port.

use super::histogram::SymbolErrorHistogram;
use crate::fec::reed_solomon::code::Code;
use crate::fec::reed_solomon::decode::DecodeOutcome;

/// Counts over codewords whose transmitted word is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FecTally {
    /// Histogram of symbol errors per codeword, from the decoder or by comparison.
    pub histogram: SymbolErrorHistogram,
    /// Bits of all codewords.
    pub bits: u64,
    /// Bit errors before the decoder.
    pub pre_fec_errors: u64,
    /// Bit errors after the decoder.
    pub post_fec_errors: u64,
    /// Bits the decoder changed.
    pub corrected_bits: u64,
    /// Words that the decoder detected as uncorrectable.
    pub uncorrectable: u64,
    /// Words decoded to, or received as, a codeword that was not sent; a receiver cannot detect
    /// them.
    pub miscorrected: u64,
}

impl FecTally {
    /// Without codewords.
    #[must_use]
    pub fn new(code: &Code) -> Self {
        let histogram = SymbolErrorHistogram::new(code);
        Self {
            histogram,
            bits: 0,
            pre_fec_errors: 0,
            post_fec_errors: 0,
            corrected_bits: 0,
            uncorrectable: 0,
            miscorrected: 0,
        }
    }

    /// Adds a decoded word, given as sent, received and decoded; returns the number of corrected
    /// symbols, `None` if it was detected as uncorrectable.
    pub fn push_decoded(
        &mut self,
        code: &Code,
        sent: &[u16],
        received: &[u16],
        decoded: &[u16],
        outcome: DecodeOutcome,
    ) -> Option<usize> {
        let wrong = wrong_bits(sent, decoded);
        self.bits += (sent.len() * code.symbol_bits() as usize) as u64;
        self.pre_fec_errors += wrong_bits(sent, received);
        self.post_fec_errors += wrong;
        let wrong_symbols = match outcome {
            DecodeOutcome::Clean => Some(0),
            DecodeOutcome::Corrected { symbols, bits } => {
                self.corrected_bits += bits as u64;
                Some(symbols)
            }
            DecodeOutcome::Detected => {
                self.uncorrectable += 1;
                None
            }
        };
        self.histogram.push(wrong_symbols);
        self.miscorrected += u64::from(wrong > 0 && outcome != DecodeOutcome::Detected);
        wrong_symbols
    }

    /// Adds error-free words.
    pub fn push_clean(&mut self, code: &Code, words: u64) {
        self.bits += words * code.codeword_symbols as u64 * u64::from(code.symbol_bits());
        (0..words).for_each(|_| self.histogram.push(Some(0)));
    }

    /// Adds a word without decoding it: up to t symbol errors count as corrected, more as
    /// uncorrectable.
    ///
    /// ```text
    /// the same counts as decoding, but for words that a decoder would miscorrect
    /// ```
    pub fn push_genie(&mut self, code: &Code, sent: &[u16], received: &[u16]) -> Option<usize> {
        let symbols = sent.iter().zip(received).filter(|(sent, received)| sent != received).count();
        let bits = wrong_bits(sent, received) as usize;
        let (decoded, outcome) = match symbols {
            0 => (sent, DecodeOutcome::Clean),
            _ if symbols <= code.correctable() => {
                (sent, DecodeOutcome::Corrected { symbols, bits })
            }
            _ => (received, DecodeOutcome::Detected),
        };
        self.push_decoded(code, sent, received, decoded, outcome)
    }

    /// Adds the counts of another tally.
    ///
    /// # Panics
    ///
    /// If the codes differ.
    pub fn merge(&mut self, other: &Self) {
        self.histogram.merge(&other.histogram);
        self.bits += other.bits;
        self.pre_fec_errors += other.pre_fec_errors;
        self.post_fec_errors += other.post_fec_errors;
        self.corrected_bits += other.corrected_bits;
        self.uncorrectable += other.uncorrectable;
        self.miscorrected += other.miscorrected;
    }
}

/// Bits in which two words differ.
fn wrong_bits(sent: &[u16], found: &[u16]) -> u64 {
    sent.iter().zip(found).map(|(a, b)| u64::from((a ^ b).count_ones())).sum()
}
