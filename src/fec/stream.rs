//! Codewords to the levels of lanes, and decided levels back to codewords.

use super::coding::Coding;
use super::inner;
use super::layout::CodewordLayout;
use super::reed_solomon::code::ReedSolomon;
use crate::fec::inner::code::{BLOCK_SYMBOLS, PAYLOAD_SYMBOLS};
use crate::pattern::{LevelSequence, gray};
use crate::seed::Seed;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Sets kept in the cache: more than the blocks of a few threads touch; others are made again.
const RECENT: u64 = 64;

/// The transmitter of a port: a pure function of seed, lane and index, independent of earlier
/// calls.
///
/// Payload is random, with a stream for every set of codewords. Levels are those before the
/// precoder. Clones share the latest codewords, so that the lanes of a port encode each only once.
#[derive(Clone, Debug)]
pub struct FecSender {
    layout: Arc<CodewordLayout>,
    payload: Arc<Payload>,
}

/// The codewords of the port.
#[derive(Debug)]
struct Payload {
    seed: Seed,
    /// The latest sets, each at its number modulo [`RECENT`].
    recent: Vec<Mutex<PayloadSet>>,
}

#[derive(Debug)]
struct PayloadSet {
    number: Option<u64>,
    words: Vec<u16>,
}

impl Payload {
    fn set<R>(&self, code: &ReedSolomon, set: u64, with: impl FnOnce(&[u16]) -> R) -> R {
        let mut made = self.recent[(set % RECENT) as usize].lock().expect("no holder panics");
        if made.number != Some(set) {
            let mask = code.field().order() as u64;
            let mut rng = self.seed.index(set).rng();
            for word in made.words.chunks_exact_mut(code.code().codeword_symbols) {
                word.iter_mut().for_each(|symbol| *symbol = (rng.next_u64() & mask) as u16);
                code.encode(word).expect("a word of the code's own");
            }
            made.number = Some(set);
        }
        with(&made.words)
    }
}

impl FecSender {
    /// A port with random payload.
    #[must_use]
    pub fn new(layout: &Arc<CodewordLayout>, seed: Seed) -> Self {
        let symbols = layout.coding().codewords * layout.coding().outer.codeword_symbols;
        let recent = (0..RECENT)
            .map(|_| Mutex::new(PayloadSet { number: None, words: vec![0; symbols] }))
            .collect();
        let payload = Payload { seed: seed.named("fec.payload"), recent };
        Self { layout: layout.clone(), payload: Arc::new(payload) }
    }

    /// The codewords' layout on the lanes.
    #[must_use]
    pub fn layout(&self) -> &Arc<CodewordLayout> {
        &self.layout
    }

    /// The same codewords as they are before the inner code and its interleaver.
    #[must_use]
    pub fn before_inner_code(&self) -> Self {
        let coding = Coding { inner: None, ..self.layout.coding().clone() };
        let layout = coding.build().expect("a checked coding without a part of it");
        Self { layout, payload: self.payload.clone() }
    }

    /// The codewords of a set, one after the other.
    pub fn set<R>(&self, set: u64, with: impl FnOnce(&[u16]) -> R) -> R {
        self.payload.set(self.layout.code(), set, with)
    }

    /// The levels of one lane.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    #[must_use]
    pub fn lane(&self, lane: usize) -> Arc<dyn LevelSequence> {
        assert!(lane < self.layout.coding().lanes, "lane {lane} of {}", self.layout.coding().lanes);
        Arc::new(LaneSender { sender: self.clone(), lane })
    }

    /// Writes the levels `first ..` of a lane.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    pub fn fill(&self, lane: usize, first: u64, levels: &mut [u8]) {
        let Some(inner) = &self.layout.coding().inner else {
            return self.fill_payload(lane, first, levels);
        };
        let (span, turns) = (inner.span_symbols() as u64, inner.interleaved_blocks);
        let (mut at, mut rest) = (first, levels);
        while !rest.is_empty() {
            let (number, within) = (at / span, (at % span) as usize);
            let taken = rest.len().min(span as usize - within);
            let (head, tail) = rest.split_at_mut(taken);
            for turn in 0..turns {
                let mut block = [0; BLOCK_SYMBOLS];
                self.fill_payload(
                    lane,
                    (number * turns as u64 + turn as u64) * PAYLOAD_SYMBOLS as u64,
                    &mut block[..PAYLOAD_SYMBOLS],
                );
                inner::encode(&mut block);
                // its symbols are turn, turn + turns, .. of the span
                let before = within.saturating_sub(turn).div_ceil(turns);
                let from = turn + before * turns - within;
                head.iter_mut()
                    .skip(from)
                    .step_by(turns)
                    .zip(&block[before.min(BLOCK_SYMBOLS)..])
                    .for_each(|(level, &coded)| *level = coded);
            }
            (at, rest) = (at + taken as u64, tail);
        }
    }

    fn fill_payload(&self, lane: usize, first: u64, levels: &mut [u8]) {
        levels.fill(0);
        let mut at = 0;
        for (set, places) in self.layout.runs(lane, 2 * first, 2 * levels.len()) {
            self.set(set, |words| {
                for place in places {
                    let bit = words[place.symbol as usize] >> place.bit & 1;
                    levels[at / 2] = levels[at / 2] << 1 | bit as u8;
                    at += 1;
                }
            });
        }
        levels.iter_mut().for_each(|bits| *bits = gray::level(*bits & 2 != 0, *bits & 1 != 0));
    }
}

/// The levels of one lane of the port.
#[derive(Debug)]
struct LaneSender {
    sender: FecSender,
    lane: usize,
}

impl LevelSequence for LaneSender {
    fn fill(&self, first_symbol: u64, out: &mut [u8]) {
        self.sender.fill(self.lane, first_symbol, out);
    }
}

/// Collects decided levels into codewords.
#[derive(Clone, Debug)]
pub struct FecReceiver {
    layout: Arc<CodewordLayout>,
    /// Payload symbols received from each lane.
    arrived: Vec<u64>,
    /// The next set to be completed, and those after it.
    next: u64,
    waiting: VecDeque<Gathering>,
    spare: Vec<Gathering>,
}

#[derive(Clone, Debug)]
struct Gathering {
    words: Vec<u16>,
    bits: usize,
}

impl FecReceiver {
    /// An empty receiver.
    #[must_use]
    pub fn new(layout: &Arc<CodewordLayout>) -> Self {
        let arrived = vec![0; layout.coding().lanes];
        Self {
            layout: layout.clone(),
            arrived,
            next: layout.first_set(),
            waiting: VecDeque::new(),
            spare: Vec::new(),
        }
    }

    /// Adds the next decided levels of a lane, with precoding undone and without the parity of an
    /// inner code.
    ///
    /// # Panics
    ///
    /// If there is no such lane, or a level is above 3.
    pub fn push(&mut self, lane: usize, payload: &[u8]) {
        let first = self.arrived[lane];
        self.arrived[lane] += payload.len() as u64;
        let symbols = self.layout.coding().codewords * self.layout.coding().outer.codeword_symbols;
        let mut at = 0;
        for (set, places) in self.layout.runs(lane, 2 * first, 2 * payload.len()) {
            let bits = places.iter().enumerate().map(|(k, place)| {
                let (one, two) = gray::bits(payload[(at + k) / 2]);
                (place, if (at + k).is_multiple_of(2) { one } else { two })
            });
            // a set that began before the stream is dropped
            if let Some(offset) = set.checked_sub(self.next) {
                while self.waiting.len() <= offset as usize {
                    self.waiting.push_back(
                        self.spare
                            .pop()
                            .unwrap_or_else(|| Gathering { words: vec![0; symbols], bits: 0 }),
                    );
                }
                let gathering = &mut self.waiting[offset as usize];
                bits.for_each(|(place, value)| {
                    gathering.words[place.symbol as usize] |= u16::from(value) << place.bit
                });
                gathering.bits += places.len();
            }
            at += places.len();
        }
    }

    /// Returns the next set once it is complete on all lanes: its number, and its codewords one
    /// after the other.
    pub fn take(&mut self, mut with: impl FnMut(u64, &[u16])) -> bool {
        let outer = &self.layout.coding().outer;
        let bits =
            self.layout.coding().codewords * outer.codeword_symbols * outer.symbol_bits() as usize;
        if self.waiting.front().is_none_or(|gathering| gathering.bits < bits) {
            return false;
        }
        let mut gathering = self.waiting.pop_front().expect("there is one");
        with(self.next, &gathering.words);
        self.next += 1;
        gathering.words.fill(0);
        gathering.bits = 0;
        self.spare.push(gathering);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::coding::{CODINGS, InnerCoding};
    use super::super::error_extractor::{ErrorExtractor, payload};
    use super::super::tally::FecTally;
    use super::*;
    use crate::fec::inner::soft::Soft;
    use crate::fec::reed_solomon::decode::DecoderWorkspace;
    use crate::math::gaussian::pam4_half_eye_from_ber;
    use crate::pattern::{precode, unprecode};

    /// `docs/physics.md` section 4: blocks of 1000, 1360 and 8192 symbols, the precoder on; its
    /// memory is handed from block to block.
    #[test]
    fn noiseless_blocks_of_any_length_give_no_error_with_the_precoder_on() {
        for (name, _) in CODINGS {
            let layout = Coding::named(name).unwrap().build().unwrap();
            for block in [1000, 1360, 8192] {
                let sender = FecSender::new(&layout, Seed::new(1));
                let mut receiver = FecReceiver::new(&layout);
                let lanes = layout.coding().lanes;
                let mut memory = vec![(0, 0); lanes]; // last level sent, last received
                let span = layout.coding().inner.as_ref().map_or(1, InnerCoding::span_symbols);
                let mut waiting = vec![Vec::new(); lanes]; // for the rest of their span
                let mut sets = 0;
                // fewer lanes need more symbols for as many sets
                for first in (0..16_384 * 16 / lanes as u64).step_by(block) {
                    for (lane, (sent, received)) in memory.iter_mut().enumerate() {
                        let mut levels = vec![0; block];
                        sender.fill(lane, first, &mut levels);
                        *sent = precode(&mut levels, *sent);
                        *received = unprecode(&mut levels, *received);
                        let waiting: &mut Vec<u8> = &mut waiting[lane];
                        waiting.extend(levels);
                        let whole = waiting.len() / span * span;
                        let levels: Vec<u8> = waiting.drain(..whole).collect();
                        receiver.push(lane, &payload(&layout, &levels));
                    }
                    while receiver.take(|set, words| {
                        sender
                            .set(set, |sent| assert_eq!(words, sent, "{name}: {block}, set {set}"))
                    }) {
                        sets += 1;
                    }
                }
                assert!(sets >= 8, "{name}: {sets} sets");
            }
        }
    }

    /// The way of 1.6TBASE-DR8-2 at the 4.85e-3 that it allows before the inner code: after it
    /// 2.2e-4 to 2.7e-4 (`docs/physics.md` section 4) and five standard errors, blocks of 120
    /// bits with some four wrong ones counted as one; after KP4, which fails once in 1e12 words
    /// there, nothing.
    #[test]
    fn the_two_codes_together_leave_no_error_at_their_limit() {
        let layout = Coding::named("1.6tbase-dr8-2").unwrap().build().unwrap();
        let Coding { outer, inner, .. } = layout.coding();
        let code = outer.build().unwrap();
        let sigma = (0.5 / pam4_half_eye_from_ber(4.85e-3)) as f32;
        let soft = Soft::new([0.0, 1.0, 2.0, 3.0], [sigma; 4]).unwrap();
        let sender = FecSender::new(&layout, Seed::new(3));
        let mut receiver = FecReceiver::new(&layout);
        let (mut work, mut tally) = (DecoderWorkspace::new(code.code()), FecTally::new(outer));
        let inner = inner.as_ref().unwrap();
        let (span, reader) = (
            inner.span_symbols(),
            ErrorExtractor::Inner(inner.decoder, soft, inner.interleaved_blocks),
        );
        for block in 0..125 {
            for lane in 0..8 {
                let mut levels = vec![0; span];
                sender.fill(lane, block * span as u64, &mut levels);
                let mut rng = Seed::new(4).index(block).index(lane as u64).rng();
                let values: Vec<f32> = levels
                    .iter()
                    .map(|&level| f32::from(level) + sigma * rng.normal() as f32)
                    .collect();
                let mut decided = payload(&layout, &levels);
                reader
                    .read(&levels, &values, &levels)
                    .wrong
                    .iter()
                    .for_each(|wrong| decided[wrong.index as usize] = wrong.decided);
                receiver.push(lane, &decided);
            }
            while receiver.take(|set, words| {
                let words = words.chunks_exact(544);
                sender.set(set, |sent| {
                    for (sent, received) in sent.chunks_exact(544).zip(words) {
                        let mut word = received.to_vec();
                        let outcome = code.decode(&mut word, &[], &mut work).unwrap();
                        tally.push_decoded(outer, sent, received, &word, outcome);
                    }
                });
            }) {}
        }
        assert!(tally.bits > 800_000, "{tally:?}");
        let (ber, wrong_blocks) =
            (tally.pre_fec_errors as f64 / tally.bits as f64, tally.pre_fec_errors as f64 / 4.0);
        assert!(
            (ber / 2.45e-4).ln().abs() < (2.7f64 / 2.2).ln() / 2.0 + 5.0 / wrong_blocks.sqrt(),
            "{ber:e}"
        );
        assert_eq!((tally.post_fec_errors, tally.uncorrectable), (0, 0));
    }

    /// What a module with the inner code sends is what its host sent, in the order of the
    /// interleaver.
    #[test]
    fn a_module_sends_the_symbols_of_its_host() {
        let layout = Coding::named("1.6tbase-dr8-2").unwrap().build().unwrap();
        let sender = FecSender::new(&layout, Seed::new(1));
        let (mut straight, mut line) = (vec![0; 12_000], vec![0; 8192]);
        sender.before_inner_code().fill(3, 0, &mut straight);
        sender.fill(3, 0, &mut line);
        let sent = payload(&layout, &line);
        let mut placed = 0;
        for (index, &level) in straight.iter().enumerate() {
            if let Some(at) = layout.interleaved_symbol(index as u64)
                && let Some(&there) = sent.get(at as usize)
            {
                assert_eq!(there, level, "{index} is {at}");
                placed += 1;
            }
        }
        assert_eq!(placed, sent.len());
        let needed = layout.straight_symbols(sent.len() as u64);
        assert!(needed <= 12_000 && layout.whole_symbols(needed) >= sent.len() as u64);
    }

    #[test]
    fn what_is_sent_does_not_depend_on_what_was_asked_before() {
        for (name, _) in CODINGS {
            let layout = Coding::named(name).unwrap().build().unwrap();
            let sender = FecSender::new(&layout, Seed::new(1));
            let (mut whole, mut parts) = (vec![0; 9000], vec![0; 9000]);
            sender.fill(3, 0, &mut whole);
            for first in [5000, 0, 7001, 2500].map(|first| first as usize) {
                let last = [2500, 5000, 7001, 9000].into_iter().find(|&last| last > first).unwrap();
                sender.fill(3, first as u64, &mut parts[first..last]);
            }
            assert_eq!(whole, parts, "{name}");
        }
    }
}
