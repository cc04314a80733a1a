//! Reflected light added to a field.

use super::Workspace;
use crate::chain::build::reflections::{PlannedReflections, STEP};
use crate::chain::run::streams::StreamKeys;
use crate::math::normals;
use crate::math::simd::multiversion;
use crate::signal::{Field, Quantity};
use num_complex::{Complex32, Complex64};
use std::f64::consts::TAU;

impl Workspace {
    /// Adds delayed copies of the field, their phases drawn for the block: uniform, and moving with
    /// the laser's phase now against that when the copy left it.
    pub(crate) fn reflect(&mut self, reflections: &PlannedReflections, keys: &StreamKeys<'_>) {
        if keys.selection.scale(&reflections.id) == 0.0 {
            return;
        }
        let field = Field::of_mut(&mut self.field);
        let m = field.len();
        self.delayed[..m].copy_from_slice(field);
        let delayed = &self.delayed[..m];
        let steps = m.div_ceil(STEP);
        let mut rng = keys.lane_seed.stream(&reflections.id.stream).index(keys.noise).rng();
        // the laser's phase from a block before the block to its end
        let (walk, other) = self.normals[..4 * steps].split_at_mut(2 * steps);
        let walks = reflections.step_rad > 0.0;
        let draw = |walk: &mut [f32], rng: &mut _, rad: f64| {
            if !walks {
                return walk.fill(0.0);
            }
            normals::fill(rng, walk);
            let mut phase = 0f64;
            walk.iter_mut().for_each(|x| {
                phase += rad * f64::from(*x);
                *x = phase as f32;
            });
        };
        draw(walk, &mut rng, reflections.step_rad);
        for path in reflections.paths() {
            let first = TAU * rng.uniform();
            if path.steps.is_none() {
                // both phases are independent: the variances add
                draw(&mut other[..steps], &mut rng, reflections.step_rad * 2f64.sqrt());
            }
            for step in 0..steps {
                let walked = match path.steps {
                    Some(late) => walk[steps + step] - walk[steps + step - late],
                    None => other[step],
                };
                let phase = first + f64::from(walked);
                let turn = Complex64::from_polar(f64::from(path.amplitude), phase);
                let turn = Complex32::new(turn.re as f32, turn.im as f32);
                let (from, to) = (step * STEP, ((step + 1) * STEP).min(m));
                add_delayed(&mut field[from..to], delayed, from + m - path.delay, turn);
            }
        }
    }
}

/// Adds `turn` times the periodic `x` from `start` on.
pub(in crate::chain) fn add_delayed(
    out: &mut [Complex32],
    x: &[Complex32],
    start: usize,
    turn: Complex32,
) {
    let from = start % x.len();
    let before_seam = out.len().min(x.len() - from);
    let (first, second) = out.split_at_mut(before_seam);
    add_turned(first, &x[from..from + before_seam], turn);
    add_turned(second, &x[..second.len()], turn);
}

multiversion! {
pub(super) fn add_turned(out: &mut [Complex32], x: &[Complex32], turn: Complex32) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = Complex32::new(
            out.re + (turn.re * x.re - turn.im * x.im),
            out.im + (turn.re * x.im + turn.im * x.re),
        );
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delayed_copy_wraps_at_the_seam() {
        let x: Vec<Complex32> = (0..10).map(|k| Complex32::new(k as f32, 1.0)).collect();
        let mut out = vec![Complex32::default(); 10];
        // by 3 samples, turned by a quarter
        add_delayed(&mut out, &x, 7, Complex32::new(0.0, 2.0));
        for (k, out) in out.iter().enumerate() {
            assert_eq!(*out, Complex32::new(-2.0, 2.0 * ((k + 7) % 10) as f32));
        }
    }

    /// One path over constant light: the sum is 1 + a exp(j phi). From step to step phi moves by
    /// the laser's walk now less that when the copy left it, whether within the block or before it:
    /// twice its variance, known to 2 % from 8000 steps. Within one step the copy has the laser's
    /// own phase; its first phase is uniform.
    #[test]
    fn a_phase_walks_by_twice_the_variance_of_the_lasers() {
        use crate::chain::describe::reflections::ReflectedPath;
        use crate::chain::run::streams::NoiseSelection;
        use crate::chain::test_links::reflecting;
        use crate::seed::Seed;
        use crate::signal::Grid;
        let grid = Grid { symbols: 4096, samples_per_symbol: 4, symbol_rate_hz: 50e9 };
        let (amplitude, linewidth_hz) = (0.05, 1e6);
        for (delay_s, walks) in [(2e-11, 0.0), (3e-8, 2.0), (3e-6, 2.0)] {
            let paths = vec![ReflectedPath { amplitude, delay_s }];
            let plan = reflecting(grid, paths, linewidth_hz, 0.0);
            let reflections = plan.reflections().expect("it reflects");
            let mut workspace = Workspace::new(&plan);
            let (mut squares, mut count, mut first) = (0.0, 0.0, Complex64::default());
            for block in 0..128 {
                let keys = StreamKeys {
                    shared_seed: Seed::new(1),
                    lane_seed: Seed::new(2),
                    block,
                    noise: block,
                    selection: NoiseSelection::All,
                };
                workspace.field().fill(Complex32::new(1.0, 0.0));
                workspace.reflect(reflections, &keys);
                let copies: Vec<Complex64> = workspace
                    .field()
                    .iter()
                    .step_by(STEP)
                    .map(|e| Complex64::new(f64::from(e.re) - 1.0, f64::from(e.im)))
                    .collect();
                assert!(copies.iter().all(|c| (c.norm() / amplitude - 1.0).abs() < 1e-3));
                first += copies[0] / amplitude;
                for pair in copies.windows(2) {
                    squares += (pair[1] / pair[0]).arg().powi(2);
                    count += 1.0;
                }
            }
            let step_s = STEP as f64 / grid.sample_rate_hz();
            let of_laser = TAU * linewidth_hz * step_s;
            let found = squares / count / of_laser;
            assert!((found - walks).abs() < 0.05 * walks + 1e-3, "{delay_s}: {found}");
            // the mean of 128 unit vectors: a deviation is 1 / sqrt(128)
            assert!(first.norm() / 128.0 < 0.3, "{first}");
        }
    }
}
