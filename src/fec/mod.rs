//! Forward error correction, bit for bit: the codes, the positions of codeword bits on the lanes,
//! and post-FEC errors.
//!
//! [`galois`] and [`reed_solomon`] are the outer code, [`inner`] the one of clause 177. A
//! [`Coding`] describes the whole coding of a PMD; [`CodewordLayout`] maps each symbol of each lane
//! to bits of codewords. [`errors`] has synthetic channels, [`SymbolErrorHistogram`] the FEC bins
//! that a switch reports, [`tail`] and [`extrapolate`] the error ratios that follow.

mod after_inner;
mod bins_chart;
mod burst_tail;
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
mod merged_errors;
mod powers;
pub mod reed_solomon;
mod stream;
pub mod striped;
pub mod tail;
mod tally;

pub(crate) use after_inner::{
    after_inner, ber_after_inner, ber_before, ber_before_inner, symbol_error_ratio_after_inner,
};
pub use bins_chart::bins_chart;
pub(crate) use burst_tail::Bursts;
pub use coding::{CODINGS, Coding, InnerCoding, InterleaveOrder, Mux};
pub use counter::{CodewordCounter, Decoding};
pub use error_extractor::{ErrorExtractor, ErrorPositions, SymbolError};
pub use histogram::SymbolErrorHistogram;
pub use interleaver::Interleaver;
pub use layout::{Address, CodewordLayout};
pub use merged_errors::MergedErrors;
pub use reed_solomon::ReedSolomon;
pub use stream::{FecReceiver, FecSender};
pub use tally::FecTally;
