//! Per-thread workspace, and the code that runs blocks through a plan.

pub(super) mod block;
pub(super) mod interleaving;
pub(super) mod levels;
pub(super) mod streams;
pub(super) mod workspace;
pub(super) mod workspace_pool;
