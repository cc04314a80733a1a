//! Forward error correction, bit for bit: the codes, where a codeword's bits travel, and what is
//! left behind them.
//!
//! [`galois`] and [`reed_solomon`] are the outer code, [`inner`] the one of clause 177. A
//! [`Coding`] describes all that a PMD does to a port's payload; [`Layout`] says which bit of which
//! codeword every symbol of every lane carries. [`errors`] makes channels other than a link,
//! [`Histogram`] is what a switch shows, [`tail`] and [`extrapolate`] are what it means.

mod coding;
mod counter;
pub mod curve;
pub mod errors;
pub mod extrapolate;
pub mod galois;
mod histogram;
pub mod inner;
mod interleaver;
mod layout;
mod powers;
mod reader;
pub mod reed_solomon;
mod scatter;
mod stream;
pub mod tail;
mod tally;

pub use coding::{CODINGS, Coding, InnerCoding, Mux, Turns};
pub use counter::{Counter, Decoding};
pub use histogram::Histogram;
pub use interleaver::Interleaver;
pub use layout::{Address, Layout};
pub use reader::{Read, Reader, Wrong};
pub use reed_solomon::ReedSolomon;
pub use stream::{Receiver, Sender};
pub use tally::Tally;
