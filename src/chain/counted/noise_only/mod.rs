//! A noise-only Monte Carlo for a periodic pattern and a linear receiver.

pub(crate) mod estimator;
pub(crate) mod kernel;
pub(crate) mod noise_colour;
