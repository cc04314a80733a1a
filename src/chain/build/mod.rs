//! Plans: responses fused, noises brought to the end of their section; the cache of transforms and
//! responses; a trained receiver as a value.

pub(super) mod convergence;
pub(super) mod coupled;
pub(super) mod detector;
pub(super) mod guard;
pub(super) mod noise_list;
pub(super) mod plan;
pub(super) mod plan_cache;
pub(super) mod reflections;
pub(super) mod section;
pub(super) mod spectrum;
pub(super) mod symbol_noise;
pub(super) mod timing;
pub(super) mod trained;
