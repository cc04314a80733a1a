//! Cache of transforms by length and of responses by value, kept between builds.

use super::spectrum::multiply;
use crate::chain::describe::shape::{Mirrored, Shape};
use crate::math::fft::{ComplexFft, Planner, RealFft};
use crate::signal::Grid;
use num_complex::{Complex32, Complex64};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Number of evaluated responses kept; the least recently used one is replaced.
const KEPT_RESPONSES: usize = 48;

/// Number of products of responses kept.
const KEPT_PRODUCTS: usize = 24;

/// Transforms, evaluated responses and their products, one cache per thread: a build evaluates only
/// new responses.
#[derive(Default)]
pub struct PlanCache {
    planner: Planner,
    real: HashMap<usize, RealFft>,
    complex: HashMap<usize, ComplexFft>,
    responses: VecDeque<Evaluated>,
    products: VecDeque<Multiplied>,
}

struct Multiplied {
    shapes: Vec<Shape>,
    grid: Grid,
    both_sides: bool,
    values: Vec<Complex32>,
}

struct Evaluated {
    shape: Shape,
    grid: Grid,
    both_sides: bool,
    values: Arc<[Complex32]>,
}

impl PlanCache {
    pub(crate) fn real(&mut self, length: usize) -> RealFft {
        self.real.entry(length).or_insert_with(|| RealFft::new(&mut self.planner, length)).clone()
    }

    pub(crate) fn complex(&mut self, length: usize) -> ComplexFft {
        self.complex
            .entry(length)
            .or_insert_with(|| ComplexFft::new(&mut self.planner, length))
            .clone()
    }

    /// `shape` on the bins of a block: 0 ..= M/2, or all M when `both_sides`.
    pub(crate) fn response(
        &mut self,
        shape: &Shape,
        grid: Grid,
        both_sides: bool,
    ) -> Arc<[Complex32]> {
        let known =
            |r: &Evaluated| r.both_sides == both_sides && r.grid == grid && r.shape == *shape;
        if let Some(kept) =
            self.responses.iter().position(known).and_then(|at| self.responses.remove(at))
        {
            let values = kept.values.clone();
            self.responses.push_back(kept);
            return values;
        }
        let single = |h: Complex64| Complex32::new(h.re as f32, h.im as f32);
        let (bins, m) = (grid.bins(), grid.samples());
        let at = |k: usize| shape.at(k as f64 * grid.bin_hz());
        let values: Arc<[Complex32]> = if !both_sides {
            // a real block's last bin is real
            let real =
                |k: usize, h: Complex64| if 2 * k == m { Complex64::new(h.re, 0.0) } else { h };
            (0..bins).map(|k| single(real(k, at(k)))).collect()
        } else if shape.mirrors().is_some() {
            let mut values: Vec<Complex32> = (0..bins).map(|k| single(at(k))).collect();
            let mirrored =
                |h: Complex32| if shape.mirrors() == Some(Mirrored::Same) { h } else { h.conj() };
            if m.is_multiple_of(2) {
                values[m / 2] = single(shape.at(grid.signed_hz(m / 2)));
            }
            for k in bins..m {
                values.push(mirrored(values[m - k]));
            }
            values.into()
        } else {
            (0..m).map(|k| single(shape.at(grid.signed_hz(k)))).collect()
        };
        if self.responses.len() == KEPT_RESPONSES {
            self.responses.pop_front();
        }
        self.responses.push_back(Evaluated {
            shape: shape.clone(),
            grid,
            both_sides,
            values: values.clone(),
        });
        values
    }

    /// The product of `shapes` on the bins of a block.
    pub(crate) fn product(
        &mut self,
        shapes: &[Shape],
        grid: Grid,
        both_sides: bool,
    ) -> Vec<Complex32> {
        let known =
            |p: &Multiplied| p.both_sides == both_sides && p.grid == grid && p.shapes == shapes;
        if let Some(kept) =
            self.products.iter().position(known).and_then(|at| self.products.remove(at))
        {
            let values = kept.values.clone();
            self.products.push_back(kept);
            return values;
        }
        let length = if both_sides { grid.samples() } else { grid.bins() };
        let gain: f64 = shapes.iter().filter_map(Shape::gain).product();
        let mut product = vec![Complex32::new(gain as f32, 0.0); length];
        for shape in shapes.iter().filter(|s| s.gain().is_none()) {
            multiply(&mut product, &self.response(shape, grid, both_sides));
        }
        if self.products.len() == KEPT_PRODUCTS {
            self.products.pop_front();
        }
        self.products.push_back(Multiplied {
            shapes: shapes.to_vec(),
            grid,
            both_sides,
            values: product.clone(),
        });
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kept and mirrored values are the plain ones to the rounding of an f32, on both sides of
    /// zero.
    #[test]
    fn products_are_those_of_the_responses_bin_by_bin_first_and_again() {
        let shapes = [
            Shape::Gain(0.5),
            Shape::Delay(3.3e-12),
            Shape::Dispersion { b2_s2: -3e-24, b3_s3: 0.0 },
            Shape::Dispersion { b2_s2: 2e-24, b3_s3: 5e-36 },
            Shape::TravellingWave { skin_neper: 1e-6, junction_neper: 1e-23, skew_s: 1e-12 },
        ];
        for symbols in [64, 33] {
            let grid = Grid { symbol_rate_hz: 53.125e9, symbols, samples_per_symbol: 3 };
            let mut cache = PlanCache::default();
            let first = cache.product(&shapes, grid, true);
            assert_eq!(first, cache.product(&shapes, grid, true));
            for (k, h) in first.iter().enumerate() {
                let plain: Complex64 = shapes.iter().map(|s| s.at(grid.signed_hz(k))).product();
                let plain = Complex32::new(plain.re as f32, plain.im as f32);
                assert!((h - plain).norm() < 1e-6, "{k}: {h} against {plain}");
            }
            let other = cache.product(&shapes[..2], grid, true);
            assert!((other[1] - first[1]).norm() > 1e-6, "another product is another key");
        }
    }
}
