//! A channel without a file: package, trace, package.

use super::line::Propagation;
use super::network::Network;
use crate::error::{KeyPath, Problems};
use crate::units::{femto, giga, nano, neper, pico};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Frequency up to which a trace must be causal, GHz.
const CAUSAL_TO_GHZ: f64 = 110.0;

/// A differential trace between two packages.
///
/// ```text
/// loss(f) = loss_db (s sqrt(f / f0) + (1 - s) f / f0),   s = skin_percent / 100,   f0 = loss_at_ghz
/// near package - line of impedance_ohm, loss and delay_ps - far package
/// ```
///
/// In and out: volts between the two wires. Steps of the line's impedance and the capacitances of
/// the packages reflect.
///
/// # Limits
///
/// One uniform line: no via, no connector, no roughness, no skew between the wires. No loss at 0
/// Hz.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PcbTrace {
    /// Loss of the line alone, without packages, at [`PcbTrace::loss_at_ghz`], dB.
    pub loss_db: f64,
    /// Frequency of that loss, usually half the symbol rate, GHz.
    pub loss_at_ghz: f64,
    /// Part of the loss that grows as the root of frequency (skin effect), percent; the rest grows
    /// as frequency (dielectric).
    pub skin_percent: f64,
    /// Delay of the line, ps.
    pub delay_ps: f64,
    /// Characteristic impedance between the wires, ohm.
    pub impedance_ohm: f64,
    /// The package at the near end.
    pub near: Package,
    /// The package at the far end.
    pub far: Package,
}

impl Default for PcbTrace {
    fn default() -> Self {
        PcbTrace {
            loss_db: 10.0,
            loss_at_ghz: 26.5625,
            skin_percent: 50.0,
            delay_ps: 1200.0,
            impedance_ohm: 100.0,
            near: Package::default(),
            far: Package::none(),
        }
    }
}

/// A die and its package, from the die's pad outwards.
///
/// ```text
/// die_ff[0] | die_ph[0] | die_ff[1] | die_ph[1] | die_ff[2] | die_ph[2] | bump_ff | line | second line | ball_ff
/// gamma = dc + skin (1 + j) sqrt(f) + dielectric f (1 - j 2/pi ln f) + j 2 pi f delay     per mm, f in GHz, of both lines
/// ```
///
/// capacitors across, inductors in series. Capacitances are of each wire to ground and inductances
/// of each wire, as 802.3 gives them; the lines' impedances are between the wires. The default is
/// that of the 802.3dj COM sheet with 33 mm of 87.5 ohm, without its second line of 1.8 mm.
///
/// # Reference
///
/// IEEE 802.3dj, annex 178A parameter sheet (`draft`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Package {
    /// Capacitances of the die, from the pad outwards, fF.
    pub die_ff: [f64; 3],
    /// Inductances after each of them, pH.
    pub die_ph: [f64; 3],
    /// Capacitance of the bump, fF.
    pub bump_ff: f64,
    /// Length of the package's line, mm.
    pub length_mm: f64,
    /// Impedance of the line between the wires, ohm.
    pub impedance_ohm: f64,
    /// Length of the second line, between the first and the ball, mm.
    pub second_length_mm: f64,
    /// Its impedance between the wires, ohm.
    pub second_impedance_ohm: f64,
    /// Capacitance of the ball, fF.
    pub ball_ff: f64,
    /// Loss of the lines at every frequency, gamma 0, Np/mm.
    pub dc_neper_per_mm: f64,
    /// Skin loss of the lines at 1 GHz, a1, Np/mm.
    pub skin_neper_per_mm: f64,
    /// Dielectric loss of the lines at 1 GHz, a2, Np/mm.
    pub dielectric_neper_per_mm: f64,
    /// Delay of the lines, tau, ns/mm.
    pub delay_ns_per_mm: f64,
}

impl Default for Package {
    fn default() -> Self {
        Package {
            die_ff: [40.0, 90.0, 110.0],
            die_ph: [130.0, 150.0, 140.0],
            bump_ff: 30.0,
            length_mm: 33.0,
            impedance_ohm: 87.5,
            second_length_mm: 0.0,
            second_impedance_ohm: 92.5,
            ball_ff: 40.0,
            dc_neper_per_mm: 5e-4,
            skin_neper_per_mm: 8.9e-4,
            dielectric_neper_per_mm: 2.0e-4,
            delay_ns_per_mm: 6.141e-3,
        }
    }
}

impl Package {
    /// No package.
    pub fn none() -> Self {
        let nothing = Package {
            die_ff: [0.0; 3],
            die_ph: [0.0; 3],
            bump_ff: 0.0,
            length_mm: 0.0,
            ball_ff: 0.0,
            ..Package::default()
        };
        Package { impedance_ohm: 100.0, second_impedance_ohm: 100.0, ..nothing }
    }

    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        for (key, values) in [("die_ff", self.die_ff), ("die_ph", self.die_ph)] {
            values.iter().for_each(|&value| problems.range(at, key, value, 0.0..=1e4));
        }
        problems.range(at, "bump_ff", self.bump_ff, 0.0..=1e4);
        problems.range(at, "length_mm", self.length_mm, 0.0..=200.0);
        problems.range(at, "impedance_ohm", self.impedance_ohm, 10.0..=1000.0);
        problems.range(at, "second_length_mm", self.second_length_mm, 0.0..=200.0);
        problems.range(at, "second_impedance_ohm", self.second_impedance_ohm, 10.0..=1000.0);
        problems.range(at, "ball_ff", self.ball_ff, 0.0..=1e4);
        problems.range(at, "dc_neper_per_mm", self.dc_neper_per_mm, 0.0..=0.1);
        problems.range(at, "skin_neper_per_mm", self.skin_neper_per_mm, 0.0..=0.1);
        problems.range(at, "dielectric_neper_per_mm", self.dielectric_neper_per_mm, 0.0..=0.1);
        problems.range(at, "delay_ns_per_mm", self.delay_ns_per_mm, 0.0..=1.0);
    }

    /// The package's two-port, the die at port 1.
    ///
    /// # Errors
    ///
    /// If two of its elements resonate without loss.
    pub fn network(&self, f_hz: &[f64], reference_ohm: f64) -> Result<Network, String> {
        self.stages(f_hz, reference_ohm)
            .iter()
            .try_fold(Network::thru(f_hz, reference_ohm), |chain, stage| chain.then(stage))
    }

    /// Its two-ports from the die outwards.
    fn stages(&self, f_hz: &[f64], reference_ohm: f64) -> Vec<Network> {
        // between the wires two capacitances are in series, and so are two inductances
        let capacitor = |ff: f64| Network::shunt_capacitor(f_hz, femto(ff) / 2.0, reference_ohm);
        let inductor = |ph: f64| Network::series_inductor(f_hz, 2.0 * pico(ph), reference_ohm);
        let mut stages: Vec<Network> = self
            .die_ff
            .iter()
            .zip(self.die_ph)
            .flat_map(|(&ff, ph)| [capacitor(ff), inductor(ph)])
            .collect();
        let line = |length_mm: f64, ohm: f64| {
            let propagation = Propagation {
                dc_neper: self.dc_neper_per_mm * length_mm,
                skin_neper: self.skin_neper_per_mm * length_mm / giga(1.0).sqrt(),
                dielectric_neper: self.dielectric_neper_per_mm * length_mm / giga(1.0),
                delay_s: nano(self.delay_ns_per_mm) * length_mm,
            };
            Network::line(f_hz, &propagation, ohm, reference_ohm)
        };
        stages.push(capacitor(self.bump_ff));
        stages.push(line(self.length_mm, self.impedance_ohm));
        stages.push(line(self.second_length_mm, self.second_impedance_ohm));
        stages.push(capacitor(self.ball_ff));
        stages
    }

    /// A two-port between two packages, from the near die to the far one.
    pub(super) fn around(
        near: &Package,
        between: Network,
        far: &Package,
        reference_ohm: f64,
    ) -> Result<Network, String> {
        let f_hz = between.f_hz().to_vec();
        let far = far.stages(&f_hz, reference_ohm);
        let stages = near
            .stages(&f_hz, reference_ohm)
            .into_iter()
            .chain([between])
            .chain(far.into_iter().rev());
        stages
            .into_iter()
            .try_fold(Network::thru(&f_hz, reference_ohm), |chain, stage| chain.then(&stage))
    }
}

impl PcbTrace {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "loss_db", self.loss_db, 0.0..=60.0);
        problems.range(at, "loss_at_ghz", self.loss_at_ghz, 1.0..=200.0);
        problems.range(at, "skin_percent", self.skin_percent, 0.0..=100.0);
        problems.range(at, "impedance_ohm", self.impedance_ohm, 10.0..=1000.0);
        problems.range(at, "delay_ps", self.delay_ps, 0.0..=1e5);
        let least_ps = self.propagation().dielectric_neper / (PI * PI) * (1.0 + CAUSAL_TO_GHZ.ln())
            / pico(1.0);
        if (0.0..=60.0).contains(&self.loss_db) && self.delay_ps < least_ps {
            let remedy = format!(
                "must be at least {least_ps:.1} with this dielectric loss: its phase would come before time 0"
            );
            problems.report(at, "delay_ps", self.delay_ps, remedy);
        }
        self.near.check(&at.key("near"), problems);
        self.far.check(&at.key("far"), problems);
    }

    /// Propagation constants of the line.
    pub fn propagation(&self) -> Propagation {
        let (loss, at_hz, skin) =
            (neper(self.loss_db), giga(self.loss_at_ghz), self.skin_percent / 100.0);
        Propagation {
            dc_neper: 0.0,
            skin_neper: loss * skin / at_hz.sqrt(),
            dielectric_neper: loss * (1.0 - skin) / at_hz,
            delay_s: pico(self.delay_ps),
        }
    }

    /// Differential two-port at `f_hz`, from the near die to the far one.
    ///
    /// # Errors
    ///
    /// If two of its elements resonate without loss.
    pub fn network(&self, f_hz: &[f64], reference_ohm: f64) -> Result<Network, String> {
        let line = Network::line(f_hz, &self.propagation(), self.impedance_ohm, reference_ohm);
        Package::around(&self.near, line, &self.far, reference_ohm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::db_from_amplitude_ratio;

    fn grid() -> Vec<f64> {
        (0..=4000).map(|k| f64::from(k) * 25e6).collect()
    }

    fn checked(trace: &PcbTrace) -> Vec<String> {
        let mut problems = Problems::new();
        trace.check(&KeyPath::root().key("trace"), &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_matched_trace_has_the_loss_it_names_at_its_frequency() {
        let trace = PcbTrace { near: Package::none(), ..PcbTrace::default() };
        let network = trace.network(&[0.0, 26.5625e9 / 4.0, 26.5625e9], 100.0).unwrap();
        let db = |k: usize| db_from_amplitude_ratio(network.at(k, 2, 1).norm());
        assert!(db(0).abs() < 1e-12 && (db(2) + 10.0).abs() < 1e-9, "{} {}", db(0), db(2));
        assert!((db(1) + 5.0 / 2.0 + 5.0 / 4.0).abs() < 1e-9 && network.at(2, 1, 1).norm() < 1e-12);
        assert!(checked(&PcbTrace::default()).is_empty());
    }

    #[test]
    fn a_trace_with_packages_is_passive_reciprocal_and_causal() {
        let trace = PcbTrace {
            impedance_ohm: 88.0,
            far: Package { length_mm: 8.0, ..Package::default() },
            ..PcbTrace::default()
        };
        let network = trace.network(&grid(), 100.0).unwrap();
        let quality = network.quality();
        assert!(
            quality.largest_singular_value <= 1.0 + 1e-12 && quality.largest_asymmetry < 1e-12,
            "{quality:?}"
        );
        assert!(quality.warnings().is_empty(), "{quality:?}");
        let early = network.voltage_transfer(92.0, 105.0).unwrap().early_percent().unwrap();
        assert!(early < 1e-3, "{early}"); // the window's own tails: the channel is cut at 100 GHz
    }

    /// The far package is the near one reversed: with packages exchanged, the channel is the same
    /// from its other end.
    #[test]
    fn both_packages_stand_with_their_dies_outside() {
        let small = Package { length_mm: 5.0, ..Package::default() };
        let one = PcbTrace { near: Package::default(), far: small.clone(), ..PcbTrace::default() }
            .network(&grid(), 100.0)
            .unwrap();
        let other = PcbTrace { near: small, far: Package::default(), ..PcbTrace::default() }
            .network(&grid(), 100.0)
            .unwrap();
        let turned = other.of_ports(&[2, 1]).unwrap();
        assert!((0..grid().len()).all(|k| {
            (1..=2).all(|i| (1..=2).all(|j| (one.at(k, i, j) - turned.at(k, i, j)).norm() < 1e-12))
        }));
    }

    #[test]
    fn a_delay_too_short_for_its_loss_is_refused() {
        let said = checked(&PcbTrace {
            delay_ps: 1.0,
            skin_percent: 0.0,
            loss_db: 30.0,
            ..PcbTrace::default()
        });
        assert!(
            said.len() == 1 && said[0].starts_with("trace.delay_ps = 1: must be at least 75."),
            "{said:?}"
        );
        assert_eq!(
            checked(&PcbTrace { loss_db: f64::NAN, ..PcbTrace::default() })[0],
            "trace.loss_db = NaN: must be from 0 to 60"
        );
    }
}
