//! Products of spectra.

use crate::math::simd::multiversion;
use num_complex::Complex32;

multiversion! {
/// `x[k] = x[k] h[k]`.
pub(crate) fn multiply(x: &mut [Complex32], h: &[Complex32]) {
    x.iter_mut().zip(h).for_each(|(x, h)| {
        *x = Complex32::new(x.re * h.re - x.im * h.im, x.re * h.im + x.im * h.re)
    });
}
}
