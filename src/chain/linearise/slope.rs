//! Local slope of the current.

use super::impulse_response;
use crate::math::buffer_pool::Pooled;
use crate::math::mean::mean_of;

/// Local slope of the current with respect to a section's end.
pub(crate) struct Slope {
    pub(crate) section: usize,
    pub(crate) values: Pooled<f32>,
    /// Squares by place in the symbol, their means there, and over all.
    pub(crate) squares: Pooled<f32>,
    pub(crate) phase_squares: Vec<f64>,
    pub(crate) square: f64,
}

impl Slope {
    /// Of `s` samples a symbol.
    pub(crate) fn new(section: usize, values: Pooled<f32>, s: usize) -> Slope {
        let mut squares = impulse_response::polyphase(&values, s);
        squares.iter_mut().for_each(|v| *v *= *v);
        let phase_squares: Vec<f64> =
            squares.chunks_exact(values.len() / s).map(|x| mean_of(x, |v| v)).collect();
        let square = phase_squares.iter().sum::<f64>() / s as f64;
        Slope { section, values, squares, phase_squares, square }
    }
}
