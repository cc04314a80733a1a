//! Correlations of a block at a few lags and at any sampling phase, from one pass over its spectrum.
//!
//! ```text
//! y(t) = sum over bins f of X(f) e^(j 2 pi f t / n),    t in symbols, n symbols in the block
//!
//! mean over m of y(m + u + tau) y(m + u) = B_0(tau) + 2 Re sum_(d = 1 .. s - 1) e^(j 2 pi d (u + tau / 2)) B_d(tau)
//! B_d(tau) = sum over g of Q_d(g) cos(2 pi g tau / n),    Q_d(g) = X(d n / 2 + g) X*(g - d n / 2) = Q_d(-g)
//! ```
//!
//! Sampling s times a symbol leaves s harmonics d, so that these few sums hold for every phase u. Only lags near zero are wanted: a
//! spectrum is thinned before it is summed, which multiplies what stands at lag tau by a known window.
//!
//! ```text
//! sum over f of X(f) e^(j 2 pi f t / n) = sum over i of Z(i) e^(j 2 pi i D t / n) / P(D t / n),    Z(i) = sum over f of X(f) p((f - i D) / D)
//! p(x) = I_0(b sqrt(1 - (2 x / W)^2)),    P(v) = W sinh(r) / r,    r^2 = b^2 - (pi W v)^2
//! ```
//!
//! Lags up to a tenth of n / D are kept; what stands at nine tenths and beyond comes in with less than 1e-7 of itself.
//!
//! # Reference
//!
//! J. Jackson, C. Meyer, D. Nishimura, A. Macovski, *Selection of a convolution function for Fourier inversion using gridding*, IEEE
//! Trans. Med. Imaging 10 (1991), for the window; W. Gardner, *Cyclostationarity in Communications and Signal Processing*, for harmonics.

use super::block;
use crate::math::simd::widest;
use crate::signal::Grid;
use num_complex::{Complex32, Complex64};
use std::f64::consts::{PI, TAU};

/// W: width of the window, in thinned bins.
const WIDTH: usize = 8;
/// Lags that are kept of those that thinned bins can hold, at the most.
const KEPT: usize = 10;
/// Bins side by side in the thinning's sums.
const RUN: usize = 16;
/// Least bins that become one: the window is then a whole number of runs.
const LEAST: usize = 2;

/// How spectra of a block of `symbols` are thinned, for times up to `reach` symbols from zero.
#[derive(Clone, Debug)]
pub(super) struct Thinning {
    symbols: usize,
    /// D: bins that become one.
    step: usize,
    /// The window at the bins from W D / 2 before a thinned one.
    weights: Vec<f32>,
}

impl Thinning {
    /// Nothing when the block is too short, or does not divide.
    pub(super) fn new(symbols: usize, reach: f64) -> Option<Thinning> {
        let most = symbols as f64 / (KEPT as f64 * reach.max(1.0));
        // an even number of thinned bins to the symbol rate
        let step = 1usize << symbols.trailing_zeros().saturating_sub(1).min(most.max(1.0).log2() as u32);
        if step < LEAST {
            return None;
        }
        let half = (WIDTH * step / 2) as isize;
        let window = |x: isize| {
            let x = x as f64 / half as f64;
            bessel_i0(Self::steepness() * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(Self::steepness())
        };
        // even, and without the last point, which is as good as nothing
        let side: Vec<f32> = (0..=half).map(|x| window(x) as f32).collect();
        let weights = (-half..half).map(|x| side[x.unsigned_abs()]).collect();
        Some(Thinning { symbols, step, weights })
    }

    /// b, by which the first image of the kept lags is down by e^-b.
    fn steepness() -> f64 {
        PI * WIDTH as f64 * (1.0 - 1.5 / KEPT as f64)
    }

    /// Thinned bins in a symbol rate.
    fn per_rate(&self) -> usize {
        self.symbols / self.step
    }

    /// By which a sum over thinned bins at time `t`, symbols, is to be multiplied.
    fn gain(&self, t: f64) -> f64 {
        let (b, v) = (Self::steepness(), t * self.step as f64 / self.symbols as f64);
        let r = (b * b - (PI * WIDTH as f64 * v).powi(2)).max(1e-6).sqrt();
        bessel_i0(b) * r / (WIDTH as f64 * r.sinh())
    }

    /// Thins a spectrum that is even, or conjugate to its negative frequencies, and nothing beyond its end.
    fn thinned(&self, spectrum: &[Complex32], even: bool, planes: &mut Planes) -> Vec<Complex32> {
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
        let mut out = vec![Complex32::default(); count];
        thin(&planes.re, &planes.im, &self.weights, self.step, &mut out);
        out
    }
}

/// Real and imaginary parts of a padded spectrum.
#[derive(Default)]
struct Planes {
    re: Vec<f32>,
    im: Vec<f32>,
}

impl Planes {
    fn fit(&mut self, length: usize) {
        for plane in [&mut self.re, &mut self.im] {
            plane.clear();
            plane.resize(length, 0.0);
        }
    }
}

widest! {
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

/// X(a + g) X*(g - a), g from 0, of a conjugate-symmetric spectrum.
fn products(x: &[Complex32], a: usize, out: &mut [Complex32]) {
    let inner = a.min(out.len());
    for (g, out) in out[..inner].iter_mut().enumerate() {
        let (p, q) = (x[a + g], x[a - g]);
        *out = Complex32::new(p.re * q.re - p.im * q.im, p.re * q.im + p.im * q.re);
    }
    for ((out, p), q) in out[inner..].iter_mut().zip(&x[a + inner..]).zip(x) {
        *out = Complex32::new(p.re * q.re + p.im * q.im, p.im * q.re - p.re * q.im);
    }
}

/// Sum over g of q(g) ((g + a) (g - a) rate^2), g from both sides of zero.
fn slope_sum(q: &[Complex32], a: f32, rate: f32) -> Complex64 {
    let (mut re, mut im) = ([0f32; RUN], [0f32; RUN]);
    let (runs, rest) = q.as_chunks::<RUN>();
    let squared = |g: f32| (g * rate) * (g * rate) - (a * rate) * (a * rate);
    for (r, q) in runs.iter().enumerate() {
        let first = (r * RUN) as f32;
        for k in 0..RUN {
            let weight = squared(first + k as f32);
            re[k] += q[k].re * weight;
            im[k] += q[k].im * weight;
        }
    }
    for (k, q) in rest.iter().enumerate() {
        let weight = squared((runs.len() * RUN + k) as f32);
        re[k] += q.re * weight;
        im[k] += q.im * weight;
    }
    re[0] -= 0.5 * q[0].re * squared(0.0);
    im[0] -= 0.5 * q[0].im * squared(0.0);
    let sum = |x: [f32; RUN]| 2.0 * x.iter().map(|&x| f64::from(x)).sum::<f64>();
    Complex64::new(sum(re), sum(im))
}

/// Sum of z(k) cosine(k).
fn cosine_sum(z: &[Complex32], cosines: &[f32]) -> Complex64 {
    let (mut re, mut im) = ([0f32; RUN], [0f32; RUN]);
    let (runs, rest) = z.as_chunks::<RUN>();
    let (cosines, cosines_rest) = cosines.as_chunks::<RUN>();
    for (z, c) in runs.iter().zip(cosines) {
        for k in 0..RUN {
            re[k] += z[k].re * c[k];
            im[k] += z[k].im * c[k];
        }
    }
    for (k, (z, c)) in rest.iter().zip(cosines_rest).enumerate() {
        re[k] += z.re * c;
        im[k] += z.im * c;
    }
    let sum = |x: [f32; RUN]| x.iter().map(|&x| f64::from(x)).sum::<f64>();
    Complex64::new(sum(re), sum(im))
}

/// Re of sum z(k) (cosine(k) + j sine(k)).
fn real_sum(z: &[Complex32], turned: &[[f32; 2]]) -> f64 {
    let mut strands = [0f32; RUN];
    let (z, z_rest) = z.as_chunks::<RUN>();
    let (turned, turned_rest) = turned.as_chunks::<RUN>();
    for (z, t) in z.iter().zip(turned) {
        for k in 0..RUN {
            strands[k] += z[k].re * t[k][0] - z[k].im * t[k][1];
        }
    }
    let rest: f32 = z_rest.iter().zip(turned_rest).map(|(z, t)| z.re * t[0] - z.im * t[1]).sum();
    f64::from(rest) + strands.iter().map(|&s| f64::from(s)).sum::<f64>()
}
}

/// Folds an even spectrum from 0 on onto as many bins, mirrored at both ends, the mirrored ends counted from both sides.
fn fold_even(x: &[Complex32], out: &mut [Complex32]) {
    let half = out.len() - 1;
    out.fill(Complex32::default());
    for (r, start) in (0..x.len()).step_by(half).enumerate() {
        let run = &x[start..(start + half + 1).min(x.len())];
        if r % 2 == 0 {
            out.iter_mut().zip(run).for_each(|(o, x)| *o += x);
        } else {
            out.iter_mut().rev().zip(run).for_each(|(o, x)| *o += x);
        }
    }
}

/// Which lags are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wanted {
    /// p, samples per symbol.
    pub(super) per_symbol: usize,
    /// Lags of the samples with each other: 0 .. lags of 1 / p.
    pub(super) lags: usize,
    /// First lag of the samples with the symbols, of 1 / p, and how many.
    pub(super) cross: (isize, usize),
    /// True for the slope's mean square.
    pub(super) slope: bool,
}

/// The lags wanted of blocks of one grid, and what thinned spectra are multiplied with to get them.
pub(super) struct Lags {
    wanted: Wanted,
    grid: Grid,
    thinning: Thinning,
    /// cos(2 pi k t / period) of each lag of the samples with each other.
    cosines: Vec<Vec<f32>>,
    /// Cosine and sine of each lag with the symbols.
    turned: Vec<Vec<[f32; 2]>>,
}

impl Lags {
    /// For phases up to a symbol from the whole delay; nothing when blocks are too short, or of an odd length.
    pub(super) fn new(wanted: Wanted, grid: Grid) -> Option<Lags> {
        let p = wanted.per_symbol as f64;
        let last = wanted.cross.0 + wanted.cross.1 as isize;
        let reach = (wanted.lags as f64 / p).max(wanted.cross.0.unsigned_abs().max(last.unsigned_abs()) as f64 / p + 1.5);
        let thinning = Thinning::new(grid.symbols, reach)?;
        let period = thinning.per_rate() * wanted.per_symbol;
        let circle = circle(period);
        let cosines = (0..wanted.lags).map(|t| around(&circle, t as isize, period / 2 + 1).map(|c| c[0]).collect()).collect();
        let turned = (0..wanted.cross.1).map(|i| around(&circle, wanted.cross.0 + i as isize, period).collect()).collect();
        Some(Lags { wanted, grid, thinning, cosines, turned })
    }
}

/// A record's correlations, as [the module](self) says.
pub(super) struct Correlated {
    /// Whole symbols around which phases are searched.
    whole: isize,
    /// B_d at the lags 0, 1 / p, 2 / p ..., harmonic by harmonic.
    lags: Vec<Vec<Complex64>>,
    /// Thinned spectrum of the correlation with the symbols around the whole delay, over n.
    cross: Vec<Complex32>,
    /// X at the multiples of the symbol rate.
    harmonics: Vec<Complex64>,
    /// The same as `lags` at lag 0 of the derivative, per s^2; empty when nobody asked.
    slopes: Vec<Complex64>,
}

impl Correlated {
    /// Of the spectrum at the sampler with the symbols' spectrum, for phases around `whole` symbols.
    pub(super) fn new(spectrum: &[Complex32], symbols: &[Complex32], whole: isize, of: &Lags) -> Correlated {
        let Lags { wanted, grid, thinning, .. } = of;
        let (n, s, m) = (grid.symbols, grid.samples_per_symbol, grid.samples());
        let mut x = spectrum.to_vec();
        x[m / 2] *= 0.5; // half of it at each end of the band
        let mut planes = Planes::default();
        let mut product = vec![Complex32::default(); x.len()];
        let mut folded = vec![Complex32::default(); n * wanted.per_symbol / 2 + 1];
        let (mut lags, mut slopes) = (Vec::new(), Vec::new());
        for d in 0..s {
            let a = d * n / 2;
            let product = &mut product[..x.len() - a];
            products(&x, a, product);
            if wanted.slope {
                slopes.push(slope_sum(product, a as f32, (TAU * grid.bin_hz()) as f32));
            }
            fold_even(product, &mut folded);
            lags.push(periodic_lags(&folded, of, &mut planes));
        }
        let conjugate: Vec<Complex32> = symbols.iter().map(Complex32::conj).collect();
        let mut turned = conjugate.clone();
        block::turn(&conjugate, whole as f64 / n as f64, &mut turned);
        product.fill(Complex32::default());
        block::replicate(&turned, n, &x, &mut product);
        let mut cross = thinning.thinned(&product, false, &mut planes);
        cross.iter_mut().enumerate().for_each(|(i, z)| *z *= if i == 0 { 1.0 } else { 2.0 } / n as f32);
        let harmonics = (0..=s / 2).map(|j| Complex64::new(f64::from(x[j * n].re), f64::from(x[j * n].im))).collect();
        Correlated { whole, lags, cross, harmonics, slopes }
    }

    /// Mean of the samples at phase `u`, symbols.
    pub(super) fn mean(&self, u: f64) -> f64 {
        harmonic_sum(self.harmonics.iter().copied(), u)
    }

    /// Mean product of a sample at phase `u` and one `lag` samples behind it.
    pub(super) fn product(&self, u: f64, lag: usize, of: &Lags) -> f64 {
        harmonic_sum(self.lags.iter().map(|lags| lags[lag]), u + lag as f64 / (2 * of.wanted.per_symbol) as f64)
    }

    /// Mean square slope at phase `u`, per s^2.
    pub(super) fn slope_power(&self, u: f64) -> f64 {
        harmonic_sum(self.slopes.iter().copied(), u)
    }

    /// Mean products of samples and symbols at the wanted lags, phase `u`.
    pub(super) fn crosses(&self, u: f64, of: &Lags) -> Vec<f64> {
        let Lags { wanted, thinning, turned, .. } = of;
        let near = u - self.whole as f64;
        let mut folded = vec![Complex32::default(); thinning.per_rate() * wanted.per_symbol];
        let mut out = vec![Complex32::default(); self.cross.len()];
        block::turn(&self.cross, near / thinning.per_rate() as f64, &mut out);
        for run in out.chunks(folded.len()) {
            folded.iter_mut().zip(run).for_each(|(o, x)| *o += x);
        }
        let at = |(i, row): (usize, &Vec<[f32; 2]>)| {
            let t = near + (wanted.cross.0 + i as isize) as f64 / wanted.per_symbol as f64;
            thinning.gain(t) * real_sum(&folded, row)
        };
        turned.iter().enumerate().map(at).collect()
    }
}

fn circle(period: usize) -> Vec<[f32; 2]> {
    let at = |k: usize| (TAU * k as f64 / period as f64).sin_cos();
    (0..period).map(at).map(|(sine, cosine)| [cosine as f32, sine as f32]).collect()
}

/// Points of a circle by steps, from its first on.
fn around(circle: &[[f32; 2]], step: isize, count: usize) -> impl Iterator<Item = [f32; 2]> {
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

/// x_0 + 2 Re sum x_d e^(j 2 pi d u).
fn harmonic_sum(x: impl Iterator<Item = Complex64>, u: f64) -> f64 {
    let one = |(d, x): (usize, Complex64)| if d == 0 { x.re } else { 2.0 * (x * Complex64::cis(TAU * d as f64 * u)).re };
    x.enumerate().map(one).sum()
}

/// Sums over an even spectrum that repeats with p times the symbol rate, at the wanted lags.
fn periodic_lags(folded: &[Complex32], of: &Lags, planes: &mut Planes) -> Vec<Complex64> {
    let (half, margin) = (folded.len() - 1, of.thinning.weights.len() / 2);
    let mut mirrored = folded.to_vec();
    mirrored.extend((1..=margin).map(|x| folded[half - x]));
    let mut thin = of.thinning.thinned(&mirrored, true, planes);
    thin.truncate(half / of.thinning.step + 1);
    let last = thin.len() - 1;
    thin[1..last].iter_mut().for_each(|z| *z *= 2.0);
    let at = |(t, cosines): (usize, &Vec<f32>)| cosine_sum(&thin, cosines) * of.thinning.gain(t as f64 / of.wanted.per_symbol as f64);
    of.cosines.iter().enumerate().map(at).collect()
}

/// The covariances at lags of `spacing` samples, `count` of them, of a real noise with these mean powers per bin.
pub(super) fn covariances(power: &[f32], grid: Grid, spacing: usize, count: usize) -> Option<Vec<f64>> {
    let reach = (count * spacing) as f64 / grid.samples_per_symbol as f64;
    let thinning = Thinning::new(grid.symbols, reach)?;
    let mut spectrum: Vec<Complex32> = power.iter().map(|&p| Complex32::new(p, 0.0)).collect();
    if grid.samples().is_multiple_of(2) {
        spectrum[grid.samples() / 2] *= 0.5;
    }
    let thin = thinning.thinned(&spectrum, true, &mut Planes::default());
    // a whole number of thinned bins to the rate of the samples
    let period = thinning.per_rate() * grid.samples_per_symbol;
    let circle = circle(period);
    let at = |t: usize| {
        let turned = thin.iter().zip(around(&circle, (t * spacing) as isize, thin.len()));
        let sum: f64 = turned.map(|(z, c)| 2.0 * f64::from(z.re * c[0])).sum::<f64>() - f64::from(thin[0].re);
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
