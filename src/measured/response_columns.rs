//! A response from columns: magnitude in decibels or linear, phase or group delay, or real and
//! imaginary parts.

use super::columns::{self, Columns};
use super::layout::Surroundings;
use super::number;
use super::unit::{Unit, words};
use crate::units::{amplitude_ratio, power_ratio};
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

/// Convention of the decibels in a text file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convention {
    /// 20 log of a voltage's or current's ratio: the electrical and the component analyser's
    /// convention.
    #[default]
    Amplitude,
    /// 10 log of an optical power's ratio.
    Power,
}

/// A line's frequency, Hz, magnitude, and phase, rad, if there is one.
pub(super) type ResponsePoint = (usize, f64, f64, Option<f64>);

/// Columns of a text, as messages name them.
const NAMED: &str = "frequency, |S21| in dB, and phase in degrees if known";
/// Units of a magnitude.
const MAGNITUDES: &str = "dB, dBe (20 log), dBo (10 log of optical power), % or 1 (linear)";
/// Units of a phase or a group delay.
const PHASES: &str = "deg, rad, or s, ms, us, ns, ps of group delay";

/// Quantity of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Magnitude,
    Real,
    Imaginary,
    Phase,
    GroupDelay,
}

/// How a magnitude is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Amplitude,
    Power,
    Linear(f64),
}

/// A response's points, with what its header says.
pub(super) struct ResponseColumns {
    pub(super) points: Vec<ResponsePoint>,
    /// True where the header says that decibels are of optical power.
    pub(super) in_optical_decibels: bool,
    /// True where no unit is given for the magnitude, which was taken in decibels, or for the
    /// phase, in degrees.
    unnamed: [bool; 2],
}

impl ResponseColumns {
    /// Reads a text; decibels are of `convention` where its header does not say.
    ///
    /// # Errors
    ///
    /// A text that is no response: line, value and remedy.
    pub(super) fn read(text: &str, convention: Convention) -> Result<ResponseColumns, String> {
        let columns = columns::parse(text, 2..=3, NAMED, Surroundings::Names)?;
        let unit_hz = columns.frequency_unit_hz(0)?;
        let count = columns.rows[0].1.len();
        let parts = (1..count).map(|c| part(&columns, c)).collect::<Result<Vec<Part>, String>>()?;
        let at = |wanted: Part| parts.iter().position(|&part| part == wanted).map(|i| i + 1);
        let mut unnamed = [false; 2];
        let mut in_optical_decibels = false;
        let points = match (at(Part::Magnitude), at(Part::Real), at(Part::Imaginary)) {
            (None, Some(re), Some(im)) => columns
                .rows
                .iter()
                .map(|(line, row)| {
                    let (x, y) = (row[re], row[im]);
                    (*line, row[0] * unit_hz, x.hypot(y), Some(y.atan2(x)))
                })
                .collect(),
            (Some(magnitude), None, None) if at(Part::Phase).is_none() || count == 3 => {
                let (phase, delay) = (at(Part::Phase), at(Part::GroupDelay));
                if count == 3 && phase.is_none() && delay.is_none() {
                    return Err(mixed(&columns));
                }
                let found = scale(&columns, magnitude)?;
                in_optical_decibels = found == Some(Scale::Power);
                unnamed[0] = found.is_none();
                let scale = scale_of(&columns, magnitude, found, convention)?;
                let phases = match (phase, delay) {
                    (Some(phase), _) => {
                        let radians = radians(&columns, phase)?;
                        unnamed[1] = radians.is_none();
                        let radians = radians.unwrap_or(PI / 180.0);
                        columns.rows.iter().map(|(_, row)| Some(row[phase] * radians)).collect()
                    }
                    (None, Some(delay)) => of_delay(&columns, delay, unit_hz)?,
                    (None, None) => vec![None; columns.rows.len()],
                };
                let rows = columns.rows.iter().zip(phases);
                rows.map(|((line, row), phase)| {
                    (*line, row[0] * unit_hz, scale.ratio(row[magnitude]), phase)
                })
                .collect()
            }
            _ => return Err(mixed(&columns)),
        };
        Ok(ResponseColumns { points, in_optical_decibels, unnamed })
    }

    /// Doubts about units that are not given.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let [magnitude, phase] = self.unnamed;
        // 20 log of 0 to 1.3 is -inf to 2.3 dB: a response in dB starts near 0 and falls
        let db = self.points.iter().map(|point| 20.0 * point.2.log10());
        let (low, high) =
            db.fold((f64::INFINITY, 0f64), |(low, high), x| (low.min(x), high.max(x)));
        if magnitude && low >= 0.0 && high > 0.0 && high < 1.5 {
            notes.push(
                "its magnitudes have no unit and were taken in dB; all lie between 0 and 1.5: are \
                 they linear? A header says so: |S21| (lin)"
                    .to_owned(),
            );
        }
        let turned = self
            .points
            .iter()
            .filter_map(|point| point.3)
            .fold(0f64, |most, rad| most.max(rad.abs()));
        if phase && self.points.len() > 2 && turned > 0.0 && turned < (1.001 * PI).to_radians() {
            notes.push(
                "its phases have no unit and were taken in degrees; none is beyond 3.15: are they \
                 in radians? A header says so: phase (rad)"
                    .to_owned(),
            );
        }
        notes
    }
}

/// The quantity of a column, by the words of its name, by its unit, or by its place.
fn part(columns: &Columns, column: usize) -> Result<Part, String> {
    let name = columns.name(column);
    let has = |known: &[&str]| words(name).any(|word| known.contains(&word.as_str()));
    if has(&["re", "real"]) {
        return Ok(Part::Real);
    }
    if has(&["im", "imag", "imaginary"]) {
        return Ok(Part::Imaginary);
    }
    let of_unit = |unit| match unit {
        Unit::Degree | Unit::Radian => Some(Part::Phase),
        Unit::Second(_) => Some(Part::GroupDelay),
        Unit::Decibel | Unit::OpticalDecibel | Unit::ElectricalDecibel => Some(Part::Magnitude),
        Unit::Percent | Unit::One => Some(Part::Magnitude),
        _ => None,
    };
    let accepted = format!("{MAGNITUDES}; {PHASES}");
    let by_unit = columns.unit(column, &accepted, of_unit)?;
    let by_word = if has(&["delay", "gd"]) {
        Some(Part::GroupDelay)
    } else if has(&["phase", "ang", "angle", "arg"]) {
        Some(Part::Phase)
    } else {
        None
    };
    let by_place = if column == 1 { Part::Magnitude } else { Part::Phase };
    Ok(by_unit.or(by_word).unwrap_or(by_place))
}

/// A refusal of columns that are no response together.
fn mixed(columns: &Columns) -> String {
    format!(
        "its columns `{}` are no response; must be {NAMED}, or group delay in place of the phase, \
         or real and imaginary parts",
        number::name(&columns.names.join("`, `"))
    )
}

/// How the header says that a magnitude is written.
fn scale(columns: &Columns, column: usize) -> Result<Option<Scale>, String> {
    let of_unit = |unit| match unit {
        Unit::Decibel => Some(None),
        Unit::ElectricalDecibel => Some(Some(Scale::Amplitude)),
        Unit::OpticalDecibel => Some(Some(Scale::Power)),
        Unit::Percent => Some(Some(Scale::Linear(0.01))),
        Unit::One => Some(Some(Scale::Linear(1.0))),
        _ => None,
    };
    Ok(columns.unit(column, MAGNITUDES, of_unit)?.flatten())
}

/// How a magnitude is written, by its header or else by the convention of its key.
fn scale_of(
    columns: &Columns,
    column: usize,
    named: Option<Scale>,
    convention: Convention,
) -> Result<Scale, String> {
    match (named, convention) {
        (Some(Scale::Amplitude), Convention::Power) => Err(format!(
            "its column `{}` is in 20 log; must be 10 log where convention = \"power\"",
            number::name(columns.name(column))
        )),
        (Some(scale), _) => Ok(scale),
        (None, Convention::Amplitude) => Ok(Scale::Amplitude),
        (None, Convention::Power) => Ok(Scale::Power),
    }
}

impl Scale {
    fn ratio(self, x: f64) -> f64 {
        match self {
            Scale::Amplitude => amplitude_ratio(x),
            Scale::Power => power_ratio(x),
            Scale::Linear(unit) => unit * x,
        }
    }
}

/// Radians per unit of a phase.
fn radians(columns: &Columns, column: usize) -> Result<Option<f64>, String> {
    columns.unit(column, "deg or rad", |unit| match unit {
        Unit::Degree => Some(PI / 180.0),
        Unit::Radian => Some(1.0),
        _ => None,
    })
}

/// Phases whose slope is the group delay, by the trapezium rule; the first delay holds below.
fn of_delay(columns: &Columns, column: usize, unit_hz: f64) -> Result<Vec<Option<f64>>, String> {
    let seconds = |unit| match unit {
        Unit::Second(second) => Some(second),
        _ => None,
    };
    let Some(second) = columns.unit(column, "s, ns or ps", seconds)? else {
        return Err(format!(
            "its column `{}` is a delay without a unit; must say s, ns or ps",
            number::name(columns.name(column))
        ));
    };
    let points: Vec<(f64, f64)> =
        columns.rows.iter().map(|(_, row)| (row[0] * unit_hz, row[column] * second)).collect();
    let mut phase = -TAU * points[0].0 * points[0].1;
    let next = points.windows(2).map(|pair| {
        phase -= TAU * (pair[1].0 - pair[0].0) * 0.5 * (pair[0].1 + pair[1].1);
        phase
    });
    let first = -TAU * points[0].0 * points[0].1;
    Ok([first].into_iter().chain(next).map(Some).collect())
}
