//! Speed of this machine on the tasks of a simulation, and how near it is to the machine's limits.
//!
//! A [`Case`] is one task, as a user would start it; [`Report::measure`] times each on one thread.
//! `lightlane bench` prints the report, and `cargo bench --bench speed` gives the same cases to a
//! benchmark harness.
//!
//! # Roofline
//!
//! A task that needs F operations and moves B bytes per item can at best do min(P / F, W / B) items
//! per second, P the peak of fused multiply-adds, W the bandwidth of the cache that its block stays
//! in. Operations and bytes are counted by formula ([`Case::flops`], [`Case::bytes`]): a transform
//! of n points counts 5 n log2 n, a normal number 40, a pass over a block what it reads and writes.
//! Tasks that spend their time in chains of dependent steps, tables or integers have no such count.

mod case;
mod cases;
mod chains;
mod codes;
mod report;
mod roofline;
mod scaling;

pub use crate::math::simd::Vectors;
pub use case::Case;
pub use cases::all;
pub use report::{CaseResult, Report};
pub use roofline::MachinePeaks;
pub use scaling::Scaling;
