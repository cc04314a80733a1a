//! Captures for a TDECQ measurement.

use crate::measure::levels::OuterLevels;
use serde::{Deserialize, Serialize};

/// Minimum number of samples per symbol.
pub const SAMPLES_PER_SYMBOL_MIN: usize = 8;

/// The noise of the transmitter, which is part of its TDECQ.
#[derive(Clone, Debug, Default)]
pub enum CaptureNoise<'a> {
    /// No noise, or averaged away: TDECQ is then too small.
    #[default]
    None,
    /// Gaussian after the reference receiver's filter.
    Gaussian {
        /// Variance on each level, square of the waveform's unit.
        variance: [f64; 4],
        /// Correlation at 0, 1, 2 .. symbol periods, 0 beyond; `None`: white noise after the
        /// filter.
        correlation: Option<Vec<f64>>,
    },
    /// Residuals of repeats of the capture about their average, each a whole period; filtered like
    /// the waveform.
    Repeats(&'a [Vec<f32>]),
}

/// Filter state of the waveform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputFilter {
    /// Unfiltered; the filter of the reference receiver is applied.
    #[default]
    #[serde(rename = "bt4")]
    Reference,
    /// Already filtered by the reference receiver.
    #[serde(rename = "none")]
    Prefiltered,
}

/// One period of a pattern as captured, without noise or averaged.
#[derive(Clone, Debug, Default)]
pub struct TdecqCapture<'a> {
    /// One period, in any unit; W for the powers in the result to be powers.
    pub waveform: &'a [f32],
    /// At least [`SAMPLES_PER_SYMBOL_MIN`]; [`crate::math::resample::by_spectrum`] makes more.
    pub samples_per_symbol: usize,
    /// Levels sent, 0 to 3, in any rotation against the waveform.
    pub levels: &'a [u8],
    /// The noise of the transmitter.
    pub noise: CaptureNoise<'a>,
    /// Filter state of the waveform.
    pub filter: InputFilter,
    /// Standard deviation of the instrument noise, sigma_S, in the unit of the waveform; the result
    /// is corrected for it.
    pub instrument_sigma: f64,
    /// Outer levels where they are known by other means; those of the settled runs without them.
    pub outer: Option<OuterLevels>,
}
