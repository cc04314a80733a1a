//! Counting of all lanes, here and at the limit, and the FEC stage.

pub(super) mod fec_stage;
mod lane_fec;
pub(super) mod lanes;
pub(super) mod reported;
