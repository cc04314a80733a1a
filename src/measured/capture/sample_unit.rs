//! Quantity and unit of a capture's samples.

use super::preamble;
use crate::measured::columns::Columns;
use crate::measured::number;
use crate::measured::unit::{self, Unit, words};
use crate::units::{micro, milli, nano, watt_from_dbm};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};

/// Unit of the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PowerUnit {
    /// From the header of its column: W, mW, uW, nW or dBm; mW by default.
    #[default]
    Header,
    /// W.
    W,
    /// mW.
    Mw,
    /// uW.
    Uw,
    /// nW.
    Nw,
    /// dBm.
    Dbm,
    /// Proportional to power, such as the voltage of a photoreceiver, with zero for no light.
    Linear,
}

/// Quantity of a capture's samples.
///
/// In JSON it is the unit of its amplitudes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptureQuantity {
    /// Optical power, W.
    #[default]
    #[serde(rename = "mW")]
    Power,
    /// A voltage proportional to it, V; its offset is not known.
    #[serde(rename = "V")]
    Voltage,
}

impl CaptureQuantity {
    /// The unit in which amplitudes are shown, in W or V.
    pub fn unit(self) -> f64 {
        match self {
            CaptureQuantity::Power => milli(1.0),
            CaptureQuantity::Voltage => 1.0,
        }
    }

    /// Name of that unit.
    pub fn unit_symbol(self) -> &'static str {
        match self {
            CaptureQuantity::Power => "mW",
            CaptureQuantity::Voltage => "V",
        }
    }
}

/// The unit's name.
impl Display for CaptureQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.unit_symbol())
    }
}

/// Whether a voltage is accepted in place of power.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Volts {
    /// No: power in the fibre is needed, zero without light.
    Refused,
    /// Yes, with any offset.
    Welcome,
}

/// Scale of samples: W or V each, or dBm.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear(f64),
    Dbm,
}

/// Quantity and scale of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SampleUnit {
    pub(super) quantity: CaptureQuantity,
    scale: Scale,
    /// False where mW was taken for want of a unit.
    pub(super) is_given: bool,
}

/// Units that a capture's samples may have.
const ACCEPTED: &str = "W, mW, uW, nW, dBm, V or mV, or unit = \"linear\" (measure: --unit v)";
/// Units that a light's samples may have.
const LIGHT: &str = "W, mW, uW, nW or dBm, or unit = \"linear\" with launch_power_dbm if zero volts \
                     are no light";

impl SampleUnit {
    const fn power(scale: f64) -> SampleUnit {
        SampleUnit { quantity: CaptureQuantity::Power, scale: Scale::Linear(scale), is_given: true }
    }

    const fn voltage(scale: f64) -> SampleUnit {
        SampleUnit { quantity: CaptureQuantity::Voltage, ..SampleUnit::power(scale) }
    }

    const DBM: SampleUnit = SampleUnit { scale: Scale::Dbm, ..SampleUnit::power(1.0) };

    /// The unit that a description gives; `None` where the header does.
    fn of_key(unit: PowerUnit) -> Option<SampleUnit> {
        Some(match unit {
            PowerUnit::Header => return None,
            PowerUnit::W => SampleUnit::power(1.0),
            PowerUnit::Mw => SampleUnit::power(milli(1.0)),
            PowerUnit::Uw => SampleUnit::power(micro(1.0)),
            PowerUnit::Nw => SampleUnit::power(nano(1.0)),
            PowerUnit::Dbm => SampleUnit::DBM,
            PowerUnit::Linear => SampleUnit::voltage(1.0),
        })
    }

    /// Without a header: the unit that a description gives, or mW.
    pub(super) fn without_header(unit: PowerUnit) -> SampleUnit {
        let assumed = SampleUnit { is_given: false, ..SampleUnit::power(milli(1.0)) };
        SampleUnit::of_key(unit).unwrap_or(assumed)
    }

    /// Of a column of a text: the unit that a description gives, that of its name, or that of an
    /// instrument's keys; mW without one.
    pub(super) fn of_column(
        unit: PowerUnit,
        columns: &Columns,
        column: usize,
        channel: usize,
        volts: Volts,
    ) -> Result<SampleUnit, String> {
        if let Some(given) = SampleUnit::of_key(unit) {
            return Ok(given);
        }
        let accepted = if volts == Volts::Welcome { ACCEPTED } else { LIGHT };
        let pick = |unit| SampleUnit::of_unit(unit, volts);
        if let Some(named) = columns.unit(column, accepted, pick)? {
            return Ok(named);
        }
        let name = columns.name(column);
        let key = preamble::sample_unit(columns, channel);
        let of_words = || words(name).any(|word| word == "voltage").then_some(Unit::Volt(1.0));
        let is_current =
            words(name).any(|word| matches!(word.as_str(), "current" | "photocurrent"));
        let found = match &key {
            Some(text) => match unit::of_name(text) {
                Ok(Some(unit)) => Some(unit),
                _ => {
                    return Err(format!(
                        "its unit `{}` is not understood; must be {accepted}",
                        number::name(text)
                    ));
                }
            },
            None if is_current => Some(Unit::Ampere(1.0)),
            None => of_words(),
        };
        match found {
            Some(unit) => SampleUnit::of_unit(unit, volts).ok_or_else(|| {
                let given = key.map_or_else(
                    || format!("its column `{}`", number::name(name)),
                    |key| format!("its unit `{}`", number::name(&key)),
                );
                format!("{given} is of another quantity; must be {accepted}")
            }),
            None => Ok(SampleUnit::without_header(unit)),
        }
    }

    /// A unit of a capture's samples; `None` for any other.
    pub(super) fn of_unit(unit: Unit, volts: Volts) -> Option<SampleUnit> {
        match unit {
            Unit::Watt(watt) => Some(SampleUnit::power(watt)),
            Unit::Dbm => Some(SampleUnit::DBM),
            Unit::Volt(volt) if volts == Volts::Welcome => Some(SampleUnit::voltage(volt)),
            _ => None,
        }
    }

    /// A sample in W or V.
    pub(super) fn of(&self, x: f64) -> f64 {
        match self.scale {
            Scale::Linear(scale) => scale * x,
            Scale::Dbm => watt_from_dbm(x),
        }
    }
}
