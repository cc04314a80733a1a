//! Channels and aggressors from files.

use crate::host::mixed::MixedMode;
use crate::host::network::Network;
use crate::host::port_map::PortMap;
use crate::measured::Touchstone;

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
    /// taken as differential.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is none, ports without a map, a map that does not fit; to be
    /// shown after the file's name.
    pub fn open(file: &str, map: Option<PortMap>) -> Result<Self, String> {
        let touchstone = Touchstone::open(file)?;
        let mut warnings = touchstone.notes().to_vec();
        let network = Network::from(touchstone);
        let port_map = match map {
            Some(map) => Some(map),
            None if network.ports() == 2 => None,
            None => {
                let guess = PortMap::guess(&network)?;
                warnings.push(guess.warning);
                Some(guess.map)
            }
        };
        let completed = network.completed();
        warnings.extend(completed.notes);
        let mixed = port_map.map(|map| MixedMode::of(&completed.network, &map)).transpose()?;
        let network = mixed.map_or(completed.network, |mixed| mixed.differential());
        Ok(ComChannel { network, port_map, warnings })
    }
}

impl From<Network> for ComChannel {
    /// A two-port that is differential already.
    fn from(network: Network) -> Self {
        ComChannel { network, port_map: None, warnings: Vec::new() }
    }
}
