//! Description of the receiver's decision-feedback equaliser.

use super::fixed;
use crate::chain::DetectorSpec;
use crate::dsp::dfe::TAPS_MAX;
use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};

/// Feedback of decided symbols: it cancels postcursors without amplifying noise, and propagates
/// errors.
///
/// ```text
/// z[n] = y[n] - sum_j b_j level(d[n-1-j]),    |b_j| <= limit
/// ```
///
/// Taps and forward filter are trained together (least mean square error, or LMS with the symbols
/// known), so that the filter leaves exactly the postcursors that the feedback cancels. After
/// training, by LMS too, the taps are fixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DfeConfig {
    /// Number of taps.
    pub taps: usize,
    /// Largest magnitude of a tap, relative to the main cursor, which the forward filter brings to
    /// 1.
    ///
    /// Default: P802.3dj's reference receiver, 0.85 (COM presentations, `draft`).
    pub limit: f64,
    /// Fixed values of the taps, latest symbol first, one per tap. Empty: they are trained.
    pub fixed: Vec<f64>,
}

impl Default for DfeConfig {
    fn default() -> Self {
        DfeConfig { taps: 1, limit: 0.85, fixed: Vec::new() }
    }
}

impl DfeConfig {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.count(at, "taps", self.taps, 1..=TAPS_MAX);
        problems.range(at, "limit", self.limit, 0.0..=2.0);
        fixed::check(at, &self.fixed, self.taps, problems);
        if self.fixed.iter().any(|tap| tap.abs() > self.limit) {
            problems.report(
                at,
                "fixed",
                format!("{:?}", self.fixed),
                format!("must keep the limit of {}", self.limit),
            );
        }
    }

    pub(super) fn detector(&self) -> DetectorSpec {
        DetectorSpec::Dfe { taps: self.taps, limit: self.limit, fixed: self.fixed.clone() }
    }
}
