//! Studies that run a link again and again.

pub(super) mod conformance;
pub(super) mod explain;
pub(super) mod jitter_tolerance;
pub(super) mod stressed_receiver;
