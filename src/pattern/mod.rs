//! Test patterns as PAM4 levels, the Gray code, the precoder.
//!
//! A [`Pattern`] describes, [`Pattern::build`] prepares a [`SymbolSource`], and
//! [`SymbolSource::fill`] writes levels 0..=3. A level is two bits ([`gray`]); [`precode`] is
//! applied by the caller of `fill`.

mod description;
mod file;
pub mod gray;
mod prbs;
mod prbs31q;
mod precoder;
mod random;
mod source;
mod ssprq;

pub use description::{Pattern, PatternKind};
pub use precoder::{precode, unprecode};
pub use source::{LevelSequence, SymbolSource};
