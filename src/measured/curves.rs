//! Measured curves in place of a model's, as they are described.

use super::library::{FileReader, Loaded};
use super::series::{SeriesKind, TransmissionUnit};
use crate::error::Path;
use crate::math::monotone::Monotone;
use serde::{Deserialize, Serialize};

/// A file that holds a curve; as a key it is the file's name alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SeriesFile {
    /// The file; empty for none.
    pub file: String,
    loaded: Option<Loaded<(String, SeriesKind), Monotone>>,
}

impl From<String> for SeriesFile {
    fn from(file: String) -> Self {
        SeriesFile { file, loaded: None }
    }
}

impl From<SeriesFile> for String {
    fn from(series: SeriesFile) -> Self {
        series.file
    }
}

/// A measured transmission over voltage in place of a modulator's model.
///
/// Two columns: voltage and transmission, in the unit of `unit`, in either order. An absorption
/// modulator's voltage is as its bias is written (reverse voltages negative), and its transmission
/// is normalised to one at 0 V or at the least reverse voltage; a Mach-Zehnder's is the
/// differential drive, and its largest transmission is one. Between points ln T is a monotone
/// cubic; beyond them it stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Transmission {
    /// The file; empty for the model.
    pub file: SeriesFile,
    /// What its second column is.
    pub unit: TransmissionUnit,
}

/// A measured static curve of a driver in place of its tanh.
///
/// Two columns: input in units of the converter's full scale, -1 .. 1, and output, V. When the
/// input begins at 0 or above, it is the upper half of an odd curve. Between points it is a
/// monotone cubic; beyond them the output stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DriveCurve {
    /// The file; empty for the model.
    pub file: SeriesFile,
}

/// A measured power over current of a laser in place of its power.
///
/// Two columns: current, mA, and power at the facet, mW. Between points it is a monotone cubic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LightCurve {
    /// The file; empty for the power as it is given.
    pub file: SeriesFile,
}

/// A measured static curve of an amplifier in place of its overload.
///
/// Two columns: input about its mean, mA, and output in any unit; the slope at zero is one. When
/// the input begins at 0 or above, it is the upper half of an odd curve. Between points it is a
/// monotone cubic; beyond them the output stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompressionCurve {
    /// The file, used by `limiting = "curve"`.
    pub file: SeriesFile,
}

impl SeriesFile {
    /// Fills it from its file and reports what is wrong with that.
    pub(crate) fn load(
        &mut self,
        at: &Path,
        key: &str,
        kind: SeriesKind,
        reader: &mut FileReader<'_>,
    ) {
        reader.series(at, key, &(self.file.clone(), kind), &mut self.loaded);
    }

    /// The curve, when there is one.
    pub(crate) fn curve(&self) -> Option<&std::sync::Arc<Monotone>> {
        let loaded = self.loaded.as_ref().filter(|loaded| loaded.recipe.0 == self.file);
        loaded.map(|loaded| &loaded.value)
    }

    /// True when no file is named.
    pub fn is_empty(&self) -> bool {
        self.file.is_empty()
    }
}
