//! Stream mode: one endless sequence in blocks that overlap, and a receiver whose state continues
//! from block to block.
//!
//! Block b of a plan of N + 2 G symbols holds the symbols [b N - G, b N + N + G) of the sequence,
//! runs periodically, and its outer G on each side are discarded (overlap-save). The receiver takes
//! its samples sequentially at a moving phase.
//!
//! # Limits
//!
//! Neighbouring blocks draw their noise independently, in their guards too. Every scored sample has
//! the exact law; only the correlation of noise across block boundaries is lost, within the
//! correlation time of the receiver's noise. The laser's phase is a Brownian bridge in each block.
//! The phases of transmitter and receiver change slowly compared with the memory of the filters, so
//! that only the sampling instant moves, not the waveform.

pub(crate) mod lane;
pub(crate) mod receiver;
