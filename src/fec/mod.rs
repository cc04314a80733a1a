//! Forward error correction, bit for bit: the codes, where a codeword's bits travel, and what is
//! left behind them.
//!
//! [`galois`] and [`reed_solomon`] are the outer code, [`inner`] the one of clause 177. A
//! [`Coding`] describes all that a PMD does to a port's payload; [`CodewordLayout`] says which bit
//! of which codeword every symbol of every lane carries. [`errors`] makes channels other than a
//! link, [`SymbolErrorHistogram`] is what a switch shows, [`tail`] and [`extrapolate`] are what it
//! means.

mod coding;
mod counter;
pub mod curve;
mod error_extractor;
pub mod errors;
pub mod extrapolate;
pub mod galois;
mod histogram;
pub mod inner;
mod interleaver;
mod layout;
mod overdispersion;
mod powers;
pub mod reed_solomon;
mod stream;
pub mod tail;
mod tally;

pub use coding::{CODINGS, Coding, InnerCoding, InterleaveOrder, Mux};
pub use counter::{CodewordCounter, Decoding};
pub use error_extractor::{ErrorExtractor, ErrorPositions, SymbolError};
pub use histogram::SymbolErrorHistogram;
pub use interleaver::Interleaver;
pub use layout::{Address, CodewordLayout};
pub use reed_solomon::ReedSolomon;
pub use stream::{FecReceiver, FecSender};
pub use tally::FecTally;
