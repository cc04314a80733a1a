//! The list of detectors.

use serde::{Deserialize, Serialize};

/// Detector of a receiver, after its feed-forward equaliser; one name per variant in config keys,
/// code and JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DetectorKind {
    /// Three thresholds, symbol by symbol.
    #[default]
    Slicer,
    /// The slicer after decision feedback.
    Dfe,
    /// Maximum-likelihood sequence estimation.
    Mlse,
}

impl DetectorKind {
    /// Every detector.
    pub const ALL: [DetectorKind; 3] =
        [DetectorKind::Slicer, DetectorKind::Dfe, DetectorKind::Mlse];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            DetectorKind::Slicer => "slicer",
            DetectorKind::Dfe => "dfe",
            DetectorKind::Mlse => "mlse",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_files_and_in_code_are_one() {
        for kind in DetectorKind::ALL {
            let written = serde_json::to_string(&kind).expect("a name");
            assert_eq!(written, format!("\"{}\"", kind.as_str()));
        }
    }
}
