//! The registry of metrics: every figure of a lane and of a port, a file for each place at which
//! metrics are taken.

mod count;
pub(in crate::link) mod derived;
mod fec;
pub(in crate::link) mod lane;
pub(in crate::link) mod limit;
mod margin;
mod needs;
pub(in crate::link) mod port;
mod receiver;
pub(in crate::link) mod target;
pub(in crate::link) mod transmitter;
