//! Codeword error ratio of errors in bursts, by the layout of codewords on a lane.

use super::layout::{Address, CodewordLayout};
use super::reed_solomon::code::Code;

/// Share of wrong PAM4 symbols whose first, more significant bit is wrong: one of the three
/// thresholds, by Gray's mapping.
const FIRST_BIT: f64 = 1.0 / 3.0;
/// Symbols of a codeword that one burst can make wrong, at most: 2^8 sets are followed.
const TOUCHED_MAX: usize = 8;
/// Part of the tail beyond which no more terms are added.
const NEGLIGIBLE: f64 = 1e-15;

/// Errors of a lane before a decoder: bursts that begin at any symbol, independently.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bursts<'a> {
    /// Bit error ratio, one wrong bit a wrong symbol, after the inverse of a precoder.
    pub(crate) ber: f64,
    /// Shares of runs of 1, 2, .. wrong decisions.
    pub(crate) shares: &'a [f64],
    /// Whether the receiver undoes a precoder: of a run, whose errors alternate in sign, the first
    /// symbol and the one after the last are wrong.
    pub(crate) precoded: bool,
}

impl CodewordLayout {
    /// Share of the codewords of a single lane's layout that the outer code does not correct.
    ///
    /// ```text
    /// r_h = bursts a codeword of which h symbols are wrong, on average over the places where bursts begin
    /// q = 1 - exp(-sum r_h / n),   X = sum of n independent events of probability q with h symbols each, h as r_h
    /// P(X > t), by the recursion of Panjer
    /// ```
    ///
    /// A wrong PAM4 symbol has one wrong bit. For single errors X is binomial: the closed form of
    /// [`random_errors`](super::tail::random_errors).
    ///
    /// # Limits
    ///
    /// Two bursts that meet in one symbol count twice. `None` with an inner code.
    ///
    /// # Reference
    ///
    /// H. H. Panjer, *Recursive evaluation of a family of compound distributions*, ASTIN Bulletin
    /// 12 (1981) 22.
    pub(crate) fn codeword_error_ratio(&self, bursts: &Bursts<'_>) -> Option<f64> {
        if self.coding().inner.is_some() || bursts.shares.is_empty() {
            return None;
        }
        let length = |(share, l): (&f64, i32)| share * f64::from(l);
        let wrong =
            if bursts.precoded { 2.0 } else { bursts.shares.iter().zip(1..).map(length).sum() };
        let per_symbol = 2.0 * bursts.ber / wrong;
        let hits = self.mean_hits(bursts);
        let rates: Vec<f64> = hits.iter().map(|hits| per_symbol * hits).collect();
        Some(tail(&self.coding().outer, &rates))
    }

    /// Bursts a codeword of which h = 1, 2, .. symbols are wrong, if one begins at every symbol.
    fn mean_hits(&self, bursts: &Bursts<'_>) -> Vec<f64> {
        let (starts, codewords) = (self.set_symbols(), self.coding().codewords);
        let mut hits = vec![0.0; TOUCHED_MAX];
        for start in 0..starts as u64 {
            if bursts.precoded {
                self.add_ends(start, bursts.shares, &mut hits);
            } else {
                self.add_run(start, bursts.shares, &mut hits);
            }
        }
        hits.iter_mut().for_each(|hits| *hits /= codewords as f64);
        hits
    }

    /// Addresses of the two bits of a PAM4 symbol of the lane.
    fn bits_of(&self, symbol: u64) -> [Address; 2] {
        [2 * symbol, 2 * symbol + 1].map(|bit| self.address(0, bit))
    }

    /// Runs from `start` on: every symbol is wrong, in one of its bits.
    fn add_run(&self, start: u64, shares: &[f64], hits: &mut [f64]) {
        let bits: Vec<[Address; 2]> =
            (start..start + shares.len() as u64).map(|symbol| self.bits_of(symbol)).collect();
        let mut seen: Vec<(u64, usize)> = Vec::new();
        for word in bits.iter().flatten().map(|at| (at.set, at.codeword)) {
            if seen.contains(&word) {
                continue;
            }
            seen.push(word);
            self.add_run_to(word, &bits, shares, hits);
        }
    }

    /// The same for one codeword: probabilities of the sets of its symbols that are wrong, as the
    /// run grows.
    fn add_run_to(
        &self,
        word: (u64, usize),
        bits: &[[Address; 2]],
        shares: &[f64],
        hits: &mut [f64],
    ) {
        let mut touched: Vec<usize> = Vec::new();
        let mut sets = vec![1.0];
        for (pair, share) in bits.iter().zip(shares) {
            let mut mask = |at: &Address| {
                if (at.set, at.codeword) != word {
                    return 0;
                }
                let known = touched.iter().position(|&symbol| symbol == at.symbol);
                let place = known.unwrap_or_else(|| {
                    touched.push(at.symbol);
                    touched.len() - 1
                });
                // what is beyond is counted as one symbol
                1usize << place.min(TOUCHED_MAX - 1)
            };
            let masks = [mask(&pair[0]), mask(&pair[1])];
            sets.resize(1 << touched.len().min(TOUCHED_MAX), 0.0);
            let mut next = vec![0.0; sets.len()];
            for (set, chance) in sets.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
                next[set | masks[0]] += chance * FIRST_BIT;
                next[set | masks[1]] += chance * (1.0 - FIRST_BIT);
            }
            sets = next;
            for (set, chance) in sets.iter().enumerate().skip(1) {
                hits[set.count_ones() as usize - 1] += share * chance;
            }
        }
    }

    /// Runs from `start` on, after the inverse of a precoder: first symbol and the one after the
    /// last.
    fn add_ends(&self, start: u64, shares: &[f64], hits: &mut [f64]) {
        let first = self.bits_of(start);
        for (share, end) in shares.iter().zip(start + 1..) {
            let last = self.bits_of(end);
            for (a, p) in first.iter().zip([FIRST_BIT, 1.0 - FIRST_BIT]) {
                for (b, q) in last.iter().zip([FIRST_BIT, 1.0 - FIRST_BIT]) {
                    let word = |at: &Address| (at.set, at.codeword);
                    let chance = share * p * q;
                    match (word(a) == word(b), a.symbol == b.symbol) {
                        (true, true) => hits[0] += chance,
                        (true, false) => hits[1] += chance,
                        (false, _) => hits[0] += 2.0 * chance,
                    }
                }
            }
        }
    }
}

/// Probability of more than t wrong symbols, where `rates` are the events a codeword with 1, 2, ..
/// of them.
fn tail(code: &Code, rates: &[f64]) -> f64 {
    let (n, t) = (code.codeword_symbols, code.correctable());
    let all: f64 = rates.iter().sum();
    if all == 0.0 {
        return 0.0;
    }
    let q = -libm::expm1(-all / n as f64);
    let (a, b) = (-q / (1.0 - q), (n + 1) as f64 * q / (1.0 - q));
    let mut found = vec![libm::exp(n as f64 * libm::log1p(-q))];
    let (mut below, mut above) = (0.0, 0.0);
    for x in 0..n {
        if x > 0 {
            let term = |(j, rate): (usize, &f64)| {
                (a + b * j as f64 / x as f64) * rate / all * found[x - j]
            };
            let next = (1..).zip(rates).take(x).map(term).sum::<f64>();
            found.push(next.max(0.0));
        }
        if x <= t {
            below += found[x];
        } else {
            above += found[x];
            if found[x] < NEGLIGIBLE * above && x as f64 > n as f64 * q {
                break;
            }
        }
    }
    if below < 0.5 { 1.0 - below } else { above }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::{Coding, tail};

    fn layout(coding: &str) -> std::sync::Arc<CodewordLayout> {
        Coding::named(coding).expect("it is known").single_lane().build().expect("it fits")
    }

    /// Single errors at the limits of the standards: KP4's ratios for independent errors. Here a
    /// wrong PAM4 symbol is one wrong bit, of five in a symbol, so that p = 1 - (1 - 2 ber)^5
    /// exceeds 1 - (1 - ber)^10 by 5 ber^2, 16 times that in the ratio: 2 % at most.
    #[test]
    fn single_errors_have_the_closed_form() {
        let layout = layout("800gbase-df");
        for (ber, expected) in [(2.28e-4, 3.8e-13), (2.4e-4, 8.2e-13), (2.8e-4, 7.9e-12)] {
            let single = Bursts { ber, shares: &[1.0], precoded: false };
            let found = layout.codeword_error_ratio(&single).unwrap();
            let closed = tail::random_errors(&Code::KP4, ber).unwrap().codeword_error_ratio();
            assert!((found / closed - 1.0).abs() < 0.02, "{ber:e}: {found:e} {closed:e}");
            assert!((found / expected - 1.0).abs() < 0.03, "{ber:e}: {found:e}");
        }
    }

    /// One codeword on the lane, symbol after symbol: runs of six symbols always touch two or three
    /// of its symbols of five; X is compound. Against drawing it, 2e4 codewords, 5 standard
    /// deviations; bursts that meet in one symbol, which count twice here, are 3 % of the ratio.
    #[test]
    fn runs_fail_as_many_codewords_as_drawn_ones() {
        use crate::seed::Seed;
        let mut coding = Coding::named("800gbase-df").expect("it is known");
        (coding.flows, coding.lanes, coding.codewords, coding.pcs_lanes) = (1, 1, 1, 1);
        coding.mux = crate::fec::Mux::Symbol;
        let layout = coding.build().expect("it fits");
        let shares = [0.5, 0.2, 0.1, 0.1, 0.05, 0.05];
        let mean: f64 = shares.iter().zip(1..).map(|(s, l)| s * f64::from(l)).sum();
        let ser = 6e-3;
        let bursts = Bursts { ber: ser / 2.0, shares: &shares, precoded: false };
        let found = layout.codeword_error_ratio(&bursts).unwrap();
        let (mut rng, words) = (Seed::new(5).named("runs").rng(), 20_000u64);
        let mut wrong = vec![0u16; (words * 544) as usize + 16];
        for symbol in 0..words * 2720 {
            if rng.uniform() >= ser / mean {
                continue;
            }
            let mut draw = rng.uniform();
            let length = shares.iter().position(|share| {
                draw -= share;
                draw < 0.0
            });
            (0..=length.unwrap_or(5) as u64).for_each(|l| wrong[((symbol + l) / 5) as usize] = 1);
        }
        let failed = wrong.chunks(544).filter(|word| word.iter().sum::<u16>() > 15).count() as f64;
        let expected = found * words as f64;
        assert!(
            failed > 100.0 && (failed - expected).abs() < 5.0 * expected.sqrt() + 0.05 * expected
        );
        let alone = tail::random_errors(&Code::KP4, ser / 2.0).unwrap().codeword_error_ratio();
        assert!(
            found < alone,
            "bursts that share symbols are fewer wrong symbols: {found:e} {alone:e}"
        );
    }

    /// Of as many bursts, a precoder leaves two errors each: more than single errors, which lie in
    /// two codewords or one, fewer than runs of sixteen.
    #[test]
    fn a_precoder_ends_runs_and_doubles_single_errors() {
        let layout = layout("800gbase-df");
        let ratio = |shares: &[f64], precoded| {
            let length = |(share, l): (&f64, i32)| share * f64::from(l);
            let wrong = if precoded { 2.0 } else { shares.iter().zip(1..).map(length).sum() };
            let bursts = Bursts { ber: 1e-3 * wrong / 2.0, shares, precoded };
            layout.codeword_error_ratio(&bursts).unwrap()
        };
        assert!(ratio(&[1.0], true) > 3.0 * ratio(&[1.0], false));
        let mut long = [0.0; 16];
        long[15] = 1.0;
        assert!(ratio(&long, true) < ratio(&long, false));
    }
}
