//! Inspection of a channel's file.

use super::mixed::MixedMode;
use super::network::Network;
use super::port_map::PortMap;
use super::port_selection::PortSelection;
use crate::measured::{Touchstone, shown};
use crate::units::{db_from_amplitude_ratio, giga, pico};
use num_complex::Complex64;
use serde::{Deserialize, Serialize};

/// Properties of a channel's file: loss, return loss, mode conversion, delay, and the quality of
/// its data.
///
/// Up to the Nyquist frequency if a symbol rate is given, else up to the last frequency. A value
/// that was not evaluated is absent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inspection {
    /// The file.
    pub file: String,
    /// Number of ports.
    pub ports: usize,
    /// Number of frequencies.
    pub points: usize,
    /// Lowest frequency, GHz.
    pub lowest_ghz: f64,
    /// Highest frequency, GHz.
    pub highest_ghz: f64,
    /// Ports of the differential channel; absent for two ports.
    pub port_map: Option<PortMap>,
    /// Half the symbol rate, GHz.
    pub nyquist_ghz: Option<f64>,
    /// Reference impedance of the figures, ohm: of the differential ports, or of both single ones.
    pub reference_ohm: f64,
    /// Loss at 0 Hz, dB.
    pub dc_loss_db: f64,
    /// True if the loss at 0 Hz is extrapolated, false if the file has it.
    pub dc_extrapolated: bool,
    /// Loss at the Nyquist frequency, dB; absent where the file does not reach it.
    pub nyquist_loss_db: Option<f64>,
    /// Smallest return loss of the near end, dB.
    pub near_return_loss_db: f64,
    /// Smallest return loss of the far end, dB.
    pub far_return_loss_db: f64,
    /// Largest conversion of a differential wave into a common one at the far end, dB.
    pub conversion_db: Option<f64>,
    /// Delay, weighted by the power that passes, ps.
    pub delay_ps: Option<f64>,
    /// Energy of the impulse response before time 0, % of its total; absent if it cannot be
    /// computed.
    pub early_percent: Option<f64>,
    /// Largest singular value of S: above 1 the network is active.
    pub largest_singular_value: f64,
    /// Frequency of the largest singular value, GHz.
    pub largest_singular_value_ghz: f64,
    /// Largest |S - S^T|.
    pub largest_asymmetry: f64,
    /// Share of the phase that rotates as that of a delay, %.
    pub causality_percent: Option<f64>,
    /// Warnings for the user.
    pub warnings: Vec<String>,
    /// |S| over frequency, for a figure.
    #[serde(skip)]
    pub curves: Vec<(&'static str, Vec<(f64, f64)>)>,
}

/// A number that JSON can write.
fn finite(x: f64) -> Option<f64> {
    Some(x).filter(|x| x.is_finite())
}

impl Inspection {
    /// Reads a file; its map is guessed for four ports when none is given. Figures are of 50 ohm
    /// for each port, whatever the file's references ([`Network::at_usual_references`]).
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is none, ports without a map, a map that does not fit.
    pub fn open(
        file: &str,
        ports: Option<&PortSelection>,
        symbol_rate_gbd: Option<f64>,
    ) -> Result<Self, String> {
        let touchstone = Touchstone::open(file)?;
        let mut warnings = touchstone.notes().to_vec();
        let names = touchstone.port_names().to_vec();
        let network = Network::from(touchstone).at_usual_references()?;
        let (points, highest_ghz, lowest_ghz) = (
            network.f_hz().len(),
            network.f_hz()[network.f_hz().len() - 1] / giga(1.0),
            network.f_hz()[0] / giga(1.0),
        );
        let quality = network.quality();
        warnings.extend(quality.warnings());
        let map = PortSelection::map_of(ports, &network, &names, &mut warnings)?;
        let completed = network.completed();
        warnings.extend(completed.notes);
        let mixed = map.map(|map| MixedMode::of(&completed.network, &map)).transpose()?;
        let channel =
            mixed.as_ref().map_or_else(|| completed.network.clone(), MixedMode::differential);
        let reference_ohm = channel.reference_ohm()[0];
        let transfer = channel.voltage_transfer(reference_ohm, channel.reference_ohm()[1])?;
        let nyquist_ghz = symbol_rate_gbd.map(|rate| rate / 2.0);
        let up_to_hz = nyquist_ghz.map_or(f64::INFINITY, giga);
        let f_hz = channel.f_hz();
        let db = |s: &Complex64| db_from_amplitude_ratio(s.norm().max(f64::EPSILON));
        let largest = |s: &[Complex64]| {
            f_hz.iter()
                .zip(s)
                .filter(|(f, _)| **f <= up_to_hz)
                .map(|(_, s)| db(s))
                .fold(f64::NEG_INFINITY, f64::max)
        };
        let curve =
            |s: &[Complex64]| f_hz.iter().zip(s).map(|(f, s)| (f / giga(1.0), db(s))).collect();
        let (through, near, far) =
            (channel.element(2, 1), channel.element(1, 1), channel.element(2, 2));
        let converted = mixed.as_ref().map(MixedMode::scd21);
        let names = if mixed.is_some() { ["SDD21", "SDD11", "SCD21"] } else { ["S21", "S11", ""] };
        let mut curves = vec![(names[0], curve(&through)), (names[1], curve(&near))];
        curves.extend(converted.as_ref().map(|s| (names[2], curve(s))));
        if let Some(nyquist) = nyquist_ghz.filter(|nyquist| *nyquist > highest_ghz) {
            warnings.push(format!(
                "ends at {} GHz, below the Nyquist frequency of {nyquist} GHz",
                shown(highest_ghz)
            ));
        }
        Ok(Inspection {
            file: file.to_owned(),
            ports: network.ports(),
            points,
            lowest_ghz,
            highest_ghz,
            port_map: map,
            nyquist_ghz,
            reference_ohm,
            dc_loss_db: -db(&through[0]),
            dc_extrapolated: completed.dc_extrapolated,
            nyquist_loss_db: nyquist_ghz.and_then(|nyquist| loss_db(f_hz, &through, giga(nyquist))),
            near_return_loss_db: -largest(&near),
            far_return_loss_db: -largest(&far),
            conversion_db: converted.as_deref().map(largest),
            delay_ps: finite(transfer.delay_s() / pico(1.0)),
            early_percent: transfer.early_percent().ok(),
            largest_singular_value: quality.largest_singular_value,
            largest_singular_value_ghz: quality.largest_singular_value_hz / giga(1.0),
            largest_asymmetry: quality.largest_asymmetry,
            causality_percent: finite(quality.causality_percent),
            warnings,
            curves,
        })
    }
}

/// Loss at a frequency, dB; linear in dB between its neighbours.
fn loss_db(f_hz: &[f64], s: &[Complex64], at_hz: f64) -> Option<f64> {
    let db = |k: usize| db_from_amplitude_ratio(s[k].norm().max(f64::EPSILON));
    let above = f_hz.iter().position(|&f| f >= at_hz)?;
    let below = above.saturating_sub(1);
    let part =
        if above == below { 0.0 } else { (at_hz - f_hz[below]) / (f_hz[above] - f_hz[below]) };
    Some(-(db(below) + part * (db(above) - db(below))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_lies_between_its_neighbours() {
        let s: Vec<Complex64> = [1.0, 0.1, 0.01].map(|x| Complex64::new(x, 0.0)).into();
        let f = [0.0, 1e9, 2e9];
        assert!((loss_db(&f, &s, 0.5e9).unwrap() - 10.0).abs() < 1e-12);
        assert!((loss_db(&f, &s, 2e9).unwrap() - 40.0).abs() < 1e-12);
        assert_eq!((loss_db(&f, &s, 0.0), loss_db(&f, &s, 3e9)), (Some(-0.0), None));
    }
}
