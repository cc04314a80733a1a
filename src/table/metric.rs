//! Definition of a metric: name, unit, meaning, where it is taken and which direction is better.

use serde_json::Value;

/// Direction in which a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Higher is better, such as a margin.
    Higher,
    /// Lower is better, such as an error ratio.
    Lower,
    /// Good within a range, which a target gives, such as a launch power.
    Neither,
}

/// How the values of a metric lie along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Equal differences.
    Linear,
    /// Equal ratios, as of error ratios.
    Decades,
}

/// Where a metric is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAt {
    /// Input of a linear module, after the host's channel.
    Tp1a,
    /// Output of the transmitter.
    Tp2,
    /// Input of the receiver.
    Tp3,
    /// Output of a linear module, towards its host.
    Tp4,
    /// Slicer of the last receiver of a lane.
    Slicer,
    /// Symbol decisions that are counted, before error correction.
    Decisions,
    /// Recovered clock of the receiver.
    Clock,
    /// Decoder of the inner code.
    InnerCode,
    /// Error correction.
    Fec,
    /// All lanes of a port.
    Port,
    /// Electrical channel.
    Channel,
}

impl TakenAt {
    /// Name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            TakenAt::Tp1a => "TP1a",
            TakenAt::Tp2 => "TP2",
            TakenAt::Tp3 => "TP3",
            TakenAt::Tp4 => "TP4",
            TakenAt::Slicer => "slicer",
            TakenAt::Decisions => "decisions",
            TakenAt::Clock => "clock",
            TakenAt::InnerCode => "inner code",
            TakenAt::Fec => "FEC",
            TakenAt::Port => "port",
            TakenAt::Channel => "channel",
        }
    }
}

/// Unit of a metric, or its type where it is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Dimensionless count.
    Count,
    /// Ratio, share or another number without a unit.
    Ratio,
    /// dB.
    Db,
    /// dBm.
    Dbm,
    /// dB/Hz.
    DbPerHz,
    /// Picoseconds.
    Ps,
    /// Symbol periods.
    Ui,
    /// Parts per million.
    Ppm,
    /// %.
    Percent,
    /// MHz.
    Mhz,
    /// GHz.
    Ghz,
    /// Ohm.
    Ohm,
    /// True or false.
    Flag,
    /// Text.
    Text,
    /// Number of a lane, which is a name rather than a quantity.
    Index,
}

impl Unit {
    /// Symbol of the unit; empty where there is none.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Count | Unit::Ratio | Unit::Flag | Unit::Text | Unit::Index => "",
            Unit::Db => "dB",
            Unit::Dbm => "dBm",
            Unit::DbPerHz => "dB/Hz",
            Unit::Ps => "ps",
            Unit::Ui => "UI",
            Unit::Ppm => "ppm",
            Unit::Percent => "%",
            Unit::Mhz => "MHz",
            Unit::Ghz => "GHz",
            Unit::Ohm => "Ω",
        }
    }

    /// True for a quantity that can be drawn and compared.
    pub fn is_number(self) -> bool {
        !matches!(self, Unit::Flag | Unit::Text | Unit::Index)
    }
}

/// A metric of a result `R`; `D` is the description with its limit.
///
/// Metrics are kept in lists, one for each kind of result. Rows, figures, targets, labels, the
/// choice of the worst lane and the reference table are derived from these lists.
///
/// The value is a JSON value, so that flags and texts can be columns of a row as numbers are; a
/// metric that was not evaluated is null.
pub struct Metric<R: 'static, D: 'static = ()> {
    /// Name: JSON key, column, `--figure`, key of a target.
    pub name: &'static str,
    /// Label of an axis, without the unit.
    pub label: &'static str,
    /// Meaning.
    pub about: &'static str,
    /// Unit.
    pub unit: Unit,
    /// Where it is taken.
    pub taken_at: TakenAt,
    /// Direction in which it is better.
    pub better: Better,
    /// Spacing of its values along an axis.
    pub spacing: Spacing,
    /// Whether `[targets]` may give a range for it.
    pub target: bool,
    /// The value shown as its limit in a figure.
    pub limit: Option<fn(&D) -> Option<f64>>,
    /// Its value in a result.
    pub value: fn(&R) -> Value,
}

impl<R, D> Metric<R, D> {
    /// A metric without target and limit, on a linear axis, better neither way.
    pub const fn new(
        name: &'static str,
        label: &'static str,
        unit: Unit,
        taken_at: TakenAt,
        about: &'static str,
        value: fn(&R) -> Value,
    ) -> Self {
        Metric {
            name,
            label,
            about,
            unit,
            taken_at,
            better: Better::Neither,
            spacing: Spacing::Linear,
            target: false,
            limit: None,
            value,
        }
    }

    /// The same, better when higher.
    pub const fn higher(self) -> Self {
        Metric { better: Better::Higher, ..self }
    }

    /// The same, better when lower.
    pub const fn lower(self) -> Self {
        Metric { better: Better::Lower, ..self }
    }

    /// The same over decades, better when lower: an error ratio.
    pub const fn error_ratio(self) -> Self {
        Metric { better: Better::Lower, spacing: Spacing::Decades, ..self }
    }

    /// The same, with a range that a target may give.
    pub const fn target(self) -> Self {
        Metric { target: true, ..self }
    }

    /// The same with a limit.
    pub const fn limit(self, limit: fn(&D) -> Option<f64>) -> Self {
        Metric { limit: Some(limit), ..self }
    }

    /// Label with the unit: `TDECQ, dB`.
    pub fn title(&self) -> String {
        match self.unit.symbol() {
            "" => self.label.to_owned(),
            unit => format!("{}, {unit}", self.label),
        }
    }

    /// Its value as a number; `None` where it was not evaluated or is not a number.
    pub fn number(&self, result: &R) -> Option<f64> {
        (self.value)(result).as_f64().filter(|_| self.unit.is_number())
    }
}
