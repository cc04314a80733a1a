//! Steps before counting: search for settings, training, prediction, margin.

pub(super) mod budget;
pub(super) mod cascade;
pub(super) mod clock;
mod compliant;
mod corners;
pub(super) mod counted_margin;
pub(super) mod detuning_search;
mod kept_losses;
pub(super) mod lane;
mod level_training;
pub(super) mod margin;
pub(super) mod memory;
pub(super) mod method;
pub(super) mod noise_warnings;
pub(super) mod overload_margin;
pub(super) mod prepare;
pub(super) mod segment;
pub(super) mod snr_margin;
mod trial;
pub(super) mod tuning;
pub(super) mod variants;
pub(super) mod work;
