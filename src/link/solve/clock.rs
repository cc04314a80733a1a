//! Stream mode: whether a lane can be predicted, and whether its guard is long enough.

use crate::chain::{Clocking, NotEvaluated, Trained};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;

/// Variance of baseline wander, relative to the signal's, that the semi-analytic estimator may
/// neglect: 0.01 dB at 23 dB.
const WANDER_MAX: f64 = 1e-5;

/// Largest amplitude of the jitter that a loop leaves: beyond, the eye is nearly closed at the
/// farthest phase, and the detector's curve is bent.
const PHASE_MAX_UI: f64 = 0.25;

/// Energies of the response beyond the guard above which a lane is warned about, and refused.
const WARNED: f64 = 1e-6;
const REFUSED: f64 = 1e-3;

/// Why the semi-analytic estimator has no prediction for a lane in stream mode.
pub(crate) fn no_prediction(lane: &Lane) -> Option<String> {
    let all = [lane.optical()].into_iter().chain(lane.electrical());
    all.filter_map(|segment| segment.plan.clocking()).find_map(moving)
}

fn moving(clocking: &Clocking) -> Option<String> {
    let what = if left_ui(clocking) > PHASE_MAX_UI {
        "the jitter moves the sampling phase by more than a quarter of a symbol"
    } else if clocking.wander() > WANDER_MAX {
        "the baseline wanders after the AC coupling"
    } else {
        return None;
    };
    Some(format!("{what}, which the semi-analytic estimator does not model"))
}

/// Amplitude of the jitter that the loop leaves, UI.
fn left_ui(clocking: &Clocking) -> f64 {
    clocking.sinusoid.map_or(0.0, |sinusoid| {
        let left = clocking.recovery.map_or(1.0, |recovery| {
            1.0 / recovery.gains.jitter_tolerance_ui(sinusoid.frequency, 1.0)
        });
        sinusoid.amplitude_ui * left
    })
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
