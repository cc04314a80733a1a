//! Temperature of a ring in the light that it absorbs: the states in which both agree.

use crate::math::monotone::Monotone;

/// Points of the detuning between two of which the heating is interpolated, on each side, and the
/// farthest, in widths of the resonance.
const POINTS: usize = 64;
const WIDTHS_MAX: f64 = 200.0;
/// Distance below which two detunings are the same, and that of a slope, pm.
const SAME_PM: f64 = 0.001;
/// Halvings of an interval: of 1e6 pm to 1e-9.
const HALVINGS: usize = 50;

/// Detunings about a resonance of `width_pm`, dense within it: a quarter width times sinh.
pub(super) fn detunings_pm(width_pm: f64) -> Vec<f64> {
    let last = (4.0 * WIDTHS_MAX).asinh();
    let at = |i: usize| (i as f64 / POINTS as f64 - 1.0) * last;
    (0..=2 * POINTS).map(|i| 0.25 * width_pm * at(i).sinh()).collect()
}

/// Thermal state of a ring whose heater was locked with the light on.
///
/// ```text
/// d = c - H(d),   c = d_lock + H(d_lock) - e
/// ```
///
/// d is the detuning with heating, H the shift of the resonance by the absorbed power at this
/// detuning, e a shift of the resonance since the lock, c the detuning of a ring without light: the
/// heater makes up for the heating at the lock, and for nothing later. The temperature follows
/// `tau dH/dt = H(d) - H`, so the detuning moves as `c - H(d) - d` says, and a state is stable
/// where that falls. Of several stable states the ring is in the one to which it moves from the
/// lock.
#[derive(Clone, Debug, PartialEq)]
pub struct ThermalState {
    /// Laser's wavelength less that of the heated resonance without drive, pm.
    pub detuning_pm: f64,
    /// Shift of the resonance by the absorbed light, pm.
    pub heating_pm: f64,
    /// True if the ring would stay at the detuning of the lock without a later shift.
    pub holds_lock: bool,
    /// Other detunings at which it is stable with the same heater, pm: bistability.
    pub others_pm: Vec<f64>,
    /// The detuning to which a ring comes back after the light was interrupted, pm.
    pub after_interruption_pm: f64,
}

impl ThermalState {
    /// The state after a lock at `lock_pm` and a later shift of the resonance by `shift_pm`;
    /// `heating` is the shift by the absorbed light over the detuning, pm, from
    /// [`detunings_pm`].
    pub(super) fn of(heating: &Monotone, lock_pm: f64, shift_pm: f64) -> ThermalState {
        let cold_pm = lock_pm + heating.at(lock_pm) - shift_pm;
        // below zero where the detuning grows
        let excess = |pm: f64| pm + heating.at(pm) - cold_pm;
        let stable = stable_states(heating, &excess);
        let holds_lock = {
            let step = SAME_PM;
            heating.at(lock_pm + step) - heating.at(lock_pm - step) > -2.0 * step
        };
        let from_lock = if shift_pm == 0.0 && holds_lock {
            Some(lock_pm)
        } else if shift_pm > 0.0 {
            stable.iter().rev().copied().find(|&pm| pm <= lock_pm)
        } else {
            stable.iter().copied().find(|&pm| pm >= lock_pm)
        };
        let last = stable.last().copied().unwrap_or(cold_pm);
        let detuning_pm = from_lock.unwrap_or(last);
        let others = stable.iter().copied().filter(|pm| (pm - detuning_pm).abs() > SAME_PM);
        ThermalState {
            detuning_pm,
            heating_pm: heating.at(detuning_pm),
            holds_lock,
            others_pm: others.collect(),
            after_interruption_pm: last,
        }
    }
}

/// Where the excess rises through zero, in rising order.
fn stable_states(heating: &Monotone, excess: &impl Fn(f64) -> f64) -> Vec<f64> {
    let (first, last) = (heating.first(), heating.last());
    // beyond its ends the heating stays
    let far = excess(first).abs() + excess(last).abs() + 1.0;
    let width_pm = 4.0 * last / (4.0 * WIDTHS_MAX).asinh().sinh();
    let mut points = vec![first - far];
    // four to a point of the table: its cubics may turn between two
    for pair in detunings_pm(width_pm).windows(2) {
        points.extend((0..4).map(|i| pair[0] + (pair[1] - pair[0]) * f64::from(i) / 4.0));
    }
    points.extend([last, last + far]);
    let rising = points.windows(2).filter(|pair| excess(pair[0]) < 0.0 && excess(pair[1]) >= 0.0);
    rising
        .map(|pair| {
            let (mut low, mut high) = (pair[0], pair[1]);
            for _ in 0..HALVINGS {
                let middle = 0.5 * (low + high);
                if excess(middle) < 0.0 { low = middle } else { high = middle }
            }
            0.5 * (low + high)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Lorentzian of heating: `peak_pm` on resonance, 300 pm wide.
    fn lorentzian(peak_pm: f64) -> Monotone {
        let at = detunings_pm(300.0);
        let heating = at.iter().map(|pm| peak_pm / (1.0 + (pm / 150.0).powi(2))).collect();
        Monotone::new(at, heating)
    }

    /// A cubic in the detuning: three real solutions, hence bistability, are possible from a peak
    /// of 8 / (3 sqrt 3) half widths on, 1.5396 x 150 pm = 230.9 pm.
    #[test]
    fn a_ring_is_bistable_from_the_closed_forms_heating_on() {
        let bistable = |peak_pm: f64| {
            let heating = lorentzian(peak_pm);
            // by the cold detuning, over the whole range of folds
            (0..4000).any(|i| {
                let lock_pm = -400.0 + 0.2 * f64::from(i);
                !ThermalState::of(&heating, lock_pm, 0.0).others_pm.is_empty()
            })
        };
        assert!(!bistable(0.97 * 230.94) && bistable(1.03 * 230.94));
    }

    /// The state agrees with its own heating; the blue side holds any lock, and a shift moves it
    /// less than by itself; the red side moves it by more.
    #[test]
    fn heating_stiffens_the_blue_side_and_softens_the_red_one() {
        let heating = lorentzian(200.0);
        for (lock_pm, shift_pm) in [(-130.0, 10.0), (-130.0, -10.0), (130.0, 5.0), (130.0, -5.0)] {
            let state = ThermalState::of(&heating, lock_pm, shift_pm);
            assert!(state.holds_lock && state.others_pm.is_empty());
            let cold_pm = lock_pm + heating.at(lock_pm) - shift_pm;
            assert!((state.detuning_pm + state.heating_pm - cold_pm).abs() < 1e-4);
            let moved = (lock_pm - state.detuning_pm) / shift_pm;
            assert!(moved > 0.0 && (moved < 1.0) == (lock_pm < 0.0), "{lock_pm}: {moved}");
        }
        assert_eq!(ThermalState::of(&heating, -130.0, 0.0).detuning_pm, -130.0);
    }

    /// Strong heating: the blue lock has a second, cold state, to which the ring comes back after
    /// an interruption; a lock on the red flank does not hold; a shift to the blue beyond the fold
    /// leaves the branch.
    #[test]
    fn a_strongly_heated_ring_has_two_states() {
        let heating = lorentzian(800.0);
        let blue = ThermalState::of(&heating, -60.0, 0.0);
        assert!(blue.holds_lock && blue.detuning_pm == -60.0);
        assert_eq!(blue.others_pm.len(), 1);
        assert!(blue.after_interruption_pm > 500.0, "{blue:?}");
        assert_eq!(blue.others_pm[0], blue.after_interruption_pm);
        let red = ThermalState::of(&heating, 60.0, 0.0);
        assert!(!red.holds_lock && red.detuning_pm > 100.0, "{red:?}");
        let lost = ThermalState::of(&heating, -60.0, -500.0);
        assert!(lost.detuning_pm > 1000.0 && lost.others_pm.is_empty(), "{lost:?}");
    }
}
