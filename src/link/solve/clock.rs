//! What is said of a lane's clock, and what stream mode asks of a lane.

use crate::chain::{Clocking, Plan, Refusal, Trained};
use crate::link::build::lane::Lane;

/// Variance of a wandering baseline, over the signal's, that the semi-analytic estimator may leave
/// out: 0.01 dB at 23 dB.
const MOST_WANDER: f64 = 1e-5;

/// Energy of the response beyond the guard above which a lane is warned, and refused.
const WARNED: f64 = 1e-6;

const REFUSED: f64 = 1e-3;

/// Why the semi-analytic estimator has no figure for a lane that is counted.
pub(crate) fn unforeseen(lane: &Lane) -> Option<String> {
    let plans = [
        Some(&lane.plan),
        lane.ahead.as_ref().map(|s| &s.plan),
        lane.behind.as_ref().map(|s| &s.plan),
    ];
    plans.into_iter().flatten().filter_map(Plan::clocking).find_map(moving)
}

fn moving(clocking: &Clocking) -> Option<String> {
    let what = if clocking.recovery.is_some() {
        "the sampling phase follows a recovered clock"
    } else if clocking.sinusoid.is_some() {
        "the sampling phase moves with the jitter"
    } else if clocking.wander() > MOST_WANDER {
        "the baseline wanders behind the AC coupling"
    } else {
        return None;
    };
    Some(format!("{what}, which the semi-analytic estimator does not know"))
}

/// Holds the response's memory against the guard: a warning, if any.
///
/// # Errors
///
/// A guard so short that blocks are not parts of one sequence.
pub(crate) fn guarded(
    lane: &Lane,
    trained: &Trained,
    around: [Option<&Trained>; 2],
) -> Result<Option<String>, Refusal> {
    let electrical = [&lane.ahead, &lane.behind]
        .into_iter()
        .zip(around)
        .filter_map(|(part, trained)| Some((&part.as_ref()?.plan, trained?)));
    let all = electrical.chain([(&lane.plan, trained)]);
    let beyond = all.map(|(plan, trained)| plan.energy_beyond_guard(trained)).fold(0.0, f64::max);
    let guard = lane.config.simulation.guard_symbols;
    let said = || {
        format!(
            "{beyond:.1e} of the response's energy lies beyond simulation.guard_symbols = {guard}: more symbols are needed"
        )
    };
    if beyond > REFUSED {
        return Err(Refusal { because: said() });
    }
    Ok((beyond > WARNED).then(|| format!("lane {}: {}", lane.number, said())))
}
