//! Results as plain data, and verdicts on them.

pub(super) mod clock;
pub(super) mod compliant;
pub(super) mod explanation;
pub(super) mod figures;
pub(super) mod level_drives;
pub(super) mod limited_by;
pub(super) mod metrics;
pub(super) mod pooled;
pub(super) mod port;
pub(super) mod reason;
pub(super) mod spec;
pub(super) mod spec_check;
pub(super) mod targets;
pub(super) mod transmitter_used;
pub(super) mod verdict;
