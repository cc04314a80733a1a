//! Decoding and counting of a point's codewords.

use super::channel::{CurveChannel, PreFecCount};
use crate::fec::layout::{Address, CodewordLayout};
use crate::fec::reed_solomon::code::Code;
use crate::fec::reed_solomon::decode::DecoderWorkspace;
use crate::fec::tally::FecTally;
use crate::math::interval::BlockCounts;
use crate::seed::Seed;

/// Codewords of a chunk; each chunk has its own random streams.
pub(super) const CHUNK_CODEWORDS: u64 = 1024;

/// Counts of one point.
#[derive(Clone, Debug)]
pub(super) struct CountedPoint {
    pub(super) tally: FecTally,
    pub(super) slicer: PreFecCount,
    /// Failed codewords, by sets.
    pub(super) failed: BlockCounts,
}

impl CountedPoint {
    pub(super) fn new(layout: &CodewordLayout) -> Self {
        Self {
            tally: FecTally::new(&layout.coding().outer),
            slicer: PreFecCount::default(),
            failed: BlockCounts::default(),
        }
    }

    /// Adds a chunk.
    pub(super) fn merge(&mut self, chunk: &Self) {
        self.tally.merge(&chunk.tally);
        self.failed.merge(&chunk.failed);
        self.slicer.bits += chunk.slicer.bits;
        self.slicer.errors += chunk.slicer.errors;
    }
}

/// Sets of a chunk.
pub(super) fn chunk_sets(layout: &CodewordLayout) -> u64 {
    (CHUNK_CODEWORDS / layout.coding().codewords as u64).max(1)
}

/// Workspace of a thread for decoding, with the words of a chunk.
pub(super) struct Desk {
    work: DecoderWorkspace,
    /// Error pattern of each codeword of the chunk, one after the other.
    wrong: Vec<u16>,
    sent: Vec<u16>,
    decoded: Vec<u16>,
}

impl Desk {
    pub(super) fn new(code: &Code) -> Self {
        let [sent, decoded] = [(); 2].map(|()| vec![0; code.codeword_symbols]);
        Self { work: DecoderWorkspace::new(code), wrong: Vec::new(), sent, decoded }
    }

    /// Draws the errors of some sets and decodes.
    ///
    /// The codes are linear: a decoder's result depends on the errors only, not on the transmitted
    /// word, so the all-zero word stands for all. Up to t symbol errors are always corrected; only
    /// words with more are decoded.
    pub(super) fn count(
        &mut self,
        layout: &CodewordLayout,
        channel: &CurveChannel,
        sets: u64,
        seed: Seed,
    ) -> CountedPoint {
        let coding = layout.coding();
        let (symbols, first) = (coding.outer.codeword_symbols, layout.first_set());
        let mut counted = CountedPoint::new(layout);
        self.wrong.clear();
        self.wrong.resize(sets as usize * coding.codewords * symbols, 0);
        // sets before the first are incomplete; none after the last is started
        let payload_symbols = (first + sets) * layout.set_symbols() as u64;
        for lane in 0..coding.lanes {
            let slicer =
                channel.draw(seed.index(lane as u64).rng(), payload_symbols, |payload_bit| {
                    let Address { set, codeword, symbol, bit } = layout.address(lane, payload_bit);
                    if let Some(set) = set.checked_sub(first).filter(|set| *set < sets) {
                        self.wrong
                            [(set as usize * coding.codewords + codeword) * symbols + symbol] ^=
                            1 << bit;
                    }
                });
            counted.slicer.bits += slicer.bits;
            counted.slicer.errors += slicer.errors;
        }
        for set in self.wrong.chunks_exact(coding.codewords * symbols) {
            let before = counted.tally.uncorrectable + counted.tally.miscorrected;
            for word in set.chunks_exact(symbols) {
                let wrong = word.iter().map(|symbol| u16::from(*symbol != 0)).sum::<u16>().into();
                if wrong <= coding.outer.correctable() {
                    push_correctable(&mut counted.tally, word, wrong, coding.outer.symbol_bits());
                    continue;
                }
                self.decoded.copy_from_slice(word);
                let outcome = layout
                    .code()
                    .decode(&mut self.decoded, &[], &mut self.work)
                    .expect("a word of the code's own");
                counted.tally.push_decoded(&coding.outer, &self.sent, word, &self.decoded, outcome);
            }
            let failed = counted.tally.uncorrectable + counted.tally.miscorrected - before;
            counted.failed.push(coding.codewords as u64, failed);
        }
        counted
    }
}

/// Adds a word that is always corrected, without decoding; the counts are those of
/// [`FecTally::push_decoded`].
fn push_correctable(tally: &mut FecTally, wrong: &[u16], symbols: usize, symbol_bits: u32) {
    let bits: u32 =
        if symbols == 0 { 0 } else { wrong.iter().map(|symbol| symbol.count_ones()).sum() };
    tally.histogram.push(Some(symbols));
    tally.bits += wrong.len() as u64 * u64::from(symbol_bits);
    tally.pre_fec_errors += u64::from(bits);
    tally.corrected_bits += u64::from(bits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::curve::description::FecCurve;
    use crate::fec::curve::scheme::Scheme;

    /// Every word decoded: the same counts to the last bit, for words within the code and beyond
    /// it. 800 and 200 codewords, of which 64 and 110 are expected beyond, 21 and 18 with five
    /// symbol errors.
    #[test]
    fn what_is_not_decoded_is_counted_as_if_it_were() {
        for (coding, ber) in
            [(Scheme::Kp4.on("800gbase-df").unwrap(), 2e-3), (Scheme::Kr4.single_lane(), 1.5e-3)]
        {
            let layout = coding.build().unwrap();
            let code = layout.code();
            let channel = CurveChannel::new(&FecCurve { coding, ..FecCurve::default() }, ber);
            let mut desk = Desk::new(code.code());
            let counted = desk.count(&layout, &channel, 200, Seed::new(1));
            let mut tally = FecTally::new(code.code());
            for word in desk.wrong.chunks_exact(code.code().codeword_symbols) {
                let mut decoded = word.to_vec();
                let outcome = code.decode(&mut decoded, &[], &mut desk.work).unwrap();
                tally.push_decoded(code.code(), &desk.sent, word, &decoded, outcome);
            }
            assert_eq!(counted.tally, tally);
            assert!(tally.histogram.bins()[5] > 0 && tally.uncorrectable > 0, "{tally:?}");
        }
    }
}
