//! A linear network by its scattering parameters.

use crate::measured::{Touchstone, shown};
use num_complex::Complex64;

/// A network: frequencies, S, the reference impedance of each port.
///
/// ```text
/// b = S a,   a = (V + Z I) / (2 sqrt(Z)),   b = (V - Z I) / (2 sqrt(Z))
/// ```
///
/// # Example
///
/// ```
/// use lightlane::host::{MixedMode, Network, PortMap};
/// use lightlane::measured::Touchstone;
/// # let text = "# GHz S MA R 50\n0 0 0 1 0 0 0 0 0\n1 0 0 0 0 0 0 0\n0 0 0 0 0 0 1 0\n0 0 0 0 1 0 0 0\n\
/// #             1 0 0 .9 -9 0 0 0 0\n.9 -9 0 0 0 0 0 0\n0 0 0 0 0 0 .9 -9\n0 0 0 0 .9 -9 0 0\n";
/// let file = Touchstone::parse(text, Some(4))?; // or Touchstone::open("channel.s4p")?
/// let network = Network::from(file).completed().network;
/// let lanes = MixedMode::of(&network, &"1-2/3-4".parse::<PortMap>()?)?;
/// let channel = lanes.differential().voltage_transfer(100.0, 100.0)?;
/// assert!((channel.h()[1].norm() - 0.9).abs() < 1e-12);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub(super) f_hz: Vec<f64>,
    /// Matrices row by row, one frequency after another.
    pub(super) s: Vec<Complex64>,
    pub(super) reference_ohm: Vec<f64>,
}

impl From<Touchstone> for Network {
    fn from(file: Touchstone) -> Self {
        let (f_hz, s, reference_ohm) = file.into_parts();
        Network { f_hz, s, reference_ohm }
    }
}

impl Network {
    /// A network from matrices row by row, one frequency after another.
    ///
    /// # Errors
    ///
    /// If frequencies do not ascend from 0 Hz or above, a number is not finite, a reference is not
    /// positive or a length is wrong.
    pub fn new(f_hz: Vec<f64>, s: Vec<Complex64>, reference_ohm: Vec<f64>) -> Result<Self, String> {
        let n = reference_ohm.len();
        if n == 0 || f_hz.is_empty() || s.len() != f_hz.len() * n * n {
            let (has, at) = (s.len(), f_hz.len());
            return Err(format!(
                "has {has} elements of S; must have {n} x {n} at each of {at} frequencies, one or more of both"
            ));
        }
        if let Some(ohm) = reference_ohm.iter().find(|ohm| !(ohm.is_finite() && **ohm > 0.0)) {
            return Err(format!("has a reference of {ohm} ohm; must be above 0"));
        }
        let ascends = f_hz.windows(2).all(|f| f[0] < f[1])
            && f_hz[0] >= 0.0
            && f_hz[f_hz.len() - 1].is_finite();
        if !ascends {
            return Err(
                "has frequencies that do not ascend from 0 Hz or above; must ascend".to_owned()
            );
        }
        match s.iter().position(|s| !s.is_finite()) {
            Some(at) => Err(format!(
                "has S at {} Hz that is not finite; must be numbers",
                shown(f_hz[at / (n * n)])
            )),
            None => Ok(Network { f_hz, s, reference_ohm }),
        }
    }

    /// A two-port from a formula: S11, S12, S21, S22 at each frequency, both ports of one
    /// reference.
    pub(super) fn two_port(
        f_hz: &[f64],
        reference_ohm: f64,
        s: impl Fn(f64) -> [Complex64; 4],
    ) -> Self {
        Network {
            f_hz: f_hz.to_vec(),
            s: f_hz.iter().flat_map(|&f| s(f)).collect(),
            reference_ohm: vec![reference_ohm; 2],
        }
    }

    /// An ideal connection as a two-port.
    pub fn thru(f_hz: &[f64], reference_ohm: f64) -> Self {
        let (zero, one) = (Complex64::default(), Complex64::new(1.0, 0.0));
        Network::two_port(f_hz, reference_ohm, |_| [zero, one, one, zero])
    }

    /// Number of ports.
    pub fn ports(&self) -> usize {
        self.reference_ohm.len()
    }

    /// Frequencies, Hz, ascending.
    pub fn f_hz(&self) -> &[f64] {
        &self.f_hz
    }

    /// Reference impedance of every port, ohm.
    pub fn reference_ohm(&self) -> &[f64] {
        &self.reference_ohm
    }

    /// S at frequency number `k` (from 0), into port `to` from port `from` (both from 1, as in
    /// S21).
    ///
    /// # Panics
    ///
    /// If there is no such frequency or port.
    pub fn at(&self, k: usize, to: usize, from: usize) -> Complex64 {
        let n = self.ports();
        assert!(
            (1..=n).contains(&to) && (1..=n).contains(&from),
            "ports are counted from 1 to {n}"
        );
        self.s[(k * n + to - 1) * n + from - 1]
    }

    /// One element of S over frequency.
    ///
    /// # Panics
    ///
    /// If there is no such port.
    pub fn element(&self, to: usize, from: usize) -> Vec<Complex64> {
        (0..self.f_hz.len()).map(|k| self.at(k, to, from)).collect()
    }

    /// The matrix at frequency number `k`, row by row.
    pub(super) fn matrix(&self, k: usize) -> &[Complex64] {
        let size = self.ports() * self.ports();
        &self.s[k * size..(k + 1) * size]
    }

    /// Other matrices at the same frequencies.
    pub(super) fn with(
        &self,
        reference_ohm: Vec<f64>,
        matrix: impl Fn(usize) -> Vec<Complex64>,
    ) -> Self {
        Network {
            f_hz: self.f_hz.clone(),
            s: (0..self.f_hz.len()).flat_map(matrix).collect(),
            reference_ohm,
        }
    }

    /// A network of some ports, in this order (from 1); the others are terminated in their
    /// references.
    ///
    /// # Errors
    ///
    /// If a port does not exist or is named twice.
    pub fn of_ports(&self, ports: &[usize]) -> Result<Self, String> {
        for (i, port) in ports.iter().enumerate() {
            if !(1..=self.ports()).contains(port) {
                return Err(format!("port {port}: must be from 1 to {}", self.ports()));
            }
            if ports[..i].contains(port) {
                return Err(format!("port {port}: is named twice; must be named once"));
            }
        }
        if ports.is_empty() {
            return Err("no port is named; must be one or more".to_owned());
        }
        let reference_ohm = ports.iter().map(|port| self.reference_ohm[port - 1]).collect();
        Ok(self.with(reference_ohm, |k| {
            ports
                .iter()
                .flat_map(|&to| ports.iter().map(move |&from| self.at(k, to, from)))
                .collect()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_network_is_refused() {
        let one = Complex64::new(1.0, 0.0);
        for (f_hz, s, ohm, expected) in [
            (
                vec![1.0],
                vec![one; 3],
                vec![50.0; 2],
                "has 3 elements of S; must have 2 x 2 at each of 1",
            ),
            (vec![], vec![], vec![50.0], "has 0 elements"),
            (vec![1.0], vec![], vec![], "has 0 elements"),
            (vec![1.0], vec![one], vec![0.0], "has a reference of 0 ohm"),
            (vec![2.0, 1.0], vec![one; 2], vec![50.0], "has frequencies that do not ascend"),
            (vec![f64::NAN], vec![one], vec![50.0], "has frequencies that do not ascend"),
            (
                vec![1.0],
                vec![Complex64::new(f64::NAN, 0.0)],
                vec![50.0],
                "has S at 1 Hz that is not finite",
            ),
        ] {
            let complaint = Network::new(f_hz, s, ohm).unwrap_err();
            assert!(complaint.starts_with(expected), "{complaint}");
        }
    }

    #[test]
    fn ports_are_taken_in_the_order_named() {
        let s: Vec<Complex64> = (1..=9).map(|i| Complex64::new(f64::from(i), 0.0)).collect();
        let network = Network::new(vec![1.0], s, vec![50.0, 60.0, 70.0]).unwrap();
        let two = network.of_ports(&[3, 1]).unwrap();
        assert_eq!(two.s.iter().map(|s| s.re).collect::<Vec<_>>(), [9.0, 7.0, 3.0, 1.0]);
        assert_eq!(two.reference_ohm(), [70.0, 50.0]);
        assert_eq!(network.of_ports(&[1, 4]).unwrap_err(), "port 4: must be from 1 to 3");
        assert_eq!(
            network.of_ports(&[1, 1]).unwrap_err(),
            "port 1: is named twice; must be named once"
        );
        assert!(network.of_ports(&[0]).is_err() && network.of_ports(&[]).is_err());
    }
}
