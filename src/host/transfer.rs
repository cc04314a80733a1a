//! A voltage transfer over frequency, and its waveforms.

use super::grid::delay_s;
use crate::chain::Table;
use crate::measured::{rolloff, shown};
use num_complex::Complex64;
use realfft::RealFftPlanner;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Share of a step by which a grid may be uneven.
const UNEVEN: f64 = 1e-4;
/// |H| below which a table ends.
const MAGNITUDE_MIN: f64 = 1e-16;

/// Voltage transfer from a source to a load, over frequency.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    f_hz: Vec<f64>,
    h: Vec<Complex64>,
}

/// A waveform from time 0 on; its second half is of times before 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeResponse {
    /// Time between samples, s.
    pub step_s: f64,
    /// The samples.
    pub samples: Vec<f64>,
}

impl Transfer {
    /// A transfer from points.
    ///
    /// # Errors
    ///
    /// If there is none, one is not finite, or frequencies do not ascend from 0 Hz or above.
    pub fn new(f_hz: Vec<f64>, h: Vec<Complex64>) -> Result<Self, String> {
        let ascends =
            f_hz.windows(2).all(|f| f[0] < f[1]) && f_hz.first().is_some_and(|&f| f >= 0.0);
        if !ascends || f_hz.len() != h.len() || !f_hz[f_hz.len() - 1].is_finite() {
            return Err("a transfer must have a value at each of some frequencies that ascend from 0 Hz or above".to_owned());
        }
        match h.iter().position(|h| !h.is_finite()) {
            Some(at) => Err(format!(
                "a transfer is not finite at {} Hz: a resonance has no loss",
                shown(f_hz[at])
            )),
            None => Ok(Transfer { f_hz, h }),
        }
    }

    /// Frequencies, Hz, ascending.
    pub fn f_hz(&self) -> &[f64] {
        &self.f_hz
    }

    /// Transfer at each frequency.
    pub fn h(&self) -> &[Complex64] {
        &self.h
    }

    /// Its delay, s: the slope of the phase, weighted by |H|^2.
    pub fn delay_s(&self) -> f64 {
        delay_s(&self.f_hz, &self.h)
    }

    /// The transfer advanced by `early_s`.
    pub fn advanced(&self, early_s: f64) -> Transfer {
        let h = self
            .f_hz
            .iter()
            .zip(&self.h)
            .map(|(f, h)| h * Complex64::from_polar(1.0, TAU * f * early_s))
            .collect();
        Transfer { f_hz: self.f_hz.clone(), h }
    }

    /// The transfer as a response of a chain; `digest` identifies it.
    ///
    /// Between the points ln|H| and the phase are linear; beyond the last one |H| falls with the
    /// slope of the last octave, at least 20 dB per decade, and the phase continues linearly.
    ///
    /// # Errors
    ///
    /// If it has fewer than two points or does not start at 0 Hz.
    pub fn table(&self, digest: u64) -> Result<Table, String> {
        if self.f_hz.len() < 2 || self.f_hz[0] != 0.0 {
            return Err("a transfer must begin at 0 Hz and have two points or more: complete the network first".to_owned());
        }
        let ln_magnitude: Vec<f64> =
            self.h.iter().map(|h| h.norm().max(MAGNITUDE_MIN).ln()).collect();
        let tau_s = self.delay_s();
        let mut phase_rad: Vec<f64> = Vec::with_capacity(self.h.len());
        let mut still_rad = if self.h[0].re < 0.0 { PI } else { 0.0 };
        for (f, h) in self.f_hz.iter().zip(&self.h) {
            let turned = (h * Complex64::from_polar(1.0, TAU * f * tau_s - still_rad)).arg();
            still_rad += if *f > 0.0 { turned } else { 0.0 };
            phase_rad.push(still_rad - TAU * f * tau_s);
        }
        let falls = rolloff(&self.f_hz, &ln_magnitude);
        Ok(Table::new(digest, self.f_hz.clone(), ln_magnitude, phase_rad, falls))
    }

    /// The response to an impulse of one step's area, band-limited to the last frequency; its
    /// samples' sum is H(0).
    ///
    /// # Errors
    ///
    /// If frequencies are not evenly spaced from 0 Hz.
    pub fn impulse(&self) -> Result<TimeResponse, String> {
        self.sampled(|_| Complex64::new(1.0, 0.0))
    }

    /// The response to a pulse of 1 V and one symbol from time 0 on, band-limited to the last
    /// frequency.
    ///
    /// # Errors
    ///
    /// If frequencies are not evenly spaced from 0 Hz.
    pub fn pulse(&self, symbol_rate_hz: f64) -> Result<TimeResponse, String> {
        let steps = 2.0 * self.f_hz[self.f_hz.len() - 1] / symbol_rate_hz;
        self.sampled(|f| {
            let x = PI * f / symbol_rate_hz;
            let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
            Complex64::from_polar(1.0, -x) * (sinc * steps)
        })
    }

    /// Part of the impulse response's energy before time 0, percent: 0 for a causal transfer.
    ///
    /// ```text
    /// 100 sum over t < -1 / f_end of h(t)^2 / sum of h(t)^2,   h of H(f) cos^2(pi f / (2 f_end))
    /// ```
    ///
    /// The window spreads an impulse over +-1 / f_end; a band-limited impulse has 0.02 % of its
    /// energy beyond.
    ///
    /// # Limits
    ///
    /// Energy that arrives too early but after time 0, within the delay of the line, is not
    /// detected.
    ///
    /// # Errors
    ///
    /// If frequencies are not evenly spaced from 0 Hz.
    pub fn early_percent(&self) -> Result<f64, String> {
        let end_hz = self.f_hz[self.f_hz.len() - 1];
        let pulse =
            self.sampled(|f| Complex64::new((FRAC_PI_2 * f / end_hz).cos().powi(2), 0.0))?;
        let length = pulse.samples.len();
        let energy = |samples: &[f64]| samples.iter().map(|x| x * x).sum::<f64>();
        let early = energy(&pulse.samples[length / 2..length.saturating_sub(2).max(length / 2)]);
        let all = energy(&pulse.samples);
        Ok(if all > 0.0 { 100.0 * early / all } else { 0.0 })
    }

    /// The waveform of the transfer times a spectrum.
    fn sampled(&self, spectrum: impl Fn(f64) -> Complex64) -> Result<TimeResponse, String> {
        let last = self.f_hz.len() - 1;
        let step_hz = self.f_hz[last] / last.max(1) as f64;
        let uneven = self
            .f_hz
            .iter()
            .enumerate()
            .find(|(k, f)| (*f - *k as f64 * step_hz).abs() > UNEVEN * step_hz);
        if last == 0 || uneven.is_some() {
            return Err(
                "a waveform needs evenly spaced frequencies from 0 Hz: complete the network and interpolate it to such a grid".to_owned()
            );
        }
        let length = 2 * last;
        let mut bins: Vec<Complex64> =
            self.f_hz.iter().zip(&self.h).map(|(&f, h)| h * spectrum(f) / length as f64).collect();
        (bins[0].im, bins[last].im) = (0.0, 0.0);
        let mut samples = vec![0.0; length];
        RealFftPlanner::new()
            .plan_fft_inverse(length)
            .process(&mut bins, &mut samples)
            .expect("lengths are the plan's");
        Ok(TimeResponse { step_s: 1.0 / (length as f64 * step_hz), samples })
    }
}

impl TimeResponse {
    /// Energy into 1 ohm, V^2 s.
    pub fn energy(&self) -> f64 {
        self.samples.iter().map(|x| x * x).sum::<f64>() * self.step_s
    }

    /// Area, V s.
    pub fn area(&self) -> f64 {
        self.samples.iter().sum::<f64>() * self.step_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfer(h: impl Fn(f64) -> Complex64) -> Transfer {
        let f_hz: Vec<f64> = (0..=4000).map(|k| f64::from(k) * 25e6).collect();
        let h = f_hz.iter().map(|&f| h(f)).collect();
        Transfer::new(f_hz, h).unwrap()
    }

    fn pole(f: f64, tau_s: f64) -> Complex64 {
        Complex64::from_polar(1.0, -TAU * f * tau_s) / Complex64::new(1.0, f / 10e9)
    }

    /// A pole of 10 GHz: energy of its impulse response pi f0 (two-sided, up to f_end: f0
    /// atan(f_end / f0) 2), that of its pulse T (1 - (1 - e^-a) / a), a = 2 pi f0 T. Cut at 100
    /// GHz, a tail of f0^2 / (pi^2 T^2 f_end^3 3) 2 is lost, 1e-4.
    #[test]
    fn energy_and_area_of_a_pulse_are_those_of_the_closed_form() {
        let transfer = transfer(|f| pole(f, 1e-9));
        let impulse = transfer.impulse().unwrap();
        let energy = impulse.samples.iter().map(|x| x * x).sum::<f64>() / impulse.step_s;
        assert!((energy / (2.0 * 10e9 * 10f64.atan()) - 1.0).abs() < 2e-4, "{energy:e}");
        assert!((impulse.samples.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let rate = 53.125e9;
        let pulse = transfer.pulse(rate).unwrap();
        let a = TAU * 10e9 / rate;
        assert!((pulse.area() * rate - 1.0).abs() < 1e-12);
        let expected = (1.0 - (1.0 - (-a).exp()) / a) / rate;
        assert!(
            (pulse.energy() / expected - 1.0).abs() < 1e-3,
            "{:e} {expected:e}",
            pulse.energy()
        );
        assert!(pulse.energy() < expected, "the tail is missing");
    }

    #[test]
    fn what_comes_before_time_0_is_seen() {
        let early = |tau_s: f64| transfer(|f| pole(f, tau_s)).early_percent().unwrap();
        assert!(early(0.0) < 0.02 && early(2e-9) < 1e-6, "{} {}", early(0.0), early(2e-9));
        assert!(early(-0.2e-9) > 90.0, "{}", early(-0.2e-9));
        let delay = transfer(|f| Complex64::from_polar(1.0, -TAU * f * 1e-9));
        assert!(
            (delay.delay_s() - 1e-9).abs() < 1e-20 && delay.advanced(1e-9).delay_s().abs() < 1e-20
        );
        assert!(transfer(|_| Complex64::new(1.0, 0.0)).early_percent().unwrap() < 0.02);
    }

    /// Between points 25 MHz apart a table of 5 ns bends by the pole's (25 MHz / 10 GHz)^2 / 8.
    #[test]
    fn a_table_is_the_transfer_with_its_delay_and_sign() {
        for sign in [1.0, -1.0] {
            let transfer = transfer(|f| sign * pole(f, 5e-9));
            let table = transfer.table(1).unwrap();
            for f in [0.0, 10e6, 1.0125e9, 40e9, 99.99e9] {
                assert!(
                    (table.at(f) - sign * pole(f, 5e-9)).norm() < 2e-6,
                    "{f}: {} {}",
                    table.at(f),
                    pole(f, 5e-9)
                );
            }
        }
        assert!(
            (transfer(|f| pole(f, 0.0)).table(1).unwrap().at(200e9).norm() / 0.05 - 1.0).abs()
                < 0.01
        );
    }

    #[test]
    fn what_is_no_transfer_is_refused() {
        let one = Complex64::new(1.0, 0.0);
        assert!(
            Transfer::new(vec![], vec![]).is_err()
                && Transfer::new(vec![1.0, 1.0], vec![one; 2]).is_err()
        );
        assert!(
            Transfer::new(vec![1.0], vec![one / 0.0]).unwrap_err().contains("not finite at 1 Hz")
        );
        let late = Transfer::new(vec![1.0, 2.0], vec![one; 2]).unwrap();
        assert!(
            late.table(0).unwrap_err().contains("must begin at 0 Hz")
                && late.impulse().unwrap_err().contains("evenly spaced")
        );
        assert!(Transfer::new(vec![0.0], vec![one]).unwrap().impulse().is_err());
    }
}
