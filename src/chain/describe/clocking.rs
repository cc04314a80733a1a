//! Clocking of a receiver in stream mode.

use crate::dsp::cdr::LoopGains;

/// Clock recovery of the receiver, and phase of the transmitter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clocking {
    /// Discarded symbols on each side of a block.
    pub guard: usize,
    /// The loop; without one the receiver samples at the trained phase relative to the
    /// transmitter's mean clock.
    pub recovery: Option<Recovery>,
    /// Frequency offset of the receiver's clock, UI per symbol; above 0 it is fast.
    pub offset: f64,
    /// Sinusoidal jitter of the transmitter.
    pub sinusoid: Option<Sinusoid>,
    /// Corner of the AC coupling before the converter, in symbol rates; 0 is none.
    pub ac_corner: f64,
}

/// A loop and its timing detector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// True when only the sign of the timing error is used.
    pub bang_bang: bool,
    /// The loop, for a detector of slope 1.
    pub gains: LoopGains,
}

/// Sinusoidal jitter: `amplitude_ui sin(2 pi frequency n)` from the first scored symbol, n = 0,
/// when the clock has locked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sinusoid {
    /// Amplitude, half of peak to peak, UI.
    pub amplitude_ui: f64,
    /// Frequency, symbol rates.
    pub frequency: f64,
}

/// Bandwidth of the acquiring loop over that of the loop, and its damping.
const ACQUISITION: (f64, f64) = (4.0, 1.0);

/// Widest acquiring loop, in symbol rates.
const WIDEST: f64 = 0.02;

/// Time constants of the acquiring loop before it becomes the loop.
const ACQUIRING: f64 = 24.0;

/// Time constants of the loop, and of the AC coupling, before the first scored symbol.
const SETTLING: f64 = 6.0;

/// Largest number of symbols for the AC coupling to settle; slower coupling causes hardly any
/// wander.
const SETTLING_MAX: f64 = 65_536.0;

impl Clocking {
    /// Ideal clock, as in periodic mode.
    pub fn ideal(guard: usize) -> Self {
        Clocking { guard, recovery: None, offset: 0.0, sinusoid: None, ac_corner: 0.0 }
    }

    /// True when the sampling phase moves.
    pub fn moves(&self) -> bool {
        self.recovery.is_some() || self.sinusoid.is_some()
    }

    /// Variance of the baseline over that of independent symbols: `pi f T`, the noise bandwidth of
    /// a pole.
    pub fn wander(&self) -> f64 {
        std::f64::consts::PI * self.ac_corner
    }

    /// Symbols of the acquiring loop, and of all before the first scored one.
    pub(crate) fn warm_up(&self) -> (u64, u64) {
        let settle = if self.ac_corner > 0.0 {
            (SETTLING / (std::f64::consts::TAU * self.ac_corner)).min(SETTLING_MAX)
        } else {
            0.0
        };
        let Some(recovery) = self.recovery else { return (0, settle as u64) };
        let acquire = ACQUIRING / recovery.acquiring().proportional;
        let follow = SETTLING / recovery.gains.proportional;
        (acquire as u64, (acquire + follow).max(settle) as u64)
    }
}

impl Recovery {
    /// The wider loop that finds phase and frequency first.
    pub(crate) fn acquiring(&self) -> LoopGains {
        let (wider, damping) = ACQUISITION;
        LoopGains::new((wider * self.gains.bandwidth()).min(WIDEST), damping)
    }
}
