//! What is kept between builds: transforms by length and responses by value.

use super::Shape;
use crate::math::fft::{ComplexFft, Planner, RealFft};
use crate::signal::Grid;
use num_complex::Complex32;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Evaluated responses that are kept; the one not asked for longest is dropped for a new one.
const KEPT_RESPONSES: usize = 48;

/// Transforms and evaluated responses, one workshop a thread: a build evaluates only what is new.
pub struct Workshop {
    planner: Planner,
    real: HashMap<usize, RealFft>,
    complex: HashMap<usize, ComplexFft>,
    responses: VecDeque<Evaluated>,
}

struct Evaluated {
    shape: Shape,
    grid: Grid,
    both_sides: bool,
    values: Arc<[Complex32]>,
}

impl Default for Workshop {
    fn default() -> Self {
        Workshop { planner: Planner::default(), real: HashMap::new(), complex: HashMap::new(), responses: VecDeque::new() }
    }
}

impl Workshop {
    pub(crate) fn real(&mut self, length: usize) -> RealFft {
        self.real.entry(length).or_insert_with(|| RealFft::new(&mut self.planner, length)).clone()
    }

    pub(crate) fn complex(&mut self, length: usize) -> ComplexFft {
        self.complex.entry(length).or_insert_with(|| ComplexFft::new(&mut self.planner, length)).clone()
    }

    /// `shape` on the bins of a block: 0 ..= M/2, or all M when `both_sides`.
    pub(crate) fn response(&mut self, shape: &Shape, grid: Grid, both_sides: bool) -> Arc<[Complex32]> {
        let known = |r: &Evaluated| r.both_sides == both_sides && r.grid == grid && r.shape == *shape;
        if let Some(kept) = self.responses.iter().position(known).and_then(|at| self.responses.remove(at)) {
            let values = kept.values.clone();
            self.responses.push_back(kept);
            return values;
        }
        let single = |k: usize, f_hz: f64| {
            let h = shape.at(f_hz);
            let nyquist = !both_sides && 2 * k == grid.samples(); // a real block's last bin is real
            if nyquist { Complex32::new(h.re as f32, 0.0) } else { Complex32::new(h.re as f32, h.im as f32) }
        };
        let values: Arc<[Complex32]> = if both_sides {
            (0..grid.samples()).map(|k| single(k, grid.signed_hz(k))).collect()
        } else {
            (0..grid.bins()).map(|k| single(k, k as f64 * grid.bin_hz())).collect()
        };
        if self.responses.len() == KEPT_RESPONSES {
            self.responses.pop_front();
        }
        self.responses.push_back(Evaluated { shape: shape.clone(), grid, both_sides, values: values.clone() });
        values
    }

    /// The product of `shapes` on the bins of a block.
    pub(crate) fn product(&mut self, shapes: &[Shape], grid: Grid, both_sides: bool) -> Vec<Complex32> {
        let length = if both_sides { grid.samples() } else { grid.bins() };
        let gain: f64 = shapes.iter().filter_map(Shape::gain).product();
        let mut product = vec![Complex32::new(gain as f32, 0.0); length];
        for shape in shapes.iter().filter(|s| s.gain().is_none()) {
            for (p, h) in product.iter_mut().zip(self.response(shape, grid, both_sides).iter()) {
                *p *= h;
            }
        }
        product
    }
}
