//! One thread's workspace, and how it runs blocks through a plan.

pub(super) mod block;
pub(super) mod detect;
pub(super) mod front;
pub(super) mod levels;
pub(super) mod probe;
pub(super) mod sampler;
pub(super) mod streams;
pub(super) mod workspace;
pub(super) mod workspace_pool;
