//! The two histogram windows: the waveform's samples at interpolated instants, one row a position
//! in a window.

use super::reference::Reference;
use crate::math::simd::multiversion;

/// Positions in a window: the nodes of Gauss's rule of two points, exact for cubics across the
/// window.
const NODES: [f64; 2] = [-0.577_350_269_189_625_8, 0.577_350_269_189_625_8];

/// Samples of the interpolating polynomial, before and after the instant.
const BEFORE: isize = 2;
const POINTS: usize = 6;

/// A waveform split by its samples' place in the symbol.
pub(super) struct Polyphase {
    phases: Vec<Vec<f32>>,
}

impl Polyphase {
    /// `(y - offset) / scale` of each sample.
    pub(super) fn new(
        waveform: &[f32],
        samples_per_symbol: usize,
        offset: f64,
        scale: f64,
    ) -> Self {
        let normal = |y: &f32| ((f64::from(*y) - offset) / scale) as f32;
        let phase =
            |p: usize| waveform[p..].iter().step_by(samples_per_symbol).map(normal).collect();
        Polyphase { phases: (0..samples_per_symbol).map(phase).collect() }
    }

    /// The values at `sample` of each symbol, from symbol `-pad` to `symbols + pad - 1`, and their
    /// slopes per symbol period.
    ///
    /// A polynomial of degree five through six samples: of a tone at a sixteenth of the sampling
    /// rate it errs by 2e-5.
    pub(super) fn row(&self, sample: f64, pad: usize) -> WindowRow {
        let (s, n) = (self.phases.len() as isize, self.phases[0].len());
        let first = sample.floor() as isize - BEFORE;
        let (weights, slopes) = lagrange(sample - sample.floor() + BEFORE as f64);
        let mut row = WindowRow { values: vec![0.0; n + 2 * pad], slopes: vec![0.0; n + 2 * pad] };
        for (m, (&weight, &slope)) in weights.iter().zip(&slopes).enumerate() {
            let at = first + m as isize;
            let phase = &self.phases[at.rem_euclid(s) as usize];
            let mut from = (at.div_euclid(s) - pad as isize).rem_euclid(n as isize) as usize;
            let mut done = 0;
            while done < n + 2 * pad {
                let run = (n - from).min(n + 2 * pad - done);
                let source = &phase[from..from + run];
                let slope = (slope * s as f64) as f32;
                add_scaled(source, weight as f32, &mut row.values[done..done + run]);
                add_scaled(source, slope, &mut row.slopes[done..done + run]);
                done += run;
                from = 0;
            }
        }
        row
    }
}

/// One position in a window, for every symbol and `pad` more on both sides.
pub(super) struct WindowRow {
    pub(super) values: Vec<f32>,
    pub(super) slopes: Vec<f32>,
}

/// The positions of both windows about a centre, in samples after each symbol's first.
pub(super) fn positions(
    centre: f64,
    samples_per_symbol: usize,
    reference: &Reference,
) -> [[f64; NODES.len()]; 2] {
    let (offset, half_width) = (reference.window_offset_ui, reference.window_width_ui / 2.0);
    [-offset, offset].map(|offset| {
        NODES.map(|node| centre + (offset + half_width * node) * samples_per_symbol as f64)
    })
}

/// Weights of the samples 0 .. 5 in the value at `x`, and in the slope there.
fn lagrange(x: f64) -> ([f64; POINTS], [f64; POINTS]) {
    let product = |i: usize, skip: usize| -> f64 {
        let factors =
            (0..POINTS).filter(|&j| j != i).map(|j| if j == skip { 1.0 } else { x - j as f64 });
        let scale: f64 = (0..POINTS).filter(|&j| j != i).map(|j| i as f64 - j as f64).product();
        factors.product::<f64>() / scale
    };
    let value = |i| product(i, POINTS);
    let slope = |i| (0..POINTS).filter(|&skip| skip != i).map(|skip| product(i, skip)).sum();
    (std::array::from_fn(value), std::array::from_fn(slope))
}

multiversion! {
fn add_scaled(source: &[f32], weight: f32, out: &mut [f32]) {
    for (o, x) in out.iter_mut().zip(source) {
        *o += weight * x;
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone at 1/16 of the sampling rate between its samples: the polynomial's error is below
    /// 2e-5, its slope's below 1e-4 of the slope.
    #[test]
    fn a_tone_is_read_between_its_samples_wherever_the_row_begins() {
        let (s, n) = (8, 40);
        let wave = |t: f64| (std::f64::consts::TAU * t / 16.0).sin();
        let samples: Vec<f32> = (0..s * n).map(|i| (3.0 + 2.0 * wave(i as f64)) as f32).collect();
        let split = Polyphase::new(&samples, s, 3.0, 2.0);
        for at in [0.0, 3.7, -5.2, 9.1, 319.5] {
            let row = split.row(at, 3);
            assert_eq!(row.values.len(), n + 6);
            for (k, (&value, &slope)) in row.values.iter().zip(&row.slopes).enumerate() {
                let t = (k as f64 - 3.0) * s as f64 + at;
                let rate = std::f64::consts::TAU * s as f64 / 16.0;
                assert!((f64::from(value) - wave(t)).abs() < 2e-5, "{at} {k}");
                assert!(
                    (f64::from(slope) - rate * (std::f64::consts::TAU * t / 16.0).cos()).abs()
                        < 1e-3 * rate,
                    "{at} {k}"
                );
            }
        }
    }
}
