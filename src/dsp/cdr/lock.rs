//! Lock and cycle slips of a clock.

/// Mean square error of unlocking over that of locking.
const HYSTERESIS: f64 = 2.0;
/// Phase difference from which a slip counts, UI. Above 0.5, so that noise at the border counts
/// once.
const SLIPPED_UI: f64 = 0.75;

/// Lock detector on phase errors.
///
/// ```text
/// m[n+1] = m[n] + (e[n]^2 - m[n]) / memory;    locks when m < limit^2, unlocks when m > 2 limit^2
/// ```
///
/// A free-running clock has the mean square 1/12 UI^2 (0.29 UI rms); the average starts there,
/// unlocked.
///
/// ```
/// let mut lock = lightlane::dsp::cdr::LockDetector::new(1000.0, 0.1);
/// assert!(!lock.push(0.01));
/// assert!((0..3000).map(|_| lock.push(0.01)).last() == Some(true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LockDetector {
    rate: f64,
    limit: f64,
    mean_square: f64,
    locked: bool,
}

impl LockDetector {
    /// A detector that averages over `memory` symbols and locks below an error of `limit_ui` rms.
    ///
    /// # Panics
    ///
    /// If the memory is below 1 symbol, or the limit is not above 0 and below 0.2 UI, twice which a
    /// free-running clock would pass.
    #[must_use]
    pub fn new(memory: f64, limit_ui: f64) -> Self {
        assert!(memory >= 1.0, "a memory of {memory} symbols: must be from 1");
        assert!(
            limit_ui > 0.0 && limit_ui < 0.2,
            "a limit of {limit_ui} UI: must be above 0 and below 0.2"
        );
        Self {
            rate: 1.0 / memory,
            limit: limit_ui * limit_ui,
            mean_square: 1.0 / 12.0,
            locked: false,
        }
    }

    /// The same state, averaging over another number of symbols from now on.
    ///
    /// # Panics
    ///
    /// If the memory is below 1 symbol.
    #[must_use]
    pub fn remembering(self, memory: f64) -> Self {
        assert!(memory >= 1.0, "a memory of {memory} symbols: must be from 1");
        Self { rate: 1.0 / memory, ..self }
    }

    /// Takes a phase error, UI; returns true if the loop is locked.
    #[inline(always)]
    pub fn push(&mut self, error_ui: f64) -> bool {
        self.mean_square += self.rate * (error_ui * error_ui - self.mean_square);
        self.locked =
            self.mean_square < if self.locked { HYSTERESIS * self.limit } else { self.limit };
        self.locked
    }

    /// True if locked.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.locked
    }

    /// Averaged error, UI rms.
    #[must_use]
    pub fn error_rms_ui(&self) -> f64 {
        self.mean_square.sqrt()
    }
}

/// Counts cycle slips: whole symbols by which a phase leaves its reference.
///
/// ```
/// let mut slips = lightlane::dsp::cdr::Slips::new();
/// [0.1, 0.6, 0.4, 0.8, 1.1, 1.9].map(|phase| slips.push(phase));
/// assert_eq!((slips.forward(), slips.backward(), slips.offset()), (2, 0, 2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slips {
    offset: i64,
    forward: u64,
    backward: u64,
}

impl Slips {
    /// A counter without slips.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the phase less its reference, UI, unwrapped; returns how many symbols it slipped,
    /// above 0 when samples come later.
    #[inline(always)]
    pub fn push(&mut self, difference_ui: f64) -> i64 {
        if (difference_ui - self.offset as f64).abs() <= SLIPPED_UI {
            return 0;
        }
        let slipped = difference_ui.round() as i64 - self.offset;
        self.offset += slipped;
        if slipped > 0 {
            self.forward += slipped as u64;
        } else {
            self.backward += slipped.unsigned_abs();
        }
        slipped
    }

    /// Symbols slipped towards later sampling.
    #[must_use]
    pub fn forward(&self) -> u64 {
        self.forward
    }

    /// Symbols slipped towards earlier sampling.
    #[must_use]
    pub fn backward(&self) -> u64 {
        self.backward
    }

    /// Present offset of the phase from its reference, whole UI.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::cdr::clock_loop::{ClockLoop, LoopGains};
    use crate::seed::Seed;

    /// A first-order loop with a wrapped error e cannot follow more than kp / 2 UI per symbol:
    /// de/dt = f - kp e from -1/2 to 1/2 takes ln((f + kp/2) / (f - kp/2)) / kp symbols. Ten
    /// thousand steps a period: 1e-3 of it.
    #[test]
    fn beyond_its_range_a_loop_slips_as_often_as_the_closed_form_says() {
        let kp = 1e-4;
        for offset in [0.6 * kp, 1.0 * kp, 3.0 * kp] {
            let period = f64::ln((offset + 0.5 * kp) / (offset - 0.5 * kp)) / kp;
            let symbols = (50.0 * period) as u64;
            let mut clock = ClockLoop::new(LoopGains { proportional: kp, integral: 0.0 });
            let (mut slips, mut lock) = (Slips::new(), LockDetector::new(200.0, 0.1));
            let mut locked = 0u64;
            for n in 0..symbols {
                let difference = offset * n as f64 - clock.phase_ui();
                clock.push(difference - difference.round());
                slips.push(-difference);
                locked += u64::from(lock.push(difference - difference.round()));
            }
            assert!(
                (slips.backward() as f64 - 50.0).abs() <= 1.5,
                "{offset}: {} slips in 50 periods",
                slips.backward()
            );
            assert_eq!(slips.forward(), 0);
            // now and then it passes the right phase, but does not stay
            assert!((locked as f64) < 0.35 * symbols as f64);
        }
        let mut clock = ClockLoop::new(LoopGains { proportional: kp, integral: 0.0 });
        let mut slips = Slips::new();
        for n in 0..200_000 {
            let difference = 0.45 * kp * f64::from(n) - clock.phase_ui();
            clock.push(difference - difference.round());
            slips.push(-difference);
        }
        assert_eq!(slips, Slips::new(), "within its range it holds");
    }

    #[test]
    fn a_phase_that_trembles_at_the_border_slips_once() {
        let mut rng = Seed::new(1).named("slips").rng();
        let mut slips = Slips::new();
        for n in 0..10_000 {
            slips.push(1e-4 * f64::from(n) + 0.1 * (rng.uniform() - 0.5));
        }
        assert_eq!((slips.forward(), slips.backward(), slips.offset()), (1, 0, 1));
        assert_eq!(slips.push(-3.0), -4);
        assert_eq!((slips.backward(), slips.offset()), (4, -3));
    }

    /// Uniform errors have 0.289 UI rms; 1000 symbols know their mean square to 3 %.
    #[test]
    fn small_errors_lock_and_a_free_clock_does_not() {
        let mut rng = Seed::new(1).named("lock").rng();
        let mut lock = LockDetector::new(1000.0, 0.15);
        for _ in 0..20_000 {
            assert!(!lock.push(rng.uniform() - 0.5));
        }
        assert!((lock.error_rms_ui() - 0.289).abs() < 0.03);
        (0..10_000).for_each(|_| {
            lock.push(0.05 * rng.normal());
        });
        assert!(lock.locked() && (lock.error_rms_ui() - 0.05).abs() < 0.005);
        (0..10_000).for_each(|_| {
            lock.push(rng.uniform() - 0.5);
        });
        assert!(!lock.locked());
    }
}
