//! The resonance of a ring on one waveguide: coupled-mode coefficients, static transmission and
//! small-signal response.

use crate::units::{LIGHT_M_PER_S, amplitude_ratio, nano, pico};
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Coefficients of the coupled-mode equation of a ring on one waveguide, an all-pass resonator.
///
/// ```text
/// da/dt = -(Gi + Ge + j D) a + 1,   E_out / E_in = 1 - 2 Ge a,   D = w_laser - w_resonance
/// Gi(u) = Gi (1 - g u),   d(u) = d_0 - s u,   D = -2 pi c / lambda^2 d
/// ```
///
/// a is the mode's amplitude over sqrt(2 Ge) times the input field, s. d is the laser's wavelength
/// less that of the resonance, m: negative with the laser on the blue side. u is the drive in
/// volts of a junction that shifts the resonance in proportion; s and g are signed so that a
/// larger u gives more light.
///
/// # Limits
///
/// One resonance of many: valid within a small part of the free spectral range. The coupling does
/// not depend on the voltage.
///
/// # Reference
///
/// B. Little et al., *Microring resonator channel dropping filters*, J. Lightwave Technol. 15
/// (1997); with a modulated resonance W. Sacher, J. Poon, *Dynamics of microring resonator
/// modulators*, Opt. Express 16 (2008).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resonator {
    /// Decay of the amplitude by internal loss without drive, 1/s.
    pub internal_per_s: f64,
    /// Decay of the amplitude into the waveguide, 1/s.
    pub coupling_per_s: f64,
    /// Fall of the internal loss per volt of drive, 1/V.
    pub loss_fall_per_v: f64,
    /// Change of the angular detuning D per volt of drive, rad/(s V).
    pub shift_rad_per_s_v: f64,
    /// Laser's wavelength, m.
    pub wavelength_m: f64,
}

impl Resonator {
    /// A resonance by its loaded quality factor and its transmission on resonance: `notch_db` below
    /// one, over-coupled where `over_coupled`, without any drive.
    pub fn new(
        quality_factor: f64,
        notch_db: f64,
        over_coupled: bool,
        wavelength_nm: f64,
    ) -> Resonator {
        let wavelength_m = nano(wavelength_nm);
        let total = TAU * LIGHT_M_PER_S / wavelength_m / (2.0 * quality_factor);
        let field = amplitude_ratio(-notch_db) * if over_coupled { -1.0 } else { 1.0 };
        Resonator {
            internal_per_s: total * (1.0 + field) / 2.0,
            coupling_per_s: total * (1.0 - field) / 2.0,
            loss_fall_per_v: 0.0,
            shift_rad_per_s_v: 0.0,
            wavelength_m,
        }
    }

    /// Decay of the amplitude without drive, 1/s: the half width of the resonance, rad/s.
    pub fn decay_per_s(&self) -> f64 {
        self.internal_per_s + self.coupling_per_s
    }

    /// Full width of the resonance at half its depth, pm.
    pub fn width_pm(&self) -> f64 {
        2.0 * self.decay_per_s() / self.angular(pico(1.0)).abs()
    }

    /// Angular detuning of a detuning in m: D = -2 pi c / lambda^2 d.
    fn angular(&self, detuning_m: f64) -> f64 {
        -TAU * LIGHT_M_PER_S / self.wavelength_m.powi(2) * detuning_m
    }

    /// The resonance with its drive: a shift of `shift_pm_per_v` and a fall of the loss of
    /// `loss_fall_per_v` of it, per volt.
    #[must_use]
    pub fn driven(self, shift_pm_per_v: f64, loss_fall_per_v: f64) -> Resonator {
        let shift_rad_per_s_v = self.angular(-pico(shift_pm_per_v));
        Resonator { loss_fall_per_v, shift_rad_per_s_v, ..self }
    }

    /// The rate Gi + Ge + j D at a detuning without drive, and its change per volt.
    pub fn rate(&self, detuning_pm: f64) -> [Complex64; 2] {
        [
            Complex64::new(self.decay_per_s(), self.angular(pico(detuning_pm))),
            Complex64::new(-self.internal_per_s * self.loss_fall_per_v, self.shift_rad_per_s_v),
        ]
    }

    /// Field of a settled drive over that of the input.
    pub fn transfer(&self, detuning_pm: f64, drive_v: f64) -> Complex64 {
        let [rate, per_v] = self.rate(detuning_pm);
        1.0 - 2.0 * self.coupling_per_s / (rate + per_v * drive_v)
    }

    /// Part of the power that is lost in the ring at a settled drive.
    pub fn absorption(&self, detuning_pm: f64, drive_v: f64) -> f64 {
        1.0 - self.transfer(detuning_pm, drive_v).norm_sqr()
    }

    /// Change of the transmitted power over that of the input, for a small drive of `f_hz`, 1/V:
    /// both sidebands of the field beat with the carrier.
    ///
    /// ```text
    /// a0 = 1 / z,   z = Gi + Ge + j D,   a+- = -z' a0 / (z +- j w),   t = 1 - 2 Ge a0
    /// S(w) = -2 Ge (t* a+ + t a-*)
    /// ```
    pub fn small_signal(&self, detuning_pm: f64, f_hz: f64) -> Complex64 {
        let [rate, per_v] = self.rate(detuning_pm);
        let steady = 1.0 / rate;
        let w = Complex64::new(0.0, TAU * f_hz);
        let upper = -per_v * steady / (rate + w);
        let lower = -per_v * steady / (rate - w);
        let field = 1.0 - 2.0 * self.coupling_per_s * steady;
        -2.0 * self.coupling_per_s * (field.conj() * upper + field * lower.conj())
    }

    /// Change of ln T with the laser's frequency at a settled drive of zero, 1/Hz.
    pub fn slope_per_hz(&self, detuning_pm: f64) -> f64 {
        let by_frequency = Resonator { loss_fall_per_v: 0.0, shift_rad_per_s_v: TAU, ..*self };
        by_frequency.small_signal(detuning_pm, 0.0).re / self.transfer(detuning_pm, 0.0).norm_sqr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{db_from_power_ratio, giga};

    /// Published ring (OFC 2026, Rakowski et al., Table 1): Q 3900, notch assumed 22 dB, 40 or 41.7
    /// pm/V over 2 or 3 Vpp.
    fn published(swing_pm: f64, swing_v: f64) -> Resonator {
        Resonator::new(3900.0, 22.0, true, 1314.4).driven(swing_pm / swing_v, 0.0)
    }

    /// The resonance is a Lorentzian: the notch on resonance, half its depth at half its width,
    /// lambda / Q.
    #[test]
    fn the_static_curve_is_a_lorentzian_of_the_given_depth_and_width() {
        for over_coupled in [true, false] {
            let ring = Resonator::new(3900.0, 22.0, over_coupled, 1314.4);
            let power = |pm: f64| ring.transfer(pm, 0.0).norm_sqr();
            assert!((db_from_power_ratio(power(0.0)) + 22.0).abs() < 1e-9);
            assert!((ring.width_pm() / (1314.4e3 / 3900.0) - 1.0).abs() < 1e-12);
            let depth = 1.0 - power(0.0);
            for widths in [0.25, 0.5, 1.0, 3.0] {
                let lorentzian = 1.0 - depth / (1.0 + 4.0 * widths * widths);
                assert!((power(widths * ring.width_pm()) - lorentzian).abs() < 1e-12);
                assert!((power(-widths * ring.width_pm()) - lorentzian).abs() < 1e-12);
            }
        }
    }

    /// The response at zero frequency is the slope of the static curve; a step of 1e-4 V leaves
    /// 1e-8 of it.
    #[test]
    fn the_small_signal_response_begins_with_the_static_slope() {
        let ring = published(80.0, 2.0).driven(40.0, 0.03);
        for detuning_pm in [-300.0, -130.0, -20.0, 60.0] {
            let power = |v: f64| ring.transfer(detuning_pm, v).norm_sqr();
            let slope = (power(1e-4) - power(-1e-4)) / 2e-4;
            let response = ring.small_signal(detuning_pm, 0.0);
            assert!((response.re / slope - 1.0).abs() < 1e-6, "{detuning_pm}");
            assert!(response.im.abs() < 1e-12 * slope.abs());
        }
    }

    /// The laser's frequency acts as the drive does: a shift of the detuning.
    #[test]
    fn the_slope_over_frequency_is_that_over_wavelength() {
        let ring = published(80.0, 2.0);
        let step_pm = 1e-3;
        let hz_per_pm = -LIGHT_M_PER_S / ring.wavelength_m.powi(2) * 1e-12;
        for detuning_pm in [-130.0, -60.0, 100.0] {
            let ln = |pm: f64| ring.transfer(pm, 0.0).norm_sqr().ln();
            let per_pm = (ln(detuning_pm + step_pm) - ln(detuning_pm - step_pm)) / (2.0 * step_pm);
            let slope = ring.slope_per_hz(detuning_pm);
            assert!((slope * hz_per_pm / per_pm - 1.0).abs() < 1e-5, "{detuning_pm}: {slope}");
        }
    }

    /// At an extinction ratio of 3.5 dB the published ring has an insertion loss of 3.0 / 1.8 dB,
    /// an OMA of -5.5 / -4.5 dB and 55 / 70 GHz; by these equations, with a junction of 80 GHz, it
    /// has 2.95 / 1.82 dB, -5.52 / -4.39 dB and 55.0 / 69.4 GHz, to the digits given. The notch is
    /// not published: from 15 to 30 dB it moves the bandwidth from 58 to 53 GHz at 2 Vpp.
    #[test]
    fn the_published_ring_has_its_loss_modulation_and_bandwidth() {
        for (swing_pm, swing_v, loss_db, oma_db, bandwidth_ghz, published) in [
            (80.0, 2.0, 2.95, -5.52, 55.0, [3.0, -5.5, 55.0]),
            (125.0, 3.0, 1.82, -4.39, 69.4, [1.8, -4.5, 70.0]),
        ] {
            let ring = self::published(swing_pm, swing_v);
            let detuning_pm = at_extinction_ratio(&ring, swing_v, 3.5);
            let power = |v: f64| ring.transfer(detuning_pm, v).norm_sqr();
            let loss = -db_from_power_ratio(power(swing_v / 2.0));
            let oma = db_from_power_ratio(power(swing_v / 2.0) - power(-swing_v / 2.0));
            let bandwidth = bandwidth_hz(&ring, detuning_pm) / giga(1.0);
            assert!((loss - loss_db).abs() < 0.006, "{loss}");
            assert!((oma - oma_db).abs() < 0.006, "{oma}");
            assert!((bandwidth - bandwidth_ghz).abs() < 0.1, "{bandwidth}");
            assert!((loss - published[0]).abs() < 0.15 && (oma - published[1]).abs() < 0.15);
            assert!((bandwidth - published[2]).abs() < 2.0);
        }
        let bandwidth_ghz = |notch_db: f64| {
            let ring = Resonator::new(3900.0, notch_db, true, 1314.4).driven(40.0, 0.0);
            bandwidth_hz(&ring, at_extinction_ratio(&ring, 2.0, 3.5)) / giga(1.0)
        };
        let (shallow, deep) = (bandwidth_ghz(15.0), bandwidth_ghz(30.0));
        assert!((shallow - 58.0).abs() < 1.0 && (deep - 53.0).abs() < 1.0, "{shallow} {deep}");
    }

    /// The detuning on the blue side, beyond that of the largest ratio, of an extinction ratio.
    fn at_extinction_ratio(ring: &Resonator, swing_v: f64, er_db: f64) -> f64 {
        let er = |pm: f64| {
            let power = |v: f64| ring.transfer(pm, v).norm_sqr();
            db_from_power_ratio(power(swing_v / 2.0) / power(-swing_v / 2.0))
        };
        let (mut far, mut near) = (-1000.0, -60.0);
        assert!(er(far) < er_db && er(near) > er_db);
        while near - far > 1e-6 {
            let middle = 0.5 * (near + far);
            if er(middle) < er_db { far = middle } else { near = middle }
        }
        near
    }

    /// Where the response falls by 3 dB, electrically, with a junction of 80 GHz.
    fn bandwidth_hz(ring: &Resonator, detuning_pm: f64) -> f64 {
        let response = |f_hz: f64| {
            let pole = Complex64::new(1.0, f_hz / giga(80.0));
            (ring.small_signal(detuning_pm, f_hz) / pole).norm()
        };
        let (mut low, mut high) = (0.0, giga(500.0));
        while high - low > 1e3 {
            let middle = 0.5 * (low + high);
            if response(middle) > response(0.0) * 0.5f64.sqrt() {
                low = middle
            } else {
                high = middle
            }
        }
        low
    }
}
