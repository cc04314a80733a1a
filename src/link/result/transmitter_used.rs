//! The transmitter of a result.

use crate::transmitter::TransmitterKind;
use serde::de::IntoDeserializer;
use serde::de::value::Error as NoTransmitter;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Transmitter that a link was run with; one text in JSON, `eml` or `custom (all lanes: my ring)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum TransmitterUsed {
    /// The kind of the description.
    Described(TransmitterKind),
    /// Custom modulators that replace it: lanes and description of each, as `lanes 1: my ring`,
    /// separated by semicolons.
    Custom(String),
}

impl TransmitterUsed {
    /// Name of the variant: the key of the kind, or `custom`.
    pub fn as_str(&self) -> &'static str {
        match self {
            TransmitterUsed::Described(kind) => kind.key(),
            TransmitterUsed::Custom(_) => "custom",
        }
    }
}

impl fmt::Display for TransmitterUsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            TransmitterUsed::Described(_) => Ok(()),
            TransmitterUsed::Custom(about) => write!(f, " ({about})"),
        }
    }
}

impl From<TransmitterUsed> for String {
    fn from(used: TransmitterUsed) -> String {
        used.to_string()
    }
}

impl TryFrom<String> for TransmitterUsed {
    type Error = NoTransmitter;

    fn try_from(text: String) -> Result<TransmitterUsed, NoTransmitter> {
        let about = text.strip_prefix("custom (").and_then(|text| text.strip_suffix(')'));
        match about {
            Some(about) => Ok(TransmitterUsed::Custom(about.to_owned())),
            None => {
                let kind: Result<TransmitterKind, NoTransmitter> =
                    TransmitterKind::deserialize(text.into_deserializer());
                kind.map(TransmitterUsed::Described)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transmitter_is_one_text_and_reads_back() {
        let custom = TransmitterUsed::Custom("lanes 1: ring (a); lanes 2: ring (b)".to_owned());
        let all = [
            (TransmitterUsed::Described(TransmitterKind::Eml), "\"eml\""),
            (TransmitterUsed::Described(TransmitterKind::Waveform), "\"waveform\""),
            (custom, "\"custom (lanes 1: ring (a); lanes 2: ring (b))\""),
        ];
        for (used, text) in all {
            assert_eq!(serde_json::to_string(&used).unwrap(), text);
            assert_eq!(serde_json::from_str::<TransmitterUsed>(text).unwrap(), used);
        }
        let message = serde_json::from_str::<TransmitterUsed>("\"mmz\"").unwrap_err().to_string();
        assert!(message.contains("`mmz`") && message.contains("`mzm`"), "{message}");
    }
}
