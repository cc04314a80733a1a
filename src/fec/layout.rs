//! Layout: the bit of the codeword that a lane carries at any time.

use super::coding::{Coding, InterleaveOrder, Mux};
use crate::error::{KeyPath, Problems, Result};
use crate::fec::inner::code::PAYLOAD_SYMBOLS;
use crate::fec::reed_solomon::code::ReedSolomon;
use std::sync::{Arc, OnceLock};

/// Bits of a PAM4 symbol.
const SYMBOL_BITS: u64 = 2;

/// A bit of a codeword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The set of codewords, from 0.
    pub set: u64,
    /// The codeword of the set.
    pub codeword: usize,
    /// The symbol of the codeword, from 0, the first sent.
    pub symbol: usize,
    /// The bit of the symbol; the least significant one is sent first.
    pub bit: u32,
}

/// A bit of a set.
#[derive(Clone, Copy, Debug)]
pub(super) struct BitPlace {
    /// Symbol index over all codewords of the set, one codeword after the other.
    pub(super) symbol: u32,
    pub(super) bit: u32,
}

/// The mapping of a lane's bits to those of codewords, a pure function of absolute indices.
///
/// ```text
/// PCS lane q of flow f, row r:       codeword f D + (q + r) mod D, symbol r (Q / D) + q / D     (D codewords, Q PCS lanes a flow)
/// lane l takes the PCS lanes         l w + i of every flow, i < w = Q / lanes; flows in turn for each i, or all i of a flow, then the next
/// bit mux                            a bit of each, in that order; symbol mux: a symbol of each
/// inner code                         turns of the interleaver fill 60 PAM4 symbols of every block of 64
/// line                               symbol 0 of each of the interleaved blocks, then symbol 1, ..
/// ```
///
/// A lane's *payload bits* are counted from 0, without the parity of an inner code; two make a PAM4
/// symbol.
///
/// # Limits
///
/// The rotation of the codewords from row to row is that remembered of 119.2.4.7, and the order of
/// the PCS lanes on a lane is free in the standard: both `assumed`.
///
/// # Reference
///
/// IEEE 802.3, 119.2.4.7 (distribution), clause 173 (bit multiplexing); P802.3dj clauses 176
/// and 177.
#[derive(Clone, Debug)]
pub struct CodewordLayout {
    coding: Coding,
    /// The outer code, built when it is first used.
    code: Arc<OnceLock<ReedSolomon>>,
    /// Lane after lane, the bits of one set.
    places: Vec<BitPlace>,
    lane_bits: usize,
}

impl Coding {
    /// Lays the codewords out on the lanes.
    ///
    /// # Errors
    ///
    /// Every number that does not fit the others.
    pub fn build(&self) -> Result<Arc<CodewordLayout>> {
        let mut problems = Problems::new();
        self.check(&KeyPath::root(), &mut problems);
        problems.finish()?;
        Ok(Arc::new(CodewordLayout::new(self.clone(), Arc::default())))
    }
}

impl CodewordLayout {
    fn new(coding: Coding, code: Arc<OnceLock<ReedSolomon>>) -> Self {
        let bits =
            coding.codewords * coding.outer.codeword_symbols * coding.outer.symbol_bits() as usize;
        let mut places = Vec::with_capacity(bits);
        (0..coding.lanes).for_each(|lane| lane_places(&coding, lane, &mut places));
        debug_assert_eq!(places.len(), bits);
        Self { lane_bits: bits / coding.lanes, coding, code, places }
    }

    /// The same codewords on a single lane, see [`Coding::single_lane`].
    ///
    /// # Errors
    ///
    /// As [`Coding::build`]: the delay of an inner code's interleaver grows.
    pub fn single_lane(&self) -> Result<Arc<Self>> {
        let coding = self.coding.single_lane();
        let mut problems = Problems::new();
        coding.check(&KeyPath::root(), &mut problems);
        problems.finish()?;
        Ok(Arc::new(Self::new(coding, self.code.clone())))
    }

    /// The outer code.
    #[must_use]
    pub fn code(&self) -> &ReedSolomon {
        self.code.get_or_init(|| self.coding.outer.build().expect("a checked coding has a code"))
    }

    /// The coding it was built from.
    #[must_use]
    pub fn coding(&self) -> &Coding {
        &self.coding
    }

    /// PAM4 symbols of payload that a set takes on each lane.
    #[must_use]
    pub fn set_symbols(&self) -> usize {
        self.lane_bits / SYMBOL_BITS as usize
    }

    /// The payload symbol that is symbol `index` of a lane; none for the parity of an inner code.
    #[must_use]
    pub fn payload_symbol(&self, index: u64) -> Option<u64> {
        let Some(inner) = &self.coding.inner else { return Some(index) };
        let (span, turns) = (inner.span_symbols() as u64, inner.interleaved_blocks as u64);
        let (block, within) = (index / span * turns + index % span % turns, index % span / turns);
        (within < PAYLOAD_SYMBOLS as u64).then(|| block * PAYLOAD_SYMBOLS as u64 + within)
    }

    /// Payload symbols among whole spans of the first `symbols` of a lane.
    #[must_use]
    pub fn payload_symbols(&self, symbols: u64) -> u64 {
        let Some(inner) = &self.coding.inner else { return symbols };
        let span = inner.span_symbols() as u64;
        symbols / span * (inner.interleaved_blocks * PAYLOAD_SYMBOLS) as u64
    }

    /// The payload symbol of a lane that carries symbol `straight` of its codewords before the
    /// interleaver of an inner code; `None` for one that left before index 0.
    #[must_use]
    pub fn interleaved_symbol(&self, straight: u64) -> Option<u64> {
        let Some(inner) = &self.coding.inner else { return Some(straight) };
        let turn = self.turn_bits(inner.interleaver.turn_symbols) / SYMBOL_BITS;
        Some(inner.interleaver.output(straight / turn)? * turn + straight % turn)
    }

    /// Payload symbols before which every one is among the first `straight` before the interleaver
    /// of an inner code.
    #[must_use]
    pub fn whole_symbols(&self, straight: u64) -> u64 {
        let Some(inner) = &self.coding.inner else { return straight };
        let turn = self.turn_bits(inner.interleaver.turn_symbols) / SYMBOL_BITS;
        (straight / turn).saturating_sub(inner.interleaver.first_complete()) * turn
    }

    /// The least number of symbols before the interleaver among which are the first `payload` after
    /// it.
    #[must_use]
    pub fn straight_symbols(&self, payload: u64) -> u64 {
        let Some(inner) = &self.coding.inner else { return payload };
        let turn = self.turn_bits(inner.interleaver.turn_symbols) / SYMBOL_BITS;
        (payload.div_ceil(turn) + inner.interleaver.first_complete()) * turn
    }

    /// Where a payload bit of a lane belongs.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    #[must_use]
    pub fn address(&self, lane: usize, payload_bit: u64) -> Address {
        let (set, places) = self.runs(lane, payload_bit, 1).next().expect("one bit");
        let (symbol, n) = (places[0].symbol as usize, self.coding.outer.codeword_symbols);
        Address { set, codeword: symbol / n, symbol: symbol % n, bit: places[0].bit }
    }

    /// The places of `count` payload bits of a lane, cut where the set changes or the interleaver
    /// jumps.
    pub(super) fn runs(
        &self,
        lane: usize,
        first: u64,
        count: usize,
    ) -> impl Iterator<Item = (u64, &[BitPlace])> {
        assert!(lane < self.coding.lanes, "lane {lane} of {}", self.coding.lanes);
        let places = &self.places[lane * self.lane_bits..][..self.lane_bits];
        let (mut at, end) = (first, first + count as u64);
        std::iter::from_fn(move || {
            let left = end - at;
            let (coded, straight) = match &self.coding.inner {
                None => (at, left),
                Some(inner) => {
                    let turn_bits = self.turn_bits(inner.interleaver.turn_symbols);
                    let within = at % turn_bits;
                    (
                        inner.interleaver.input(at / turn_bits) * turn_bits + within,
                        turn_bits - within,
                    )
                }
            };
            let (set, begin) =
                (coded / self.lane_bits as u64, (coded % self.lane_bits as u64) as usize);
            let taken = left.min(straight).min((self.lane_bits - begin) as u64);
            at += taken;
            (taken > 0).then(|| (set, &places[begin..begin + taken as usize]))
        })
    }

    /// Sets before this one are complete when every lane has delivered that many payload symbols.
    #[must_use]
    pub fn whole_sets(&self, payload_symbols: u64) -> u64 {
        let bits = SYMBOL_BITS * payload_symbols;
        // a turn of input is sent at the same turn of output at the latest
        let turn_bits = self
            .coding
            .inner
            .as_ref()
            .map_or(1, |inner| self.turn_bits(inner.interleaver.turn_symbols));
        bits / turn_bits * turn_bits / self.lane_bits as u64
    }

    /// The first set of which every bit is sent: 0, or the first after the interleaver is filled.
    #[must_use]
    pub fn first_set(&self) -> u64 {
        self.coding.inner.as_ref().map_or(0, |inner| {
            let turn_bits = self.turn_bits(inner.interleaver.turn_symbols);
            (inner.interleaver.first_complete() * turn_bits).div_ceil(self.lane_bits as u64)
        })
    }

    fn turn_bits(&self, turn_symbols: usize) -> u64 {
        turn_symbols as u64 * u64::from(self.coding.outer.symbol_bits())
    }
}

/// Appends the place of each bit of a set that a lane carries, in the order of transmission.
fn lane_places(coding: &Coding, lane: usize, places: &mut Vec<BitPlace>) {
    let symbol_bits = coding.outer.symbol_bits();
    let (per_flow, depth) = (coding.pcs_lanes / coding.flows, coding.codewords / coding.flows);
    let of_flow = per_flow / coding.lanes;
    // flow and PCS lane of the flow, in turn
    let turns: Vec<(usize, usize)> = (0..coding.pcs_lanes / coding.lanes)
        .map(|turn| match coding.turns {
            InterleaveOrder::Alternating => (turn % coding.flows, turn / coding.flows),
            InterleaveOrder::Grouped => (turn / of_flow, turn % of_flow),
        })
        .map(|(flow, own)| (flow, lane * of_flow + own))
        .collect();
    let row_symbols = per_flow / depth;
    for row in 0..coding.outer.codeword_symbols / row_symbols {
        let symbol = |&(flow, pcs_lane): &(usize, usize)| {
            let codeword = flow * depth + (pcs_lane + row) % depth;
            let symbol = row * row_symbols + pcs_lane / depth;
            (codeword * coding.outer.codeword_symbols + symbol) as u32
        };
        let symbols = || turns.iter().map(symbol);
        let bits = 0..symbol_bits;
        match coding.mux {
            Mux::Bit => places
                .extend(bits.flat_map(|bit| symbols().map(move |symbol| BitPlace { symbol, bit }))),
            Mux::Symbol => places.extend(
                symbols().flat_map(|symbol| bits.clone().map(move |bit| BitPlace { symbol, bit })),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::coding::CODINGS;
    use super::*;
    use std::collections::{HashMap, HashSet};
    use std::sync::Arc;

    fn layouts() -> impl Iterator<Item = Arc<CodewordLayout>> {
        CODINGS.iter().map(|(name, _)| Coding::named(name).unwrap().build().unwrap())
    }

    /// Three sets from the first complete one on, and no bit of any other twice.
    #[test]
    fn every_bit_of_every_codeword_is_carried_exactly_once() {
        for layout in layouts() {
            let sets = layout.first_set()..layout.first_set() + 3;
            let bits = (layout.set_symbols() * 2) as u64 * (sets.end + layout.first_set() + 2);
            let mut seen = HashMap::new();
            let Coding { lanes, codewords, .. } = layout.coding().clone();
            for lane in 0..lanes {
                for bit in 0..bits {
                    let address = layout.address(lane, bit);
                    assert!(
                        address.codeword < codewords && address.symbol < 544 && address.bit < 10
                    );
                    *seen.entry(address).or_insert(0) += 1;
                }
            }
            assert!(seen.values().all(|&count| count == 1));
            let complete = seen.keys().filter(|address| sets.contains(&address.set)).count();
            assert_eq!(complete, 3 * codewords * 5440);
        }
    }

    /// `docs/physics.md` section 4. A burst of ten bits: symbol mux keeps ten bits together, bit
    /// mux deals them to four PCS lanes.
    #[test]
    fn a_burst_of_five_symbols_wets_one_or_two_symbols_by_symbol_mux_and_many_by_bit_mux() {
        let wet = |name: &str| -> HashSet<usize> {
            let layout = Coding::named(name).unwrap().build().unwrap();
            let symbols = |first: u64| {
                (2 * first..2 * first + 10).map(|bit| Address { bit: 0, ..layout.address(3, bit) })
            };
            (0..1360).map(|first| symbols(first).collect::<HashSet<_>>().len()).collect()
        };
        assert_eq!(wet("1.6tbase-dr8"), HashSet::from([1, 2]));
        // four PCS lanes, and one more symbol for each at a boundary
        assert!(wet("800gbase-df").iter().all(|count| (4..=8).contains(count)));
    }

    /// The bits of a PAM4 symbol belong to different PCS lanes (`docs/physics.md` section 4),
    /// here to different codewords too.
    #[test]
    fn bit_mux_parts_the_bits_of_a_pam4_symbol() {
        let layout = Coding::named("800gbase-df").unwrap().build().unwrap();
        for symbol in 0..1360 {
            assert_ne!(
                layout.address(5, 2 * symbol).codeword,
                layout.address(5, 2 * symbol + 1).codeword
            );
        }
    }

    /// `docs/standards.md` 6.2: the 120 bits of a block are 12 symbols of 12 codewords.
    /// On one lane alone as well, whose sets are eight times as long.
    #[test]
    fn a_lane_alone_keeps_twelve_codewords_in_a_block_of_the_inner_code() {
        let layout = Coding::named("1.6tbase-dr8-2").unwrap().single_lane().build().unwrap();
        let words = |block: u64| -> HashSet<_> {
            (120 * block..120 * (block + 1))
                .map(|bit| layout.address(0, bit))
                .map(|address| (address.set, address.codeword))
                .collect()
        };
        assert!((0..2000).all(|block| words(block).len() == 12));
    }

    #[test]
    fn a_block_of_the_inner_code_holds_symbols_of_twelve_codewords() {
        let layout = Coding::named("1.6tbase-dr8-2").unwrap().build().unwrap();
        for block in 0..500 {
            let addresses: Vec<Address> =
                (120 * block..120 * (block + 1)).map(|bit| layout.address(2, bit)).collect();
            let words: HashSet<_> =
                addresses.iter().map(|address| (address.set, address.codeword)).collect();
            assert_eq!(words.len(), 12, "block {block}");
        }
        // eight blocks in turn: their first symbols, then their second, .., then parity
        let of = |index| layout.payload_symbol(index);
        assert_eq!(
            (of(0), of(1), of(8), of(479), of(480), of(511), of(512)),
            (Some(0), Some(60), Some(1), Some(479), None, None, Some(480))
        );
    }
}
