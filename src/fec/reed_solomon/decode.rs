//! The decoder of errors and erasures.

use super::code::{Code, ReedSolomon, WordError};

/// Result of decoding a received word.
///
/// Within `2 errors + erasures <= n - k` the transmitted codeword is always found. Beyond that a
/// word is detected as uncorrectable, or changed to a wrong codeword, with a probability of at most
/// [`ReedSolomon::miscorrection_bound`]; only a comparison with the transmitted word shows this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeOutcome {
    /// The word is a codeword.
    Clean,
    /// The word was changed to the one codeword within reach.
    Corrected {
        /// Symbols changed.
        symbols: usize,
        /// Bits changed.
        bits: usize,
    },
    /// No codeword is within reach; the word is as it was.
    Detected,
}

/// Buffers of a decoder, one per thread, reused for every word.
#[derive(Clone, Debug)]
pub struct DecoderWorkspace {
    remainder: Vec<u16>,
    syndromes: Vec<u16>,
    locator: Vec<u16>,
    previous: Vec<u16>,
    updated: Vec<u16>,
    even: Vec<u16>,
    odd: Vec<u16>,
    evaluator: Vec<u16>,
    erased: Vec<bool>,
}

impl DecoderWorkspace {
    /// Memory for words of one code.
    #[must_use]
    pub fn new(code: &Code) -> Self {
        let (n, parity) = (code.codeword_symbols, code.parity_symbols());
        let [remainder, syndromes] = [(); 2].map(|()| vec![0; parity]);
        let [locator, previous, updated] = [(); 3].map(|()| vec![0; parity + 2]);
        let [even, odd, evaluator] = [(); 3].map(|()| vec![0; n]);
        Self {
            remainder,
            syndromes,
            locator,
            previous,
            updated,
            even,
            odd,
            evaluator,
            erased: vec![false; n],
        }
    }
}

impl ReedSolomon {
    /// Decodes a word in place; `erasures` are positions of unreliable symbols, from 0, the first
    /// sent.
    ///
    /// ```text
    /// S_j = r(alpha^(b+j))                           from the remainder modulo the generator; all zero: clean
    /// Lambda(x) = product of (1 - X x)               Berlekamp-Massey, begun with the erasures' product
    /// Omega(x) = S(x) Lambda(x) mod x^(n-k)
    /// Lambda(1 / X) = 0                              Chien, over the n positions X = alpha^(n-1) .. alpha^0
    /// e = X^-b Omega(1 / X) / ((1 / X) Lambda'(1 / X))    Forney
    /// ```
    ///
    /// Nothing is allocated. A detected word is left as it was received.
    ///
    /// # Errors
    ///
    /// A word of another length, a symbol outside the field, an erasure that is not a position or
    /// is given twice.
    ///
    /// # Panics
    ///
    /// If the workspace was made for a code of other lengths.
    ///
    /// # Reference
    ///
    /// R. E. Blahut, *Algebraic Codes for Data Transmission*, 7.4 to 7.6 (errors and erasures:
    /// figure 7.11); G. D. Forney, *On decoding BCH codes*, IEEE Trans. Inf. Theory 11 (1965).
    pub fn decode(
        &self,
        word: &mut [u16],
        erasures: &[usize],
        work: &mut DecoderWorkspace,
    ) -> Result<DecodeOutcome, WordError> {
        self.check_length(word)?;
        self.check_symbols(word)?;
        self.check_erasures(erasures, work)?;
        if self.divides(word, work) {
            return Ok(DecodeOutcome::Clean);
        }
        if erasures.len() > self.code.parity_symbols() {
            return Ok(DecodeOutcome::Detected);
        }
        self.find_syndromes(work);
        let Some(degree) = self.find_locator(erasures, work) else {
            return Ok(DecodeOutcome::Detected);
        };
        if self.search(degree, work) != degree {
            return Ok(DecodeOutcome::Detected);
        }
        Ok(self.correct(word, degree, work))
    }

    fn check_erasures(
        &self,
        erasures: &[usize],
        work: &mut DecoderWorkspace,
    ) -> Result<(), WordError> {
        let n = self.code.codeword_symbols;
        let mut found = Ok(());
        for (i, &position) in erasures.iter().enumerate() {
            if position >= n {
                found = Err(WordError::Erasure { position, n });
            } else if std::mem::replace(&mut work.erased[position], true) {
                found = Err(WordError::ErasedTwice { position });
            }
            if found.is_err() {
                erasures[..i].iter().for_each(|&p| work.erased[p] = false);
                return found;
            }
        }
        erasures.iter().for_each(|&p| work.erased[p] = false);
        found
    }

    /// Whether the generator divides the word; leaves the remainder, highest coefficient first.
    fn divides(&self, word: &[u16], work: &mut DecoderWorkspace) -> bool {
        let (message, parity) = word.split_at(self.code.message_symbols);
        self.remainder.write_parity(&self.field, message, &mut work.remainder);
        work.remainder.iter_mut().zip(parity).for_each(|(r, p)| *r ^= p);
        work.remainder.iter().all(|&r| r == 0)
    }

    fn find_syndromes(&self, work: &mut DecoderWorkspace) {
        work.syndromes.fill(0);
        for (i, &coefficient) in work.remainder.iter().rev().enumerate() {
            if let Some(log) = self.field.log(coefficient) {
                self.powers.add(
                    &self.field,
                    log + i * self.code.first_root,
                    i,
                    &mut work.syndromes,
                );
            }
        }
    }

    /// Berlekamp-Massey; returns the locator's degree if it is within the decoder's bound.
    fn find_locator(&self, erasures: &[usize], work: &mut DecoderWorkspace) -> Option<usize> {
        let (field, parity) = (&self.field, self.code.parity_symbols());
        let DecoderWorkspace { syndromes, locator, previous, updated, .. } = work;
        locator.fill(0);
        locator[0] = 1;
        for (count, &position) in erasures.iter().enumerate() {
            let x = field.power(self.code.codeword_symbols - 1 - position);
            for i in (1..=count + 1).rev() {
                locator[i] ^= field.multiply(locator[i - 1], x);
            }
        }
        previous.copy_from_slice(locator);
        let (erased, mut length) = (erasures.len(), erasures.len());
        for r in erased + 1..=parity {
            previous.copy_within(0..=parity, 1);
            previous[0] = 0;
            let taps = locator[..=length].iter().zip(syndromes[..r].iter().rev());
            let discrepancy = taps.fold(0, |sum, (&l, &s)| sum ^ field.multiply(l, s));
            if discrepancy == 0 {
                continue;
            }
            let terms = (length + 1).max(r + erased - length) + 1;
            updated.copy_from_slice(locator);
            for (u, &p) in updated.iter_mut().zip(&*previous).take(terms) {
                *u ^= field.multiply(p, discrepancy);
            }
            if 2 * length < r + erased {
                length = r + erased - length;
                let inverse = field.divide(1, discrepancy);
                previous
                    .iter_mut()
                    .zip(&*locator)
                    .for_each(|(p, &l)| *p = field.multiply(l, inverse));
            }
            std::mem::swap(locator, updated);
        }
        let degree = locator.iter().rposition(|&l| l != 0).expect("its constant is one");
        (degree == length && 2 * length <= parity + erased).then_some(degree)
    }

    /// Evaluates the locator, its even and its odd terms apart, at the inverse of every position;
    /// the number of roots.
    fn search(&self, degree: usize, work: &mut DecoderWorkspace) -> usize {
        work.even.fill(0);
        work.odd.fill(0);
        for (i, &coefficient) in work.locator[..=degree].iter().enumerate() {
            self.evaluate(i, coefficient, if i % 2 == 0 { &mut work.even } else { &mut work.odd });
        }
        work.even.iter().zip(&work.odd).filter(|(even, odd)| even == odd).count()
    }

    /// Adds `coefficient X^-i` for the positions X of a codeword, in its order.
    fn evaluate(&self, i: usize, coefficient: u16, sums: &mut [u16]) {
        if let Some(log) = self.field.log(coefficient) {
            let order = self.field.order();
            let first = i * (self.code.codeword_symbols - 1) % order;
            self.powers.add(&self.field, log + order - first, i, sums);
        }
    }

    fn correct(
        &self,
        word: &mut [u16],
        degree: usize,
        work: &mut DecoderWorkspace,
    ) -> DecodeOutcome {
        let (field, n) = (&self.field, self.code.codeword_symbols);
        work.evaluator.fill(0);
        for i in 0..degree {
            let terms = work.locator[..=i].iter().zip(work.syndromes[..=i].iter().rev());
            let coefficient = terms.fold(0, |sum, (&l, &s)| sum ^ field.multiply(l, s));
            self.evaluate(i, coefficient, &mut work.evaluator);
        }
        let (mut symbols, mut bits) = (0, 0);
        for (position, symbol) in word.iter_mut().enumerate() {
            // the odd terms are x Lambda'(x)
            if work.even[position] == work.odd[position] {
                let x_to_b = field.power((n - 1 - position) * self.code.first_root);
                let error = field
                    .divide(work.evaluator[position], field.multiply(work.odd[position], x_to_b));
                *symbol ^= error;
                symbols += usize::from(error != 0);
                bits += error.count_ones() as usize;
            }
        }
        DecodeOutcome::Corrected { symbols, bits }
    }
}
