//! Symbol errors of lanes, collected into codewords, decoded and counted.

use super::coding::Coding;
use super::error_extractor::SymbolError;
use super::extrapolate::{self, Extrapolation};
use super::histogram::SymbolErrorHistogram;
use super::layout::CodewordLayout;
use super::stream::FecSender;
use super::tally::FecTally;
use crate::fec::reed_solomon::decode::DecoderWorkspace;
use crate::math::interval::{BlockCounts, Interval, count_interval};
use crate::pattern::gray;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Treatment of codewords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decoding {
    /// Decoded, then compared with the transmitted word.
    #[default]
    BitTrue,
    /// Compared with the transmitted word without decoding: up to t symbol errors count as
    /// corrected.
    Genie,
}

/// Collects the symbol errors of the lanes of a port into codewords and decodes each complete set.
///
/// ```text
/// received word = sent word + wrong bits
/// ```
///
/// The transmitted codewords are those of a [`FecSender`], or all zeros: the code is linear, and
/// the decoder sees the same errors. Lanes may therefore carry a test pattern. Codewords without a
/// bit error are only counted.
#[derive(Clone, Debug)]
pub struct CodewordCounter {
    layout: Arc<CodewordLayout>,
    decoding: Decoding,
    sender: Option<FecSender>,
    /// Payload symbols received from each lane.
    brought: Vec<u64>,
    /// The set that is decoded next.
    next: u64,
    /// Bit errors of incomplete sets: symbol of the set, bits.
    waiting: BTreeMap<u64, Vec<(u32, u16)>>,
    sent: Vec<u16>,
    received: Vec<u16>,
    decoded: Vec<u16>,
    work: DecoderWorkspace,
    tally: FecTally,
    /// One histogram for each codeword of a set.
    of_codeword: Vec<SymbolErrorHistogram>,
    /// Failed codewords of a set, and its bit errors.
    failed: BlockCounts,
    wrong_bits: BlockCounts,
    sets: u64,
    lost_sets: u64,
}

/// Standard errors by which the mean of the histogram of one codeword must differ before the
/// codewords of a set are treated separately.
const UNLIKE: f64 = 4.0;

impl CodewordCounter {
    /// An empty counter; `sender` where its codewords are transmitted.
    #[must_use]
    pub fn new(layout: Arc<CodewordLayout>, decoding: Decoding, sender: Option<FecSender>) -> Self {
        let Coding { outer, codewords, lanes, .. } = *layout.coding();
        let symbols = vec![0; codewords * outer.codeword_symbols];
        Self {
            decoding,
            sender,
            brought: vec![0; lanes],
            next: layout.first_set(),
            waiting: BTreeMap::new(),
            sent: symbols.clone(),
            received: symbols.clone(),
            decoded: vec![0; outer.codeword_symbols],
            work: DecoderWorkspace::new(&outer),
            tally: FecTally::new(&outer),
            of_codeword: vec![SymbolErrorHistogram::new(&outer); codewords],
            failed: BlockCounts::default(),
            wrong_bits: BlockCounts::default(),
            sets: 0,
            lost_sets: 0,
            layout,
        }
    }

    /// Adds the next payload symbols of a lane: their number, and their errors.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    pub fn push(&mut self, lane: usize, symbols: u64, wrong: &[SymbolError]) {
        let first = self.brought[lane];
        self.brought[lane] += symbols;
        let codeword_symbols = self.layout.coding().outer.codeword_symbols;
        for wrong in wrong {
            let (sent, decided) = (gray::bits(wrong.sent), gray::bits(wrong.decided));
            for (second, differs) in [(0, sent.0 != decided.0), (1, sent.1 != decided.1)] {
                let address =
                    self.layout.address(lane, 2 * (first + u64::from(wrong.index)) + second);
                if differs && address.set >= self.next {
                    let symbol = (address.codeword * codeword_symbols + address.symbol) as u32;
                    self.waiting.entry(address.set).or_default().push((symbol, 1 << address.bit));
                }
            }
        }
        let least = self.brought.iter().copied().min().unwrap_or(0);
        while self.next < self.layout.whole_sets(least) {
            self.finish_set();
        }
    }

    fn finish_set(&mut self) {
        let (set, coding) = (self.next, self.layout.coding());
        let n = coding.outer.codeword_symbols;
        self.next += 1;
        self.sets += 1;
        let wrong = self.waiting.remove(&set).unwrap_or_default();
        let mut touched = vec![false; coding.codewords];
        wrong.iter().for_each(|&(symbol, _)| touched[symbol as usize / n] = true);
        let clean = touched.iter().zip(&mut self.of_codeword).filter(|(touched, _)| !**touched);
        let clean = clean.map(|(_, histogram)| histogram.push(Some(0))).count();
        self.tally.push_clean(&coding.outer, clean as u64);
        if wrong.is_empty() {
            self.push_set(0, 0);
            return;
        }
        if let Some(sender) = &self.sender {
            sender.set(set, |words| self.sent.copy_from_slice(words));
        }
        self.received.copy_from_slice(&self.sent);
        wrong.iter().for_each(|&(symbol, bits)| self.received[symbol as usize] ^= bits);
        let failed = |tally: &FecTally| tally.uncorrectable + tally.miscorrected;
        let before = (failed(&self.tally), self.tally.pre_fec_errors);
        for (word, _) in touched.iter().enumerate().filter(|(_, touched)| **touched) {
            let (sent, received) = (&self.sent[word * n..][..n], &self.received[word * n..][..n]);
            let wrong_symbols = match self.decoding {
                Decoding::Genie => self.tally.push_genie(&coding.outer, sent, received),
                Decoding::BitTrue => {
                    self.decoded.copy_from_slice(received);
                    let outcome = self
                        .layout
                        .code()
                        .decode(&mut self.decoded, &[], &mut self.work)
                        .expect("a word of the code's own");
                    self.tally.push_decoded(&coding.outer, sent, received, &self.decoded, outcome)
                }
            };
            self.of_codeword[word].push(wrong_symbols);
        }
        let failed = failed(&self.tally) - before.0;
        self.push_set(failed, self.tally.pre_fec_errors - before.1);
        self.lost_sets += u64::from(failed > 0);
    }

    /// Adds the failed codewords and the wrong bits of a set.
    fn push_set(&mut self, failed: u64, wrong_bits: u64) {
        let Coding { outer, codewords, .. } = self.layout.coding();
        let (words, symbols) = (*codewords as u64, outer.codeword_symbols as u64);
        self.failed.push(words, failed);
        self.wrong_bits.push(words * symbols * u64::from(outer.symbol_bits()), wrong_bits);
    }

    /// Counts over the complete sets.
    #[must_use]
    pub fn tally(&self) -> &FecTally {
        &self.tally
    }

    /// Failed codewords: uncorrectable or miscorrected.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.errors()
    }

    /// The 95 % interval of the codeword error ratio; wider where the codewords of a set fail
    /// together; 0 to 1 without codewords.
    #[must_use]
    pub fn codeword_error_interval(&self) -> Interval {
        count_interval(std::slice::from_ref(&self.failed), 0.95).0
    }

    /// The 95 % interval of the pre-FEC bit error ratio; wider where the bits of a set fail
    /// together.
    #[must_use]
    pub fn bit_error_interval(&self) -> Interval {
        count_interval(std::slice::from_ref(&self.wrong_bits), 0.95).0
    }

    /// Codeword error ratio extrapolated from the histogram, with symbol errors added as in
    /// [`extrapolate::extrapolate_with`].
    ///
    /// The codewords of a set may differ: with bit multiplexing one has more of the second bits of
    /// the PAM4 symbols, another more of a bad lane. Where the mean of one is off by four standard
    /// errors, each is extrapolated separately and the results are averaged; pooled, they would
    /// look like bursts.
    ///
    /// # Panics
    ///
    /// If `confidence` is not between 0 and 1.
    #[must_use]
    pub fn extrapolate(&self, added: f64, confidence: f64) -> Option<Extrapolation> {
        let together = extrapolate::extrapolate_with(&self.tally.histogram, added, confidence)?;
        let (mean, _) = self.tally.histogram.moments();
        let unlike = self.of_codeword.iter().any(|histogram| {
            let (own, variance) = histogram.moments();
            (own - mean).abs() > UNLIKE * (variance.max(mean) / histogram.codewords() as f64).sqrt()
        });
        if !unlike {
            return Some(together);
        }
        let alone = |histogram: &SymbolErrorHistogram| match extrapolate::extrapolate_with(
            histogram, added, confidence,
        ) {
            Some(extrapolated) => extrapolated,
            // without symbol errors, or with too many uncorrected codewords: the counted ratio
            None => {
                let codeword_error_ratio =
                    histogram.overflow() as f64 / histogram.codewords() as f64;
                let interval = if histogram.overflow() > 0 {
                    histogram.codeword_error_ratio(confidence)
                } else {
                    Interval { low: 0.0, high: 0.0 }
                };
                Extrapolation { codeword_error_ratio, interval, excess: 0.0 }
            }
        };
        let each: Vec<Extrapolation> = self.of_codeword.iter().map(alone).collect();
        let mean =
            |of: fn(&Extrapolation) -> f64| each.iter().map(of).sum::<f64>() / each.len() as f64;
        Some(Extrapolation {
            codeword_error_ratio: mean(|f| f.codeword_error_ratio),
            interval: Interval { low: mean(|f| f.interval.low), high: mean(|f| f.interval.high) },
            excess: mean(|f| f.excess),
        })
    }

    /// Positions of the codewords' bits on the lanes.
    #[must_use]
    pub fn layout(&self) -> &CodewordLayout {
        &self.layout
    }

    /// Frame loss ratio for frames of that length in octets: frames that touch a codeword with a
    /// post-FEC bit error; `None` before the first set.
    ///
    /// ```text
    /// lost sets / sets (1 + frame / payload of a set)
    /// ```
    ///
    /// A frame is spread over all codewords of its set, and some frames reach into the next set.
    #[must_use]
    pub fn frame_loss_ratio(&self, frame_octets: f64) -> Option<f64> {
        let coding = self.layout.coding();
        // for one codeword in a set of one, as in the closed form
        let per_set = super::tail::ln_frame_loss_ratio(
            0.0,
            &coding.outer,
            1,
            frame_octets / coding.codewords as f64,
        );
        (self.sets > 0)
            .then(|| (self.lost_sets as f64 / self.sets as f64 * libm::exp(per_set)).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::coding::{CODINGS, Coding, InterleaveOrder};
    use super::super::error_extractor::payload;
    use super::super::stream::FecReceiver;
    use super::*;
    use crate::fec::errors::source::ErrorModel;
    use crate::fec::reed_solomon::code::Code;
    use crate::pattern::gray::BIT_ERRORS;
    use crate::seed::Seed;

    /// Bit for bit: complete levels with errors, collected and decoded, against their symbol errors
    /// alone; also with a genie, and with a test pattern.
    #[test]
    fn wrong_symbols_alone_give_what_decoding_whole_words_gives() {
        for (name, _) in CODINGS {
            let coding = Coding::named(name).unwrap();
            let layout = coding.build().unwrap();
            let sender = FecSender::new(&layout, Seed::new(1));
            let mut counters = [
                CodewordCounter::new(layout.clone(), Decoding::BitTrue, Some(sender.clone())),
                CodewordCounter::new(layout.clone(), Decoding::BitTrue, None),
                CodewordCounter::new(layout.clone(), Decoding::Genie, None),
            ];
            let (mut receiver, mut whole, mut work) = (
                FecReceiver::new(&layout),
                FecTally::new(&coding.outer),
                DecoderWorkspace::new(&coding.outer),
            );
            // some 15 symbol errors a codeword: many corrected, many not
            let mut errors: Vec<_> = (0..coding.lanes as u64)
                .map(|lane| {
                    ErrorModel::Independent { ber: 2.7e-3 }.build(Seed::new(2).index(lane)).unwrap()
                })
                .collect();
            let block = 2048;
            for first in (0..40 * block as u64).step_by(block) {
                for (lane, errors) in errors.iter_mut().enumerate() {
                    let mut sent = vec![0; block];
                    sender.lane(lane).fill(first, &mut sent);
                    let sent = payload(&layout, &sent);
                    let mut decided = sent.clone();
                    errors.corrupt(&mut decided);
                    let pairs = sent.iter().zip(&decided).enumerate();
                    let wrong: Vec<SymbolError> = pairs
                        .filter(|&(_, (&sent, &decided))| {
                            BIT_ERRORS[usize::from(sent)][usize::from(decided)] > 0
                        })
                        .map(|(index, (&sent, &decided))| SymbolError {
                            index: index as u32,
                            sent,
                            decided,
                        })
                        .collect();
                    counters
                        .iter_mut()
                        .for_each(|counter| counter.push(lane, sent.len() as u64, &wrong));
                    receiver.push(lane, &decided);
                }
                while receiver.take(|set, words| {
                    let sent = sender.set(set, <[u16]>::to_vec);
                    for (sent, received) in sent.chunks_exact(544).zip(words.chunks_exact(544)) {
                        let mut word = received.to_vec();
                        let outcome = layout.code().decode(&mut word, &[], &mut work).unwrap();
                        whole.push_decoded(&coding.outer, sent, received, &word, outcome);
                    }
                }) {}
            }
            assert!(whole.uncorrectable > 20 && whole.corrected_bits > 500, "{name}: {whole:?}");
            for counter in &counters {
                assert_eq!(counter.tally(), &whole, "{name}: {:?}", counter.decoding);
            }
            let lost = counters[0].frame_loss_ratio(64.0).unwrap();
            assert!(0.0 < lost && lost <= 1.0);
        }
    }

    /// Second bits wrong at 6e-4, first bits never: flows in alternation have two clean codewords
    /// and two at 6e-4, grouped ones four at 3e-4. Each closed form lies within what its histogram
    /// extrapolates of 8000 codewords, and they are three decades apart.
    #[test]
    fn codewords_that_differ_are_foretold_each_alone() {
        let random = |ber: f64| {
            super::super::tail::random_errors(&Code::KP4, ber).unwrap().codeword_error_ratio()
        };
        let mut found = Vec::new();
        // bits of a grouped codeword are wrong at half the ratio each, but all in the symbols of
        // every other PCS lane
        for (turns, analytic) in [
            (InterleaveOrder::Alternating, random(6e-4) / 2.0),
            (InterleaveOrder::Grouped, random(3e-4)),
        ] {
            let layout = Coding { turns, ..Coding::named("800gbase-df").unwrap() }.build().unwrap();
            let mut counter = CodewordCounter::new(layout, Decoding::Genie, None);
            for lane in 0..8 {
                let mut rng = Seed::new(7).index(lane as u64).rng();
                let symbols = 2000 * 1360;
                let mut wrong = Vec::new();
                let mut at = 0;
                loop {
                    at += 1 + (libm::log(rng.uniform()) / libm::log1p(-6e-4)) as u32;
                    if at >= symbols {
                        break;
                    }
                    wrong.push(SymbolError {
                        index: at,
                        sent: gray::level(false, false),
                        decided: gray::level(false, true),
                    });
                }
                counter.push(lane, u64::from(symbols), &wrong);
            }
            let extrapolated = counter.extrapolate(0.0, 0.999).unwrap();
            assert!(
                extrapolated.interval.low < 1.2 * analytic
                    && analytic < 1.2 * extrapolated.interval.high,
                "{turns:?}: {extrapolated:?} {analytic:e}"
            );
            assert_eq!(
                counter.tally().histogram.bins()[0] > 4000,
                turns == InterleaveOrder::Alternating
            );
            found.push(extrapolated.codeword_error_ratio);
        }
        assert!(found[0] > 100.0 * found[1], "{found:?}");
    }

    /// One codeword of four with 60 of 300 words beyond, the others clean: 5 % together, and so
    /// extrapolated.
    #[test]
    fn a_codeword_without_a_tail_is_foretold_as_counted() {
        let layout =
            Coding { turns: InterleaveOrder::Alternating, ..Coding::default() }.build().unwrap();
        let mut counter = CodewordCounter::new(layout, Decoding::Genie, None);
        for set in 0..300u64 {
            for lane in 0..8 {
                let bits = (0..2720).filter(|&bit| {
                    let address = counter.layout.address(lane, 2720 * set + bit);
                    address.codeword == 3
                        && address.bit == 0
                        && address.symbol < if set % 5 == 0 { 20 } else { 1 }
                });
                let wrong: Vec<SymbolError> = bits
                    .map(|bit| {
                        let decided = gray::level(bit % 2 == 0, bit % 2 == 1);
                        SymbolError {
                            index: (bit / 2) as u32,
                            sent: gray::level(false, false),
                            decided,
                        }
                    })
                    .collect();
                counter.push(lane, 1360, &wrong);
            }
        }
        assert_eq!((counter.failed(), counter.tally().histogram.codewords()), (60, 1200));
        let extrapolated = counter.extrapolate(0.0, 0.95).unwrap();
        assert_eq!(extrapolated.codeword_error_ratio, 0.05);
        assert!(extrapolated.interval.low < 0.05 && extrapolated.interval.high > 0.05);
    }

    #[test]
    fn lanes_that_lag_hold_their_sets_back() {
        let layout = Coding::named("800gbase-df").unwrap().build().unwrap();
        let mut counter = CodewordCounter::new(layout, Decoding::BitTrue, None);
        for lane in 0..8 {
            assert_eq!(counter.tally().histogram.codewords(), 0);
            counter.push(lane, 1361, &[]);
        }
        assert_eq!((counter.tally().histogram.codewords(), counter.tally().bits), (4, 4 * 5440));
        assert_eq!(counter.frame_loss_ratio(64.0), Some(0.0));
    }
}
