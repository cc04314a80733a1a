//! Kernels on slices, without physics.

pub(crate) mod bent;
#[cfg(test)]
pub(crate) mod bessel;
pub(crate) mod buffer_pool;
pub(crate) mod chebyshev;
pub mod contour;
pub(crate) mod elementary;
pub(crate) mod fft;
pub(crate) mod fir;
pub mod gaussian;
pub(crate) mod gaussian_tail_sums;
pub(crate) mod interpolator;
pub mod interval;
pub(crate) mod least_squares;
pub(crate) mod ln_binomial;
pub(crate) mod matrix;
pub(crate) mod mean;
pub mod minimax;
pub(crate) mod minimum_phase;
pub mod monotone;
pub mod normals;
pub mod prototype;
pub(crate) mod quantile;
pub mod resample;
pub(crate) mod simd;
pub(crate) mod two_points;
pub(crate) mod uniform_table;
