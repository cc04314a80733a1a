//! Lumped elements as two-ports.

use super::network::Network;
use num_complex::Complex64;
use std::f64::consts::TAU;

impl Network {
    /// A capacitor across the line: S11 = -y / (2 + y), S21 = 2 / (2 + y), y = j 2 pi f C Z.
    pub fn shunt_capacitor(f_hz: &[f64], capacitance_f: f64, reference_ohm: f64) -> Network {
        Network::two_port(f_hz, reference_ohm, |f| {
            let y = Complex64::new(0.0, TAU * f * capacitance_f * reference_ohm);
            let (s11, s21) = (-y / (2.0 + y), 2.0 / (2.0 + y));
            [s11, s21, s21, s11]
        })
    }

    /// An inductor in series: S11 = z / (2 + z), S21 = 2 / (2 + z), z = j 2 pi f L / Z.
    pub fn series_inductor(f_hz: &[f64], inductance_h: f64, reference_ohm: f64) -> Network {
        Network::two_port(f_hz, reference_ohm, |f| {
            let z = Complex64::new(0.0, TAU * f * inductance_h / reference_ohm);
            let (s11, s21) = (z / (2.0 + z), 2.0 / (2.0 + z));
            [s11, s21, s21, s11]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R || R with C: a pole at 1 / (pi R C), and R + R with L: a pole at R / (pi L).
    #[test]
    fn a_capacitor_and_an_inductor_between_resistances_are_a_pole() {
        let f = [3e9];
        let pole = |f0: f64| 1.0 / Complex64::new(1.0, f[0] / f0);
        let h = Network::shunt_capacitor(&f, 100e-15, 50.0).voltage_transfer(100.0, 100.0).unwrap();
        assert!((h.h()[0] - pole(1.0 / (TAU / 2.0 * 100.0 * 100e-15))).norm() < 1e-14);
        let h = Network::series_inductor(&f, 120e-12, 50.0).voltage_transfer(100.0, 100.0).unwrap();
        assert!((h.h()[0] - pole(100.0 / (TAU / 2.0 * 120e-12))).norm() < 1e-14);
    }
}
