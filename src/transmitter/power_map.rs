//! From power to field.

use crate::chain::Map;
use crate::math::{elementary, simd::multiversion};
use crate::signal::{Field, Watt};
use num_complex::Complex32;

/// Power to field, with chirp: E = sqrt(P) e^(j alpha/2 ln P); power below zero counts as zero.
pub(super) struct PowerMap {
    name: &'static str,
    half_alpha: f32,
}

impl PowerMap {
    pub(super) fn new(name: &'static str, chirp_alpha: f64) -> Self {
        PowerMap { name, half_alpha: (chirp_alpha / 2.0) as f32 }
    }
}

impl Map<Watt, Field> for PowerMap {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        root(self.half_alpha, x, y);
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

multiversion! {
fn root(half_alpha: f32, x: &[f32], y: &mut [Complex32]) {
    for (y, x) in y.iter_mut().zip(x) {
        let power = x.max(1e-20);
        let (sine, cosine) =
            elementary::sin_cos_turns(half_alpha * elementary::ln(power) / std::f32::consts::TAU);
        *y = Complex32::new(cosine, sine) * power.sqrt();
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_has_the_power_and_the_chirp_given() {
        let x = [1e-3f32, 2e-3, 0.0, -1e-4];
        let mut y = [Complex32::default(); 4];
        PowerMap::new("test", 1.5).apply(&x, &mut y);
        assert!(
            (y[0].norm_sqr() / 1e-3 - 1.0).abs() < 1e-5
                && y[2].norm_sqr() < 1e-19
                && y[3].norm_sqr() < 1e-19
        );
        // d phi = alpha / 2 d ln P
        assert!(((y[1] / y[0]).arg() - 0.75 * 2f32.ln()).abs() < 1e-4);
    }
}
