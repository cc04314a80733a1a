//! Semi-analytic prediction for one lane.

use crate::chain::describe::noise::{NoiseClass, NoiseId, NoiseSource};
use crate::math::interval::Interval;

/// Semi-analytic prediction for one lane.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Bit error ratio. With `ideal_feedback`, a bound rather than the receiver's own ratio: lower
    /// for a DFE, higher for an MLSE.
    pub ber: f64,
    /// True if past decisions were assumed correct, for this and all following figures: see
    /// [`TrainedDetector::no_prediction`](crate::chain::TrainedDetector::no_prediction).
    pub ideal_feedback: bool,
    /// Its 95 % interval from the spread over the blocks.
    pub interval: Interval,
    /// True if 1 % of the symbols cause more than half of the errors; the result then depends on
    /// the pattern.
    pub pattern_limited: bool,
    /// Signal to noise ratio at the slicer: variance of the levels over the mean square of the
    /// residual, dB.
    pub snr_db: f64,
    /// Mean and rms of the four levels at the slicer, full scale -1 .. 1.
    pub levels: [(f64, f64); 4],
    /// Each source's part of the noise variance at the slicer, largest first.
    pub shares: Vec<Share>,
    /// Residual interference, as part of noise and interference together.
    pub interference_share: f64,
}

/// One source's part of the noise variance.
#[derive(Clone, Debug)]
pub struct Share {
    /// Identity of the source.
    pub id: NoiseId,
    /// Its kind.
    pub class: NoiseClass,
    /// Part, 0 to 1.
    pub share: f64,
}

impl Share {
    /// The part of a source.
    pub(crate) fn new(source: &NoiseSource, share: f64) -> Share {
        Share { id: source.id.clone(), class: source.class, share }
    }
}

/// True when the largest hundredth of the values makes more than half of their sum.
pub(crate) fn pattern_limited(mut errors: Vec<f64>) -> bool {
    let total: f64 = errors.iter().sum();
    let worst = (errors.len() / 100).max(1);
    let split = errors.len() - worst;
    errors.select_nth_unstable_by(split, f64::total_cmp);
    errors[split..].iter().sum::<f64>() > 0.5 * total
}
