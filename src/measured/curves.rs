//! Measured curves in place of a model's, as they are described.

use super::series::TransmissionUnit;
use serde::{Deserialize, Serialize};

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
    pub file: String,
    /// Unit of its second column.
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
    pub file: String,
}

/// A measured power over current of a laser in place of its power.
///
/// Two columns: current, mA, and power at the facet, mW. Between points it is a monotone cubic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LightCurve {
    /// The file; empty for the power as it is given.
    pub file: String,
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
    pub file: String,
}
