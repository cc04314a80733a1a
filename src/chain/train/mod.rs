//! Gain, phase, taps, thresholds, LMS, timing detector.

pub(super) mod agc;
pub(super) mod equations;
mod late;
pub(super) mod lms;
pub(super) mod normal_equations;
pub(super) mod timing;
pub(super) mod training;
