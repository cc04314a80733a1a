//! SNR margin: the growth of every noise until the limit, the receiver trained anew at every step.

use super::margin::search;
use crate::chain::{Predictor, Trained, Workspace};
use crate::units::power_ratio;

/// Decibels by which the variances of all noises of the optical segment's plan may grow until its
/// error ratio is `limit_ber`: negative where they must shrink, `None` where interference alone
/// misses the limit. Interference and crosstalk stay as they are.
///
/// The search is that of the loss margin: for thermal noise alone a decibel of loss is two of the
/// electrical signal-to-noise ratio.
pub(crate) fn find(
    predictor: &mut Predictor<'_>,
    workspace: &mut Workspace,
    start: &Trained,
    limit_ber: f64,
) -> Option<f64> {
    let mut near = start.clone();
    let found = search(limit_ber, true, |half_db| {
        predictor.set_noise_power(power_ratio(2.0 * half_db));
        let (trained, prediction) = predictor.try_at(workspace, start.transmission, &near).ok()?;
        near = trained;
        Some(prediction.ber)
    });
    predictor.set_noise_power(1.0);
    found.ok().map(|half_db| 2.0 * half_db)
}
