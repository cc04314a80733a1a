//! Reed-Solomon codes of any legal parameters: encoder, decoder of errors and erasures.
//!
//! ```text
//! c(x) = x^(n-k) u(x) + p(x),    g(x) = product of (x - alpha^(b + i)), i = 0 .. n-k-1,    g divides c
//! ```
//!
//! A codeword is a slice of n symbols, the coefficient of x^(n-1) first: k of message, then n - k
//! of parity.

pub(crate) mod code;
pub(crate) mod decode;
mod remainder;
#[cfg(test)]
mod tests;

pub use code::{Code, CodeError, ReedSolomon, WordError};
pub use decode::{DecodeOutcome, DecoderWorkspace};
