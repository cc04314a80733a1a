//! Warnings where the semi-analytic estimator treats a large part of the noise to first order only.

use crate::chain::{NoiseClass, Prediction, TrainedDetector};
use crate::link::build::lane::Lane;
use crate::link::describe::counting_method::CountingMethod;

/// Share of noise before the modulator above which its curvature matters (assumed).
const BEFORE_MODULATOR: f64 = 0.5;
/// Share of dual-Dirac jitter above which its bounded tails matter to a sequence detector
/// (assumed).
const DUAL_DIRAC_SHARE_MAX: f64 = 0.1;

/// Warnings of one lane from the shares of its noises.
pub(crate) fn noise_warnings(
    lane: &Lane,
    detector: &TrainedDetector,
    prediction: &Prediction,
) -> Vec<String> {
    let trust = if lane.config.simulation.count == CountingMethod::Chain {
        "trust the count"
    } else {
        "trust a count by the whole chain"
    };
    let share = |of: fn(&NoiseClass) -> bool| -> f64 {
        prediction.shares.iter().filter(|s| of(&s.class)).map(|s| s.share).sum()
    };
    let mut warnings = Vec::new();
    let mut warn = |share: f64, about: &str| {
        warnings.push(format!(
            "lane {}: {:.0} % of the noise {about}: {trust}",
            lane.number,
            100.0 * share
        ));
    };
    let drive = share(NoiseClass::bent_by_modulator);
    if drive > BEFORE_MODULATOR {
        warn(
            drive,
            "enters before the modulator, whose curvature the semi-analytic estimator takes as \
             straight",
        );
    }
    let dual_dirac = share(NoiseClass::is_bounded);
    let sequences = matches!(detector, TrainedDetector::Mlse(..));
    if sequences && dual_dirac > DUAL_DIRAC_SHARE_MAX {
        warn(
            dual_dirac,
            "is dual-Dirac jitter, which the semi-analytic estimator of a sequence detector takes \
             as Gaussian, with tails that it does not have",
        );
    }
    warnings
}
