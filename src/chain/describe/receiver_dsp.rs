//! The receiver's signal processing as data.

use super::detector::DetectorSpec;

/// Adaptation of the equaliser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Adaptation {
    /// Least mean square error in closed form, from the spectra of signal and noise.
    Mmse,
    /// Normalised LMS with this step on noisy training blocks.
    Lms(f64),
}

/// The receiver's signal processing.
#[derive(Clone, Debug, PartialEq)]
pub struct RxDsp {
    /// Taps of the feed-forward equaliser, at the sampler's rate.
    pub taps: usize,
    /// Taps before the main one.
    pub precursors: usize,
    /// Adaptation of the taps.
    pub adaptation: Adaptation,
    /// Values of the taps, which training only scales; empty to have them trained.
    pub fixed: Vec<f64>,
    /// Detector after the taps.
    pub detector: DetectorSpec,
}
