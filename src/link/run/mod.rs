//! Running a link, and putting its results together.

pub(super) mod agreement;
pub(super) mod custom;
pub(super) mod lane_result;
pub(super) mod link;
pub(super) mod port_result;
pub(super) mod segment_result;
