//! Stream mode: one endless sequence in blocks that overlap, and a receiver whose state is handed
//! from block to block.
//!
//! Block b of a plan of N + 2 G symbols holds the symbols [b N - G, b N + N + G) of the sequence,
//! runs periodically, and its outer G on each side, where the ends meet, are thrown away
//! (overlap-save). The receiver takes its samples one after the other at a phase that moves.
//!
//! # Limits
//!
//! Neighbouring blocks draw their noise independently, in their guards too. Every scored sample has
//! the exact law, only the correlation of noise across a seam is lost: as many symbols of each
//! block as the receiver's noise remembers. The laser's phase is a bridge in each block. Phases of
//! transmitter and receiver move slowly against the memory of the filters: what moves is the
//! instant of sampling, not the waveform.

pub(crate) mod lane;
pub(crate) mod receiver;
