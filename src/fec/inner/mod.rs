//! The inner code of clause 177: four parity symbols after sixty payload symbols.
//!
//! ```text
//! x_k = first bit + second bit of payload symbol k, k = 0 .. 59        (Gray code: the level's parity)
//! parity = sum over k of x_k P_k,    P_k = x^(67+k) modulo (x + 1)(x^7 + x^3 + 1), the constant first
//! ```
//!
//! The standard calls it (128,120). It guards the 60 exclusive ors and the 8 parity bits: a (68,60)
//! code of minimum distance 4. A payload symbol's parity once known, two levels four apart in bits
//! and two steps apart in amplitude are left.
//!
//! # Reference
//!
//! IEEE P802.3dj, 177.4.6, table 177-1; D0.1 to D1.1 as transcribed in Omer-Sella/802.3 (`draft`).

pub(crate) mod analytic;
pub(crate) mod chase;
pub(crate) mod code;
pub(crate) mod soft;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trellis;

pub use analytic::hard_decision_ber;
pub use chase::{Chase, ChaseError, InnerOutcome};
pub use code::{BLOCK_SYMBOLS, PARITY_ROWS, PAYLOAD_SYMBOLS, encode};
pub use soft::{Soft, SoftError};
