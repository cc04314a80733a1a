//! The noiseless block, its local slopes, the path of each noise to the sampler, correlations.

pub(super) mod beats;
pub(super) mod correlations;
pub(super) mod gridding;
pub(super) mod impulse_response;
pub(super) mod noise_sources;
pub(super) mod noiseless_block;
pub(super) mod receiver_slopes;
pub(super) mod slope;
pub(super) mod slopes;
