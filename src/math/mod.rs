//! Kernels on slices, without physics.

pub mod contour;
pub(crate) mod elementary;
pub(crate) mod fft;
pub(crate) mod fir;
pub mod gaussian;
pub(crate) mod interpolator;
pub mod interval;
pub(crate) mod least_squares;
pub(crate) mod matrix;
pub mod minimax;
pub(crate) mod minimum_phase;
pub mod monotone;
pub mod normals;
pub(crate) mod pack;
pub mod prototype;
pub(crate) mod quantile;
pub(crate) mod recent;
pub mod resample;
pub(crate) mod rows;
pub(crate) mod scatter;
pub(crate) mod simd;
pub(crate) mod steps;
pub(crate) mod tails;
