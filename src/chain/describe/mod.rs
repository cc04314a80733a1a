//! Responses, maps, noises, interferers, detector and clock as data; the typed chain under
//! construction.

pub(super) mod chain;
pub(super) mod clocking;
pub(super) mod coupling;
pub(super) mod detector;
pub(super) mod interferer;
pub(super) mod lookup;
pub(super) mod map;
pub(super) mod noise;
pub(super) mod noise_bandwidth;
pub(super) mod not_evaluated;
pub(super) mod receiver_dsp;
pub(super) mod reflections;
pub(super) mod sampler;
pub(super) mod shape;
pub(super) mod sub_converters;
pub(super) mod table;
