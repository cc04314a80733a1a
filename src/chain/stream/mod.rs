//! Stream mode: one endless sequence in blocks that overlap, and a receiver whose state is handed
//! from block to block.
//!
//! Block b of a plan of N + 2 G symbols holds the symbols [b N - G, b N + N + G) of the sequence,
//! runs periodically, and its outer G on each side, where the ends meet, are thrown away
//! (overlap-save). The receiver takes its samples one after the other at a phase that moves.
//!
//! # Limits
//!
//! Neighbouring blocks draw their noise independently, in their guards too. Every scored sample has
//! the exact law, only the correlation of noise across a seam is lost: as many symbols of each
//! block as the receiver's noise remembers. The laser's phase is a bridge in each block. Phases of
//! transmitter and receiver move slowly against the memory of the filters: what moves is the
//! instant of sampling, not the waveform.

mod lane;
mod receiver;
mod timing;

pub(super) use lane::Stream;
pub use timing::Timing;

use super::{Plan, Trained};
use crate::dsp::cdr::LoopGains;
use crate::math::fft;
use num_complex::{Complex32, Complex64};

/// How a receiver finds its phase, and how the transmitter's moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clocking {
    /// Symbols on each side of a block that are thrown away.
    pub guard: usize,
    /// The loop; without one the receiver samples at the trained phase of the transmitter's mean
    /// clock.
    pub recovery: Option<Recovery>,
    /// Frequency offset of the receiver's clock, UI per symbol; above 0 it is fast.
    pub offset: f64,
    /// Sinusoidal jitter of the transmitter.
    pub sinusoid: Option<Sinusoid>,
    /// Corner of the AC coupling ahead of the converter, in symbol rates; 0 is none.
    pub ac_corner: f64,
}

/// A loop and what drives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// True when only the sign of the timing error is used.
    pub bang_bang: bool,
    /// The loop, for a detector of slope 1.
    pub gains: LoopGains,
}

/// Sinusoidal jitter: `amplitude_ui sin(2 pi frequency n)` from the first scored symbol, n = 0, on:
/// the clock has locked by then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sinusoid {
    /// Half of it peak to peak, UI.
    pub amplitude_ui: f64,
    /// In symbol rates.
    pub frequency: f64,
}

/// What a receiver's clock did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClockReading {
    /// Whether it was locked from the first scored symbol to the last; nothing of an ideal clock.
    pub locked: Option<bool>,
    /// Sampling phase against the transmitter's, UI rms, of whole slips freed.
    pub phase_error_rms_ui: f64,
    /// Frequency offset that the loop held on average, UI per symbol.
    pub drift: Option<f64>,
    /// Slips towards later sampling: a symbol is lost.
    pub slips_forward: u64,
    /// Slips towards earlier sampling: a symbol comes twice.
    pub slips_backward: u64,
    /// Phase of the loop over the transmitter's sinusoidal jitter, as it was: over whole periods,
    /// with the noise there is.
    pub jitter_transfer: Option<Complex64>,
    /// Bandwidth of the loop with the detector as it is behind noise and jitter, in symbol rates.
    pub bandwidth: Option<f64>,
}

/// Bandwidth of the acquiring loop over that of the loop, and its damping.
const ACQUISITION: (f64, f64) = (4.0, 1.0);
/// Widest acquiring loop, in symbol rates.
const WIDEST: f64 = 0.02;
/// Time constants of the acquiring loop before it becomes the loop.
const ACQUIRING: f64 = 24.0;
/// Time constants of the loop, and of the AC coupling, before the first scored symbol.
const SETTLING: f64 = 6.0;
/// Most symbols for the AC coupling to settle: what takes longer hardly wanders.
const MOST_SETTLING: f64 = 65_536.0;

impl Clocking {
    /// Blocks as in periodic mode, with an ideal clock.
    pub fn ideal(guard: usize) -> Self {
        Clocking { guard, recovery: None, offset: 0.0, sinusoid: None, ac_corner: 0.0 }
    }

    /// True when the sampling phase moves: the semi-analytic estimator knows one phase only.
    pub fn moves(&self) -> bool {
        self.recovery.is_some() || self.sinusoid.is_some()
    }

    /// Variance of the baseline over that of independent symbols: `pi f T`, the noise bandwidth of
    /// a pole.
    pub fn wander(&self) -> f64 {
        std::f64::consts::PI * self.ac_corner
    }

    /// Symbols of the acquiring loop, and of all before the first scored one.
    fn warm_up(&self) -> (u64, u64) {
        let settle = if self.ac_corner > 0.0 {
            (SETTLING / (std::f64::consts::TAU * self.ac_corner)).min(MOST_SETTLING)
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
    fn acquiring(&self) -> LoopGains {
        let (wider, damping) = ACQUISITION;
        LoopGains::new((wider * self.gains.bandwidth()).min(WIDEST), damping)
    }
}

impl Plan {
    /// The same chain for stream mode.
    pub fn clocked(mut self, clocking: Clocking) -> Plan {
        self.set_clocking(clocking);
        self
    }

    /// Stream mode with another clock; the guard stays, for the grid is made for it.
    pub fn set_clocking(&mut self, clocking: Clocking) {
        assert!(
            self.clocking.is_none_or(|now| now.guard == clocking.guard),
            "the guard is a part of the grid"
        );
        assert!(
            self.grid.symbols > 2 * clocking.guard,
            "guards of {} in blocks of {}",
            clocking.guard,
            self.grid.symbols
        );
        self.clocking = Some(clocking);
    }

    /// How its receiver finds its phase; nothing in periodic mode.
    pub fn clocking(&self) -> Option<&Clocking> {
        self.clocking.as_ref()
    }

    /// True when the sampling phase moves.
    pub fn clock_moves(&self) -> bool {
        self.clocking.is_some_and(|clocking| clocking.moves())
    }

    /// Part of the energy of the impulse response, from the symbols to the sampler, that lies
    /// outside of what a guard covers: it comes from the wrong end of the block.
    ///
    /// Of the fused responses; what maps do between them is memoryless.
    pub fn energy_beyond_guard(&self, trained: &Trained) -> f64 {
        let Some(clocking) = self.clocking else { return 0.0 };
        let mut response = trained.response.clone();
        let sections = &self.sections[..self.sections.len() - 1];
        for section in sections.iter().filter(|section| section.flat.is_none()) {
            let unit = 1.0 / section.response[0].norm().max(f32::MIN_POSITIVE);
            response.iter_mut().zip(&section.response).for_each(|(r, h)| *r *= h * unit);
        }
        let mut circular = vec![0f32; self.grid.samples()];
        let mut scratch = vec![Complex32::default(); self.transforms.scratch()];
        self.transforms.samples.inverse(&mut response, &mut circular, &mut scratch);
        debug_assert_eq!(response.len(), fft::bins(circular.len()));
        // the receiver reads on into the trailing guard until the equaliser has all it needs
        let ahead = receiver::latency(trained, self.sampler.samples_per_symbol) as usize;
        let covered =
            clocking.guard.saturating_sub(ahead + receiver::SLACK) * self.grid.samples_per_symbol;
        let energy = |samples: &[f32]| samples.iter().map(|&h| f64::from(h).powi(2)).sum::<f64>();
        energy(&circular[covered..circular.len() - covered])
            / energy(&circular).max(f64::MIN_POSITIVE)
    }
}

/// Sine of the transmitter's jitter at symbol `n`, and the turn from symbol to symbol.
fn sinusoid_at(sinusoid: Sinusoid, n: i64) -> [(f64, f64); 2] {
    let turn = std::f64::consts::TAU * sinusoid.frequency;
    // whole periods are taken off first, so that absolute time costs no digits
    let angle = std::f64::consts::TAU * (sinusoid.frequency * n as f64).fract();
    [angle.sin_cos(), turn.sin_cos()]
}

/// Inputs of a bang-bang loop see a Gaussian of the noise and of the loop's own error: its slope
/// shrinks as their root.
fn dithered(sigma_ui: f64, phase_error_ui: f64) -> f64 {
    sigma_ui / sigma_ui.hypot(phase_error_ui)
}
