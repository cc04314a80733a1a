//! Detectors after training.

use crate::chain::describe::detector::DetectorSpec;
use crate::dsp::mlse::PartialResponse;
use crate::dsp::{DetectorKind, LEVELS};

/// Largest symbol error ratio at which a sum over error events is the ratio itself, within 6 %: up
/// to the limit before the inner code, 4.85e-3 of the bits.
const SEQUENCE_SER_MAX: f64 = 1e-2;

/// Detector of a trained receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TrainedDetector {
    /// Slicer: thresholds alone.
    Slicer,
    /// Decision feedback: thresholds after feedback of
    /// [`Trained::postcursors`](crate::chain::Trained::postcursors).
    Dfe,
    /// Sequence detection with this response, and this decision depth in samples.
    Mlse(PartialResponse, usize),
}

impl TrainedDetector {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> DetectorKind {
        match self {
            TrainedDetector::Slicer => DetectorKind::Slicer,
            TrainedDetector::Dfe => DetectorKind::Dfe,
            TrainedDetector::Mlse(..) => DetectorKind::Mlse,
        }
    }

    /// True for a detector of sequences.
    #[must_use]
    pub fn is_sequence(&self) -> bool {
        matches!(self, TrainedDetector::Mlse(..))
    }

    /// Why a predicted symbol error ratio only guides a count; `None` where it holds.
    #[must_use]
    pub fn no_prediction(&self, symbol_error_ratio: f64) -> Option<&'static str> {
        let loose = self.is_sequence() && symbol_error_ratio > SEQUENCE_SER_MAX;
        loose.then_some(
            "above a symbol error ratio of 1e-2 the errors of a sequence detector are not rare \
            events, so they are counted",
        )
    }

    /// The detector for levels (mean, rms) at the slicer with ideal feedback of `postcursors`,
    /// which refer to full-scale levels.
    pub(crate) fn trained(
        kind: &DetectorSpec,
        levels: &[(f64, f64); 4],
        postcursors: &[f32],
    ) -> TrainedDetector {
        let DetectorSpec::Mlse { depth, .. } = kind else {
            return if matches!(kind, DetectorSpec::Dfe { .. }) {
                TrainedDetector::Dfe
            } else {
                TrainedDetector::Slicer
            };
        };
        // means over full-scale levels: postcursors scale with them
        let slope = levels
            .iter()
            .zip(LEVELS)
            .map(|((mean, _), level)| mean * f64::from(level))
            .sum::<f64>()
            / LEVELS.iter().map(|&level| f64::from(level).powi(2)).sum::<f64>();
        let relative: Vec<f32> =
            postcursors.iter().map(|b| (f64::from(*b) / slope) as f32).collect();
        // the detector adds the mean of earlier levels, which the means already include
        let sum: f64 = relative.iter().map(|&a| f64::from(a)).sum();
        let mean = levels.iter().map(|(mean, _)| mean).sum::<f64>() / 4.0;
        let shift = if 1.0 + sum > 0.1 { mean * sum / (1.0 + sum) } else { 0.0 };
        let response = PartialResponse::new(&relative)
            .with_levels(levels.map(|(mean, _)| (mean - shift) as f32))
            .with_variances(levels.map(|(_, sigma)| (sigma * sigma).max(1e-12) as f32));
        TrainedDetector::Mlse(response, *depth)
    }
}
