//! Drives of the levels in a result.

use crate::serdes::TransmitLevels;
use serde::{Deserialize, Serialize};

/// Drives of the levels in the transmit DSP, between -1 and 1 of levels 0 and 3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LevelDrives {
    /// Of level 1; absent where the levels are not adjusted.
    pub level_1_drive: Option<f64>,
    /// Of level 2.
    pub level_2_drive: Option<f64>,
    /// Of every three symbols, in the order of `transmitter.levels.entries`; empty without a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level_table: Vec<f64>,
}

impl LevelDrives {
    /// As a description has them.
    pub(crate) fn of(levels: &TransmitLevels) -> LevelDrives {
        let [low, high] = levels.inner;
        let level_table = if levels.table { levels.entries.clone() } else { Vec::new() };
        LevelDrives { level_1_drive: Some(low), level_2_drive: Some(high), level_table }
    }
}
