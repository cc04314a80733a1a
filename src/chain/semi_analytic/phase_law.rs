//! Law of the sampling phase of a receiver whose phase moves, and averages over it.
//!
//! ```text
//! phase = A sin(u) + s g,    g normal, u uniform
//! A = amplitude |1 - H(f)|,    s^2 = S B,    B = integral of |H|^2 df
//! ```
//!
//! H is the jitter transfer of the loop at the slope of its detector, S the density of the
//! detector's noise at low frequencies (a loop is slow against it). Without a loop H is 0. The sine
//! has 16 Chebyshev phases, the Gaussian 9 nodes of Gauss-Hermite; the logarithm of an error ratio
//! is a polynomial through 9 Chebyshev points that reach as far as these nodes.
//!
//! # Limits
//!
//! The phase moves slowly against the filters' memory. The detector's curve is straight; a sign's
//! slope falls with the rms of the phase, as a Gaussian of that rms makes it.

use crate::chain::build::timing::Timing;
use crate::chain::describe::clocking::{Clocking, Recovery};
use crate::math::chebyshev::{points, through};
use std::f64::consts::PI;

/// Sampling phases at which errors are predicted.
pub(crate) const PHASES: usize = 9;
/// The one in the middle.
pub(crate) const MIDDLE: usize = PHASES / 2;
/// Phases of the sine.
const SINES: usize = 16;
/// Positive nodes of nine points for a normal number, and their weights; 0 has the rest
/// (Gauss-Hermite).
const HERMITE: [(f64, f64); 4] = [
    (1.023_255_663_789_132_5, 2.440_975_028_949_394e-1),
    (2.076_847_978_677_83, 4.991_640_676_521_788e-2),
    (3.205_429_002_856_47, 2.789_141_321_231_77e-3),
    (4.512_745_863_399_783, 2.234_584_400_774_658_4e-5),
];
/// Reach below which a phase stands still, UI.
const STILL_UI: f64 = 1e-4;
/// Largest phase at which errors are predicted, UI: half way to the next symbol.
const FARTHEST_UI: f64 = 0.5;
/// Steps for the slope of a sign and the phase's rms, each of which depends on the other.
const STEPS: usize = 40;

/// A phase around the trained one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PhaseLaw {
    /// Amplitude of its sine, UI.
    amplitude_ui: f64,
    /// Root mean square of its Gaussian part, UI.
    sigma_ui: f64,
}

impl PhaseLaw {
    /// Of a receiver's clocking with the curve of its timing detector; `None` where the phase
    /// stands still.
    pub(crate) fn of(clocking: &Clocking, timing: Option<&Timing>) -> Option<PhaseLaw> {
        let law = match clocking.recovery.zip(timing) {
            Some((recovery, timing)) => Self::tracked(clocking, &recovery, timing),
            None => PhaseLaw {
                amplitude_ui: clocking.sinusoid.map_or(0.0, |sinusoid| sinusoid.amplitude_ui),
                sigma_ui: 0.0,
            },
        };
        (law.reach_ui() > STILL_UI).then_some(law)
    }

    fn tracked(clocking: &Clocking, recovery: &Recovery, timing: &Timing) -> PhaseLaw {
        let at_slope = |slope: f64, density_ui2: f64| {
            let gains = recovery.gains.with_slope(slope);
            let left = |frequency: f64| 1.0 / gains.jitter_tolerance_ui(frequency, 1.0);
            PhaseLaw {
                amplitude_ui: clocking
                    .sinusoid
                    .map_or(0.0, |sinusoid| sinusoid.amplitude_ui * left(sinusoid.frequency)),
                sigma_ui: (density_ui2 / (slope * slope) * gains.noise_bandwidth()).sqrt(),
            }
        };
        if !recovery.bang_bang {
            return at_slope(timing.noisy, timing.density_ui2);
        }
        let mut law = at_slope(1.0, timing.sign_density_ui2);
        for _ in 0..STEPS {
            let slope = timing.sigma_ui / timing.sigma_ui.hypot(law.rms_ui());
            law = at_slope(slope, timing.sign_density_ui2);
        }
        law
    }

    /// Its rms, UI.
    pub(crate) fn rms_ui(&self) -> f64 {
        self.sigma_ui.hypot(self.amplitude_ui / 2f64.sqrt())
    }

    fn reach_ui(&self) -> f64 {
        (self.amplitude_ui + HERMITE[3].0 * self.sigma_ui).min(FARTHEST_UI)
    }

    /// The phases at which errors are predicted, UI, early to late; the middle one is 0.
    pub(crate) fn phases_ui(&self) -> [f64; PHASES] {
        points::<PHASES>().map(|x| self.reach_ui() * x)
    }

    /// Nodes of the law between -1 and 1 of its reach, with their weights.
    fn nodes(&self) -> impl Iterator<Item = (f64, f64)> {
        let reach = self.reach_ui();
        let (amplitude, sigma) = (self.amplitude_ui / reach, self.sigma_ui / reach);
        let rest = 1.0 - 2.0 * HERMITE.iter().map(|(_, weight)| weight).sum::<f64>();
        let normal = HERMITE.into_iter().flat_map(|(g, w)| [(g, w), (-g, w)]).chain([(0.0, rest)]);
        normal.flat_map(move |(g, weight)| {
            (0..SINES).map(move |m| {
                let sine = ((2 * m + 1) as f64 * PI / (2 * SINES) as f64).cos();
                ((amplitude * sine + sigma * g).clamp(-1.0, 1.0), weight / SINES as f64)
            })
        })
    }

    /// The mean of a ratio with these values at the phases, all above 0.
    pub(crate) fn mean(&self, ratios: &[f64; PHASES]) -> f64 {
        let logarithms = ratios.map(|ratio| ratio.max(f64::MIN_POSITIVE).ln());
        self.nodes().map(|(x, weight)| weight * through(&logarithms, x).exp()).sum()
    }

    /// Shares of the phases where sums are taken that no interpolation needs.
    pub(crate) fn shares(&self) -> [f64; PHASES] {
        let points = points::<PHASES>();
        let mut shares = [0.0; PHASES];
        for (x, weight) in self.nodes() {
            let later = points.iter().position(|&point| point >= x).unwrap_or(PHASES - 1).max(1);
            let (from, to) = (points[later - 1], points[later]);
            let part = (x - from) / (to - from);
            shares[later - 1] += weight * (1.0 - part);
            shares[later] += weight * part;
        }
        shares
    }
}

/// Bit error ratios at the phases of a law.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverPhase {
    pub(crate) law: PhaseLaw,
    pub(crate) ratios: [f64; PHASES],
}

impl OverPhase {
    /// Mean over the phase of a ratio that follows from the bit error ratio, as that of codewords
    /// does while the phase stands still; `None` where it follows from one of them only.
    pub(crate) fn mean_of(&self, ratio: impl Fn(f64) -> Option<f64>) -> Option<f64> {
        let mut at = [0.0; PHASES];
        for (at, &ber) in at.iter_mut().zip(&self.ratios) {
            *at = ratio(ber)?;
        }
        Some(self.law.mean(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::describe::clocking::Sinusoid;
    use crate::dsp::cdr::LoopGains;
    use crate::math::bessel::i0;

    /// Of exp(k phase): the Gaussian's mean is exp(k^2 s^2 / 2), the sine's is the Bessel function
    /// I0(k A). 16 phases are exact to the 31st power; nine nodes of the Gaussian to the 17th.
    #[test]
    fn means_of_an_exponential_are_those_of_the_law() {
        for (amplitude_ui, sigma_ui) in [(0.0, 0.02), (0.05, 0.0), (0.05, 0.02), (0.1, 0.005)] {
            let law = PhaseLaw { amplitude_ui, sigma_ui };
            for k in [5.0, 20.0, 40.0] {
                let ratios = law.phases_ui().map(|t| (k * t).exp());
                let expected = i0(k * amplitude_ui) * (0.5 * k * k * sigma_ui * sigma_ui).exp();
                assert!((law.mean(&ratios) / expected - 1.0).abs() < 1e-6, "{law:?} {k}");
            }
            // a parabola, its mean the variance; the logarithm of 1 + x^2 is smooth
            let ratios = law.phases_ui().map(|t| 1.0 + t * t);
            assert!((law.mean(&ratios) - 1.0 - law.rms_ui().powi(2)).abs() < 1e-6);
            let shares = law.shares();
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(shares.iter().all(|&share| share >= 0.0));
        }
    }

    /// A sixteenth power of p exp(k phase), as a codeword's ratio is of the bits': p^16 exp(128 k^2
    /// s^2), where the power of the mean has exp(8 k^2 s^2).
    #[test]
    fn codewords_are_lost_at_the_phases_where_bits_are() {
        let (k, sigma_ui, ber) = (5.0, 0.02, 1e-4f64);
        let law = PhaseLaw { amplitude_ui: 0.0, sigma_ui };
        let over = OverPhase { law, ratios: law.phases_ui().map(|t| ber * (k * t).exp()) };
        let found = over.mean_of(|ber| Some(ber.powi(16))).expect("at every phase");
        let expected = ber.powi(16) * (128.0 * (k * sigma_ui).powi(2)).exp();
        assert!((found / expected - 1.0).abs() < 1e-4, "{found:e}, {expected:e}");
        let averaged = over.law.mean(&over.ratios).powi(16);
        assert!(found > 3.0 * averaged, "{found:e}, of the mean ratio {averaged:e}");
        assert_eq!(over.mean_of(|ber| (ber < 1e-4).then_some(ber)), None);
    }

    /// A loop of first order leaves |1 - H| = x / sqrt(1 + x^2) of a sine, x = f / bandwidth, and
    /// kp / (2 - kp) of the density; without a loop the sine is left whole, without both there is
    /// no law.
    #[test]
    fn a_loop_leaves_what_its_transfer_does_not_follow() {
        let gains = LoopGains::new(1e-4, f64::INFINITY);
        let sinusoid = Some(Sinusoid { amplitude_ui: 0.05, frequency: 2e-4 });
        let timing = Timing {
            zero: 0.0,
            slope: 1.0,
            noisy: 1.0,
            sign_zero: 0.0,
            sign_slope: 1.0,
            sigma_ui: 0.1,
            density_ui2: 0.02,
            sign_density_ui2: 0.02,
        };
        let mut clocking = Clocking {
            recovery: Some(Recovery { bang_bang: false, gains }),
            sinusoid,
            ..Clocking::ideal(100)
        };
        let law = PhaseLaw::of(&clocking, Some(&timing)).expect("it moves");
        assert!((law.amplitude_ui / (0.05 * 2.0 / 5f64.sqrt()) - 1.0).abs() < 1e-3, "{law:?}");
        let kp = gains.proportional;
        assert!((law.sigma_ui.powi(2) / (0.02 * kp / (2.0 - kp)) - 1.0).abs() < 1e-6, "{law:?}");
        // a sign's slope falls: its noise weighs more, and the loop is narrower
        clocking.recovery = Some(Recovery { bang_bang: true, gains });
        let sign = PhaseLaw::of(&clocking, Some(&timing)).expect("it moves");
        let slope = 0.1 / 0.1f64.hypot(sign.rms_ui());
        let expected = 0.02 / slope.powi(2) * gains.with_slope(slope).noise_bandwidth();
        assert!(slope < 0.96 && (sign.sigma_ui.powi(2) / expected - 1.0).abs() < 1e-6);
        clocking.recovery = None;
        let free = PhaseLaw::of(&clocking, None).expect("it moves");
        assert_eq!((free.amplitude_ui, free.sigma_ui), (0.05, 0.0));
        clocking.sinusoid = None;
        assert_eq!(PhaseLaw::of(&clocking, None), None);
    }
}
