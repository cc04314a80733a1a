//! Captures as they are measured.

/// Fewest samples per symbol: fewer leave nothing to read between.
pub const LEAST_SAMPLES_PER_SYMBOL: usize = 8;

/// The transmitter's own noise, which is part of its TDECQ.
#[derive(Clone, Debug, Default)]
pub enum CaptureNoise<'a> {
    /// None, or one that an average has taken away: TDECQ comes out too small.
    #[default]
    None,
    /// Gaussian behind the reference receiver's filter.
    Gaussian {
        /// Variance on each level, square of the waveform's unit.
        variance: [f64; 4],
        /// Correlation at 0, 1, 2 .. symbol periods, 0 beyond; `None`: white noise behind the
        /// filter.
        correlation: Option<Vec<f64>>,
    },
    /// What repeats of the capture differ from their average by, each a whole period; filtered as
    /// the waveform is.
    Repeats(&'a [Vec<f32>]),
}

/// Whether the waveform has passed the reference receiver's filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputFilter {
    /// Not yet: it is filtered here.
    #[default]
    Reference,
    /// It has.
    Prefiltered,
}

/// One period of a pattern as captured, without noise or averaged.
#[derive(Clone, Debug, Default)]
pub struct TdecqCapture<'a> {
    /// One period, in any unit; W for the powers in the result to be powers.
    pub waveform: &'a [f32],
    /// At least [`LEAST_SAMPLES_PER_SYMBOL`]; [`crate::math::resample::by_spectrum`] makes more.
    pub samples_per_symbol: usize,
    /// Levels sent, 0 to 3, in any rotation against the waveform.
    pub levels: &'a [u8],
    /// The transmitter's own noise.
    pub noise: CaptureNoise<'a>,
    /// Whether the reference filter is still to come.
    pub filter: InputFilter,
    /// Standard deviation of the instrument's own noise, sigma_S, in the waveform's unit: it is
    /// given back.
    pub instrument_sigma: f64,
}
