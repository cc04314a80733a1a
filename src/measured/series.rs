//! Measured curves and spectra from text: one column over another.

use super::columns::{self, Columns};
use super::layout::Surroundings;
use super::number::{self, shown};
use super::text::Text;
use super::unit::Unit;
use crate::math::monotone::Monotone;
use crate::units::{giga, milli, pico, power_ratio, tera};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Distances of neighbouring points along a curve, in its unit, and its largest slope: beyond them
/// it has no number at some places.
const DISTANCES: RangeInclusive<f64> = 1e-100..=1e100;
const SLOPE_MAX: f64 = 1e100;

/// Unit of the column of transmission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransmissionUnit {
    /// Optical decibels, 10 log.
    #[default]
    Db,
    /// A ratio or any unit of power.
    Linear,
}

/// Meaning of the two columns, and the curve that they become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeriesKind {
    /// Voltage and transmission; becomes ln T over the reverse voltage.
    Transmission(TransmissionUnit),
    /// Input of full scale -1 .. 1 and output in V, both signs or the upper half of an odd curve.
    Drive,
    /// Drive voltage of either sign and transmission; becomes ln T, its largest being zero.
    DriveTransmission(TransmissionUnit),
    /// Laser current in mA and power in mW.
    Light,
    /// Input in mA about its mean and output, both signs or the upper half of an odd curve; the
    /// slope at zero becomes one.
    Compression,
    /// Frequency and RIN in dB/Hz; becomes ln of the density over Hz.
    Rin,
    /// Frequency and pA/sqrt(Hz); becomes ln of the density, A^2/Hz, over Hz.
    CurrentNoise,
}

/// Makes a curve from a file's text.
pub(super) fn read(text: &Text, kind: SeriesKind) -> Result<Monotone, String> {
    let columns = |named: &str| columns::parse(&text.text, 2..=2, named, Surroundings::Names);
    match kind {
        SeriesKind::Transmission(unit) => transmission(columns("voltage and transmission")?, unit),
        SeriesKind::DriveTransmission(unit) => {
            drive_transmission(columns("drive voltage and transmission")?, unit)
        }
        SeriesKind::Light => light(columns("current in mA and power in mW")?),
        SeriesKind::Compression => compression(columns("input in mA and output")?),
        SeriesKind::Drive => drive(columns("input in full scale and output in V")?),
        SeriesKind::Rin => rin(columns("frequency and RIN in dB/Hz")?),
        SeriesKind::CurrentNoise => current_noise(columns("frequency and noise in pA/sqrt(Hz)")?),
    }
}

/// A curve through points that ascend.
///
/// # Errors
///
/// Two neighbours that are too near each other or too far apart, to follow the file's name; points
/// that ascend may be the same after a change of their unit.
fn through(x: Vec<f64>, y: Vec<f64>) -> Result<Monotone, String> {
    let has_slope = |i: usize| {
        let (gap, rise) = (x[i + 1] - x[i], y[i + 1] - y[i]);
        DISTANCES.contains(&gap) && (rise / gap).abs() <= SLOPE_MAX
    };
    match (0..x.len() - 1).find(|&i| !has_slope(i)) {
        Some(i) => Err(format!(
            "has neighbouring points at {:e} and {:e}, too near each other or too far apart for a \
             curve: is their unit right?",
            x[i],
            x[i + 1]
        )),
        None => Ok(Monotone::new(x, y)),
    }
}

/// Multiplies a column by the part of its unit that `pick` finds in its name, if it has one.
fn rescale(
    columns: &mut Columns,
    column: usize,
    accepted: &str,
    pick: impl FnOnce(Unit) -> Option<f64>,
) -> Result<(), String> {
    if let Some(scale) = columns.unit(column, accepted, pick)?.filter(|&scale| scale != 1.0) {
        columns.rows.iter_mut().for_each(|(_, row)| row[column] *= scale);
    }
    Ok(())
}

/// V per unit.
fn volts(unit: Unit) -> Option<f64> {
    match unit {
        Unit::Volt(volt) => Some(volt),
        _ => None,
    }
}

/// mA per unit.
fn milliamperes(unit: Unit) -> Option<f64> {
    match unit {
        Unit::Ampere(ampere) => Some(ampere / milli(1.0)),
        _ => None,
    }
}

/// Unit of a transmission as its name says, or else its key.
fn transmission_unit(
    columns: &Columns,
    key: TransmissionUnit,
) -> Result<(TransmissionUnit, f64), String> {
    let named = |unit| match unit {
        Unit::Decibel | Unit::OpticalDecibel | Unit::Dbm => Some((TransmissionUnit::Db, 1.0)),
        Unit::One => Some((TransmissionUnit::Linear, 1.0)),
        Unit::Percent => Some((TransmissionUnit::Linear, 0.01)),
        Unit::Watt(watt) => Some((TransmissionUnit::Linear, watt)),
        _ => None,
    };
    let found = columns.unit(1, "dB, dBm, %, 1 (a ratio), W, mW, uW or nW", named)?;
    match found {
        Some((TransmissionUnit::Db, _)) if key == TransmissionUnit::Linear => Err(format!(
            "its column `{}` is in decibels; must be linear where unit = \"linear\"",
            number::name(columns.name(1))
        )),
        Some(found) => Ok(found),
        None => Ok((key, 1.0)),
    }
}

/// Voltages, and ln of the transmission at each.
fn ln_transmissions(
    mut columns: Columns,
    key: TransmissionUnit,
) -> Result<Vec<(usize, f64, f64)>, String> {
    rescale(&mut columns, 0, "V or mV", volts)?;
    let (unit, scale) = transmission_unit(&columns, key)?;
    let ln = |(line, row): (usize, Vec<f64>)| {
        Ok((line, row[0], ln_transmission(line, scale * row[1], unit)?))
    };
    by_voltage(columns)?.into_iter().map(ln).collect()
}

/// Rows of ascending voltage; descending rows are reversed.
fn by_voltage(columns: Columns) -> Result<Vec<(usize, Vec<f64>)>, String> {
    let mut rows = columns.rows;
    if rows[1].1[0] < rows[0].1[0] {
        rows.reverse();
        if let Some(pair) = rows.windows(2).find(|pair| pair[1].1[0] <= pair[0].1[0]) {
            return Err(format!(
                "line {}: voltage {} turns round; must go one way: sort the lines",
                pair[1].0,
                shown(pair[1].1[0])
            ));
        }
    }
    columns::ascending(&rows, "voltage")?;
    Ok(rows)
}

/// ln of a transmission.
fn ln_transmission(line: usize, transmission: f64, unit: TransmissionUnit) -> Result<f64, String> {
    match unit {
        TransmissionUnit::Db if transmission.abs() <= 200.0 => Ok(power_ratio(transmission).ln()),
        TransmissionUnit::Db => Err(format!(
            "line {line}: transmission {} dB: must be from -200 to 200",
            shown(transmission)
        )),
        TransmissionUnit::Linear if transmission > 0.0 => Ok(transmission.ln()),
        TransmissionUnit::Linear => Err(format!(
            "line {line}: transmission {}: must be above 0; decibels need unit = \"db\"",
            shown(transmission)
        )),
    }
}

fn drive_transmission(columns: Columns, unit: TransmissionUnit) -> Result<Monotone, String> {
    let points = ln_transmissions(columns, unit)?;
    let most = points.iter().map(|point| point.2).fold(f64::NEG_INFINITY, f64::max);
    let (x, y) = points.into_iter().map(|(_, voltage, ln)| (voltage, ln - most)).unzip();
    through(x, y)
}

fn light(mut columns: Columns) -> Result<Monotone, String> {
    rescale(&mut columns, 0, "A, mA, uA or nA", milliamperes)?;
    let power = |unit| match unit {
        Unit::Watt(watt) => Some(Some(watt / milli(1.0))),
        Unit::Dbm => Some(None),
        _ => None,
    };
    if let Some(mw) = columns.unit(1, "W, mW, uW, nW or dBm", power)? {
        let linear = |x: f64| mw.map_or_else(|| power_ratio(x), |mw| mw * x);
        columns.rows.iter_mut().for_each(|(_, row)| row[1] = linear(row[1]));
    }
    columns::ascending(&columns.rows, "current")?;
    if let Some((line, row)) =
        columns.rows.iter().find(|(_, row)| row[0] < 0.0 || !(0.0..=10_000.0).contains(&row[1]))
    {
        return Err(format!(
            "line {line}: {} mA and {} mW: must be a current from 0 and a power from 0 to 10000 mW",
            shown(row[0]),
            shown(row[1])
        ));
    }
    let (x, y) = columns.rows.iter().map(|(_, row)| (row[0], row[1])).unzip();
    through(x, y)
}

fn compression(mut columns: Columns) -> Result<Monotone, String> {
    rescale(&mut columns, 0, "A, mA, uA or nA", milliamperes)?;
    columns::ascending(&columns.rows, "input")?;
    let (x, y) = completed(columns.rows.iter().map(|(_, row)| (row[0], row[1])).collect());
    let curve = through(x.clone(), y.clone())?;
    // a small part of the smallest step on each side of zero
    let step = 1e-3 * x.windows(2).map(|x| x[1] - x[0]).fold(f64::INFINITY, f64::min);
    let slope = (curve.at(step) - curve.at(-step)) / (2.0 * step);
    if slope <= 0.0 || !slope.is_finite() {
        return Err(format!(
            "line {}: the output does not rise at an input of 0; must be a curve through it",
            columns.rows[0].0
        ));
    }
    through(x, y.iter().map(|y| y / slope).collect())
}

/// The upper half of an odd curve with its lower half; any other as it is.
fn completed(points: Vec<(f64, f64)>) -> (Vec<f64>, Vec<f64>) {
    if points[0].0 < 0.0 {
        return points.into_iter().unzip();
    }
    let above: Vec<(f64, f64)> = points.into_iter().filter(|&(x, _)| x > 0.0).collect();
    above
        .iter()
        .rev()
        .map(|&(x, y)| (-x, -y))
        .chain([(0.0, 0.0)])
        .chain(above.iter().copied())
        .unzip()
}

fn transmission(columns: Columns, unit: TransmissionUnit) -> Result<Monotone, String> {
    let points = ln_transmissions(columns, unit)?;
    if points[1].1 > 0.0 {
        return Err(format!(
            "line {}: voltage {}: must be negative for reverse voltages, as bias_v is",
            points[1].0,
            shown(points[1].1)
        ));
    }
    let (reverse_v, ln_t): (Vec<f64>, Vec<f64>) =
        points.into_iter().rev().map(|(_, voltage, ln)| (-voltage, ln)).unzip();
    let at_zero = through(reverse_v.clone(), ln_t.clone())?.at(0.0);
    through(reverse_v, ln_t.iter().map(|ln| ln - at_zero).collect())
}

fn drive(mut columns: Columns) -> Result<Monotone, String> {
    let part = |unit| match unit {
        Unit::One => Some(1.0),
        Unit::Percent => Some(0.01),
        _ => None,
    };
    rescale(&mut columns, 0, "% or 1, parts of full scale", part)?;
    rescale(&mut columns, 1, "V or mV", volts)?;
    let rows = columns.rows;
    columns::ascending(&rows, "input")?;
    if let Some((line, row)) =
        rows.iter().find(|(_, row)| row[0].abs() > 100.0 || row[1].abs() > 1000.0)
    {
        return Err(format!(
            "line {line}: {} and {} V: must be an input of full scale -1 to 1 and an output in V",
            shown(row[0]),
            shown(row[1])
        ));
    }
    if rows[rows.len() - 1].1[0] < 1.0 || (rows[0].1[0] < 0.0 && rows[0].1[0] > -1.0) {
        let (line, row) =
            if rows[rows.len() - 1].1[0] < 1.0 { &rows[rows.len() - 1] } else { &rows[0] };
        return Err(format!(
            "line {line}: the input ends at {}: must reach full scale, 1",
            shown(row[0])
        ));
    }
    let (x, y) = completed(rows.iter().map(|(_, row)| (row[0], row[1])).collect());
    through(x, y)
}

fn rin(columns: Columns) -> Result<Monotone, String> {
    let is_linear = |unit| match unit {
        Unit::DecibelHertz => Some(false),
        Unit::PerHertz => Some(true),
        _ => None,
    };
    if columns.unit(1, "dB/Hz, dBc/Hz or 1/Hz", is_linear)?.unwrap_or(false) {
        return spectrum(columns, "RIN in 1/Hz", 1e-30..=1e-8, f64::ln);
    }
    spectrum(columns, "RIN in dB/Hz", -300.0..=-80.0, |db| power_ratio(db).ln())
}

fn current_noise(columns: Columns) -> Result<Monotone, String> {
    const ROOT: &str = "pA/sqrt(Hz), nA/sqrt(Hz), A/sqrt(Hz), A^2/Hz or pA^2/Hz";
    let (root, square) = (1e-6..=1e4, 1e-12..=1e8);
    let density = |unit| match unit {
        Unit::AmpereRootHertz(ampere) => Some((ampere / pico(1.0), 2.0)),
        Unit::SquareAmpereHertz(square) => Some((square / pico(1.0).powi(2), 1.0)),
        _ => None,
    };
    // densities in pA, or pA^2, and their power in A^2/Hz
    let (scale, power) = columns.unit(1, ROOT, density)?.unwrap_or((1.0, 2.0));
    let ln = |x: f64| power * x.ln() + 2.0 * pico(1.0).ln();
    let mut columns = columns;
    columns.rows.iter_mut().for_each(|(_, row)| row[1] *= scale);
    if power > 1.5 {
        spectrum(columns, "noise in pA/sqrt(Hz)", root, ln)
    } else {
        spectrum(columns, "noise in pA^2/Hz", square, ln)
    }
}

fn spectrum(
    columns: Columns,
    what: &str,
    range: RangeInclusive<f64>,
    ln_density: impl Fn(f64) -> f64,
) -> Result<Monotone, String> {
    let unit_hz = columns.frequency_unit_hz(0)?;
    columns::ascending(&columns.rows, "frequency")?;
    for (line, row) in &columns.rows {
        if !(0.0..=tera(10.0)).contains(&(row[0] * unit_hz)) {
            let ghz = shown(row[0] * unit_hz / giga(1.0));
            return Err(format!(
                "line {line}: frequency {ghz} GHz: must be from 0 to 10000; a header names another unit, such as f_Hz"
            ));
        }
        if !range.contains(&row[1]) {
            return Err(format!(
                "line {line}: {what} of {}: must be from {} to {}",
                shown(row[1]),
                shown(*range.start()),
                shown(*range.end())
            ));
        }
    }
    let (x, y) = columns.rows.iter().map(|(_, row)| (row[0] * unit_hz, ln_density(row[1]))).unzip();
    through(x, y)
}

#[cfg(test)]
mod tests;
