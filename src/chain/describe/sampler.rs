//! The converter at the end of a chain.

use crate::signal::Grid;

/// What ends a chain: an analogue-to-digital converter whose full scale the training sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// 1 or 2.
    pub samples_per_symbol: usize,
    /// Effective number of bits: quantisation noise is FS^2 / 12 / 4^bits.
    pub effective_bits: f64,
    /// Random jitter of each sampling instant, s rms.
    pub jitter_s: f64,
}

/// Jitter up to which its first order, slope times displacement, is enough, symbol periods rms.
const FIRST_ORDER_UI: f64 = 0.02;

impl Sampler {
    /// True when jitter is so large that its second order counts.
    pub(crate) fn needs_second_order_jitter(&self, grid: Grid) -> bool {
        self.jitter_s > FIRST_ORDER_UI * grid.symbol_s()
    }
}
