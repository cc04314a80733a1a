//! Parts of a link.

use serde::{Deserialize, Serialize};

/// Part of a link to which an impairment or a tolerance belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// From the symbols, or from the module's input, to the light in the fibre.
    Transmitter,
    /// The fibre with its connectors.
    Fibre,
    /// From the light to the decision, or to the module's output.
    Receiver,
    /// The hosts at both ends, with their channels.
    Host,
}

impl Part {
    /// Its name, as in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Transmitter => "transmitter",
            Part::Fibre => "fibre",
            Part::Receiver => "receiver",
            Part::Host => "host",
        }
    }
}
