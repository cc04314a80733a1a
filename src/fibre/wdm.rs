//! Wavelength-division multiplexing: lanes of one fibre, their wavelengths, and the demultiplexer.

use crate::chain::Shape;
use crate::error::{KeyPath, Problems};
use crate::units::{LIGHT_M_PER_S, amplitude_ratio, giga, nano, power_ratio};
use serde::{Deserialize, Serialize};

/// Wavelengths of the lanes of a fibre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WdmGrid {
    /// One lane a fibre.
    #[default]
    None,
    /// Four lanes, 20 nm apart: 1271, 1291, 1311, 1331 nm (ITU-T G.694.2).
    Cwdm4,
    /// Four lanes, 800 GHz apart: 231.4, 230.6, 229.8, 229.0 THz (ITU-T G.694.1).
    LanWdm4,
    /// As many lanes as `channels`, at the wavelengths of their lasers.
    Given,
}

impl WdmGrid {
    /// Its name, as in a description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            WdmGrid::None => "none",
            WdmGrid::Cwdm4 => "cwdm4",
            WdmGrid::LanWdm4 => "lan-wdm4",
            WdmGrid::Given => "given",
        }
    }

    /// Nominal wavelength of each channel, nm, between the ends of its range; empty where the
    /// lasers give them.
    fn channels_nm(self) -> &'static [[f64; 3]] {
        match self {
            WdmGrid::None | WdmGrid::Given => &[],
            // +-6.5 nm (IEEE Std 802.3 clauses 122 and 151, and the CWDM4 MSA; from memory)
            WdmGrid::Cwdm4 => &[
                [1264.5, 1271.0, 1277.5],
                [1284.5, 1291.0, 1297.5],
                [1304.5, 1311.0, 1317.5],
                [1324.5, 1331.0, 1337.5],
            ],
            // +-184 GHz around c over the frequencies (IEEE Std 802.3 clause 88, from memory)
            WdmGrid::LanWdm4 => &[
                [1294.53, 1295.56, 1296.59],
                [1299.02, 1300.05, 1301.09],
                [1303.54, 1304.58, 1305.63],
                [1308.09, 1309.14, 1310.19],
            ],
        }
    }
}

/// Lanes that share a fibre by their wavelengths, and the demultiplexer that parts them.
///
/// ```text
/// i_n = R (|E_n|^2 + sum over the other lanes k of 10^(-isolation / 10) |E_k|^2)
/// ```
///
/// A lane has the wavelength of its place in the grid, whatever its laser's key says. Light of the
/// others that the demultiplexer lets through adds to its power: the beat with it is out of band.
/// Counts run every lane of the fibre with its own symbols and noises, the prediction has their
/// light in the mean of each symbol, and their noises where their power exceeds 1 % of the lane's.
///
/// # Limits
///
/// The loss of the multiplexer is one of the transmitter. A filter has no phase, and the leak of
/// other channels no shape. Lanes are synchronous, the edges of their symbols aligned but for what
/// dispersion of each adds. Settings that are searched are those of a lane alone. Transmitter
/// measurements are of a lane alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wdm {
    /// Wavelengths of the lanes of a fibre; lanes of consecutive numbers share one.
    pub grid: WdmGrid,
    /// Lanes of a fibre with the grid `given`.
    pub channels: usize,
    /// Isolation of a neighbouring channel by the demultiplexer, dB.
    pub isolation_db: f64,
    /// Isolation of every other channel, dB.
    pub far_isolation_db: f64,
    /// Loss of the demultiplexer at a channel's centre, dB, after TP3.
    pub demultiplexer_loss_db: f64,
    /// Wavelength of the lane less that of its channel, nm: drift and tolerance of its laser.
    pub offset_nm: f64,
    /// Width of a channel at -3 dB, multiplexer and demultiplexer together, GHz; without it
    /// channels have no shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passband_ghz: Option<f64>,
    /// Order of the passband: 1 is a Gaussian, larger ones have flatter tops.
    pub passband_order: usize,
    /// Ripple of the passband from crest to trough, dB.
    pub ripple_db: f64,
    /// Period of the ripple, GHz.
    pub ripple_period_ghz: f64,
}

impl Default for Wdm {
    fn default() -> Self {
        Wdm {
            grid: WdmGrid::None,
            channels: 4,
            isolation_db: 25.0,     // thin-film filters and AWGs, assumed
            far_isolation_db: 40.0, // same
            demultiplexer_loss_db: 0.0,
            offset_nm: 0.0,
            passband_ghz: None,
            passband_order: 2, // a flat top, assumed
            ripple_db: 0.0,
            ripple_period_ghz: 100.0, // a cavity of 1 mm of glass, assumed
        }
    }
}

impl Wdm {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.count(at, "channels", self.channels, 1..=16);
        problems.range(at, "isolation_db", self.isolation_db, 3.0..=100.0);
        problems.range(at, "far_isolation_db", self.far_isolation_db, 3.0..=100.0);
        problems.range(at, "demultiplexer_loss_db", self.demultiplexer_loss_db, 0.0..=20.0);
        problems.range(at, "offset_nm", self.offset_nm, -20.0..=20.0);
        if let Some(width_ghz) = self.passband_ghz {
            problems.range(at, "passband_ghz", width_ghz, 10.0..=1e5);
        }
        problems.count(at, "passband_order", self.passband_order, 1..=8);
        problems.range(at, "ripple_db", self.ripple_db, 0.0..=10.0);
        problems.range(at, "ripple_period_ghz", self.ripple_period_ghz, 1.0..=1e4);
    }

    /// Lanes of a fibre.
    pub fn lanes_per_fibre(&self) -> usize {
        match self.grid {
            WdmGrid::None => 1,
            WdmGrid::Given => self.channels.max(1),
            grid => grid.channels_nm().len(),
        }
    }

    /// Numbers of the lanes that share the fibre of a lane.
    pub fn fibre_of(&self, lane: usize) -> std::ops::Range<usize> {
        let lanes = self.lanes_per_fibre();
        let first = lane / lanes * lanes;
        first..first + lanes
    }

    /// Wavelength of a lane's channel between the ends of its range, nm; `None` where its laser
    /// gives it.
    pub(crate) fn channel_nm(&self, lane: usize) -> Option<[f64; 3]> {
        let channels = self.grid.channels_nm();
        channels.get(lane % channels.len().max(1)).copied()
    }

    /// Wavelength of a lane, nm; `None` where its laser gives it.
    pub fn wavelength_nm(&self, lane: usize) -> Option<f64> {
        self.channel_nm(lane).map(|[_, nominal, _]| nominal + self.offset_nm)
    }

    /// Loss of the demultiplexer at a channel's centre, dB.
    pub fn loss_db(&self) -> f64 {
        if self.lanes_per_fibre() < 2 { 0.0 } else { self.demultiplexer_loss_db }
    }

    /// The demultiplexer as the light of `lane` passes it, with the shape of both filters; nothing
    /// where lanes have their own fibres. Filters are centred on the channel, or where lasers give
    /// the wavelengths on `reference_nm`.
    pub(crate) fn channel(&self, lane: usize, wavelength_nm: f64, reference_nm: f64) -> Vec<Shape> {
        if self.lanes_per_fibre() < 2 {
            return vec![];
        }
        let mut shapes = vec![Shape::Gain(amplitude_ratio(-self.demultiplexer_loss_db))];
        if let Some(width_ghz) = self.passband_ghz {
            let nominal_nm = self.channel_nm(lane).map_or(reference_nm, |[_, nominal, _]| nominal);
            shapes.push(Shape::Passband {
                centre_hz: LIGHT_M_PER_S / nano(nominal_nm) - LIGHT_M_PER_S / nano(wavelength_nm),
                half_width_hz: giga(width_ghz) / 2.0,
                order: self.passband_order as i32,
                ripple_neper: -amplitude_ratio(-self.ripple_db).ln(),
                ripple_hz: giga(self.ripple_period_ghz),
            });
        }
        shapes
    }

    /// Part of the power of lane `from` that reaches the detector of lane `to`; `None` for lanes of
    /// other fibres.
    pub(crate) fn leak(&self, from: usize, to: usize) -> Option<f64> {
        (from != to && self.fibre_of(to).contains(&from)).then(|| {
            let near = from.abs_diff(to) == 1;
            power_ratio(-if near { self.isolation_db } else { self.far_isolation_db })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To the two digits that the names of the channels have.
    #[test]
    fn lan_wdm_channels_are_800_ghz_apart() {
        for (lane, thz) in [231.4, 230.6, 229.8, 229.0].into_iter().enumerate() {
            let wdm = Wdm { grid: WdmGrid::LanWdm4, ..Wdm::default() };
            let found = wdm.wavelength_nm(4 + lane).unwrap();
            assert!((LIGHT_M_PER_S / (thz * 1e3) - found).abs() < 0.005, "{found}");
        }
    }

    /// 3 dB at half the width from the centre, where an offset of the laser has put it; a trough
    /// lies half a period of the ripple from the centre.
    #[test]
    fn a_laser_beside_its_channel_sees_the_edge_of_the_passband() {
        let wdm = Wdm {
            grid: WdmGrid::LanWdm4,
            demultiplexer_loss_db: 1.0,
            offset_nm: 1.0,
            passband_ghz: Some(350.0),
            ripple_db: 0.4,
            ripple_period_ghz: 70.0,
            ..Wdm::default()
        };
        let wavelength_nm = wdm.wavelength_nm(2).unwrap();
        let beside_hz = LIGHT_M_PER_S / nano(1304.58) - LIGHT_M_PER_S / nano(wavelength_nm);
        let db = |f_hz: f64| {
            let all = wdm.channel(2, wavelength_nm, wavelength_nm);
            20.0 * all.iter().map(|shape| shape.at(f_hz).norm()).product::<f64>().log10()
        };
        assert!((beside_hz - 175.9e9).abs() < 0.2e9, "{beside_hz}");
        assert!((db(beside_hz) + 1.0).abs() < 1e-9);
        assert!(
            (db(beside_hz - 175e9) + 1.0 + 3.0103 + 0.4).abs() < 1e-3,
            "{}",
            db(beside_hz - 175e9)
        );
        assert!((db(beside_hz + 140e9) - db(beside_hz - 140e9)).abs() < 1e-9);
        assert!(Wdm::default().channel(0, 1311.0, 1311.0).is_empty());
    }

    #[test]
    fn lanes_leak_within_their_fibre_only() {
        let wdm = Wdm { grid: WdmGrid::Cwdm4, ..Wdm::default() };
        assert_eq!(wdm.leak(3, 4), None);
        assert_eq!(wdm.leak(4, 4), None);
        assert_eq!(wdm.leak(5, 4), Some(power_ratio(-25.0)));
        assert_eq!(wdm.leak(4, 7), Some(power_ratio(-40.0)));
        assert_eq!(Wdm::default().leak(0, 1), None);
        let given = Wdm { grid: WdmGrid::Given, channels: 2, ..wdm };
        assert_eq!((given.fibre_of(3), given.wavelength_nm(3)), (2..4, None));
    }
}
