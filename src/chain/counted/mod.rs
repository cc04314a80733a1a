//! The counted estimator: Monte Carlo through the whole chain, in stream mode, with noise alone,
//! and by importance sampling.

pub(super) mod clock_reading;
pub(super) mod count;
pub(super) mod importance;
pub(super) mod lane;
pub(super) mod method;
pub(super) mod noise_only;
pub(super) mod observer;
pub(super) mod segment;
pub(super) mod stream;
pub(super) mod tally;
