//! Two-ports in cascade, and their voltage transfer between a source and a load.

use super::network::Network;
use super::transfer::Transfer;
use crate::measured::shown;
use num_complex::Complex64;

impl Network {
    /// Cascade of this two-port and a following one at the same frequencies.
    ///
    /// ```text
    /// d = 1 - A22 B11
    /// S11 = A11 + A12 A21 B11 / d,   S12 = A12 B12 / d
    /// S21 = A21 B21 / d,             S22 = B22 + B12 B21 A22 / d
    /// ```
    ///
    /// which is the product of their T-matrices without its division by S21, so that a line without
    /// transmission is allowed. The following two-port is first renormalised to this one's far
    /// reference.
    ///
    /// # Errors
    ///
    /// If either is no two-port, their frequencies differ, or a resonance between them is undamped.
    pub fn then(&self, next: &Network) -> Result<Network, String> {
        self.is_two_port()?;
        next.is_two_port()?;
        if self.f_hz != next.f_hz {
            return Err("two networks in cascade have different frequencies; must have the same: interpolate one to the other's".to_owned());
        }
        let next = next.renormalised(&[self.reference_ohm[1], next.reference_ohm[1]])?;
        let reference_ohm = vec![self.reference_ohm[0], next.reference_ohm[1]];
        let cascade = self.with(reference_ohm, |k| {
            let (&[a11, a12, a21, a22], &[b11, b12, b21, b22]) =
                (two(self.matrix(k)), two(next.matrix(k)));
            let round = (1.0 - a22 * b11).inv();
            vec![
                a11 + a12 * a21 * b11 * round,
                a12 * b12 * round,
                a21 * b21 * round,
                b22 + b12 * b21 * a22 * round,
            ]
        });
        match (0..cascade.f_hz.len()).find(|&k| cascade.matrix(k).iter().any(|s| !s.is_finite())) {
            Some(k) => Err(format!(
                "at {} Hz two networks in cascade resonate without loss; must have a loss",
                shown(self.f_hz[k])
            )),
            None => Ok(cascade),
        }
    }

    /// Voltage over a load, relative to that of the same source over a matched load.
    ///
    /// ```text
    /// H = 2 V_load / V_source
    ///   = sqrt(Z2 / Z1) S21 (1 - G1) (1 + G2) / ((1 - S11 G1) (1 - S22 G2) - S12 S21 G1 G2)
    /// G1 = (R_source - Z1) / (R_source + Z1),   G2 = (R_load - Z2) / (R_load + Z2)
    /// ```
    ///
    /// V_source is the source's voltage without load. Between equal resistances a thru is 1, and
    /// where both are the references H is S21.
    ///
    /// # Errors
    ///
    /// If this is no two-port, a resistance is not positive, or a resonance is undamped.
    ///
    /// # Reference
    ///
    /// IEEE 802.3, 93A.1.4, voltage transfer function (there for one reference: Z1 = Z2).
    pub fn voltage_transfer(&self, source_ohm: f64, load_ohm: f64) -> Result<Transfer, String> {
        self.is_two_port()?;
        for (name, ohm) in [("source", source_ohm), ("load", load_ohm)] {
            if !(ohm.is_finite() && ohm > 0.0) {
                return Err(format!("a {name} of {ohm} ohm: must be above 0"));
            }
        }
        let (z1, z2) = (self.reference_ohm[0], self.reference_ohm[1]);
        let (g1, g2) = ((source_ohm - z1) / (source_ohm + z1), (load_ohm - z2) / (load_ohm + z2));
        let gain = (z2 / z1).sqrt() * (1.0 - g1) * (1.0 + g2);
        let of = |k: usize| {
            let &[s11, s12, s21, s22] = two(self.matrix(k));
            gain * s21 / ((1.0 - s11 * g1) * (1.0 - s22 * g2) - s12 * s21 * (g1 * g2))
        };
        Transfer::new(self.f_hz.clone(), (0..self.f_hz.len()).map(of).collect())
    }

    fn is_two_port(&self) -> Result<(), String> {
        match self.ports() {
            2 => Ok(()),
            n => Err(format!(
                "has {n} ports; must have 2: take two of them or the differential modes"
            )),
        }
    }
}

/// S11, S12, S21, S22.
fn two(matrix: &[Complex64]) -> &[Complex64; 4] {
    matrix.try_into().expect("a two-port")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::line::Propagation;
    use std::f64::consts::TAU;

    fn grid() -> Vec<f64> {
        (0..=400).map(|k| f64::from(k) * 0.1e9).collect()
    }

    fn distance(a: &Network, b: &Network) -> f64 {
        assert_eq!(a.reference_ohm, b.reference_ohm);
        a.s.iter().zip(&b.s).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
    }

    fn lossy(delay_s: f64, share: f64) -> Propagation {
        Propagation {
            dc_neper: 0.02 * share,
            skin_neper: 2e-6 * share,
            dielectric_neper: 3e-11 * share,
            delay_s,
        }
    }

    #[test]
    fn a_matched_lossless_thru_changes_nothing() {
        let line = Network::line(&grid(), &lossy(0.4e-9, 1.0), 85.0, 100.0);
        let thru = Network::thru(&grid(), 100.0);
        assert_eq!(thru.then(&line).unwrap(), line);
        assert_eq!(line.then(&thru).unwrap(), line);
        let through = thru.voltage_transfer(100.0, 100.0).unwrap();
        assert!(through.h().iter().all(|h| (h - 1.0).norm() == 0.0));
        let matched = line.voltage_transfer(100.0, 100.0).unwrap();
        assert!(
            matched.h().iter().zip(line.element(2, 1)).all(|(h, s21)| (h - s21).norm() < 1e-15)
        );
    }

    #[test]
    fn a_cascade_of_two_halves_is_the_whole_in_whatever_references() {
        let whole = Network::line(&grid(), &lossy(1e-9, 1.0), 85.0, 100.0);
        let half = Network::line(&grid(), &lossy(0.5e-9, 0.5), 85.0, 100.0);
        assert!(distance(&half.then(&half).unwrap(), &whole) < 1e-13);
        let other = half.renormalised(&[60.0, 100.0]).unwrap();
        assert!(distance(&half.then(&other).unwrap(), &whole) < 1e-13);
    }

    /// T of [b1; a1] = T [a2; b2], the textbook form.
    #[test]
    fn a_cascade_is_the_product_of_t_matrices() {
        let t = |s: &[Complex64]| {
            let &[s11, s12, s21, s22] = two(s);
            [s12 - s11 * s22 / s21, s11 / s21, -s22 / s21, s21.inv()]
        };
        let (a, b) = (
            Network::line(&grid(), &lossy(0.3e-9, 1.0), 70.0, 100.0),
            Network::line(&grid(), &lossy(0.2e-9, 2.0), 120.0, 100.0),
        );
        let cascade = a.then(&b).unwrap();
        for k in 0..a.f_hz.len() {
            let (x, y) = (t(a.matrix(k)), t(b.matrix(k)));
            let product = [
                x[0] * y[0] + x[1] * y[2],
                x[0] * y[1] + x[1] * y[3],
                x[2] * y[0] + x[3] * y[2],
                x[2] * y[1] + x[3] * y[3],
            ];
            assert!(
                product
                    .iter()
                    .zip(t(cascade.matrix(k)))
                    .all(|(p, q)| (p - q).norm() < 1e-12 * q.norm().max(1.0))
            );
        }
    }

    /// Source r, line, load: V = V_s Z_in / (Z_in + R) carried by cosh and sinh of the line
    /// equations.
    #[test]
    fn the_voltage_over_a_load_is_that_of_the_line_equations() {
        let (z, source, load) = (85.0, 90.0, 140.0);
        let propagation = lossy(0.7e-9, 1.0);
        let transfer =
            Network::line(&grid(), &propagation, z, 100.0).voltage_transfer(source, load).unwrap();
        for (f, h) in grid().iter().zip(transfer.h()) {
            let gamma = propagation.at(*f);
            let (cosh, sinh) = (gamma.cosh(), gamma.sinh());
            let input = z * (load * cosh + z * sinh) / (z * cosh + load * sinh);
            let expected = 2.0 * input / (input + source) / (cosh + z / load * sinh);
            assert!((h - expected).norm() < 1e-13, "{f}: {h} {expected}");
        }
    }

    /// Two steps of reflection r enclose a delay: |S21| ripples between 1 and (1 - r^2) / (1 + r^2)
    /// with the period 1 / (2 tau).
    #[test]
    fn two_mismatched_lines_ripple_with_the_period_and_depth_of_the_closed_form() {
        let (tau, f_hz) = (0.5e-9, (0..=8000).map(|k| f64::from(k) * 1e6).collect::<Vec<_>>());
        let lossless = |delay_s: f64, ohm: f64| {
            Network::line(&f_hz, &Propagation { delay_s, ..Propagation::default() }, ohm, 100.0)
        };
        // 100 ohm, then 150 for tau between two matched lines
        let chain = lossless(0.2e-9, 100.0)
            .then(&lossless(tau, 150.0))
            .unwrap()
            .then(&lossless(0.3e-9, 100.0))
            .unwrap();
        let h = chain.voltage_transfer(100.0, 100.0).unwrap();
        let magnitude: Vec<f64> = h.h().iter().map(|h| h.norm()).collect();
        let r: f64 = 50.0 / 250.0;
        for (f, h) in f_hz.iter().zip(&magnitude) {
            let turn = Complex64::from_polar(1.0, -2.0 * TAU * f * tau);
            let closed = (1.0 - r * r) / (1.0 - r * r * turn).norm();
            assert!((h - closed).abs() < 1e-13, "{f}");
        }
        let least = (1.0 - r * r) / (1.0 + r * r);
        let notches: Vec<f64> = (1..8000)
            .filter(|&k| magnitude[k] < magnitude[k - 1] && magnitude[k] < magnitude[k + 1])
            .map(|k| f_hz[k])
            .collect();
        assert_eq!(
            notches,
            (0..8).map(|n| 0.5e9 + f64::from(n) * 1e9).collect::<Vec<_>>(),
            "one a 1 / (2 tau)"
        );
        assert!((magnitude[500] - least).abs() < 1e-13 && (magnitude[1000] - 1.0).abs() < 1e-13);
    }

    #[test]
    fn what_is_no_cascade_is_refused() {
        let line = Network::thru(&[1e9], 100.0);
        assert!(
            line.then(&Network::thru(&[2e9], 100.0)).unwrap_err().contains("different frequencies")
        );
        assert!(
            line.then(&line.of_ports(&[1]).unwrap())
                .unwrap_err()
                .starts_with("has 1 ports; must have 2")
        );
        assert!(line.voltage_transfer(0.0, 100.0).unwrap_err().starts_with("a source of 0 ohm"));
        assert!(
            line.voltage_transfer(100.0, f64::NAN).unwrap_err().starts_with("a load of NaN ohm")
        );
        let mirror = Network::two_port(&[1e9], 100.0, |_| [Complex64::new(1.0, 0.0); 4]);
        assert!(mirror.then(&mirror).unwrap_err().contains("resonate without loss"));
    }
}
