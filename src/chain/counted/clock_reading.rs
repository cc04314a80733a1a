//! Reading of a receiver's clock.

use num_complex::Complex64;

/// Reading of a receiver's clock over all scored symbols.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClockReading {
    /// Whether it was locked from the first scored symbol to the last; `None` for an ideal clock.
    pub locked: Option<bool>,
    /// Sampling phase relative to the transmitter's, UI rms, without whole slips.
    pub phase_error_rms_ui: f64,
    /// Mean frequency offset of the loop, UI per symbol.
    pub drift: Option<f64>,
    /// Slips towards later sampling: a symbol is lost.
    pub slips_forward: u64,
    /// Slips towards earlier sampling: a symbol is sampled twice.
    pub slips_backward: u64,
    /// Measured transfer of the transmitter's sinusoidal jitter to the loop's phase, over whole
    /// periods.
    pub jitter_transfer: Option<Complex64>,
    /// Bandwidth of the loop with the detector's slope under noise and jitter, in symbol rates.
    pub bandwidth: Option<f64>,
}
