//! The static field of a modulator as a table.

use crate::chain::Map;
use crate::math::uniform_table::{self, STEPS};
use crate::signal::{Field, Volt};
use num_complex::{Complex32, Complex64};

/// Voltage to complex field by linear interpolation in 2048 steps; beyond its ends the field stays.
///
/// Over +-V the error is (V / 1024)^2 / 8 times the second derivative: below 1e-6 of the field for
/// the modulators here.
pub(super) struct FieldMap {
    name: &'static str,
    first_v: f32,
    per_v: f32,
    steps: Box<[FieldStep; STEPS]>,
}

/// A step's field at its start and its growth to the end.
type FieldStep = [f32; 4];

impl FieldMap {
    /// Tabulates `field` (V to sqrt W) over +-`reach_v`.
    pub(super) fn new(name: &'static str, reach_v: f64, field: impl Fn(f64) -> Complex64) -> Self {
        let at = |i: usize| {
            let e = field(reach_v * (2.0 * i as f64 / STEPS as f64 - 1.0));
            (e.re as f32, e.im as f32)
        };
        let mut steps = Box::new([FieldStep::default(); STEPS]);
        let (mut re, mut im) = at(0);
        for (i, step) in steps.iter_mut().enumerate() {
            let (next_re, next_im) = at(i + 1);
            *step = [re, im, next_re - re, next_im - im];
            (re, im) = (next_re, next_im);
        }
        FieldMap {
            name,
            first_v: -reach_v as f32,
            per_v: (STEPS as f64 / (2.0 * reach_v)) as f32,
            steps,
        }
    }
}

impl Map<Volt, Field> for FieldMap {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        uniform_table::in_runs(self.first_v, self.per_v, x, y, |places, parts, y| {
            look_up(&self.steps, places, parts, y)
        });
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

#[inline(never)]
fn look_up(steps: &[FieldStep; STEPS], places: &[u32], parts: &[f32], y: &mut [Complex32]) {
    for ((y, &place), &part) in y.iter_mut().zip(places).zip(parts) {
        let [re, im, more_re, more_im] = steps[place as usize];
        *y = Complex32::new(re + part * more_re, im + part * more_im);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_its_field_and_stays_beyond_its_ends() {
        let field = |v: f64| Complex64::from_polar((1.0 + 0.3 * v).sqrt(), 0.8 * v);
        let map = FieldMap::new("test", 1.5, field);
        let x: Vec<f32> = (0..999).map(|i| -1.499 + 0.003 * i as f32).collect();
        let mut y = vec![Complex32::default(); x.len()];
        map.apply(&x, &mut y);
        for (x, y) in x.iter().zip(&y) {
            let e = field(f64::from(*x));
            assert!((f64::from(y.re) - e.re).hypot(f64::from(y.im) - e.im) < 1e-6);
        }
        map.apply(&[-9.0, 9.0], &mut y[..2]);
        assert!(
            (f64::from(y[0].norm()) - field(-1.5).norm()).abs() < 1e-5
                && (f64::from(y[1].norm()) - field(1.5).norm()).abs() < 1e-5
        );
    }
}
