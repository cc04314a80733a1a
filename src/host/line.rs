//! A uniform line.

use super::network::Network;
use crate::units::giga;
use num_complex::Complex64;
use std::f64::consts::{FRAC_2_PI, TAU};

/// Propagation of a wave over the whole length of a line.
///
/// ```text
/// gamma l = a0 + a1 (1 + j) sqrt(f) + a2 f (1 - j 2/pi ln(f / 1 GHz)) + j 2 pi f tau
/// ```
///
/// The phase of each loss follows from causality: internal inductance with the skin effect, and a
/// dielectric constant that falls with frequency with the dielectric loss.
///
/// # Limits
///
/// Causal when tau is above a2 / pi^2 (1 + ln(f_max / 1 GHz)), some 10 ps for 10 dB of dielectric
/// loss at 26 GHz.
///
/// # Reference
///
/// IEEE 802.3, 93A.1.2.3, two-port network for the package transmission line; C. Svensson, G.
/// Dermer, *Time domain modeling of lossy interconnects*, IEEE Trans. Adv. Packag. 24 (2001).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Propagation {
    /// a0, loss at every frequency, Np.
    pub dc_neper: f64,
    /// a1, loss by the skin effect at 1 Hz, Np.
    pub skin_neper: f64,
    /// a2, dielectric loss at 1 Hz, Np.
    pub dielectric_neper: f64,
    /// tau, phase delay at 1 GHz without that of the losses, s.
    pub delay_s: f64,
}

impl Propagation {
    /// gamma l at a frequency, Hz, of 0 or above.
    pub fn at(&self, f_hz: f64) -> Complex64 {
        let skin = self.skin_neper * f_hz.sqrt();
        let dielectric = self.dielectric_neper * f_hz;
        let dispersion = if f_hz > 0.0 { FRAC_2_PI * (f_hz / giga(1.0)).ln() } else { 0.0 };
        Complex64::new(
            self.dc_neper + skin + dielectric,
            skin - dielectric * dispersion + TAU * f_hz * self.delay_s,
        )
    }
}

impl Network {
    /// A uniform line of a characteristic impedance, with both ports of one reference.
    ///
    /// ```text
    /// r = (Z_c - Z) / (Z_c + Z),   e = exp(-gamma l)
    /// S11 = S22 = r (1 - e^2) / (1 - r^2 e^2),   S21 = S12 = e (1 - r^2) / (1 - r^2 e^2)
    /// ```
    pub fn line(
        f_hz: &[f64],
        propagation: &Propagation,
        impedance_ohm: f64,
        reference_ohm: f64,
    ) -> Network {
        let r = (impedance_ohm - reference_ohm) / (impedance_ohm + reference_ohm);
        Network::two_port(f_hz, reference_ohm, |f| {
            let e = (-propagation.at(f)).exp();
            let round = 1.0 - r * r * e * e;
            let (s11, s21) = (r * (1.0 - e * e) / round, e * (1.0 - r * r) / round);
            [s11, s21, s21, s11]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{db_from_amplitude_ratio, neper};

    #[test]
    fn a_matched_line_delays_and_loses_and_reflects_nothing() {
        let propagation = Propagation {
            skin_neper: neper(4.0) / 25e9f64.sqrt(),
            dielectric_neper: neper(6.0) / 25e9,
            dc_neper: 0.0,
            delay_s: 1e-9,
        };
        let line = Network::line(&[0.0, 1e9, 25e9], &propagation, 100.0, 100.0);
        assert_eq!(
            (line.at(0, 2, 1).re, line.at(2, 1, 1).norm(), line.at(2, 2, 2).norm()),
            (1.0, 0.0, 0.0)
        );
        let db = |k: usize| db_from_amplitude_ratio(line.at(k, 2, 1).norm());
        assert!((db(2) + 10.0).abs() < 1e-12 && (db(1) + 4.0 / 5.0 + 6.0 / 25.0).abs() < 1e-12);
        // at 1 GHz the logarithm vanishes: 1 ns is a whole turn, and the skin effect adds its loss
        // in rad
        assert!((line.at(1, 2, 1).arg() + neper(0.8)).abs() < 1e-12);
    }

    /// Between 50 ohm a quarter wave of 100 ohm looks like 200 ohm: S11 = 150 / 250.
    #[test]
    fn a_quarter_wave_transforms_its_load() {
        let line = Network::line(
            &[1e9],
            &Propagation { delay_s: 0.25e-9, ..Propagation::default() },
            100.0,
            50.0,
        );
        assert!((line.at(0, 1, 1) - 0.6).norm() < 1e-14);
        assert!(
            (line.at(0, 1, 1).norm_sqr() + line.at(0, 2, 1).norm_sqr() - 1.0).abs() < 1e-14,
            "without loss"
        );
    }
}
