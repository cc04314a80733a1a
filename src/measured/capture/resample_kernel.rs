//! A waveform between its samples.

use std::f64::consts::PI;

/// Zero crossings of the kernel on each side.
const REACH: usize = 24;
/// Steps of the kernel's table between two of them.
const STEPS: usize = 512;
/// Shape of the Kaiser window: 80 dB of stop band (J. Kaiser's formula, 0.1102 (A - 8.7)).
const BETA: f64 = 7.86;

/// A low-pass kernel to interpolate with: sinc under a Kaiser window.
///
/// ```text
/// y(t) = sum_i x[i] c h(c (t - i)),   h(u) = sinc(u) kaiser(u / 24),   c = cutoff, at most 1
/// ```
pub(super) struct ResampleKernel {
    table: Vec<f32>,
    cutoff: f64,
}

impl ResampleKernel {
    /// `cutoff` is the band that is kept, as a part of half the samples' own rate.
    pub(super) fn new(cutoff: f64) -> ResampleKernel {
        let i0_beta = bessel_i0(BETA);
        let at = |i: usize| {
            let u = i as f64 / STEPS as f64;
            let window =
                bessel_i0(BETA * (1.0 - (u / REACH as f64).powi(2)).max(0.0).sqrt()) / i0_beta;
            let sinc = if i == 0 { 1.0 } else { (PI * u).sin() / (PI * u) };
            (sinc * window) as f32
        };
        ResampleKernel { table: (0..=REACH * STEPS + 1).map(at).collect(), cutoff: cutoff.min(1.0) }
    }

    /// Samples on each side of an instant that count.
    pub(super) fn reach(&self) -> f64 {
        REACH as f64 / self.cutoff
    }

    /// The waveform at sample `t`; beyond its ends it goes on as `wrap` samples before.
    pub(super) fn at(&self, x: &[f32], t: f64, wrap: usize) -> f32 {
        let reach = self.reach();
        let (first, last) = ((t - reach).ceil() as i64, (t + reach).floor() as i64);
        let (mut sum, mut weights) = (0f64, 0f64);
        for i in first..=last {
            let u = (t - i as f64).abs() * self.cutoff * STEPS as f64;
            let cell = u as usize;
            let part = (u - cell as f64) as f32;
            let h = f64::from(self.table[cell] + part * (self.table[cell + 1] - self.table[cell]));
            let i = if i < 0 || i as usize >= x.len() {
                i.rem_euclid(wrap as i64) as usize
            } else {
                i as usize
            };
            sum += h * f64::from(x[i.min(x.len() - 1)]);
            weights += h;
        }
        // the weights of a low-pass sum to one but for its stop band
        (sum / weights) as f32
    }
}

/// Modified Bessel function of the first kind, order zero (Abramowitz and Stegun 9.6.12).
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let terms = (1..60).scan(1.0, |term, k| {
        *term *= quarter / f64::from(k * k);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tones up to 0.8 of half the rate: what a stop band of 80 dB leaves, 1e-4 of each tone, at
    /// every instant.
    #[test]
    fn tones_are_interpolated_and_what_lies_beyond_the_cutoff_is_gone() {
        let (n, step) = (4096, 0.613);
        let tone = |f: f64, t: f64| (2.0 * PI * f * t + 0.3).cos();
        let kernel = ResampleKernel::new(1.0);
        for f in [0.001, 0.1, 0.3, 0.4] {
            let x: Vec<f32> = (0..n).map(|i| tone(f, i as f64) as f32).collect();
            let worst = (100..5000)
                .map(|j| 100.0 + j as f64 * step)
                .map(|t| (f64::from(kernel.at(&x, t, n)) - tone(f, t)).abs());
            assert!(worst.fold(0.0, f64::max) < 2e-4, "{f}");
        }
        let (half, x): (ResampleKernel, Vec<f32>) =
            (ResampleKernel::new(0.5), (0..n).map(|i| tone(0.4, i as f64) as f32).collect());
        assert!((500..3000).all(|t| half.at(&x, f64::from(t), n).abs() < 2e-4));
    }
}
