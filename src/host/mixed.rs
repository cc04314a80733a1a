//! Differential and common modes of two lines.

use super::network::Network;
use super::port_map::PortMap;
use num_complex::Complex64;
use std::f64::consts::FRAC_1_SQRT_2;

/// A mode at one end of two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Differential at the near end.
    D1 = 1,
    /// Differential at the far end.
    D2 = 2,
    /// Common at the near end.
    C1 = 3,
    /// Common at the far end.
    C2 = 4,
}

/// Mixed-mode scattering of two lines.
///
/// ```text
/// d = (p - n) / sqrt(2),   c = (p + n) / sqrt(2),   S_mixed = M S M^T
/// Z_d = 2 Z,   Z_c = Z / 2
/// ```
///
/// # Limits
///
/// All four ports are first renormalised to the reference of the near positive port.
///
/// # Reference
///
/// D. Bockelman, W. Eisenstadt, *Combined differential and common-mode scattering parameters*, IEEE
/// Trans. MTT 43 (1995).
#[derive(Clone, Debug, PartialEq)]
pub struct MixedMode {
    /// Ports D1, D2, C1, C2.
    network: Network,
}

impl MixedMode {
    /// Modes of the lane given by a port map.
    ///
    /// # Errors
    ///
    /// If the network lacks a port of the map or cannot be renormalised.
    pub fn of(network: &Network, map: &PortMap) -> Result<Self, String> {
        let single =
            network.of_ports(&map.ports()).map_err(|remedy| format!("port map {map}: {remedy}"))?;
        let ohm = single.reference_ohm[0];
        let single = single.renormalised(&[ohm; 4])?;
        // rows D1, D2, C1, C2 over p1, n1, p2, n2
        let h = FRAC_1_SQRT_2;
        let modes = [[h, -h, 0.0, 0.0], [0.0, 0.0, h, -h], [h, h, 0.0, 0.0], [0.0, 0.0, h, h]];
        let of = |s: &[Complex64], to: usize, from: usize| -> Complex64 {
            (0..16).map(|at| s[at] * (modes[to][at / 4] * modes[from][at % 4])).sum()
        };
        let references = vec![2.0 * ohm, 2.0 * ohm, ohm / 2.0, ohm / 2.0];
        Ok(MixedMode {
            network: single.with(references, |k| {
                (0..16).map(|at| of(single.matrix(k), at / 4, at % 4)).collect()
            }),
        })
    }

    /// S into one mode from another over frequency.
    pub fn element(&self, to: Mode, from: Mode) -> Vec<Complex64> {
        self.network.element(to as usize, from as usize)
    }

    /// Differential transmission.
    pub fn sdd21(&self) -> Vec<Complex64> {
        self.element(Mode::D2, Mode::D1)
    }

    /// Differential reflection at the near end.
    pub fn sdd11(&self) -> Vec<Complex64> {
        self.element(Mode::D1, Mode::D1)
    }

    /// Differential reflection at the far end.
    pub fn sdd22(&self) -> Vec<Complex64> {
        self.element(Mode::D2, Mode::D2)
    }

    /// Conversion of a differential wave into a common one.
    pub fn scd21(&self) -> Vec<Complex64> {
        self.element(Mode::C2, Mode::D1)
    }

    /// The two-port of the differential modes; common modes are terminated in their references.
    pub fn differential(&self) -> Network {
        self.network.of_ports(&[1, 2]).expect("it has four ports")
    }

    /// All four modes as a network of the ports D1, D2, C1, C2.
    pub fn network(&self) -> &Network {
        &self.network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> PortMap {
        "1-2/3-4".parse().unwrap()
    }

    /// Two lines of unequal gain a and b: SDD21 = (a + b) / 2, SCD21 = (a - b) / 2.
    #[test]
    fn two_uncoupled_lines_add_in_the_differential_and_subtract_in_the_common_mode() {
        let (a, b, r) =
            (Complex64::new(0.0, -0.9), Complex64::new(0.1, -0.7), Complex64::new(0.2, 0.0));
        let zero = Complex64::default();
        let s = vec![r, a, zero, zero, a, r, zero, zero, zero, zero, r, b, zero, zero, b, r];
        let network = Network::new(vec![1e9], s, vec![50.0; 4]).unwrap();
        let mixed = MixedMode::of(&network, &map()).unwrap();
        let close = |x: &[Complex64], y: Complex64| (x[0] - y).norm() < 1e-15;
        assert!(close(&mixed.sdd21(), (a + b) / 2.0) && close(&mixed.scd21(), (a - b) / 2.0));
        assert!(
            close(&mixed.sdd11(), r)
                && close(&mixed.sdd22(), r)
                && close(&mixed.element(Mode::C1, Mode::D1), zero)
        );
        assert_eq!(mixed.network().reference_ohm(), [100.0, 100.0, 25.0, 25.0]);
        assert_eq!(mixed.differential().ports(), 2);
        // exchanging its lines changes only the sign of the common mode
        let turned = MixedMode::of(&network, &"3-4/1-2".parse().unwrap()).unwrap();
        assert!(close(&turned.sdd21(), (a + b) / 2.0) && close(&turned.scd21(), (b - a) / 2.0));
    }

    #[test]
    fn a_lane_of_twelve_ports_is_named_by_its_map_and_its_references_are_made_one() {
        let gain = |i: usize, j: usize| {
            if i / 2 == j / 2 && i != j { 0.1 * (1 + i / 2) as f64 } else { 0.0 }
        };
        let s: Vec<Complex64> =
            (0..144).map(|at| Complex64::new(gain(at / 12, at % 12), 0.0)).collect();
        let network = Network::new(vec![1e9], s, vec![50.0; 12]).unwrap();
        let lane =
            |network: &Network| MixedMode::of(network, &"9-10/5-6".parse().unwrap()).unwrap();
        assert!(
            (lane(&network).sdd21()[0] - 0.4).norm() < 1e-15
                && (lane(&network).scd21()[0] - 0.1).norm() < 1e-15
        );
        let other = network.renormalised(&(40..52).map(f64::from).collect::<Vec<_>>()).unwrap();
        let expected = lane(&network).network().renormalised(&[96.0, 96.0, 24.0, 24.0]).unwrap();
        assert!(
            (lane(&other).sdd21()[0] - expected.at(0, 2, 1)).norm() < 1e-14,
            "of the reference of port 9, 48 ohm"
        );
    }

    #[test]
    fn a_port_that_is_not_there_is_named_with_the_map() {
        let network = Network::thru(&[1e9], 50.0);
        assert_eq!(
            MixedMode::of(&network, &map()).unwrap_err(),
            "port map 1-2/3-4: port 3: must be from 1 to 2"
        );
    }
}
