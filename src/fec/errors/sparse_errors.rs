//! The same errors drawn from one to the next, without the correct symbols between them.

use super::draws::geometric;
use super::gilbert_elliott::GilbertElliott;
use super::markov::MarkovChain;
use super::source::ErrorModel;
use crate::pattern::gray;
use crate::seed::Rng;

/// Symbols of the run-in before the first counted one, after which the state is stationary.
const WARM: u64 = 512;

/// A symbol decided in error, or the symbol after one.
#[derive(Clone, Copy, Debug)]
struct AffectedSymbol {
    symbol: u64,
    sent: u8,
    decided: u8,
}

/// Error model, prepared for drawing.
#[derive(Clone, Debug)]
pub(in crate::fec) enum SparseErrorModel {
    Independent { ber: f64 },
    GilbertElliott(GilbertElliott),
    Dfe(Box<Tables>),
}

/// Decisions of a feedback equaliser, as cumulative shares over pairs of levels.
#[derive(Clone, Debug)]
pub(in crate::fec) struct Tables {
    /// Share of decision errors after a correct decision.
    wrong: f64,
    /// Distribution of these errors.
    first: LevelPairs,
    /// Distribution of decisions after an error of -3 to 3.
    after_error: [LevelPairs; 7],
    /// Distribution of correct decisions after a correct one.
    correct: LevelPairs,
}

/// Pairs of transmitted and decided level, with their cumulative shares.
#[derive(Clone, Debug)]
struct LevelPairs(Vec<(f64, u8, u8)>);

impl LevelPairs {
    fn new(joint: &[[f64; 4]; 4], takes: impl Fn(u8, u8) -> bool) -> (Self, f64) {
        let mut sum = 0.0;
        let mut pairs = Vec::new();
        for (sent, decided) in (0..4).flat_map(|sent| (0..4).map(move |decided| (sent, decided))) {
            let share = joint[usize::from(sent)][usize::from(decided)];
            if takes(sent, decided) && share > 0.0 {
                sum += share;
                pairs.push((sum, sent, decided));
            }
        }
        (Self(pairs), sum)
    }

    fn draw(&self, rng: &mut Rng) -> (u8, u8) {
        let last = self.0.last().expect("some decision is possible");
        let at = rng.uniform() * last.0;
        let (_, sent, decided) = self.0.iter().find(|pair| at < pair.0).unwrap_or(last);
        (*sent, *decided)
    }
}

impl SparseErrorModel {
    pub(in crate::fec) fn new(errors: &ErrorModel) -> Self {
        match *errors {
            ErrorModel::Independent { ber } => Self::Independent { ber },
            ErrorModel::GilbertElliott(channel) => Self::GilbertElliott(channel),
            ErrorModel::Dfe(dfe) => {
                let chain = MarkovChain::new(&dfe);
                let (first, wrong) =
                    LevelPairs::new(chain.after_error(0), |sent, decided| sent != decided);
                let (correct, _) =
                    LevelPairs::new(chain.after_error(0), |sent, decided| sent == decided);
                let after_error = std::array::from_fn(|state| {
                    LevelPairs::new(chain.after_error(state as i8 - 3), |_, _| true).0
                });
                Self::Dfe(Box::new(Tables { wrong, first, after_error, correct }))
            }
        }
    }

    /// Reports each of `symbols` payload symbols that is received in error, with its bit errors
    /// (first bit on top), in order; returns the bit errors at the slicer, before the precoder's
    /// inverse.
    ///
    /// ```text
    /// precoded: p(n) is sent, r(n) decided;    s(n) = p(n) + p(n-1),  s'(n) = r(n) + r(n-1)    (mod 4)
    /// ```
    ///
    /// Levels are drawn where they matter, uniform and independent, as are any k of the n symbols
    /// of a codeword.
    pub(in crate::fec) fn draw(
        &self,
        rng: Rng,
        symbols: u64,
        precoder: bool,
        mut hit: impl FnMut(u64, u8),
    ) -> u64 {
        let counted = WARM..WARM + symbols;
        let mut errors = SparseErrors::new(self, rng);
        let mut wrong_bits = 0;
        let mut arrive = |symbol: u64, sent: u8, decided: u8| {
            if sent != decided && counted.contains(&symbol) {
                hit(symbol - WARM, gray::pair(sent) ^ gray::pair(decided));
            }
        };
        let mut last: Option<AffectedSymbol> = None;
        loop {
            let error = errors.next();
            if precoder {
                let mut before = last.take();
                // the symbol after an error is still affected
                if let Some(wrong) = before.filter(|before| before.symbol + 1 < error.symbol) {
                    let correct = errors.correct(wrong.symbol + 1);
                    let (sent, decided) = unprecoded(wrong, correct);
                    arrive(correct.symbol, sent, decided);
                    before = Some(correct).filter(|correct| correct.symbol + 1 == error.symbol);
                }
                let before = before.unwrap_or_else(|| errors.correct(error.symbol.wrapping_sub(1)));
                let (sent, decided) = unprecoded(before, error);
                arrive(error.symbol, sent, decided);
                last = Some(error);
            } else {
                arrive(error.symbol, error.sent, error.decided);
            }
            if error.symbol >= counted.end {
                return wrong_bits;
            } else if error.symbol >= counted.start {
                wrong_bits +=
                    u64::from((gray::pair(error.sent) ^ gray::pair(error.decided)).count_ones());
            }
        }
    }
}

/// The symbol before the precoder, as sent and as received.
fn unprecoded(before: AffectedSymbol, error: AffectedSymbol) -> (u8, u8) {
    ((error.sent + before.sent) & 3, (error.decided + before.decided) & 3)
}

/// Distances from one error to the next.
struct SparseErrors<'a> {
    model: &'a SparseErrorModel,
    rng: Rng,
    process: ErrorProcess,
}

enum ErrorProcess {
    /// Bit by bit: the next flip, and the state with its end.
    Flips { next: u64, bad: bool, end: u64 },
    /// Symbol by symbol: the next one, and the error before it.
    Feedback { next: u64, error: i8 },
}

impl<'a> SparseErrors<'a> {
    fn new(model: &'a SparseErrorModel, mut rng: Rng) -> Self {
        let process = match model {
            SparseErrorModel::Independent { .. } => {
                ErrorProcess::Flips { next: 0, bad: true, end: u64::MAX }
            }
            SparseErrorModel::GilbertElliott(channel) => {
                // stationary probability; the lengths of states are memoryless
                let bad = rng.uniform() * (channel.good_symbols + channel.bad_symbols)
                    < channel.bad_symbols;
                let end = length_bits(channel, bad, &mut rng);
                ErrorProcess::Flips { next: 0, bad, end }
            }
            SparseErrorModel::Dfe(_) => ErrorProcess::Feedback { next: 0, error: 0 },
        };
        let mut errors = Self { model, rng, process };
        errors.jump();
        errors
    }

    /// Moves from bit `next`, which may be wrong, to the first wrong one.
    fn jump(&mut self) {
        let ErrorProcess::Flips { next, bad, end } = &mut self.process else { return };
        match self.model {
            SparseErrorModel::Independent { ber } => *next += geometric(&mut self.rng, *ber),
            SparseErrorModel::GilbertElliott(channel) => loop {
                let flip = *next
                    + geometric(
                        &mut self.rng,
                        if *bad { channel.ber_bad } else { channel.ber_good },
                    );
                if flip < *end {
                    *next = flip;
                    return;
                }
                (*next, *bad) = (*end, !*bad);
                *end += length_bits(channel, *bad, &mut self.rng);
            },
            SparseErrorModel::Dfe(_) => {}
        }
    }

    fn next(&mut self) -> AffectedSymbol {
        match (&mut self.process, self.model) {
            (ErrorProcess::Feedback { next, error }, SparseErrorModel::Dfe(tables)) => {
                let choice = if *error == 0 {
                    *next += geometric(&mut self.rng, tables.wrong);
                    &tables.first
                } else {
                    &tables.after_error[(*error + 3) as usize]
                };
                let (sent, decided) = choice.draw(&mut self.rng);
                let symbol = *next;
                (*next, *error) = (symbol + 1, decided as i8 - sent as i8);
                AffectedSymbol { symbol, sent, decided }
            }
            _ => {
                let (symbol, mut flipped) = (self.flip() / 2, 0);
                while self.flip() / 2 == symbol {
                    flipped |= 2 >> (self.flip() % 2);
                    self.pass();
                }
                let sent = (self.rng.next_u64() >> 62) as u8;
                let (first, second) = gray::bits(sent);
                AffectedSymbol {
                    symbol,
                    sent,
                    decided: gray::level(first ^ (flipped & 2 != 0), second ^ (flipped & 1 != 0)),
                }
            }
        }
    }

    fn flip(&self) -> u64 {
        match self.process {
            ErrorProcess::Flips { next, .. } => next,
            ErrorProcess::Feedback { .. } => u64::MAX,
        }
    }

    fn pass(&mut self) {
        if let ErrorProcess::Flips { next, .. } = &mut self.process {
            *next += 1;
        }
        self.jump();
    }

    /// A correct decision after a correct one.
    fn correct(&mut self, symbol: u64) -> AffectedSymbol {
        let level = match self.model {
            SparseErrorModel::Dfe(tables) => tables.correct.draw(&mut self.rng).0,
            _ => (self.rng.next_u64() >> 62) as u8,
        };
        AffectedSymbol { symbol, sent: level, decided: level }
    }
}

/// Length of a state, bits.
fn length_bits(channel: &GilbertElliott, bad: bool, rng: &mut Rng) -> u64 {
    let mean = if bad { channel.bad_symbols } else { channel.good_symbols };
    2 * (1 + geometric(rng, 1.0 / mean))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::errors::dfe::DfeErrors;
    use crate::pattern::{precode, unprecode};
    use crate::seed::Seed;

    const SYMBOLS: u64 = 20_000;

    /// Bit errors of every block, and how many symbol errors follow another at once, from error to
    /// error.
    fn sparse(errors: &ErrorModel, precoder: bool, blocks: u64) -> Vec<[f64; 3]> {
        let model = SparseErrorModel::new(errors);
        let block = |block| {
            let (mut wrong, mut pairs, mut last) = (0, 0, u64::MAX);
            let rng = Seed::new(3).named("sparse").index(block).rng();
            let slicer = model.draw(rng, SYMBOLS, precoder, |symbol, bits| {
                wrong += bits.count_ones();
                pairs += u32::from(symbol == last.wrapping_add(1));
                last = symbol;
            });
            [f64::from(wrong), f64::from(pairs), slicer as f64]
        };
        (0..blocks).map(block).collect()
    }

    /// The same symbol by symbol.
    fn dense(errors: &ErrorModel, precoder: bool, blocks: u64) -> Vec<[f64; 3]> {
        let block = |block| {
            let mut source = errors.build(Seed::new(3).named("dense").index(block)).unwrap();
            let mut rng = Seed::new(3).named("levels").index(block).rng();
            let sent: Vec<u8> = (0..WARM + SYMBOLS).map(|_| (rng.next_u64() >> 62) as u8).collect();
            let mut levels = sent.clone();
            if precoder {
                precode(&mut levels, 0);
            }
            let mut decided = levels.clone();
            source.corrupt(&mut decided);
            let wrong = |a: &[u8], b: &[u8]| -> Vec<u8> {
                a.iter()
                    .zip(b)
                    .skip(WARM as usize)
                    .map(|(&a, &b)| gray::pair(a) ^ gray::pair(b))
                    .collect()
            };
            let slicer = wrong(&levels, &decided);
            if precoder {
                unprecode(&mut decided, 0);
            }
            let arrived = wrong(&sent, &decided);
            let count = |bits: &[u8]| bits.iter().map(|b| b.count_ones()).sum::<u32>();
            let pairs = arrived.windows(2).filter(|pair| pair[0] != 0 && pair[1] != 0).count();
            [f64::from(count(&arrived)), pairs as f64, f64::from(count(&slicer))]
        };
        (0..blocks).map(block).collect()
    }

    /// Mean and its standard error.
    fn mean(values: &[[f64; 3]], i: usize) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().map(|v| v[i]).sum::<f64>() / n;
        (mean, (values.iter().map(|v| (v[i] - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt())
    }

    /// Bit errors, pairs of symbol errors and bit errors before the precoder's inverse: blocks of
    /// both ways scatter alike, |z| < 5.
    #[test]
    fn from_slip_to_slip_the_errors_are_those_of_every_symbol() {
        let gilbert =
            GilbertElliott { ber_good: 1e-4, ber_bad: 0.2, good_symbols: 950.0, bad_symbols: 30.0 };
        for errors in [
            ErrorModel::Independent { ber: 0.02 },
            ErrorModel::GilbertElliott(gilbert),
            ErrorModel::Dfe(DfeErrors { tap: 0.6, half_eye_over_sigma: 2.4 }),
            ErrorModel::Dfe(DfeErrors { tap: 1.0, half_eye_over_sigma: 1.0 }),
        ] {
            for precoder in [false, true] {
                let (sparse, dense) =
                    (sparse(&errors, precoder, 100), dense(&errors, precoder, 100));
                for i in 0..3 {
                    let ((a, error_a), (b, error_b)) = (mean(&sparse, i), mean(&dense, i));
                    let error = error_a.hypot(error_b);
                    assert!(
                        (a - b).abs() < 5.0 * error,
                        "{errors:?} {precoder} {i}: {a} and {b}, +- {error}"
                    );
                }
            }
        }
    }
}
