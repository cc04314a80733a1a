//! Reasons for which a capture has no TDECQ.

use super::capture::SAMPLES_PER_SYMBOL_MIN;

/// Reasons for which there is no TDECQ.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TdecqError {
    /// The reference cannot be used.
    #[error("reference {name}: {what}")]
    Reference {
        /// Its name.
        name: &'static str,
        /// The problem.
        what: &'static str,
    },
    /// The capture is not one whole period, or too coarse.
    #[error(
        "{samples} samples for {symbols} symbols of {samples_per_symbol}: must be one whole period of at least {SAMPLES_PER_SYMBOL_MIN} samples per symbol"
    )]
    Length {
        /// Samples of the waveform or of a repeat.
        samples: usize,
        /// Symbols of the pattern.
        symbols: usize,
        /// Samples per symbol.
        samples_per_symbol: usize,
    },
    /// A number is not finite, or a noise is negative.
    #[error("{what}: must be finite, and noise not negative")]
    NotFinite {
        /// Name of the number.
        what: &'static str,
    },
    /// The pattern has other levels than 0 to 3, or not all of them.
    #[error("level {level}: a PAM4 pattern has the levels 0 to 3 and all of them")]
    Levels {
        /// The level that is not one, or is missing.
        level: u8,
    },
    /// OMA cannot be measured.
    #[error(
        "no run of seven threes and six zeros that settles: measure on PRBS13Q or SSPRQ, with the right pattern and polarity"
    )]
    NoSettledRuns,
    /// The measurement was cancelled.
    #[error("stopped before it was measured")]
    Stopped,
    /// The eye does not reach the target at any noise.
    #[error(
        "eye closed: its symbol error ratio stays above {target_ser:.1e} with the best reference equaliser"
    )]
    Closed {
        /// The reference's target.
        target_ser: f64,
    },
}
