//! Correlations of a block at a few lags and at any sampling phase, from one pass over its
//! spectrum.
//!
//! ```text
//! y(t) = sum over bins f of X(f) e^(j 2 pi f t / n),    t in symbols, n symbols in the block
//!
//! mean over m of y(m + u + tau) y(m + u)
//!     = B_0(tau) + 2 Re sum_(d = 1 .. s - 1) e^(j 2 pi d (u + tau / 2)) B_d(tau)
//! B_d(tau) = sum over g of Q_d(g) cos(2 pi g tau / n)
//! Q_d(g) = X(d n / 2 + g) X*(g - d n / 2) = Q_d(-g)
//! ```
//!
//! Sampling s times a symbol leaves s harmonics d, so that these few sums hold for every phase u.
//! Only lags near zero are wanted: spectra are [thinned](super::gridding) before they are summed.
//!
//! # Reference
//!
//! W. Gardner, *Cyclostationarity in Communications and Signal Processing*, IEEE Press 1994, for
//! the harmonics.

use super::gridding::{Gridding, Planes, around, circle};
use crate::chain::run::block;
use crate::math::buffer_pool::Pooled;
use crate::math::simd::multiversion;
use crate::signal::Grid;
use num_complex::{Complex32, Complex64};
use std::f64::consts::TAU;
use std::ops::AddAssign;

/// Bins side by side in the sums.
const RUN: usize = 16;

multiversion! {
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

/// Folds an even spectrum from 0 on onto as many bins, mirrored at both ends, the mirrored ends
/// counted from both sides.
fn fold_even<T: Copy + Default + AddAssign>(x: &[T], out: &mut [T]) {
    let half = out.len() - 1;
    out.fill(T::default());
    for (r, start) in (0..x.len()).step_by(half).enumerate() {
        let run = &x[start..(start + half + 1).min(x.len())];
        if r % 2 == 0 {
            out.iter_mut().zip(run).for_each(|(o, x)| *o += *x);
        } else {
            out.iter_mut().rev().zip(run).for_each(|(o, x)| *o += *x);
        }
    }
}

/// Lags that are needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wanted {
    /// p, samples per symbol.
    pub(crate) per_symbol: usize,
    /// Lags of the samples with each other: 0 .. lags of 1 / p.
    pub(crate) lags: usize,
    /// First lag of the samples with the symbols, of 1 / p, and how many.
    pub(crate) cross: (isize, usize),
    /// True if the slope's mean square is needed.
    pub(crate) slope: bool,
}

/// The needed lags for blocks of one grid, with the factors on thinned spectra that give them.
pub(crate) struct Lags {
    wanted: Wanted,
    grid: Grid,
    thinning: Gridding,
    /// cos(2 pi k t / period) of each lag of the samples with each other.
    cosines: Vec<Vec<f32>>,
    /// Cosine and sine of each lag with the symbols.
    turned: Vec<Vec<[f32; 2]>>,
}

impl Lags {
    /// For phases up to a symbol from the whole delay; `None` when blocks are too short, or of an
    /// odd length.
    pub(crate) fn new(wanted: Wanted, grid: Grid) -> Option<Lags> {
        let p = wanted.per_symbol as f64;
        let last = wanted.cross.0 + wanted.cross.1 as isize;
        let reach = (wanted.lags as f64 / p)
            .max(wanted.cross.0.unsigned_abs().max(last.unsigned_abs()) as f64 / p + 1.5);
        let thinning = Gridding::new(grid.symbols, reach)?;
        let period = thinning.per_rate() * wanted.per_symbol;
        let circle = circle(period);
        let cosines = (0..wanted.lags)
            .map(|t| around(&circle, t as isize, period / 2 + 1).map(|c| c[0]).collect())
            .collect();
        let turned = (0..wanted.cross.1)
            .map(|i| around(&circle, wanted.cross.0 + i as isize, period).collect())
            .collect();
        Some(Lags { wanted, grid, thinning, cosines, turned })
    }

    /// The covariances at the lags of the samples with each other of a real noise with these mean
    /// powers per bin.
    pub(crate) fn covariances(&self, power: &[f32]) -> Vec<f64> {
        let mut power = Pooled::of(power);
        power[self.grid.samples() / 2] *= 0.5; // half of it at each end of the band
        let mut folded = Pooled::zeros(self.grid.symbols * self.wanted.per_symbol / 2 + 1);
        fold_even(&power, &mut folded);
        let folded: Pooled<Complex32> = folded.iter().map(|&p| Complex32::new(p, 0.0)).collect();
        periodic_lags(&folded, self, &mut Planes::default()).iter().map(|sum| sum.re).collect()
    }
}

/// A record's correlations, as [the module](self) says.
#[derive(Clone)]
pub(crate) struct Correlations {
    /// Whole symbols around which phases are searched.
    whole: isize,
    /// B_d at the lags 0, 1 / p, 2 / p ..., harmonic by harmonic.
    lags: Vec<Vec<Complex64>>,
    /// Thinned spectrum of the correlation with the symbols around the whole delay, over n.
    cross: Pooled<Complex32>,
    /// X at the multiples of the symbol rate.
    harmonics: Vec<Complex64>,
    /// As `lags` at lag 0, for the derivative, per s^2; empty when not needed.
    slopes: Vec<Complex64>,
}

impl Correlations {
    /// Of the spectrum at the sampler with the symbols' spectrum, for phases around `whole`
    /// symbols.
    pub(crate) fn new(
        spectrum: &[Complex32],
        symbols: &[Complex32],
        whole: isize,
        of: &Lags,
    ) -> Correlations {
        let Lags { wanted, grid, thinning, .. } = of;
        let (n, s, m) = (grid.symbols, grid.samples_per_symbol, grid.samples());
        let mut x = Pooled::of(spectrum);
        x[m / 2] *= 0.5; // half of it at each end of the band
        let mut planes = Planes::default();
        let mut product = Pooled::zeros(x.len());
        let mut folded = Pooled::zeros(n * wanted.per_symbol / 2 + 1);
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
        let conjugate: Pooled<Complex32> = symbols.iter().map(Complex32::conj).collect();
        let mut turned = conjugate.clone();
        block::phase_ramp(&conjugate, whole as f64 / n as f64, &mut turned);
        product.fill(Complex32::default());
        block::replicate(&turned, n, &x, &mut product);
        let mut cross = thinning.thinned(&product, false, &mut planes);
        cross
            .iter_mut()
            .enumerate()
            .for_each(|(i, z)| *z *= if i == 0 { 1.0 } else { 2.0 } / n as f32);
        let harmonics = (0..=s / 2)
            .map(|j| Complex64::new(f64::from(x[j * n].re), f64::from(x[j * n].im)))
            .collect();
        Correlations { whole, lags, cross, harmonics, slopes }
    }

    /// Correlations with a part of the record scaled by `gain`, from those with the part as is,
    /// without it and with its sign changed.
    ///
    /// Means are a line in the gain and mean products a parabola; the smaller the gain, the more
    /// the parabola shows the others' rounding.
    pub(crate) fn scaled(gain: f32, [one, none, turned]: [&Correlations; 3]) -> Correlations {
        let gain = f64::from(gain);
        let line = |one: Complex64, none: Complex64| none + (one - none) * gain;
        let parabola = |((one, none), turned): ((&Complex64, &Complex64), &Complex64)| {
            none + (one - turned) * (0.5 * gain) + ((one + turned) * 0.5 - none) * (gain * gain)
        };
        let lags = one.lags.iter().zip(&none.lags).zip(&turned.lags);
        Correlations {
            whole: one.whole,
            lags: lags
                .map(|((one, none), turned)| {
                    one.iter().zip(none).zip(turned).map(parabola).collect()
                })
                .collect(),
            cross: one
                .cross
                .iter()
                .zip(&none.cross)
                .map(|(one, none)| none + (one - none) * gain as f32)
                .collect(),
            harmonics: one
                .harmonics
                .iter()
                .zip(&none.harmonics)
                .map(|(&one, &none)| line(one, none))
                .collect(),
            slopes: one.slopes.iter().zip(&none.slopes).zip(&turned.slopes).map(parabola).collect(),
        }
    }

    /// Mean of the samples at phase `u`, symbols.
    pub(crate) fn mean(&self, u: f64) -> f64 {
        harmonic_sum(self.harmonics.iter().copied(), u)
    }

    /// Mean product of a sample at phase `u` and one `lag` samples later.
    pub(crate) fn product(&self, u: f64, lag: usize, of: &Lags) -> f64 {
        harmonic_sum(
            self.lags.iter().map(|lags| lags[lag]),
            u + lag as f64 / (2 * of.wanted.per_symbol) as f64,
        )
    }

    /// Mean square slope at phase `u`, per s^2.
    pub(crate) fn slope_power(&self, u: f64) -> f64 {
        harmonic_sum(self.slopes.iter().copied(), u)
    }

    /// Mean products of samples and symbols at the wanted lags, phase `u`.
    pub(crate) fn crosses(&self, u: f64, of: &Lags) -> Vec<f64> {
        let Lags { wanted, thinning, turned, .. } = of;
        let near = u - self.whole as f64;
        let mut folded = vec![Complex32::default(); thinning.per_rate() * wanted.per_symbol];
        let mut out = vec![Complex32::default(); self.cross.len()];
        block::phase_ramp(&self.cross, near / thinning.per_rate() as f64, &mut out);
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

/// x_0 + 2 Re sum x_d e^(j 2 pi d u).
fn harmonic_sum(x: impl Iterator<Item = Complex64>, u: f64) -> f64 {
    let one = |(d, x): (usize, Complex64)| {
        if d == 0 { x.re } else { 2.0 * (x * Complex64::cis(TAU * d as f64 * u)).re }
    };
    x.enumerate().map(one).sum()
}

/// Sums over an even spectrum that repeats with p times the symbol rate, at the wanted lags.
fn periodic_lags(folded: &[Complex32], of: &Lags, planes: &mut Planes) -> Vec<Complex64> {
    let (half, margin) = (folded.len() - 1, of.thinning.weights.len() / 2);
    let mut mirrored = Pooled::zeros(folded.len() + margin);
    mirrored[..=half].copy_from_slice(folded);
    mirrored[half + 1..].iter_mut().zip(folded[..half].iter().rev()).for_each(|(to, z)| *to = *z);
    let mut thin = of.thinning.thinned(&mirrored, true, planes);
    let last = half / of.thinning.step;
    let thin = &mut thin[..=last];
    thin[1..last].iter_mut().for_each(|z| *z *= 2.0);
    let at = |(t, cosines): (usize, &Vec<f32>)| {
        cosine_sum(thin, cosines) * of.thinning.gain(t as f64 / of.wanted.per_symbol as f64)
    };
    of.cosines.iter().enumerate().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::linearise::gridding;
    use crate::math::fft::Planner;
    use crate::math::fft::{self, RealFft};
    use crate::seed::Seed;

    const GRID: Grid = Grid { symbol_rate_hz: 1e9, symbols: 2048, samples_per_symbol: 4 };

    fn spectrum(x: &[f32]) -> Vec<Complex32> {
        let fft = RealFft::new(&mut Planner::default(), x.len());
        let (mut x, mut s) = (x.to_vec(), vec![Complex32::default(); fft::bins(x.len())]);
        fft.forward(&mut x, &mut s, &mut vec![Complex32::default(); fft.scratch()]);
        s
    }

    /// Samples once a symbol at this phase, by a transform of the whole block.
    fn sampled(x: &[Complex32], phase: f64) -> Vec<f64> {
        let n = GRID.symbols;
        let mut turned = x.to_vec();
        block::phase_ramp(x, phase / n as f64, &mut turned);
        let mut folded = vec![Complex32::default(); fft::bins(n)];
        fft::fold(&turned, GRID.samples(), n, &mut folded);
        let fft = RealFft::new(&mut Planner::default(), n);
        let mut out = vec![0.0; n];
        fft.inverse(&mut folded, &mut out, &mut vec![Complex32::default(); fft.scratch()]);
        out.iter().map(|&y| f64::from(y)).collect()
    }

    /// Random symbols, and symbols that come again after four, whose far lags are as large as the
    /// near ones. The plain sums add 2048 products in f64 of samples that are good to 1e-6; images
    /// come in with 1e-7: 3e-6 of the power is over both.
    #[test]
    fn lags_at_every_phase_are_those_of_the_samples() {
        let n = GRID.symbols;
        let mut rng = Seed::new(8).rng();
        let noise: Vec<f32> = (0..n).map(|_| rng.normal() as f32).collect();
        let again: Vec<f32> = (0..n).map(|k| [1.0, -0.4, 0.3, -1.0][k % 4]).collect();
        for symbols in [noise, again] {
            let symbol_spectrum = spectrum(&symbols);
            // a pulse that leaves something at every harmonic, late by 7.3 symbols
            let pulse = |f: usize| {
                Complex32::from_polar(
                    (-(f as f32 / (0.9 * n as f32)).powi(2)).exp() / n as f32,
                    -(TAU * 7.3 * f as f64 / n as f64) as f32,
                )
            };
            let response: Vec<Complex32> = (0..GRID.bins()).map(pulse).collect();
            let mut x = vec![Complex32::default(); GRID.bins()];
            block::replicate(&symbol_spectrum, n, &response, &mut x);
            x[0] += Complex32::new(0.2, 0.0);
            for per_symbol in [1, 2] {
                let wanted = Wanted { per_symbol, lags: 9, cross: (-4, 12), slope: true };
                let lags = Lags::new(wanted, GRID).expect("long enough");
                let correlated = Correlations::new(&x, &symbol_spectrum, 7, &lags);
                for phase in [6.55, 7.0, 7.328_125, 7.5] {
                    let y: Vec<Vec<f64>> = (0..12)
                        .map(|t| sampled(&x, phase + t as f64 / per_symbol as f64))
                        .collect();
                    let power = y[0].iter().map(|y| y * y).sum::<f64>() / n as f64;
                    let close = |a: f64, b: f64, what: &str| {
                        assert!(
                            (a - b).abs() < 3e-6 * power,
                            "{what} at {phase}: {a} against {b}, power {power}"
                        )
                    };
                    close(correlated.mean(phase), y[0].iter().sum::<f64>() / n as f64, "mean");
                    for (lag, y_lag) in y.iter().enumerate().take(9) {
                        let plain =
                            y[0].iter().zip(y_lag).map(|(a, b)| a * b).sum::<f64>() / n as f64;
                        close(correlated.product(phase, lag, &lags), plain, "lag");
                    }
                    let crosses = correlated.crosses(phase, &lags);
                    for (i, cross) in crosses.iter().enumerate().filter(|(i, _)| *i >= 4) {
                        let plain = y[i - 4]
                            .iter()
                            .zip(&symbols)
                            .map(|(y, &a)| y * f64::from(a))
                            .sum::<f64>()
                            / n as f64;
                        close(*cross, plain, "cross");
                    }
                    // slopes from a millionth of a symbol either side would round; a thousandth has
                    // a third-order error of 1e-5
                    let (early, late) = (sampled(&x, phase - 1e-3), sampled(&x, phase + 1e-3));
                    let slope =
                        |(a, b): (&f64, &f64)| ((b - a) / 2e-3 * GRID.symbol_rate_hz).powi(2);
                    let plain = early.iter().zip(&late).map(slope).sum::<f64>() / n as f64;
                    assert!((correlated.slope_power(phase) / plain - 1.0).abs() < 1e-3, "{phase}");
                }
            }
        }
    }

    /// A pulse and an interferer a tenth as large. Each of the four correlations is good to 3e-6 of
    /// its power (see above), and the parabola weighs them by up to 1 + gain; the interferer's
    /// power adds a hundredth at full gain, and a sixteenth at a quarter.
    #[test]
    fn correlations_of_a_scaled_part_are_those_of_the_scaled_record() {
        let n = GRID.symbols;
        let mut rng = Seed::new(9).rng();
        let mut row = |length: usize, rms: f64| {
            (0..length).map(|_| (rms * rng.normal()) as f32).collect::<Vec<f32>>()
        };
        let (symbols, part, rest) =
            (row(n, 1.0), spectrum(&row(GRID.samples(), 1.0)), spectrum(&row(GRID.samples(), 0.1)));
        let with = |gain: f32| -> Vec<Complex32> {
            part.iter().zip(&rest).map(|(p, r)| (p * gain + r) / GRID.samples() as f32).collect()
        };
        let wanted = Wanted { per_symbol: 1, lags: 9, cross: (-4, 12), slope: true };
        let lags = Lags::new(wanted, GRID).expect("long enough");
        let of = |gain: f32| Correlations::new(&with(gain), &spectrum(&symbols), 3, &lags);
        for gain in [0.25, 0.7, 2.0] {
            let (scaled, plain) =
                (Correlations::scaled(gain, [&of(1.0), &of(0.0), &of(-1.0)]), of(gain));
            for phase in [2.6, 3.0, 3.25] {
                let power = plain.product(phase, 0, &lags);
                let close = |a: f64, b: f64| {
                    assert!(
                        (a - b).abs() < 3e-5 * power,
                        "{gain}, {phase}: {a} against {b}, power {power}"
                    )
                };
                close(scaled.mean(phase), plain.mean(phase));
                (0..9).for_each(|lag| {
                    close(scaled.product(phase, lag, &lags), plain.product(phase, lag, &lags))
                });
                scaled
                    .crosses(phase, &lags)
                    .iter()
                    .zip(plain.crosses(phase, &lags))
                    .for_each(|(&a, b)| close(a, b));
                assert!((scaled.slope_power(phase) / plain.slope_power(phase) - 1.0).abs() < 3e-5);
            }
        }
    }

    /// Sums of the same thinned bins, folded before or not: each may miss the transform's by 2e-6
    /// of the power (see the test of gridding).
    #[test]
    fn covariances_are_those_of_the_unfolded_spectrum() {
        let power: Vec<f32> =
            (0..GRID.bins()).map(|k| 1.0 / (1.0 + (k as f32 / 700.0).powi(4)) + 0.01).collect();
        for per_symbol in [1, 2, 4] {
            let wanted = Wanted { per_symbol, lags: 9, cross: (-4, 12), slope: false };
            let folded = Lags::new(wanted, GRID).expect("long enough").covariances(&power);
            let plain =
                gridding::covariances(&power, GRID, 4 / per_symbol, 9).expect("long enough");
            for (folded, plain_lag) in folded.iter().zip(&plain) {
                assert!(
                    (folded - plain_lag).abs() < 4e-6 * plain[0],
                    "{per_symbol}: {folded} against {plain_lag}"
                );
            }
        }
    }

    #[test]
    fn odd_and_short_blocks_are_left_to_whole_transforms() {
        let wanted = Wanted { per_symbol: 1, lags: 21, cross: (-10, 21), slope: false };
        for symbols in [8191, 128, 2] {
            assert!(Lags::new(wanted, Grid { symbols, ..GRID }).is_none());
        }
    }
}
