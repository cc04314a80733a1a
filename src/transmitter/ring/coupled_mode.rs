//! The coupled-mode equation of a ring, integrated over a periodic block.

use super::resonator::Resonator;
use crate::chain::{Map, Memory};
use crate::math::simd::multiversion;
use crate::signal::{Field, Grid, Volt};
use num_complex::{Complex32, Complex64};

/// Points from which the drive between two samples is interpolated.
const TAPS: usize = 8;
/// Samples whose steps are computed side by side.
const WIDTH: usize = 64;
/// A half of the distance of the two nodes of a step, in steps: sqrt(3) / 6.
const NODE: f64 = 0.288_675_134_594_812_9;
/// Largest part of 1 / |Gi + Ge + j D| that a step takes, so that halving the steps moves the SNR
/// of a link by less than 0.02 dB (a test of `ring/tests.rs`).
const STEP_MAX: f64 = 1.5;
/// Decays of the amplitude over which the block's end is followed before its start: e^-17 is the
/// rounding of an f32.
const WARM_UP_DECAYS: f64 = 17.0;
/// Energy of a response left after its memory.
const ENERGY_LEFT: f64 = 0.001;

/// Drive in volts, in proportion to the shift of the resonance, to the field after a ring.
///
/// ```text
/// A' = -z(t) A + 2 Ge,   z(t) = Gi (1 - g u) + Ge + j (D + s u(t)),   E = sqrt(P) (1 - A)
/// A(t + h) = [(1 - (w1 + w2) / 4 + w1 w2 / 12) A + 2 Ge h (1 + sqrt(3) / 12 (w1 - w2))] / c
/// c = 1 + (w1 + w2) / 4 + w1 w2 / 12,   w1, w2 = h z at t + h (1/2 -+ sqrt(3) / 6)
/// ```
///
/// Two-stage Gauss collocation, of fourth order: for an equation that is linear in A its stages
/// are solved in closed form. The drive at both nodes is interpolated by polynomials through eight
/// samples. A constant drive is exact. The block's start follows from its end: the steps of the
/// last 17 decays are one linear function of the amplitude, whose fixed point is the periodic
/// state.
///
/// # Limits
///
/// The drive's content near half the sampling rate is interpolated poorly. The loss stops to
/// change beyond the drives for which it was given.
///
/// # Reference
///
/// E. Hairer, S. Norsett, G. Wanner, *Solving Ordinary Differential Equations I*, implicit
/// Runge-Kutta methods.
pub(crate) struct CoupledMode {
    /// Weights of the samples at each node of each step of a sample.
    nodes: Vec<[f32; TAPS]>,
    step: Step,
    /// sqrt of the power at the ring's input and of the losses after it, sqrt(W).
    field: f32,
    warm_up: usize,
    memory: usize,
}

/// Coefficients of a step: its length times those of the equation.
#[derive(Clone, Copy)]
struct Step {
    decay: f32,
    decay_per_v: f32,
    angle: f32,
    angle_per_v: f32,
    drive: f32,
    /// Largest drive that the loss follows, V.
    reach_v: f32,
}

/// The steps of as many samples as functions of the amplitude, `p A + q`.
struct Steps {
    p: [[f32; WIDTH]; 2],
    q: [[f32; WIDTH]; 2],
}

impl CoupledMode {
    /// A ring at a detuning without drive, with light of `power_w` in the fibre at full
    /// transmission; its loss follows drives up to `reach_v`.
    pub(crate) fn new(
        ring: &Resonator,
        detuning_pm: f64,
        power_w: f64,
        reach_v: f64,
        grid: Grid,
    ) -> CoupledMode {
        Self::with_steps(ring, detuning_pm, power_w, reach_v, grid, 1)
    }

    /// The same with this many times the steps per sample.
    pub(crate) fn with_steps(
        ring: &Resonator,
        detuning_pm: f64,
        power_w: f64,
        reach_v: f64,
        grid: Grid,
        times: usize,
    ) -> CoupledMode {
        let sample_s = 1.0 / grid.sample_rate_hz();
        let [rate, per_v] = ring.rate(detuning_pm);
        let steps = times * (rate.norm() * sample_s / STEP_MAX).ceil().clamp(1.0, 64.0) as usize;
        let step_s = sample_s / steps as f64;
        let nodes = (0..steps).flat_map(|step| {
            [0.5 - NODE, 0.5 + NODE].map(|node| weights((step as f64 + node) / steps as f64))
        });
        let slowest =
            ring.decay_per_s() - ring.internal_per_s * ring.loss_fall_per_v.abs() * reach_v;
        let decays = |n: f64| (n / (slowest * sample_s)).ceil() as usize;
        CoupledMode {
            nodes: nodes.collect(),
            step: Step {
                decay: (rate.re * step_s) as f32,
                decay_per_v: (per_v.re * step_s) as f32,
                angle: (rate.im * step_s) as f32,
                angle_per_v: (per_v.im * step_s) as f32,
                drive: (2.0 * ring.coupling_per_s * step_s) as f32,
                reach_v: reach_v as f32,
            },
            field: power_w.sqrt() as f32,
            warm_up: decays(WARM_UP_DECAYS),
            memory: TAPS + decays(-0.5 * ENERGY_LEFT.ln()),
        }
    }

    /// The steps from sample `first` of a periodic block on.
    fn steps(&self, x: &[f32], first: usize, steps: &mut Steps) {
        let mut near = [0f32; WIDTH + TAPS - 1];
        let start = first as isize - (TAPS as isize / 2 - 1);
        match usize::try_from(start).ok().and_then(|start| x.get(start..start + near.len())) {
            Some(x) => near.copy_from_slice(x),
            None => {
                let n = x.len() as isize;
                for (i, near) in near.iter_mut().enumerate() {
                    *near = x[(start + i as isize).rem_euclid(n) as usize];
                }
            }
        }
        compose(&near, &self.nodes, self.step, steps);
    }

    /// Amplitude at the block's start.
    fn start(&self, x: &[f32]) -> Complex32 {
        let mut steps = Steps::default();
        let (mut p, mut q) = (Complex64::new(1.0, 0.0), Complex64::default());
        let mut first = x.len() - self.warm_up.min(x.len());
        while first < x.len() {
            self.steps(x, first, &mut steps);
            let count = WIDTH.min(x.len() - first);
            for i in 0..count {
                let [step_p, step_q] = [&steps.p, &steps.q]
                    .map(|c| Complex64::new(f64::from(c[0][i]), f64::from(c[1][i])));
                (p, q) = (step_p * p, step_p * q + step_q);
            }
            first += count;
        }
        let start = q / (1.0 - p);
        Complex32::new(start.re as f32, start.im as f32)
    }
}

impl Default for Steps {
    fn default() -> Self {
        Steps { p: [[0.0; WIDTH]; 2], q: [[0.0; WIDTH]; 2] }
    }
}

impl Map<Volt, Field> for CoupledMode {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        let mut amplitude = self.start(x);
        let mut steps = Steps::default();
        for (chunk, y) in y.chunks_mut(WIDTH).enumerate() {
            self.steps(x, chunk * WIDTH, &mut steps);
            amplitude = follow(&steps, self.field, amplitude, y);
        }
    }

    fn name(&self) -> &'static str {
        "ring"
    }

    fn memory(&self) -> Memory {
        Memory::Samples(self.memory)
    }
}

/// Weights of eight samples, the fourth at zero, of the polynomial through them at `at` of the way
/// to the fifth.
fn weights(at: f64) -> [f32; TAPS] {
    let place = |j: usize| j as f64 - (TAPS / 2 - 1) as f64;
    std::array::from_fn(|j| {
        let others = (0..TAPS).filter(|&k| k != j);
        others.map(|k| (at - place(k)) / (place(j) - place(k))).product::<f64>() as f32
    })
}

multiversion! {
/// Composes the steps of each sample: interpolation, the closed form of a step, and its product
/// with those before it.
fn compose(
    near: &[f32; WIDTH + TAPS - 1],
    nodes: &[[f32; TAPS]],
    step: Step,
    steps: &mut Steps,
) {
    const HALF_NODE: f32 = NODE as f32 / 2.0;
    for (pair, nodes) in nodes.chunks_exact(2).enumerate() {
        let mut drives = [[0f32; WIDTH]; 2];
        for (drive, weights) in drives.iter_mut().zip(nodes) {
            for (j, &weight) in weights.iter().enumerate() {
                for i in 0..WIDTH {
                    drive[i] = weight.mul_add(near[i + j], drive[i]);
                }
            }
        }
        let [first, second] = &drives;
        for i in 0..WIDTH {
            let loss = |u: f32| {
                step.decay_per_v.mul_add(u.max(-step.reach_v).min(step.reach_v), step.decay)
            };
            let angle = |u: f32| step.angle_per_v.mul_add(u, step.angle);
            let (re1, im1) = (loss(first[i]), angle(first[i]));
            let (re2, im2) = (loss(second[i]), angle(second[i]));
            let (sum_re, sum_im) = (0.25 * (re1 + re2), 0.25 * (im1 + im2));
            let product_re = (re1 * re2 - im1 * im2) * (1.0 / 12.0);
            let product_im = (re1 * im2 + im1 * re2) * (1.0 / 12.0);
            let (c_re, c_im) = (1.0 + product_re + sum_re, product_im + sum_im);
            let scale = 1.0 / (c_re * c_re + c_im * c_im);
            let (inverse_re, inverse_im) = (c_re * scale, -c_im * scale);
            let (n_re, n_im) = (1.0 + product_re - sum_re, product_im - sum_im);
            let (p_re, p_im) = (
                n_re * inverse_re - n_im * inverse_im,
                n_re * inverse_im + n_im * inverse_re,
            );
            let b_re = step.drive * HALF_NODE.mul_add(re1 - re2, 1.0);
            let b_im = step.drive * (HALF_NODE * (im1 - im2));
            let (q_re, q_im) = (
                b_re * inverse_re - b_im * inverse_im,
                b_re * inverse_im + b_im * inverse_re,
            );
            if pair == 0 {
                steps.p[0][i] = p_re;
                steps.p[1][i] = p_im;
                steps.q[0][i] = q_re;
                steps.q[1][i] = q_im;
            } else {
                let (before_re, before_im) = (steps.p[0][i], steps.p[1][i]);
                steps.p[0][i] = p_re * before_re - p_im * before_im;
                steps.p[1][i] = p_re * before_im + p_im * before_re;
                let (before_re, before_im) = (steps.q[0][i], steps.q[1][i]);
                steps.q[0][i] = p_re * before_re - p_im * before_im + q_re;
                steps.q[1][i] = p_re * before_im + p_im * before_re + q_im;
            }
        }
    }
}

/// Follows the amplitude over at most [`WIDTH`] samples; returns the one after them.
fn follow(steps: &Steps, field: f32, amplitude: Complex32, y: &mut [Complex32]) -> Complex32 {
    let (mut re, mut im) = (amplitude.re, amplitude.im);
    for (i, y) in y.iter_mut().enumerate().take(WIDTH) {
        *y = Complex32::new(field * (1.0 - re), -field * im);
        let (p_re, p_im) = (steps.p[0][i], steps.p[1][i]);
        let next = p_re.mul_add(re, (-p_im).mul_add(im, steps.q[0][i]));
        im = p_re.mul_add(im, p_im.mul_add(re, steps.q[1][i]));
        re = next;
    }
    Complex32::new(re, im)
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{db_from_amplitude_ratio, giga};
    use std::f64::consts::TAU;

    const DETUNING_PM: f64 = -130.0;

    fn ring() -> Resonator {
        Resonator::new(3900.0, 22.0, true, 1314.4).driven(40.0, 0.03)
    }

    fn grid(symbols: usize, samples_per_symbol: usize) -> Grid {
        Grid { symbol_rate_hz: 106.25e9, symbols, samples_per_symbol }
    }

    fn power_w(map: &CoupledMode, x: &[f32]) -> Vec<f64> {
        let mut y = vec![Complex32::default(); x.len()];
        map.apply(x, &mut y);
        y.iter().map(|y| f64::from(y.re).powi(2) + f64::from(y.im).powi(2)).collect()
    }

    #[test]
    fn a_constant_drive_gives_the_static_curve() {
        for detuning_pm in [-400.0, DETUNING_PM, 0.0, 200.0] {
            let map = CoupledMode::new(&ring(), detuning_pm, 2e-3, 3.0, grid(300, 4));
            for drive in [-1.0f32, 0.0, 0.7] {
                let expected = 2e-3 * ring().transfer(detuning_pm, f64::from(drive)).norm_sqr();
                for power in power_w(&map, &[drive; 300]) {
                    assert!((power - expected).abs() < 2e-9, "{detuning_pm} {drive}: {power}");
                }
            }
        }
    }

    /// Sines of 1 mV at whole bins through the map against the closed form, up to 0.8 of the
    /// Nyquist frequency of the symbols; the second order of the drive is 1e-3 of the first. At 8
    /// samples a symbol the 3 dB bandwidths with a junction of 80 GHz are those of the equations.
    #[test]
    fn small_sines_have_the_closed_forms_response() {
        let (ring, grid) = (ring().driven(40.0, 0.0), grid(512, 8));
        let map = CoupledMode::new(&ring, DETUNING_PM, 1.0, 3.0, grid);
        let n = grid.samples();
        let response = |bin: usize| {
            let angle = |i: usize| TAU * (bin * i % n) as f64 / n as f64;
            let x: Vec<f32> = (0..n).map(|i| (1e-2 * angle(i).cos()) as f32).collect();
            let sum: Complex64 = power_w(&map, &x)
                .iter()
                .enumerate()
                .map(|(i, power)| Complex64::from_polar(*power, -angle(i)))
                .sum();
            2.0 * sum / (n as f64 * 1e-2)
        };
        for bin in [1, 64, 128, 256, 400] {
            let expected = ring.small_signal(DETUNING_PM, bin as f64 * grid.bin_hz());
            let found = response(bin);
            assert!(
                (found - expected).norm() < 2e-3 * ring.small_signal(DETUNING_PM, 0.0).norm(),
                "{bin}: {found} {expected}"
            );
        }
        for (swing_pm_per_v, detuning_pm, expected_ghz) in
            [(40.0, -130.0, 55.0), (125.0 / 3.0, -170.1, 69.4)]
        {
            let ring = ring.driven(swing_pm_per_v, 0.0);
            let map = CoupledMode::new(&ring, detuning_pm, 1.0, 3.0, grid);
            let fall_db = |bin: usize| {
                let angle = |i: usize| TAU * (bin * i % n) as f64 / n as f64;
                let pole = Complex64::new(1.0, bin as f64 * grid.bin_hz() / giga(80.0));
                let x: Vec<f32> =
                    (0..n).map(|i| (1e-2 * (Complex64::cis(angle(i)) / pole).re) as f32).collect();
                let sum: Complex64 = power_w(&map, &x)
                    .iter()
                    .enumerate()
                    .map(|(i, power)| Complex64::from_polar(*power, -angle(i)))
                    .sum();
                db_from_amplitude_ratio(sum.norm())
            };
            let limit = fall_db(1) - 10.0 * 2f64.log10();
            let above = (2..n / 2).find(|&bin| fall_db(bin) < limit).expect("it falls");
            let (high, low) = (fall_db(above - 1), fall_db(above));
            let bin = (above - 1) as f64 + (high - limit) / (high - low);
            let bandwidth_ghz = bin * grid.bin_hz() / giga(1.0);
            assert!((bandwidth_ghz - expected_ghz).abs() < 0.15, "{bandwidth_ghz}");
        }
    }

    /// Periodic for any block: rotated input gives rotated output, also where the light stays for
    /// more than the block.
    #[test]
    fn a_block_is_in_its_periodic_steady_state() {
        for (quality_factor, symbols) in [(3900.0, 64), (100_000.0, 32)] {
            let ring = Resonator::new(quality_factor, 22.0, true, 1314.4).driven(40.0, 0.03);
            let map = CoupledMode::new(&ring, -5.0, 1.0, 3.0, grid(symbols, 4));
            let mut x: Vec<f32> =
                (0..symbols * 4).map(|i| ((i / 4 * 7 % 11) as f32 - 5.0) * 0.2).collect();
            let straight = power_w(&map, &x);
            x.rotate_left(37);
            let mut turned = power_w(&map, &x);
            turned.rotate_right(37);
            for (a, b) in straight.iter().zip(&turned) {
                assert!((a - b).abs() < 2e-5, "{quality_factor}: {a} {b}");
            }
        }
    }
}
