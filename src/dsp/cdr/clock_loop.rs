//! Second-order phase loop.

use num_complex::Complex64;
use std::f64::consts::TAU;

/// Halvings after which a bracket is as narrow as f64 lets it be.
const HALVINGS: usize = 100;

/// Proportional and integral gain of a loop, and its closed-form responses.
///
/// ```text
/// f[n+1] = f[n] + ki e[n],    p[n+1] = p[n] + kp e[n] + f[n+1]
/// H(z) = (kp (z - 1) + ki z) / ((z - 1)^2 + kp (z - 1) + ki z),    z = exp(2 pi i f)
/// ```
///
/// H is the jitter transfer: phase of the loop over phase of the data.
///
/// # Limits
///
/// The detector's slope is 1 and it responds within the symbol; a later response peaks more.
///
/// # Reference
///
/// F. M. Gardner, *Phaselock Techniques*, 3rd ed., Wiley 2005, second-order loops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoopGains {
    /// kp, UI per UI of error.
    pub proportional: f64,
    /// ki, UI per symbol per UI of error.
    pub integral: f64,
}

impl LoopGains {
    /// Gains for a jitter transfer that falls to 1/sqrt(2) at `bandwidth`, in units of the symbol
    /// rate.
    ///
    /// ```text
    /// ki = (kp / (2 damping))^2;    damping infinite: a loop of first order
    /// ```
    ///
    /// # Panics
    ///
    /// If the bandwidth is not above 0 and up to 0.05, or the damping is below 0.1.
    #[must_use]
    pub fn new(bandwidth: f64, damping: f64) -> Self {
        assert!(
            bandwidth > 0.0 && bandwidth <= 0.05,
            "a loop bandwidth of {bandwidth} symbol rates: must be above 0 and up to 0.05"
        );
        assert!(damping >= 0.1, "a damping of {damping}: must be from 0.1");
        let gains = |proportional: f64| Self {
            proportional,
            integral: (proportional / (2.0 * damping)).powi(2),
        };
        // the widest of all loops of a gain is the underdamped one, the narrowest has the gain
        // itself
        let (mut low, mut high) = (0.0, TAU * bandwidth);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if gains(middle).jitter_transfer(bandwidth).norm_sqr() < 0.5 {
                low = middle;
            } else {
                high = middle;
            }
        }
        gains(high)
    }

    /// Phase of the loop over a sinusoidal phase of the data, frequency in units of the symbol
    /// rate.
    #[must_use]
    pub fn jitter_transfer(&self, frequency: f64) -> Complex64 {
        let z = Complex64::cis(TAU * frequency);
        let open = self.proportional * (z - 1.0) + self.integral * z;
        open / ((z - 1.0) * (z - 1.0) + open)
    }

    /// The same loop after a detector of slope `slope` instead of 1.
    #[must_use]
    pub fn with_slope(&self, slope: f64) -> Self {
        Self { proportional: slope * self.proportional, integral: slope * self.integral }
    }

    /// Frequency from which on the jitter transfer stays below 1/sqrt(2), in units of the symbol
    /// rate.
    #[must_use]
    pub fn bandwidth(&self) -> f64 {
        // an underdamped loop is at most three times as wide as one of its proportional gain, or of
        // its natural frequency
        let widest = (3.0 * (self.proportional + self.integral.sqrt()) / TAU).min(0.5);
        let (mut low, mut high) = (0.0, widest);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if self.jitter_transfer(middle).norm_sqr() > 0.5 {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// Variance of the loop's phase over the density of white noise on its input, in units of the
    /// symbol rate, both sides.
    ///
    /// ```text
    /// B = integral of |H|^2 df = (2 kp^2 + 2 ki + kp ki) / (kp (4 - 2 kp - ki))
    /// ```
    #[must_use]
    pub fn noise_bandwidth(&self) -> f64 {
        let (kp, ki) = (self.proportional, self.integral);
        (2.0 * kp * kp + 2.0 * ki + kp * ki) / (kp * (4.0 - 2.0 * kp - ki))
    }

    /// Amplitude of sinusoidal jitter, UI, at which the loop's error reaches the amplitude
    /// `margin_ui`.
    ///
    /// ```text
    /// margin / |1 - H(f)|
    /// ```
    ///
    /// Towards low frequencies it rises by 20 dB per decade, and by 40 below ki / (2 pi kp), where
    /// the integral path leads.
    #[must_use]
    pub fn jitter_tolerance_ui(&self, frequency: f64, margin_ui: f64) -> f64 {
        let z = Complex64::cis(TAU * frequency);
        let open = self.proportional * (z - 1.0) + self.integral * z;
        // 1 - H without the difference of two numbers near 1
        margin_ui / ((z - 1.0) * (z - 1.0) / ((z - 1.0) * (z - 1.0) + open)).norm()
    }
}

/// Damping of the second-order loop whose jitter transfer has this peak, dB.
///
/// ```text
/// |H|^2 = (1 + c x) / ((1 - x)^2 + c x),  c = 4 damping^2,  x = (f / f_n)^2,    largest at x = (sqrt(1 + 2 c) - 1) / c
/// ```
///
/// For the continuous loop; the discrete loop's peak is the same while the bandwidth is a small
/// part of the symbol rate.
///
/// # Panics
///
/// If the peaking is not from 0.001 to 12 dB.
///
/// ```
/// // a tenth of a decibel asks for a damping above 4
/// let damping = lightlane::dsp::cdr::damping_from_peaking_db(0.1);
/// assert!(damping > 4.0 && damping < 5.0);
/// ```
#[must_use]
pub fn damping_from_peaking_db(peaking_db: f64) -> f64 {
    assert!(
        (0.001..=12.0).contains(&peaking_db),
        "a peaking of {peaking_db} dB: must be from 0.001 to 12"
    );
    let wanted = crate::units::power_ratio(peaking_db);
    let (mut low, mut high) = (0.01f64, 1e4f64);
    for _ in 0..HALVINGS {
        let damping = (low * high).sqrt();
        let c = 4.0 * damping * damping;
        let x = ((1.0 + 2.0 * c).sqrt() - 1.0) / c;
        if (1.0 + c * x) / ((1.0 - x).powi(2) + c * x) > wanted {
            low = damping;
        } else {
            high = damping;
        }
    }
    (low * high).sqrt()
}

/// The loop: phase errors in, sampling phase out.
///
/// ```
/// use lightlane::dsp::cdr::{ClockLoop, LoopGains};
/// let mut clock = ClockLoop::new(LoopGains::new(0.01, 2.0));
/// // data at a phase of 0.2 UI
/// (0..6000).for_each(|_| { clock.push(0.2 - clock.phase_ui()); });
/// assert!((clock.phase_ui() - 0.2).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockLoop {
    gains: LoopGains,
    phase_ui: f64,
    drift_ui: f64,
}

impl ClockLoop {
    /// A loop at the phase 0 without a frequency offset.
    #[must_use]
    pub fn new(gains: LoopGains) -> Self {
        Self { gains, phase_ui: 0.0, drift_ui: 0.0 }
    }

    /// Sets the initial phase, UI, and frequency offset, UI per symbol.
    #[must_use]
    pub fn at(self, phase_ui: f64, drift_ui: f64) -> Self {
        Self { phase_ui, drift_ui, ..self }
    }

    /// Phase of the next sample, UI, unwrapped.
    #[must_use]
    pub fn phase_ui(&self) -> f64 {
        self.phase_ui
    }

    /// Frequency offset of the loop, UI per symbol (1e-6 is 1 ppm).
    #[must_use]
    pub fn drift_ui(&self) -> f64 {
        self.drift_ui
    }

    /// Takes one symbol's phase error, UI, above 0 when sampled early; returns the phase of the
    /// next symbol.
    #[inline(always)]
    pub fn push(&mut self, error_ui: f64) -> f64 {
        self.drift_ui += self.gains.integral * error_ui;
        self.phase_ui += self.gains.proportional * error_ui + self.drift_ui;
        self.phase_ui
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::cdr::timing::{TimingDetector, TimingDetectorKind};
    use crate::dsp::levels::LEVELS;
    use crate::seed::Seed;

    /// A sinusoid of whole periods after settling: the start has decayed to exp(-2 pi 0.005 20000 /
    /// ..), nothing.
    #[test]
    fn a_simulated_sinusoid_comes_through_as_the_closed_form_says() {
        let n = 20_000;
        for damping in [0.5, 1.0, 3.0, f64::INFINITY] {
            let gains = LoopGains::new(0.01, damping);
            for periods in [20, 60, 200, 600, 2000] {
                let turn = TAU * f64::from(periods) / n as f64;
                let mut clock = ClockLoop::new(gains);
                let mut sum = Complex64::default();
                for i in 0..3 * n {
                    let phase = clock.phase_ui();
                    if i >= 2 * n {
                        sum += phase * Complex64::cis(-turn * i as f64) * 2.0 / n as f64;
                    }
                    clock.push((turn * i as f64).cos() - phase);
                }
                let expected = gains.jitter_transfer(f64::from(periods) / n as f64);
                assert!(
                    (sum - expected).norm() < 1e-8,
                    "{damping}, {periods}: {sum} against {expected}"
                );
            }
        }
    }

    #[test]
    fn bandwidth_and_peaking_are_those_asked_for() {
        for bandwidth in [7.53e-5, 1e-3, 0.01, 0.05] {
            for damping in [0.5, 0.707, 2.0, 10.0, f64::INFINITY] {
                let gains = LoopGains::new(bandwidth, damping);
                assert!(
                    (gains.jitter_transfer(bandwidth).norm_sqr() - 0.5).abs() < 1e-9,
                    "{bandwidth}, {damping}"
                );
                assert!(
                    (gains.bandwidth() / bandwidth - 1.0).abs() < 1e-9,
                    "{bandwidth}, {damping}"
                );
                assert!(
                    gains.jitter_transfer(0.9 * bandwidth).norm_sqr() > 0.5
                        && gains.jitter_transfer(1.1 * bandwidth).norm_sqr() < 0.5
                );
            }
        }
        // steps of 1 % in frequency miss no more than 1e-4 of a peak that is wider than the loop;
        // the discrete loop's differs by its bandwidth
        for peaking_db in [0.05, 0.1, 0.5, 1.0, 3.0] {
            let gains = LoopGains::new(7.53e-5, damping_from_peaking_db(peaking_db));
            let peak = (0..1500)
                .map(|i| gains.jitter_transfer(1e-9 * 1.01f64.powi(i)).norm_sqr())
                .fold(0.0, f64::max);
            assert!(
                (10.0 * peak.log10() - peaking_db).abs() < 2e-3 * peaking_db.max(1.0),
                "{peaking_db}: {}",
                10.0 * peak.log10()
            );
        }
    }

    /// The sum over 2^20 frequencies, of which the narrowest loop passes 600.
    #[test]
    fn the_noise_bandwidth_is_the_integral_of_the_transfer() {
        for bandwidth in [5e-4, 5e-3, 0.05] {
            for damping in [0.5, 1.0, 4.0, f64::INFINITY] {
                let gains = LoopGains::new(bandwidth, damping);
                let n = 1 << 20;
                let sum: f64 = (0..n)
                    .map(|i| gains.jitter_transfer((f64::from(i) + 0.5) / f64::from(n)).norm_sqr())
                    .sum();
                let integral = sum / f64::from(n);
                assert!((gains.noise_bandwidth() / integral - 1.0).abs() < 1e-6, "{gains:?}");
            }
        }
    }

    /// First order: |1 - H| = x / sqrt(1 + x^2), x = f / bandwidth: within 0.05 dB of 20 dB over
    /// the decade below a tenth.
    #[test]
    fn tolerance_falls_by_twenty_decibels_per_decade_below_the_bandwidth() {
        let margin = 0.15;
        let decade_db = |gains: LoopGains, f: f64| {
            20.0 * (gains.jitter_tolerance_ui(f, margin)
                / gains.jitter_tolerance_ui(10.0 * f, margin))
            .log10()
        };
        let first = LoopGains::new(1e-3, f64::INFINITY);
        for f in [1e-7, 1e-6, 1e-5] {
            assert!((decade_db(first, f) - 20.0).abs() < 0.05, "{}", decade_db(first, f));
        }
        // its integral path leads below ki / (2 pi kp), which is 6e-7 here
        let second = LoopGains::new(1e-3, 20.0);
        assert!((decade_db(second, 1e-5) - 20.0).abs() < 0.5);
        assert!((decade_db(second, 1e-9) - 40.0).abs() < 0.05);
        // far above, the loop does nothing
        assert!((first.jitter_tolerance_ui(0.3, margin) / margin - 1.0).abs() < 0.01);
        // and it is the margin over the residual error of the transfer
        let left = (1.0 - second.jitter_transfer(4e-4)).norm();
        assert!((second.jitter_tolerance_ui(4e-4, margin) * left / margin - 1.0).abs() < 1e-12);
    }

    /// A triangular pulse has the detector's slope 1. The loop removes the phase error and tracks
    /// 100 ppm without an error; the residual is the noise of the slope, 0 at the right phase.
    #[test]
    fn after_a_timing_detector_it_finds_phase_and_frequency() {
        let mut rng = Seed::new(1).named("clock").rng();
        let sent: Vec<f32> = (0..30_002).map(|_| LEVELS[(rng.next_u64() >> 62) as usize]).collect();
        let drift = 1e-4;
        let mut clock = ClockLoop::new(LoopGains::new(2e-3, 2.0)).at(0.12, 0.0);
        let mut detector = TimingDetector::new(TimingDetectorKind::MuellerMuller);
        for n in 1..30_001 {
            let late = (clock.phase_ui() - drift * n as f64) as f32;
            let other = if late > 0.0 { sent[n + 1] } else { sent[n - 1] };
            let sample = (1.0 - late.abs()) * sent[n] + late.abs() * other;
            let decided = LEVELS[usize::from(sample > -2.0 / 3.0)
                + usize::from(sample > 0.0)
                + usize::from(sample > 2.0 / 3.0)];
            clock.push(f64::from(detector.push(sample, decided)));
        }
        assert!((clock.phase_ui() - drift * 30_000.0).abs() < 1e-3, "{}", clock.phase_ui());
        assert!((clock.drift_ui() / drift - 1.0).abs() < 1e-2);
    }
}
