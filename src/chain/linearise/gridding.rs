//! Few values of a long spectrum's transform, near time zero.
//!
//! A spectrum is thinned before it is summed, which multiplies what stands at time t, in symbols,
//! by a known window:
//!
//! ```text
//! sum over f of X(f) e^(j 2 pi f t / n) = sum over i of Z(i) e^(j 2 pi i D t / n) / P(D t / n)
//! Z(i) = sum over f of X(f) p((f - i D) / D)
//! p(x) = I_0(b sqrt(1 - (2 x / W)^2)),    P(v) = W sinh(r) / r,    r^2 = b^2 - (pi W v)^2
//! ```
//!
//! Times up to a tenth of n / D are kept; times from nine tenths on alias with less than 1e-7.
//!
//! # Reference
//!
//! J. Jackson, C. Meyer, D. Nishimura, A. Macovski, *Selection of a convolution function for
//! Fourier inversion using gridding*, IEEE Trans. Med. Imaging 10 (1991).

use crate::math::buffer_pool::Pooled;
use crate::math::simd::multiversion;
use crate::signal::Grid;
use num_complex::Complex32;
use std::f64::consts::{PI, TAU};

/// W: width of the window, in thinned bins.
const WIDTH: usize = 8;

/// Largest fraction of the lags of thinned bins that is used.
const KEPT: usize = 10;

/// Bins side by side in the thinning's sums.
const RUN: usize = 16;

/// Smallest number of bins that become one, for which the window is a whole number of runs.
const LEAST: usize = 2;

/// Thinning of the spectra of a block of `symbols`, for times up to `reach` symbols from zero.
#[derive(Clone, Debug)]
pub(crate) struct Gridding {
    symbols: usize,
    /// D: bins that become one.
    pub(crate) step: usize,
    /// The window at the bins from W D / 2 before a thinned one.
    pub(crate) weights: Vec<f32>,
}

impl Gridding {
    /// `None` when the block is too short, or does not divide.
    pub(crate) fn new(symbols: usize, reach: f64) -> Option<Gridding> {
        let most = symbols as f64 / (KEPT as f64 * reach.max(1.0));
        // an even number of thinned bins to the symbol rate
        let step =
            1usize << symbols.trailing_zeros().saturating_sub(1).min(most.max(1.0).log2() as u32);
        if step < LEAST {
            return None;
        }
        let half = (WIDTH * step / 2) as isize;
        let window = |x: isize| {
            let x = x as f64 / half as f64;
            bessel_i0(Self::steepness() * (1.0 - x * x).max(0.0).sqrt())
                / bessel_i0(Self::steepness())
        };
        // even, and without the last point, which is negligible
        let side: Vec<f32> = (0..=half).map(|x| window(x) as f32).collect();
        let weights = (-half..half).map(|x| side[x.unsigned_abs()]).collect();
        Some(Gridding { symbols, step, weights })
    }

    /// b, by which the first image of the kept lags is down by e^-b.
    fn steepness() -> f64 {
        PI * WIDTH as f64 * (1.0 - 1.5 / KEPT as f64)
    }

    /// Thinned bins in a symbol rate.
    pub(crate) fn per_rate(&self) -> usize {
        self.symbols / self.step
    }

    /// Factor on a sum over thinned bins at time `t`, symbols.
    pub(crate) fn gain(&self, t: f64) -> f64 {
        let (b, v) = (Self::steepness(), t * self.step as f64 / self.symbols as f64);
        let r = (b * b - (PI * WIDTH as f64 * v).powi(2)).max(1e-6).sqrt();
        bessel_i0(b) * r / (WIDTH as f64 * r.sinh())
    }

    /// Thins a spectrum that is even or conjugate-symmetric, and zero beyond its end.
    pub(crate) fn thinned(
        &self,
        spectrum: &[Complex32],
        even: bool,
        planes: &mut Planes,
    ) -> Pooled<Complex32> {
        let (half, kept) = (self.weights.len() / 2, spectrum.len());
        let count = (kept - 1 + half) / self.step + 1;
        planes.fit(count * self.step + 2 * half);
        let sign = if even { 1.0 } else { -1.0 };
        for (x, z) in spectrum[1..].iter().take(half).enumerate() {
            (planes.re[half - 1 - x], planes.im[half - 1 - x]) = (z.re, sign * z.im);
        }
        for (x, z) in spectrum.iter().enumerate() {
            (planes.re[half + x], planes.im[half + x]) = (z.re, z.im);
        }
        let mut out = Pooled::zeros(count);
        thin(&planes.re, &planes.im, &self.weights, self.step, &mut out);
        out
    }
}

/// Real and imaginary parts of a padded spectrum.
#[derive(Default)]
pub(crate) struct Planes {
    re: Pooled<f32>,
    im: Pooled<f32>,
}

impl Planes {
    pub(crate) fn fit(&mut self, length: usize) {
        for plane in [&mut self.re, &mut self.im] {
            *plane = Pooled::default();
            *plane = Pooled::zeros(length);
        }
    }
}

multiversion! {
fn thin(re: &[f32], im: &[f32], weights: &[f32], step: usize, out: &mut [Complex32]) {
    let weights = weights.as_chunks::<RUN>().0;
    for (i, out) in out.iter_mut().enumerate() {
        let (mut a, mut b) = ([0f32; RUN], [0f32; RUN]);
        let (re, im) = (re[i * step..].as_chunks::<RUN>().0, im[i * step..].as_chunks::<RUN>().0);
        for ((w, re), im) in weights.iter().zip(re).zip(im) {
            for k in 0..RUN {
                a[k] += w[k] * re[k];
                b[k] += w[k] * im[k];
            }
        }
        *out = Complex32::new(a.iter().sum(), b.iter().sum());
    }
}
}

/// Cosines and sines of points around a circle.
pub(crate) fn circle(period: usize) -> Vec<[f32; 2]> {
    let at = |k: usize| (TAU * k as f64 / period as f64).sin_cos();
    (0..period).map(at).map(|(sine, cosine)| [cosine as f32, sine as f32]).collect()
}

/// Points of a circle by steps, from its first on.
pub(crate) fn around(
    circle: &[[f32; 2]],
    step: isize,
    count: usize,
) -> impl Iterator<Item = [f32; 2]> {
    let step = step.rem_euclid(circle.len() as isize) as usize;
    let mut at = 0;
    (0..count).map(move |_| {
        let point = circle[at];
        at += step;
        if at >= circle.len() {
            at -= circle.len();
        }
        point
    })
}

/// The covariances at lags of `spacing` samples, `count` of them, of a real noise with these mean
/// powers per bin.
pub(crate) fn covariances(
    power: &[f32],
    grid: Grid,
    spacing: usize,
    count: usize,
) -> Option<Vec<f64>> {
    let reach = (count * spacing) as f64 / grid.samples_per_symbol as f64;
    let thinning = Gridding::new(grid.symbols, reach)?;
    let mut spectrum: Pooled<Complex32> = power.iter().map(|&p| Complex32::new(p, 0.0)).collect();
    if grid.samples().is_multiple_of(2) {
        spectrum[grid.samples() / 2] *= 0.5;
    }
    let thin = thinning.thinned(&spectrum, true, &mut Planes::default());
    // a whole number of thinned bins to the rate of the samples
    let period = thinning.per_rate() * grid.samples_per_symbol;
    let circle = circle(period);
    let at = |t: usize| {
        let turned = thin.iter().zip(around(&circle, (t * spacing) as isize, thin.len()));
        let sum: f64 =
            turned.map(|(z, c)| 2.0 * f64::from(z.re * c[0])).sum::<f64>() - f64::from(thin[0].re);
        sum * thinning.gain((t * spacing) as f64 / grid.samples_per_symbol as f64)
    };
    Some((0..count).map(at).collect())
}

/// Modified Bessel function of the first kind and order 0, by its series.
fn bessel_i0(x: f64) -> f64 {
    let y = x * x / 4.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..60 {
        term *= y / f64::from(k * k);
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::fft::Planner;
    use crate::math::fft::RealFft;

    const GRID: Grid = Grid { symbol_rate_hz: 1e9, symbols: 2048, samples_per_symbol: 4 };

    /// A low-pass noise: the transform of its whole spectrum against the few lags that are picked
    /// out, to the rounding of f32.
    #[test]
    fn covariances_are_those_of_the_whole_transform() {
        let power: Vec<f32> =
            (0..GRID.bins()).map(|k| 1.0 / (1.0 + (k as f32 / 700.0).powi(4)) + 0.01).collect();
        let mut bins: Vec<Complex32> = power.iter().map(|&p| Complex32::new(p, 0.0)).collect();
        let fft = RealFft::new(&mut Planner::default(), GRID.samples());
        let mut all = vec![0.0; GRID.samples()];
        fft.inverse(&mut bins, &mut all, &mut vec![Complex32::default(); fft.scratch()]);
        for (t, c) in covariances(&power, GRID, 2, 20).expect("long enough").iter().enumerate() {
            assert!(
                (c - f64::from(all[2 * t])).abs() < 2e-6 * f64::from(all[0]),
                "{t}: {c} against {}",
                all[2 * t]
            );
        }
    }
}
