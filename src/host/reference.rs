//! Renormalisation to other reference impedances.

use super::network::Network;
use crate::math::matrix::solve;
use crate::measured::shown;
use num_complex::Complex64;

/// Reference of a single port, ohm.
const SINGLE_OHM: f64 = 50.0;
/// Reference of a differential port, ohm.
const DIFFERENTIAL_OHM: f64 = 100.0;

impl Network {
    /// The network at the references in which its figures are stated, so that they do not depend on
    /// those that its file is written in: 50 ohm for every port; of one or two ports 100 ohm where
    /// their own references are nearer to it (in ratio), as of differential ports.
    ///
    /// # Errors
    ///
    /// As for [`Network::renormalised`].
    pub fn at_usual_references(self) -> Result<Self, String> {
        let n = self.ports();
        let mean = (self.reference_ohm.iter().map(|z| z.ln()).sum::<f64>() / n as f64).exp();
        let is_differential = n <= 2 && mean * mean > SINGLE_OHM * DIFFERENTIAL_OHM;
        let ohm = if is_differential { DIFFERENTIAL_OHM } else { SINGLE_OHM };
        self.renormalised(&vec![ohm; n])
    }

    /// The network renormalised to other reference impedances, ohm.
    ///
    /// ```text
    /// S' = (P + S M)^-1 (M + S P),   P = (Z + Z') / (2 sqrt(Z Z')),   M = (Z - Z') / (2 sqrt(Z Z'))   (diagonal)
    /// ```
    ///
    /// # Errors
    ///
    /// If a reference is missing or not positive, or the network has no scattering parameters at
    /// these.
    pub fn renormalised(&self, reference_ohm: &[f64]) -> Result<Self, String> {
        let n = self.ports();
        if reference_ohm.len() != n {
            return Err(format!(
                "has {n} ports; must get {n} references, not {}",
                reference_ohm.len()
            ));
        }
        if let Some(ohm) = reference_ohm.iter().find(|ohm| !(ohm.is_finite() && **ohm > 0.0)) {
            return Err(format!("a reference of {ohm} ohm: must be above 0"));
        }
        if reference_ohm == self.reference_ohm {
            return Ok(self.clone());
        }
        let of = |sign: f64| -> Vec<f64> {
            self.reference_ohm
                .iter()
                .zip(reference_ohm)
                .map(|(z, new)| (z + sign * new) / (2.0 * (z * new).sqrt()))
                .collect()
        };
        let (plus, minus) = (of(1.0), of(-1.0));
        let mut out = Vec::with_capacity(self.s.len());
        for (k, f_hz) in self.f_hz.iter().enumerate() {
            let s = self.matrix(k);
            let sum = |diagonal: &[f64], times: &[f64]| -> Vec<Complex64> {
                let on_diagonal =
                    |at: usize| if at.is_multiple_of(n + 1) { diagonal[at % n] } else { 0.0 };
                (0..n * n).map(|at| s[at] * times[at % n] + on_diagonal(at)).collect()
            };
            let solved = solve(&sum(&plus, &minus), &sum(&minus, &plus), n);
            out.extend(solved.ok_or_else(|| {
                format!(
                    "at {} Hz has no S at these references: must be a passive network",
                    shown(*f_hz)
                )
            })?);
        }
        Ok(Network { f_hz: self.f_hz.clone(), s: out, reference_ohm: reference_ohm.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resistor_reflects_by_its_new_reference_and_back_again() {
        // 75 ohm
        let one = Network::new(vec![1.0], vec![Complex64::new(0.2, 0.0)], vec![50.0]).unwrap();
        let other = one.renormalised(&[100.0]).unwrap();
        assert!((other.at(0, 1, 1).re + 25.0 / 175.0).abs() < 1e-15);
        let back = other.renormalised(&[50.0]).unwrap();
        assert!((back.at(0, 1, 1) - one.at(0, 1, 1)).norm() < 1e-15);
        assert!(one.renormalised(&[0.0]).is_err() && one.renormalised(&[50.0, 50.0]).is_err());
    }

    #[test]
    fn usual_references_are_50_ohm_and_100_ohm_of_differential_ports() {
        for (own, usual) in [
            (vec![50.0; 4], vec![50.0; 4]),
            (vec![42.5, 50.0, 100.0, 100.0], vec![50.0; 4]),
            (vec![42.5, 75.0], vec![50.0; 2]),
            (vec![85.0; 2], vec![100.0; 2]),
        ] {
            let n = own.len();
            let network = Network::new(vec![1.0], vec![Complex64::default(); n * n], own).unwrap();
            assert_eq!(network.at_usual_references().unwrap().reference_ohm(), usual);
        }
    }

    /// Between 50 and 100 ohm a thru reflects 1/3 and passes sqrt(8)/3.
    #[test]
    fn a_thru_between_two_references_is_their_step() {
        let step = Network::thru(&[1.0], 50.0).renormalised(&[50.0, 100.0]).unwrap();
        let close = |x: Complex64, y: f64| (x - y).norm() < 1e-15;
        assert!(
            close(step.at(0, 1, 1), 1.0 / 3.0) && close(step.at(0, 2, 2), -1.0 / 3.0),
            "{step:?}"
        );
        assert!(
            close(step.at(0, 2, 1), 8f64.sqrt() / 3.0)
                && close(step.at(0, 1, 2), 8f64.sqrt() / 3.0)
        );
    }
}
