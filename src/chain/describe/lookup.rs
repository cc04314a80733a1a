//! A measured static curve as a table.

use super::map::Map;
use crate::math::monotone::Monotone;
use crate::math::uniform_table::{self, STEPS};
use crate::signal::Quantity;

/// A real quantity to its like by linear interpolation in 2048 steps over the curve's points;
/// beyond its ends the output stays.
pub(crate) struct Lookup {
    name: &'static str,
    first: f32,
    per_unit: f32,
    /// A step's value at its start and its growth to the end.
    steps: Box<[[f32; 2]; STEPS]>,
}

impl Lookup {
    /// Tabulates a curve.
    pub(crate) fn new(name: &'static str, curve: &Monotone) -> Self {
        let (first, reach) = (curve.first(), curve.last() - curve.first());
        let at = |i: usize| curve.at(first + reach * i as f64 / STEPS as f64) as f32;
        let step = |i| [at(i), at(i + 1) - at(i)];
        Lookup {
            name,
            first: first as f32,
            per_unit: (STEPS as f64 / reach) as f32,
            steps: Box::new(std::array::from_fn(step)),
        }
    }

    /// Largest magnitude of its output.
    pub(crate) fn peak(&self) -> f64 {
        let ends = self.steps.iter().flat_map(|[start, growth]| [*start, start + growth]);
        ends.fold(0.0, |peak: f64, v| peak.max(f64::from(v).abs()))
    }

    /// The curve at each of `x`.
    pub(crate) fn at(&self, x: &[f32], y: &mut [f32]) {
        uniform_table::in_runs(self.first, self.per_unit, x, y, |places, parts, y| {
            look_up(&self.steps, places, parts, y)
        });
    }
}

impl<Q: Quantity<Sample = f32>> Map<Q, Q> for Lookup {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        self.at(x, y);
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

#[inline(never)]
fn look_up(steps: &[[f32; 2]; STEPS], places: &[u32], parts: &[f32], y: &mut [f32]) {
    for ((y, &place), &part) in y.iter_mut().zip(places).zip(parts) {
        let [start, growth] = steps[place as usize];
        *y = start + part * growth;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_its_curve_and_stays_beyond_its_ends() {
        let curve = Monotone::new(vec![-1.0, 0.0, 1.0], vec![-0.8, 0.1, 0.7]);
        let mut y = [0f32; 5];
        Lookup::new("test", &curve).at(&[-7.0, -1.0, 0.3, 1.0, 7.0], &mut y);
        for (y, expected) in y.iter().zip([-0.8, -0.8, curve.at(0.3), 0.7, 0.7]) {
            assert!((f64::from(*y) - expected).abs() < 1e-5);
        }
    }
}
