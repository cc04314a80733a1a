//! Four-wave mixing between the lanes of a fibre.

use crate::error::{KeyPath, Problems};
use crate::units::{LIGHT_M_PER_S, kilo, nano, pico, power_ratio};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Four-wave mixing: light of three lanes makes light at a fourth frequency, which interferes with
/// the lane there.
///
/// ```text
/// f = f_i + f_j - f_k,   P = eta (d gamma L_eff)^2 P_i P_j P_k e^(-a L),   d = 1 for i = j, else 2
/// eta = a^2 / (a^2 + q^2) (1 + 4 e^(-a L) sin^2(q L / 2) / (1 - e^(-a L))^2)
/// q = b(f_i) + b(f_j) - b(f_k) - b(f),    L_eff = (1 - e^(-a L)) / a
/// ```
///
/// b is the propagation constant of the fibre's dispersion slope about its wavelength of zero
/// dispersion. Products within a symbol rate of a lane's frequency add to one interferer of uniform
/// phase, which both estimators take as light reflected from far away: with levels of other symbols
/// of that lane. Powers are mean powers at the transmitter.
///
/// # Limits
///
/// Pumps are not depleted. A product has three lanes' data, whose levels spread further than those
/// of the interferer. A product beside a lane's frequency counts as one at it. Self- and
/// cross-phase modulation are not simulated: 0.05 rad at 6 dBm over 10 km.
///
/// # Reference
///
/// N. Shibata, R. P. Braun, R. G. Waarts, *Phase-mismatch dependence of efficiency of wave
/// generation through four-wave mixing in a single-mode optical fiber*, IEEE J. Quantum Electron.
/// 23 (1987) 1205; G. P. Agrawal, *Nonlinear Fiber Optics*, parametric processes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FourWaveMixing {
    /// True if it is simulated, on a fibre of several lanes.
    pub enabled: bool,
    /// Nonlinear coefficient of the fibre, 1/(W km).
    pub nonlinear_coefficient_per_w_km: f64,
    /// Power of a product over that of lanes of one polarisation, dB.
    pub polarisation_db: f64,
}

impl Default for FourWaveMixing {
    fn default() -> Self {
        FourWaveMixing {
            enabled: false,
            // of n2 = 2.4e-20 m^2/W and 66 um^2 at 1310 nm
            nonlinear_coefficient_per_w_km: 1.75,
            polarisation_db: 0.0, // all in one polarisation, the worst
        }
    }
}

/// Loss of a fibre, neper of power, below which it is taken as none: differences lose their digits.
const LOSSLESS: f64 = f32::EPSILON as f64;

/// A lane as a pump.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pump {
    pub(crate) wavelength_nm: f64,
    /// Mean power at the transmitter, W.
    pub(crate) launched_w: f64,
}

impl Pump {
    fn frequency_hz(self) -> f64 {
        LIGHT_M_PER_S / nano(self.wavelength_nm)
    }
}

/// The fibre in which they mix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Medium {
    pub(super) length_km: f64,
    pub(super) loss_db_per_km: f64,
    pub(super) zero_dispersion_nm: f64,
    pub(super) slope_ps_per_nm2_km: f64,
}

impl Medium {
    /// Power loss, 1/m.
    fn loss_per_m(self) -> f64 {
        -power_ratio(-self.loss_db_per_km).ln() / kilo(1.0)
    }

    /// Propagation constant at a frequency less what no phase mismatch depends on, rad/m: the cubic
    /// term about the frequency of zero dispersion.
    fn propagation_rad_per_m(self, f_hz: f64) -> f64 {
        let zero_m = nano(self.zero_dispersion_nm);
        // s / m^3
        let slope = pico(self.slope_ps_per_nm2_km) / (nano(1.0).powi(2) * kilo(1.0));
        let b3 = slope * (zero_m * zero_m / (TAU * LIGHT_M_PER_S)).powi(2);
        b3 / 6.0 * (TAU * (f_hz - LIGHT_M_PER_S / zero_m)).powi(3)
    }

    /// Phase mismatch of three frequencies and their product, rad/m.
    fn mismatch_rad_per_m(self, [i, j, k]: [f64; 3]) -> f64 {
        let b = |f_hz: f64| self.propagation_rad_per_m(f_hz);
        b(i) + b(j) - b(k) - b(i + j - k)
    }

    /// Efficiency of a product with this phase mismatch, 1 without.
    fn efficiency(self, mismatch_rad_per_m: f64) -> f64 {
        let (a, l, q) = (self.loss_per_m(), kilo(self.length_km), mismatch_rad_per_m);
        let x = q * l / 2.0;
        if a * l < LOSSLESS {
            return if x == 0.0 { 1.0 } else { (x.sin() / x).powi(2) };
        }
        let left = (-a * l).exp();
        a * a / (a * a + q * q) * (1.0 + 4.0 * left * x.sin().powi(2) / (1.0 - left).powi(2))
    }

    /// Effective length, m.
    fn effective_m(self) -> f64 {
        let (a, l) = (self.loss_per_m(), kilo(self.length_km));
        if a * l < LOSSLESS { l } else { -(-a * l).exp_m1() / a }
    }
}

impl FourWaveMixing {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        let gamma = self.nonlinear_coefficient_per_w_km;
        problems.range(at, "nonlinear_coefficient_per_w_km", gamma, 0.0..=20.0);
        problems.range(at, "polarisation_db", self.polarisation_db, -60.0..=0.0);
    }

    /// Power of all products within `band_hz` of a lane over that of the lane, at the end of the
    /// fibre.
    pub(super) fn over_signal(
        &self,
        medium: Medium,
        pumps: &[Pump],
        lane: usize,
        band_hz: f64,
    ) -> f64 {
        if !self.enabled {
            return 0.0;
        }
        let gamma = self.nonlinear_coefficient_per_w_km / kilo(1.0) * medium.effective_m();
        let mut sum = 0.0;
        for (i, first) in pumps.iter().enumerate() {
            for (j, second) in pumps.iter().enumerate().skip(i) {
                for (k, third) in pumps.iter().enumerate() {
                    if k == i || k == j {
                        continue;
                    }
                    let f = [first, second, third].map(|pump| pump.frequency_hz());
                    let beside_hz = f[0] + f[1] - f[2] - pumps[lane].frequency_hz();
                    if beside_hz.abs() > band_hz {
                        continue;
                    }
                    let degeneracy = if i == j { 1.0 } else { 2.0 };
                    let powers = first.launched_w * second.launched_w * third.launched_w;
                    let efficiency = medium.efficiency(medium.mismatch_rad_per_m(f));
                    sum += efficiency * (degeneracy * gamma).powi(2) * powers;
                }
            }
        }
        sum * power_ratio(self.polarisation_db) / pumps[lane].launched_w
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::db_from_power_ratio;
    use num_complex::Complex64;

    const MEDIUM: Medium = Medium {
        length_km: 10.0,
        loss_db_per_km: 0.35,
        zero_dispersion_nm: 1312.0,
        slope_ps_per_nm2_km: 0.092,
    };

    fn lan_wdm(launched_w: f64) -> Vec<Pump> {
        let thz = [231.4, 230.6, 229.8, 229.0];
        let wavelength_nm = thz.map(|thz| LIGHT_M_PER_S / (thz * 1e3));
        wavelength_nm.map(|wavelength_nm| Pump { wavelength_nm, launched_w }).to_vec()
    }

    /// The field of a product by integration along the fibre: dE/dz = -a/2 E + j d gamma E_i E_j
    /// E_k* e^(j q z), of 100 000 steps of the midpoint rule, good to (q dz)^2 / 24.
    #[test]
    fn the_formula_is_the_field_integrated_along_the_fibre() {
        for (loss_db_per_km, q) in [(0.35, 0.0), (0.35, 4e-4), (0.35, 3e-3), (0.0, 7e-4)] {
            let medium = Medium { loss_db_per_km, ..MEDIUM };
            let (a, l, powers) = (medium.loss_per_m(), kilo(medium.length_km), [2e-3, 3e-3, 1e-3]);
            let (gamma, steps) = (1.75e-3, 100_000);
            let dz = l / f64::from(steps);
            let fields = powers.iter().map(|p: &f64| p.sqrt()).product::<f64>();
            // without the product's own loss, which is e^(-a l / 2) at the end
            let sum: Complex64 = (0..steps)
                .map(|step| {
                    let z = (f64::from(step) + 0.5) * dz;
                    Complex64::from_polar((-a * z).exp() * dz, q * z)
                })
                .sum();
            let integrated = (2.0 * gamma * fields * sum.norm()).powi(2) * (-a * l).exp();
            let formula = medium.efficiency(q)
                * (2.0 * gamma * medium.effective_m()).powi(2)
                * powers.iter().product::<f64>()
                * (-a * l).exp();
            assert!((formula / integrated - 1.0).abs() < 1e-6, "{formula:e} {integrated:e}");
        }
    }

    /// Efficiency 1 without mismatch; without loss none where mismatch times length is 2 pi.
    #[test]
    fn efficiency_has_its_limits() {
        assert!((MEDIUM.efficiency(0.0) - 1.0).abs() < 1e-12);
        let lossless = Medium { loss_db_per_km: 0.0, ..MEDIUM };
        assert!(lossless.efficiency(TAU / kilo(10.0)) < 1e-25);
        assert!((lossless.efficiency(1e-9) - 1.0).abs() < 1e-9);
    }

    /// Two pumps and their mixing product at a third of their spacing beyond: with zero dispersion
    /// amid i and k of a degenerate product nothing mismatches. q = b3 (2 pi)^3 (f_i - f_0) df^2,
    /// zero where the pump f_i is at the frequency of zero dispersion.
    #[test]
    fn a_degenerate_product_is_matched_where_its_pump_has_no_dispersion() {
        let at = |nm: f64| LIGHT_M_PER_S / nano(nm);
        let spacing = 800e9;
        let q = |zero_dispersion_nm: f64| {
            let medium = Medium { zero_dispersion_nm, ..MEDIUM };
            medium.mismatch_rad_per_m([at(1304.58), at(1304.58), at(1304.58) + spacing])
        };
        assert!(q(1304.58).abs() < 1e-9, "{}", q(1304.58));
        let zero = nano(1312.0);
        let b3 = 0.092e3 * (zero * zero / (TAU * LIGHT_M_PER_S)).powi(2);
        let expected = -b3 * TAU.powi(3) * (at(1304.58) - at(1312.0)) * spacing * spacing;
        assert!((q(1312.0) / expected - 1.0).abs() < 1e-6, "{} {expected}", q(1312.0));
    }

    /// The grid of LAN-WDM at 4 dBm a lane over 10 km: the worst zero dispersion lies among the
    /// channels, where products come within 30 dB of the signal; beyond the grid they fall below.
    #[test]
    fn products_are_strong_where_dispersion_vanishes_among_the_channels() {
        let pumps = lan_wdm(2.51e-3);
        let mixing = FourWaveMixing { enabled: true, ..FourWaveMixing::default() };
        let worst_db = |zero_dispersion_nm: f64| {
            let medium = Medium { zero_dispersion_nm, ..MEDIUM };
            let of = |lane| mixing.over_signal(medium, &pumps, lane, 53e9);
            db_from_power_ratio((0..4).map(of).fold(0.0, f64::max))
        };
        let (among, beyond) = (worst_db(1302.3), worst_db(1322.0));
        assert!(among > -32.0 && beyond < among - 8.0, "{among} dB and {beyond} dB");
        // unequal spacing: the products of CWDM fall beside its channels
        let cwdm = [1271.0, 1291.0, 1311.0, 1331.0]
            .map(|wavelength_nm| Pump { wavelength_nm, launched_w: 2.51e-3 });
        assert_eq!(mixing.over_signal(MEDIUM, &cwdm, 1, 53e9), 0.0);
        assert_eq!(FourWaveMixing::default().over_signal(MEDIUM, &pumps, 1, 53e9), 0.0);
    }
}
