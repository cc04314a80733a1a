//! Stream mode: whether a lane can be predicted, and whether its guard is long enough.

use crate::chain::{Clocking, NotEvaluated, Trained};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;

/// Variance of baseline wander, relative to the signal's, that the semi-analytic estimator may
/// neglect: 0.01 dB at 23 dB.
const WANDER_MAX: f64 = 1e-5;

/// Energies of the response beyond the guard above which a lane is warned about, and refused.
const WARNED: f64 = 1e-6;
const REFUSED: f64 = 1e-3;

/// Why the semi-analytic estimator has no prediction for a lane in stream mode.
pub(crate) fn no_prediction(lane: &Lane) -> Option<String> {
    let all = [lane.optical()].into_iter().chain(lane.electrical());
    all.filter_map(|segment| segment.plan.clocking()).find_map(moving)
}

fn moving(clocking: &Clocking) -> Option<String> {
    let what = if clocking.recovery.is_some() {
        "the sampling phase follows a recovered clock"
    } else if clocking.sinusoid.is_some() {
        "the sampling phase moves with the jitter"
    } else if clocking.wander() > WANDER_MAX {
        "the baseline wanders after the AC coupling"
    } else {
        return None;
    };
    Some(format!("{what}, which the semi-analytic estimator does not model"))
}

/// Compares the response's memory with the guard; returns a warning, if any.
///
/// # Errors
///
/// A guard too short for blocks to be parts of one sequence.
pub(crate) fn guarded(
    lane: &Lane,
    optical: &Trained,
    electrical: &[&Trained],
) -> Result<Option<String>, NotEvaluated> {
    let all = lane.electrical().zip(electrical.iter().copied()).chain([(lane.optical(), optical)]);
    let energy =
        |(segment, trained): (&Segment, &Trained)| segment.plan.energy_beyond_guard(trained);
    let beyond = all.map(energy).fold(0.0, f64::max);
    let guard = lane.config.simulation.guard_symbols;
    let message = || {
        format!(
            "{beyond:.1e} of the response's energy lies beyond simulation.guard_symbols = \
             {guard}: more symbols are needed"
        )
    };
    if beyond > REFUSED {
        return Err(NotEvaluated { because: message() });
    }
    Ok((beyond > WARNED).then(|| format!("lane {}: {}", lane.number, message())))
}
