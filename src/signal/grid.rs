//! The grid on which a block is computed.

/// A block of symbols, each of a whole number of samples; the block is periodic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Symbols in the block.
    pub symbols: usize,
    /// Samples per symbol.
    pub samples_per_symbol: usize,
    /// Symbol rate, Hz.
    pub symbol_rate_hz: f64,
}

impl Grid {
    /// Samples in the block.
    pub fn samples(&self) -> usize {
        self.symbols * self.samples_per_symbol
    }

    /// Sampling rate, Hz.
    pub fn sample_rate_hz(&self) -> f64 {
        self.samples_per_symbol as f64 * self.symbol_rate_hz
    }

    /// Bins of a real block's spectrum, from zero to half the sampling rate.
    pub fn bins(&self) -> usize {
        self.samples() / 2 + 1
    }

    /// Distance of two bins, Hz.
    pub fn bin_hz(&self) -> f64 {
        self.symbol_rate_hz / self.symbols as f64
    }

    /// Symbol period, s.
    pub fn symbol_s(&self) -> f64 {
        1.0 / self.symbol_rate_hz
    }

    /// Frequency of bin `k` of a complex block, negative in the upper half, Hz.
    pub fn signed_hz(&self, k: usize) -> f64 {
        let m = self.samples();
        let k = if 2 * k < m + 1 { k as f64 } else { k as f64 - m as f64 };
        k * self.bin_hz()
    }
}
