//! A lane built from its description: plans, data, random streams.

mod aggressors;
pub(super) mod files;
pub(super) mod group;
pub(super) mod lane;
pub(super) mod light;
pub(super) mod segment;
pub(super) mod transmitted;
