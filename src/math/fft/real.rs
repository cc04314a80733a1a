//! Transforms of real blocks.

use super::complex::{ComplexFft, Planner};
use crate::math::simd::multiversion;
use num_complex::Complex32;
use realfft::{ComplexToReal, RealToComplex};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

/// Transforms of one length, planned once and shared.
#[derive(Clone)]
pub(crate) struct RealFft {
    length: usize,
    by: By,
}

/// A block of even length goes as a complex one of half its length, and its spectrum is taken apart
/// in vectors.
#[derive(Clone)]
enum By {
    Half { complex: ComplexFft, turns: Arc<[Complex32]> },
    Whole { forward: Arc<dyn RealToComplex<f32>>, inverse: Arc<dyn ComplexToReal<f32>> },
}

/// Lengths whose plans are kept: more than a run has at once, and forgotten together.
const KEPT: usize = 24;

/// Plans for whoever has no planner of its own, by length.
static SHARED: LazyLock<Mutex<(Planner, HashMap<usize, RealFft>)>> = LazyLock::new(Mutex::default);

impl RealFft {
    /// The transform of a length, planned once for all threads; a plan may cost more than the
    /// transform.
    pub(crate) fn shared(length: usize) -> Self {
        let mut shared = SHARED.lock().expect("no holder panics");
        if shared.1.len() >= KEPT && !shared.1.contains_key(&length) {
            *shared = Default::default();
        }
        let (planner, plans) = &mut *shared;
        plans.entry(length).or_insert_with(|| RealFft::new(planner, length)).clone()
    }

    pub(crate) fn new(planner: &mut Planner, length: usize) -> Self {
        let by = if length.is_multiple_of(2) {
            let turn = |k: usize| {
                let (sine, cosine) = (std::f64::consts::TAU * k as f64 / length as f64).sin_cos();
                Complex32::new(cosine as f32, sine as f32)
            };
            By::Half {
                complex: ComplexFft::new(planner, length / 2),
                turns: (0..length.div_ceil(4)).map(turn).collect(),
            }
        } else {
            By::Whole {
                forward: planner.odd.plan_fft_forward(length),
                inverse: planner.odd.plan_fft_inverse(length),
            }
        };
        RealFft { length, by }
    }

    pub(crate) fn scratch(&self) -> usize {
        match &self.by {
            By::Half { complex, .. } => complex.scratch(),
            By::Whole { forward, inverse } => {
                forward.get_scratch_len().max(inverse.get_scratch_len())
            }
        }
    }

    /// Real block to spectrum; the block may be overwritten.
    pub(crate) fn forward(
        &self,
        block: &mut [f32],
        spectrum: &mut [Complex32],
        scratch: &mut [Complex32],
    ) {
        match &self.by {
            By::Half { complex, turns } => {
                assert!(
                    block.len() == self.length && spectrum.len() == self.length / 2 + 1,
                    "lengths are the plan's"
                );
                complex.across(
                    false,
                    bytemuck::cast_slice_mut(block),
                    &mut spectrum[..self.length / 2],
                    scratch,
                );
                take_apart(turns, spectrum);
            }
            By::Whole { forward, .. } => {
                let scratch = &mut scratch[..forward.get_scratch_len()];
                forward
                    .process_with_scratch(block, spectrum, scratch)
                    .expect("lengths are the plan's");
            }
        }
    }

    /// Spectrum to real block; the spectrum is overwritten. Imaginary parts at zero and at half the
    /// rate are ignored.
    pub(crate) fn inverse(
        &self,
        spectrum: &mut [Complex32],
        block: &mut [f32],
        scratch: &mut [Complex32],
    ) {
        match &self.by {
            By::Half { complex, turns } => {
                assert!(
                    block.len() == self.length && spectrum.len() == self.length / 2 + 1,
                    "lengths are the plan's"
                );
                put_together(turns, spectrum);
                complex.across(
                    true,
                    &mut spectrum[..self.length / 2],
                    bytemuck::cast_slice_mut(block),
                    scratch,
                );
            }
            By::Whole { inverse, .. } => {
                spectrum[0].im = 0.0;
                let scratch = &mut scratch[..inverse.get_scratch_len()];
                inverse
                    .process_with_scratch(spectrum, block, scratch)
                    .expect("lengths are the plan's");
            }
        }
    }
}

/// Pairs of bins processed together: enough that the compiler keeps loops over vectors.
const RUN: usize = 64;

/// Bin k of the first half and its mirror image, of the complex spectrum to the real one's or back.
///
/// ```text
/// X[k] = (Z[k] + Z*[H-k]) / 2 - j W^-k (Z[k] - Z*[H-k]) / 2,    W = e^(2 pi j / 2H),    H half the real length
/// Z[k] =  X[k] + X*[H-k]      + j W^k  (X[k] - X*[H-k])
/// ```
#[inline(always)]
fn pair<const BACK: bool>([ar, ai, br, bi]: [f32; 4], wr: f32, wi: f32) -> [f32; 4] {
    let (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi);
    if BACK {
        let (or, oi) = (-(wr * di + wi * dr), wr * dr - wi * di);
        [er + or, ei + oi, er - or, oi - ei]
    } else {
        let (or, oi) = (wr * di - wi * dr, -(wr * dr + wi * di));
        [0.5 * (er + or), 0.5 * (ei + oi), 0.5 * (er - or), 0.5 * (oi - ei)]
    }
}

/// All pairs of bins 1 .. H - 1 but the middle one, which is its own image: it is turned to its
/// conjugate (twice that on the way back).
#[inline(always)]
fn pairs<const BACK: bool>(turns: &[Complex32], s: &mut [Complex32]) {
    let h = s.len() - 1;
    let count = (h.max(1) - 1) / 2;
    if h.is_multiple_of(2) && h > 0 {
        let middle = &mut s[h / 2];
        *middle =
            if BACK { Complex32::new(2.0 * middle.re, -2.0 * middle.im) } else { middle.conj() };
    }
    let (low, high) = s.split_at_mut(count + 1);
    let (low, high) = (&mut low[1..], &mut high[h - 1 - 2 * count..][..count]);
    let turns = &turns[1..=count];
    let (lows, low_rest) = low.as_chunks_mut::<RUN>();
    let (high_rest, highs) = high.as_rchunks_mut::<RUN>();
    let (turn_runs, turn_rest) = turns.as_chunks::<RUN>();
    for ((a, b), t) in lows.iter_mut().zip(highs.iter_mut().rev()).zip(turn_runs) {
        let (mut ar, mut ai, mut br, mut bi) = ([0f32; RUN], [0f32; RUN], [0f32; RUN], [0f32; RUN]);
        for i in 0..RUN {
            (br[i], bi[i]) = (b[RUN - 1 - i].re, b[RUN - 1 - i].im);
        }
        for i in 0..RUN {
            [ar[i], ai[i], br[i], bi[i]] =
                pair::<BACK>([a[i].re, a[i].im, br[i], bi[i]], t[i].re, t[i].im);
        }
        // stores of their own, which the compiler interleaves
        for i in 0..RUN {
            a[i] = Complex32::new(ar[i], ai[i]);
        }
        for i in 0..RUN {
            b[i] = Complex32::new(br[RUN - 1 - i], bi[RUN - 1 - i]);
        }
    }
    for ((a, b), t) in low_rest.iter_mut().zip(high_rest.iter_mut().rev()).zip(turn_rest) {
        let [ar, ai, br, bi] = pair::<BACK>([a.re, a.im, b.re, b.im], t.re, t.im);
        (*a, *b) = (Complex32::new(ar, ai), Complex32::new(br, bi));
    }
}

multiversion! {
fn take_apart(turns: &[Complex32], s: &mut [Complex32]) {
    let (first, h) = (s[0], s.len() - 1);
    s[0] = Complex32::new(first.re + first.im, 0.0);
    s[h] = Complex32::new(first.re - first.im, 0.0);
    pairs::<false>(turns, s);
}

fn put_together(turns: &[Complex32], s: &mut [Complex32]) {
    let h = s.len() - 1;
    let (first, last) = (s[0].re, s[h].re);
    s[0] = Complex32::new(first + last, first - last);
    pairs::<true>(turns, s);
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    fn noise(n: usize) -> Vec<f32> {
        let mut rng = Seed::new(n as u64).named("real fft").rng();
        (0..n).map(|_| rng.normal() as f32).collect()
    }

    /// The sum in f64. A transform's f32 rounding grows as the root of log2 n, times 6e-8 of the
    /// largest bin; 2e-6 is ten times that.
    #[test]
    fn every_bin_is_its_sum_and_the_way_back_is_the_length_times_the_block() {
        for n in [2usize, 4, 6, 8, 10, 64, 130, 254, 258, 520, 8191, 9000] {
            let x = noise(n);
            let fft = RealFft::new(&mut Planner::default(), n);
            let mut scratch = vec![Complex32::default(); fft.scratch()];
            let mut spectrum = vec![Complex32::default(); n / 2 + 1];
            fft.forward(&mut x.clone(), &mut spectrum, &mut scratch);
            let scale = spectrum.iter().map(|s| s.norm()).fold(0.0, f32::max);
            for k in (0..=n / 2).step_by((n / 97).max(1)) {
                let (mut re, mut im) = (0.0, 0.0);
                for (i, x) in x.iter().enumerate() {
                    let (s, c) = (std::f64::consts::TAU * (i * k % n) as f64 / n as f64).sin_cos();
                    (re, im) = (re + f64::from(*x) * c, im - f64::from(*x) * s);
                }
                assert!(
                    (spectrum[k] - Complex32::new(re as f32, im as f32)).norm() < 2e-6 * scale,
                    "n {n}, bin {k}"
                );
            }
            // what is imaginary at the ends has no meaning and does no harm
            spectrum[0].im = 3.0;
            if n.is_multiple_of(2) {
                spectrum[n / 2].im = 5.0;
            }
            let mut back = vec![0.0; n];
            fft.inverse(&mut spectrum, &mut back, &mut scratch);
            for (x, y) in x.iter().zip(&back) {
                assert!((x - y / n as f32).abs() < 2e-6 * 5.0, "n {n}");
            }
        }
    }
}
