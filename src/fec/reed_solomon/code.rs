//! Parameters of a code, and the code ready to encode and decode.

use super::super::galois::{FieldError, GaloisField};
use super::super::powers::Powers;
use super::remainder::Remainder;
use crate::error::{KeyPath, Problems};
use crate::math::ln_binomial::ln_binomial;
use serde::{Deserialize, Serialize};

/// The parameters of a Reed-Solomon code, KP4's by default; shortened when `codeword_symbols` is
/// below 2^m - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Code {
    /// The field's primitive polynomial, bit i being the coefficient of x^i; its degree m is the
    /// number of bits of a symbol.
    pub field_polynomial: u32,
    /// Symbols of a codeword, n.
    pub codeword_symbols: usize,
    /// Symbols of a message, k.
    pub message_symbols: usize,
    /// The generator's first root is alpha to this power.
    pub first_root: usize,
}

impl Default for Code {
    fn default() -> Self {
        Self::KP4
    }
}

impl Code {
    /// RS(544,514) over x^10 + x^3 + 1, first root 1 (802.3 clause 91 and 119; `derived`: the
    /// generator computed from these agrees with Table 91-1, quoted from memory).
    pub const KP4: Self = Self {
        field_polynomial: 0x409,
        codeword_symbols: 544,
        message_symbols: 514,
        first_root: 0,
    };
    /// RS(528,514) over the same field (802.3 clause 91; `derived`, as [`Code::KP4`]).
    pub const KR4: Self = Self { codeword_symbols: 528, ..Self::KP4 };

    /// Bits of a symbol, m.
    #[must_use]
    pub fn symbol_bits(&self) -> u32 {
        self.field_polynomial.checked_ilog2().unwrap_or(0)
    }

    /// Symbols of parity, n - k.
    #[must_use]
    pub fn parity_symbols(&self) -> usize {
        self.codeword_symbols.saturating_sub(self.message_symbols)
    }

    /// Symbol errors that are always corrected, t.
    #[must_use]
    pub fn correctable(&self) -> usize {
        self.parity_symbols() / 2
    }

    /// Reports parameters that do not define a code.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        if let Err(error) = GaloisField::new(self.field_polynomial) {
            return problems.report(
                at,
                "field_polynomial",
                self.field_polynomial,
                error.to_string(),
            );
        }
        let longest = (1 << self.symbol_bits()) - 1;
        problems.count(at, "codeword_symbols", self.codeword_symbols, 2..=longest);
        problems.count(
            at,
            "message_symbols",
            self.message_symbols,
            1..=self.codeword_symbols.saturating_sub(1).max(1),
        );
        problems.count(at, "first_root", self.first_root, 0..=longest - 1);
    }

    /// Prepares encoder and decoder.
    ///
    /// # Errors
    ///
    /// A field or parameters that do not define a code.
    pub fn build(&self) -> Result<ReedSolomon, CodeError> {
        let field = GaloisField::new(self.field_polynomial)?;
        let Self { codeword_symbols: n, message_symbols: k, first_root, .. } = *self;
        if !(2..=field.order()).contains(&n) {
            return Err(CodeError::Length { n, longest: field.order() });
        } else if !(1..n).contains(&k) {
            return Err(CodeError::Message { k, n });
        } else if first_root >= field.order() {
            return Err(CodeError::FirstRoot { first_root, highest: field.order() - 1 });
        }
        let generator = generator(&field, first_root, n - k);
        let remainder = Remainder::new(&field, &generator);
        let powers = Powers::new(&field, n - k + 1, n);
        Ok(ReedSolomon { code: *self, field, generator, remainder, powers })
    }
}

/// Reasons why parameters do not define a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The field does not exist.
    #[error(transparent)]
    GaloisField(#[from] FieldError),
    /// A codeword is too short or longer than the field allows.
    #[error("codeword_symbols = {n}: must be from 2 to {longest}")]
    Length {
        /// The requested value.
        n: usize,
        /// 2^m - 1.
        longest: usize,
    },
    /// The message is empty, or leaves no parity.
    #[error("message_symbols = {k}: must be from 1 to {}", .n - 1)]
    Message {
        /// The requested value.
        k: usize,
        /// Symbols of a codeword.
        n: usize,
    },
    /// The first root is not a power below the field's order.
    #[error("first_root = {first_root}: must be from 0 to {highest}")]
    FirstRoot {
        /// The requested value.
        first_root: usize,
        /// 2^m - 2.
        highest: usize,
    },
}

/// Reasons why a word cannot be encoded or decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// The slice does not hold one codeword.
    #[error("a word of {found} symbols: must have {expected}")]
    Length {
        /// Symbols of the slice.
        found: usize,
        /// Symbols of a codeword.
        expected: usize,
    },
    /// A symbol has more bits than the field's elements.
    #[error("a symbol of the word lies outside the field: must be below {size}")]
    Symbol {
        /// 2^m.
        size: usize,
    },
    /// An erasure is not a position of the codeword.
    #[error("erasure at {position}: must be below {n}")]
    Erasure {
        /// The requested value.
        position: usize,
        /// Symbols of a codeword.
        n: usize,
    },
    /// A position is erased twice.
    #[error("position {position} is erased twice")]
    ErasedTwice {
        /// The position.
        position: usize,
    },
}

/// A Reed-Solomon code, ready to encode and to decode.
///
/// ```
/// use lightlane::fec::reed_solomon::{Code, DecodeOutcome, DecoderWorkspace};
/// let kp4 = Code::KP4.build().unwrap();
/// let mut word: Vec<u16> = (0..544).collect();
/// kp4.encode(&mut word).unwrap();
/// let sent = word.clone();
/// word[3] ^= 0x155;
/// let outcome = kp4.decode(&mut word, &[], &mut DecoderWorkspace::new(kp4.code())).unwrap();
/// assert_eq!(outcome, DecodeOutcome::Corrected { symbols: 1, bits: 5 });
/// assert_eq!(word, sent);
/// ```
///
/// # Reference
///
/// R. E. Blahut, *Algebraic Codes for Data Transmission*, chapters 6 and 7.
#[derive(Clone, Debug)]
pub struct ReedSolomon {
    pub(super) code: Code,
    pub(super) field: GaloisField,
    pub(super) generator: Vec<u16>,
    pub(super) remainder: Remainder,
    pub(super) powers: Powers,
}

impl ReedSolomon {
    /// The parameters.
    #[must_use]
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The field of the symbols.
    #[must_use]
    pub fn field(&self) -> &GaloisField {
        &self.field
    }

    /// The generator's coefficients, from x^(n-k), which is one, to x^0.
    #[must_use]
    pub fn generator(&self) -> &[u16] {
        &self.generator
    }

    /// Writes the parity after the first k symbols of a word.
    ///
    /// # Errors
    ///
    /// A word of another length, or a message symbol outside the field.
    pub fn encode(&self, word: &mut [u16]) -> Result<(), WordError> {
        self.check_length(word)?;
        let (message, parity) = word.split_at_mut(self.code.message_symbols);
        self.check_symbols(message)?;
        self.remainder.write_parity(&self.field, message, parity);
        Ok(())
    }

    /// A bound on the probability that a word with more than t symbol errors is decoded to a wrong
    /// codeword instead of being detected.
    ///
    /// ```text
    /// P <= (q - 1)^-(n-k) sum over s <= t of C(n, s) (q - 1)^s,    about 1 / t!
    /// ```
    ///
    /// It holds for symbol errors at given places with uniform values. KP4: 5e-17.
    ///
    /// # Reference
    ///
    /// R. J. McEliece, L. Swanson, *On the decoder error probability for Reed-Solomon codes*, IEEE
    /// Trans. Inf. Theory 32 (1986).
    #[must_use]
    pub fn miscorrection_bound(&self) -> f64 {
        let Code { codeword_symbols: n, .. } = self.code;
        let ln_values = libm::log(self.field.order() as f64);
        let term = |s: usize| {
            libm::exp(ln_binomial(n, s) - (self.code.parity_symbols() - s) as f64 * ln_values)
        };
        (0..=self.code.correctable()).map(term).sum::<f64>().min(1.0)
    }

    pub(super) fn check_length(&self, word: &[u16]) -> Result<(), WordError> {
        let (found, expected) = (word.len(), self.code.codeword_symbols);
        if found == expected { Ok(()) } else { Err(WordError::Length { found, expected }) }
    }

    pub(super) fn check_symbols(&self, symbols: &[u16]) -> Result<(), WordError> {
        let size = self.field.order() + 1;
        let all = symbols.iter().fold(0, |all, symbol| all | symbol);
        if usize::from(all) < size { Ok(()) } else { Err(WordError::Symbol { size }) }
    }
}

/// The product of `x - alpha^(first_root + i)`, highest coefficient first.
fn generator(field: &GaloisField, first_root: usize, degree: usize) -> Vec<u16> {
    let mut generator = vec![1];
    for i in 0..degree {
        let root = field.power(first_root + i);
        generator.push(0);
        for j in (1..generator.len()).rev() {
            generator[j] ^= field.multiply(generator[j - 1], root);
        }
    }
    generator
}
