//! Channels and aggressors from files.

use crate::host::mixed::MixedMode;
use crate::host::network::Network;
use crate::host::port_map::PortMap;
use crate::host::port_selection::PortSelection;
use crate::math::matrix::largest_singular_value;
use crate::measured::{Touchstone, shown};
use crate::units::giga;

/// Singular value of S above which a channel has no margin: a gain of 0.8 dB, beyond the errors of
/// instruments and of de-embedding (assumed).
pub(super) const ACTIVE: f64 = 1.1;

/// A differential two-port from 0 Hz on.
#[derive(Clone, Debug)]
pub struct ComChannel {
    /// Differential scattering parameters.
    pub network: Network,
    /// Ports of the channel in its file; absent for a file of two ports.
    pub port_map: Option<PortMap>,
    /// Warnings for the user.
    pub warnings: Vec<String>,
}

/// End of the channel at which an aggressor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggressorEnd {
    /// At the victim's transmitter, with the same equaliser.
    FarEnd,
    /// At the victim's receiver, without equaliser.
    NearEnd,
}

/// A neighbour that couples into the victim's receiver.
#[derive(Clone, Debug)]
pub struct Aggressor {
    /// End of the victim's channel.
    pub side: AggressorEnd,
    /// From its transmitter to the victim's receiver.
    pub channel: ComChannel,
}

impl ComChannel {
    /// Reads a Touchstone file; a map is guessed for four ports when none is given. Two ports are
    /// taken as differential. S is renormalised to 50 ohm for each port first, whatever the file's
    /// references ([`Network::at_usual_references`]).
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is none, ports without a map, a map that does not fit; to be
    /// shown after the file's name.
    pub fn open(file: &str, ports: Option<&PortSelection>) -> Result<Self, String> {
        let touchstone = Touchstone::open(file)?;
        let mut warnings = touchstone.notes().to_vec();
        let names = touchstone.port_names().to_vec();
        let network = Network::from(touchstone).at_usual_references()?;
        let port_map = PortSelection::map_of(ports, &network, &names, &mut warnings)?;
        let completed = network.completed();
        warnings.extend(completed.notes);
        let mixed = port_map.map(|map| MixedMode::of(&completed.network, &map)).transpose()?;
        let network = mixed.map_or(completed.network, |mixed| mixed.differential());
        Ok(ComChannel { network, port_map, warnings })
    }
}

impl ComChannel {
    /// Refuses a channel that gives more power than it gets, up to a frequency.
    ///
    /// # Errors
    ///
    /// The largest singular value of S, where it is above [`ACTIVE`].
    pub(super) fn is_passive(&self, up_to_hz: f64) -> Result<(), String> {
        let network = &self.network;
        let below = network.f_hz().iter().take_while(|f| **f <= up_to_hz).enumerate();
        let largest = below
            .map(|(k, f)| (largest_singular_value(network.matrix(k), network.ports()), f))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match largest {
            Some((value, f)) if value > ACTIVE => Err(format!(
                "is not passive: the largest singular value of its differential S is {value:.4} at {} GHz; must be at most {ACTIVE}: does the option line name the format of the numbers (MA, DB, RI)?",
                shown(f / giga(1.0))
            )),
            _ => Ok(()),
        }
    }
}

impl From<Network> for ComChannel {
    /// A two-port that is differential already.
    fn from(network: Network) -> Self {
        ComChannel { network, port_map: None, warnings: Vec::new() }
    }
}
