//! Gain control: the converter's full scale follows the signal.

use crate::math::quantile;

/// Probability that a sample leaves the converter's range: full scale is twice the 99.99 % quantile
/// of |y|.
const CLIPPED: f64 = 1e-4;

/// Full scale (peak to peak) for mean-free `samples` in Gaussian noise of `sigma`.
pub(crate) fn full_scale(samples: &[f32], sigma: f64) -> f64 {
    2.0 * quantile::upper(samples, sigma, CLIPPED)
}

/// Quantisation noise, rms: FS / sqrt 12 / 2^bits.
pub(crate) fn quantisation(full_scale: f64, effective_bits: f64) -> f64 {
    full_scale / 12f64.sqrt() / effective_bits.exp2()
}
