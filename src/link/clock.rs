//! What is said of a lane's clock, and what stream mode asks of a lane.

use super::lane::Lane;
use crate::chain::{ClockReading, Clocking, Plan, Refusal, Trained};
use crate::units::{giga, mega, micro};
use serde::Serialize;

/// What a lane's clock did, from the first scored symbol to the last; empty in periodic mode, and
/// what only a recovered clock has for an ideal one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ClockResult {
    /// Whether it stayed locked; without a lock nothing is counted.
    pub locked: Option<bool>,
    /// Sampling phase against the transmitter's, UI rms, less whole slips.
    pub phase_error_rms_ui: Option<f64>,
    /// Mean frequency offset that the loop found, ppm.
    pub offset_ppm: Option<f64>,
    /// Symbols lost, by sampling a whole one later.
    pub slips_forward: Option<u64>,
    /// Symbols taken twice.
    pub slips_backward: Option<u64>,
    /// Bandwidth of the jitter transfer with the detector's slope in the noise and jitter that are
    /// there, MHz.
    pub bandwidth_mhz: Option<f64>,
}

impl ClockResult {
    pub(super) fn of(reading: &ClockReading, symbol_rate_gbd: f64) -> Self {
        ClockResult {
            locked: reading.locked,
            phase_error_rms_ui: Some(reading.phase_error_rms_ui),
            offset_ppm: reading.drift.map(|drift| drift / micro(1.0)),
            slips_forward: Some(reading.slips_forward),
            slips_backward: Some(reading.slips_backward),
            bandwidth_mhz: reading
                .bandwidth
                .map(|bandwidth| bandwidth * giga(symbol_rate_gbd) / mega(1.0)),
        }
    }
}

/// Variance of a wandering baseline, over the signal's, that the semi-analytic estimator may leave
/// out: 0.01 dB at 23 dB.
const MOST_WANDER: f64 = 1e-5;
/// Energy of the response beyond the guard above which a lane is warned, and refused.
const WARNED: f64 = 1e-6;
const REFUSED: f64 = 1e-3;

/// Why the semi-analytic estimator has no figure for a lane that is counted.
pub(super) fn unforeseen(lane: &Lane) -> Option<String> {
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
pub(super) fn guarded(
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
