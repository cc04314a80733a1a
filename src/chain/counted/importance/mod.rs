//! Importance sampling for rare errors.

pub(crate) mod error_events;
pub(crate) mod estimator;
pub(crate) mod weighted;
