//! Reflections in a fibre: multipath interference.

use crate::chain::{NoiseId, ReflectedPath, Reflections as ReflectedLight};
use crate::error::{KeyPath, Problems};
use crate::units::{LIGHT_M_PER_S, amplitude_ratio, kilo};
use serde::{Deserialize, Serialize};

/// Group index of single-mode fibre at 1310 nm (data sheets of G.657 fibre: 1.467 to 1.468).
const GROUP_INDEX: f64 = 1.4677;

/// Places of the connectors of a named set, parts of the length: a patch cord and a panel at either
/// end, `assumed`.
const PLACES: [f64; 4] = [0.02, 0.1, 0.9, 0.98];

/// Reflectance that is as good as none, dB.
const NONE_DB: f64 = -100.0;

/// The connectors of a fibre, by how much light they reflect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectorSet {
    /// None.
    None,
    /// Four of -55 dB: clean connectors with an angled end (`assumed`, of 55 to 65 dB).
    Clean,
    /// Four of -45 dB: what the link of a PMD of 500 m may have (`assumed`, IEEE Std 802.3 clause
    /// 124 from memory).
    #[default]
    Specified,
    /// Four of -35 dB: straight ends, worn (`assumed`, of 35 to 45 dB).
    Worn,
    /// Three of -35 dB and one of -26 dB, the second: dirt between two ends (`assumed`).
    Dirty,
    /// Those of `reflectances_db` and `positions_m`.
    Listed,
}

impl ConnectorSet {
    /// Reflectances of a named set, dB.
    fn reflectances_db(self) -> &'static [f64] {
        match self {
            ConnectorSet::None | ConnectorSet::Listed => &[],
            ConnectorSet::Clean => &[-55.0; 4],
            ConnectorSet::Specified => &[-45.0; 4],
            ConnectorSet::Worn => &[-35.0; 4],
            ConnectorSet::Dirty => &[-35.0, -26.0, -35.0, -35.0],
        }
    }

    /// Its name, as in a description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ConnectorSet::None => "none",
            ConnectorSet::Clean => "clean",
            ConnectorSet::Specified => "specified",
            ConnectorSet::Worn => "worn",
            ConnectorSet::Dirty => "dirty",
            ConnectorSet::Listed => "listed",
        }
    }
}

/// Points of a link that reflect light: the modules at its ends, and connectors.
///
/// Light that two of them reflect arrives late and interferes with the signal, its phase random:
///
/// ```text
/// E(t) <- E(t) + sum over i < j of c r_i r_j T_ij E(t - tau_ij) exp(j phi_ij)
/// r = 10^(R / 20) of a reflectance R dB,   T_ij transmission of power from i to j
/// tau_ij = 2 n L_ij / c0
/// ```
///
/// The loss of the fibre's connectors is shared equally among them; without any it lies between the
/// ends. Both estimators take the field as it is: beats with data of their own, of every level, in
/// proportion to the signal. A phase stands still for a codeword and moves with the laser's.
///
/// # Limits
///
/// Light reflected four times and more is left out. Paths below -55 dB are taken as one of their
/// power. The double pass adds no dispersion. Delays beyond a block are taken modulo the block.
/// Loss that a margin adds lies after the last reflection. A search over settings leaves
/// reflections out.
///
/// # Reference
///
/// J. L. Gimlett, N. K. Cheung, *Effects of phase-to-intensity noise conversion by multiple
/// reflections on gigabit-per-second DFB laser transmission systems*, JLT 7 (1989) 888; C. R. S.
/// Fludger, M. Mazzini, T. Kupfer, M. Traverso, *Experimental measurements of the impact of
/// multi-path interference on PAM signals*, OFC 2014, W1F.6.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reflections {
    /// True if they are simulated.
    pub enabled: bool,
    /// Reflectance of the transmitter, dB; -100 is none.
    pub transmitter_db: f64,
    /// Reflectance of the receiver, dB; -100 is none.
    pub receiver_db: f64,
    /// The connectors between them.
    pub connectors: ConnectorSet,
    /// Reflectance of each connector of a list, dB, from the transmitter on.
    pub reflectances_db: Vec<f64>,
    /// Its distance from the transmitter, m.
    pub positions_m: Vec<f64>,
    /// Part of the reflected amplitude in the polarisation of the signal, 0 to 1: 1 is the worst,
    /// 1/2 the mean square of random ones.
    pub polarisation_overlap: f64,
}

impl Default for Reflections {
    fn default() -> Self {
        Reflections {
            enabled: false,
            transmitter_db: -26.0,
            receiver_db: -26.0,
            connectors: ConnectorSet::default(),
            reflectances_db: vec![],
            positions_m: vec![],
            polarisation_overlap: 1.0,
        }
    }
}

/// A fibre as reflections see it.
pub(super) struct Span {
    pub(super) length_km: f64,
    pub(super) loss_db_per_km: f64,
    /// All connectors together.
    pub(super) connector_loss_db: f64,
}

/// A point that reflects, with what is lost on the way to it.
struct Reflector {
    amplitude: f64,
    position_m: f64,
    /// Loss from the transmitter to it and, for a connector, through it, dB.
    before_db: f64,
    after_db: f64,
}

impl Reflections {
    /// Reports every parameter that is out of its range, for a fibre of this length.
    pub(super) fn check(&self, at: &KeyPath, length_km: f64, problems: &mut Problems) {
        for (key, value) in
            [("transmitter_db", self.transmitter_db), ("receiver_db", self.receiver_db)]
        {
            problems.range(at, key, value, NONE_DB..=-3.0);
        }
        problems.range(at, "polarisation_overlap", self.polarisation_overlap, 0.0..=1.0);
        for &value in &self.reflectances_db {
            problems.range(at, "reflectances_db", value, NONE_DB..=-3.0);
        }
        let positions = &self.positions_m;
        let end_m = kilo(length_km);
        for &position in positions {
            problems.range(at, "positions_m", position, 0.0..=1e6);
        }
        if self.connectors != ConnectorSet::Listed || !self.enabled {
            return;
        }
        let (reflectances, places) = (self.reflectances_db.len(), positions.len());
        if reflectances != places {
            let remedy = format!("must have as many values as reflectances_db, {reflectances}");
            problems.report(at, "positions_m", format!("{places} values"), remedy);
        }
        if !positions.is_sorted() {
            problems.report(at, "positions_m", format!("{positions:?}"), "must rise");
        }
        if let Some(beyond) = positions.iter().find(|&&position| position > end_m) {
            let remedy = format!("must lie within fibre.length_km, {end_m} m");
            problems.report(at, "positions_m", beyond, remedy);
        }
    }

    /// Reflectances of the connectors with their distances from the transmitter, dB and m.
    fn connectors(&self, length_m: f64) -> Vec<(f64, f64)> {
        let named = self.connectors.reflectances_db().iter();
        let named = named.zip(PLACES).map(|(&db, part)| (db, part * length_m));
        let listed = self.reflectances_db.iter().copied().zip(self.positions_m.iter().copied());
        match self.connectors {
            ConnectorSet::Listed => listed.collect(),
            _ => named.collect(),
        }
    }

    /// All points that reflect, from the transmitter to the receiver.
    fn reflectors(&self, span: &Span) -> Vec<Reflector> {
        let length_m = kilo(span.length_km);
        let connectors = self.connectors(length_m);
        let lost_in_fibre = |m: f64| m / kilo(1.0) * span.loss_db_per_km;
        let each_db = span.connector_loss_db / connectors.len().max(1) as f64;
        let end = |db: f64, position_m: f64, before_db: f64| Reflector {
            amplitude: amplitude_ratio(db),
            position_m,
            before_db,
            after_db: before_db,
        };
        let mut all = vec![end(self.transmitter_db, 0.0, 0.0)];
        for (i, (db, position_m)) in connectors.into_iter().enumerate() {
            let before_db = lost_in_fibre(position_m) + i as f64 * each_db;
            let after_db = before_db + each_db;
            all.push(Reflector { after_db, ..end(db, position_m, before_db) });
        }
        all.push(end(self.receiver_db, length_m, lost_in_fibre(length_m) + span.connector_loss_db));
        all
    }

    /// Every path of light reflected twice.
    pub(super) fn paths(&self, span: &Span) -> Vec<ReflectedPath> {
        if !self.enabled {
            return vec![];
        }
        let all = self.reflectors(span);
        let mut paths = Vec::new();
        for (i, near) in all.iter().enumerate() {
            for far in &all[i + 1..] {
                // of power, both ways: that of the amplitude once
                let between = amplitude_ratio(-2.0 * (far.before_db - near.after_db).max(0.0));
                let overlap = self.polarisation_overlap;
                let double_m = 2.0 * (far.position_m - near.position_m);
                paths.push(ReflectedPath {
                    amplitude: overlap * near.amplitude * far.amplitude * between,
                    delay_s: double_m * GROUP_INDEX / LIGHT_M_PER_S,
                });
            }
        }
        paths
    }

    /// What interferes with the light at the end of a fibre; `None` without any.
    pub(super) fn light(&self, span: &Span, linewidth_hz: f64) -> Option<ReflectedLight> {
        let paths = self.paths(span);
        (!paths.is_empty()).then(|| ReflectedLight {
            id: NoiseId::new("fibre.reflections"),
            paths,
            linewidth_hz,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::db_from_amplitude_ratio;

    const SPAN: Span = Span { length_km: 0.5, loss_db_per_km: 0.5, connector_loss_db: 2.75 };

    fn db(path: &ReflectedPath) -> f64 {
        db_from_amplitude_ratio(path.amplitude)
    }

    /// Six reflectors have fifteen paths. The two modules' crosses all connectors and 500 m of 0.5
    /// dB/km twice: 2 (-26 - 3.0) dB; delay 2 1.4677 500 m / c0 = 4.896 us. The first two
    /// connectors': -90 dB and twice 40 m of fibre, without their own losses. From the transmitter
    /// to the second connector one connector and 50 m are crossed.
    #[test]
    fn every_pair_is_a_path_with_its_double_pass() {
        let paths = Reflections { enabled: true, ..Reflections::default() }.paths(&SPAN);
        assert_eq!(paths.len(), 15);
        assert!((db(&paths[4]) + 58.0).abs() < 1e-9, "{}", db(&paths[4]));
        assert!((paths[4].delay_s - 4.8956e-6).abs() < 1e-9, "{}", paths[4].delay_s);
        assert!((db(&paths[5]) + 90.04).abs() < 1e-9, "{}", db(&paths[5]));
        assert!((db(&paths[1]) + 71.0 + 2.0 * (0.6875 + 0.025)).abs() < 1e-9, "{}", db(&paths[1]));
        assert!(Reflections::default().paths(&SPAN).is_empty());
    }

    /// Half of the amplitude is a quarter of the power; of two listed connectors between modules
    /// that do not reflect the strongest path is their own, 2 m of fibre twice below -35 dB.
    #[test]
    fn a_listed_pair_is_one_path() {
        let strongest = |polarisation_overlap: f64| {
            let listed = Reflections {
                enabled: true,
                transmitter_db: NONE_DB,
                receiver_db: NONE_DB,
                connectors: ConnectorSet::Listed,
                reflectances_db: vec![-17.5, -17.5],
                positions_m: vec![10.0, 12.0],
                polarisation_overlap,
            };
            let paths = listed.paths(&SPAN);
            paths.iter().map(db).fold(f64::NEG_INFINITY, f64::max)
        };
        assert!((strongest(1.0) + 35.002).abs() < 1e-9, "{}", strongest(1.0));
        assert!((strongest(1.0) - strongest(0.5) - 6.0206).abs() < 1e-4);
    }
}
