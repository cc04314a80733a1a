//! Measured curves and spectra from text: one column over another.

use super::columns::{self, Columns};
use super::text::Text;
use crate::math::monotone::Monotone;
use crate::units::{giga, pico, power_ratio, tera};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

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
    let text = &text.text;
    match kind {
        SeriesKind::Transmission(unit) => {
            transmission(columns::parse(text, 2..=2, "voltage and transmission")?, unit)
        }
        SeriesKind::DriveTransmission(unit) => {
            drive_transmission(columns::parse(text, 2..=2, "drive voltage and transmission")?, unit)
        }
        SeriesKind::Light => light(columns::parse(text, 2..=2, "current in mA and power in mW")?),
        SeriesKind::Compression => {
            compression(columns::parse(text, 2..=2, "input in mA and output")?)
        }
        SeriesKind::Drive => {
            drive(columns::parse(text, 2..=2, "input in full scale and output in V")?)
        }
        SeriesKind::Rin => spectrum(
            columns::parse(text, 2..=2, "frequency and RIN in dB/Hz")?,
            "RIN in dB/Hz",
            -300.0..=-80.0,
            |db| power_ratio(db).ln(),
        ),
        SeriesKind::CurrentNoise => {
            let columns = columns::parse(text, 2..=2, "frequency and noise in pA/sqrt(Hz)")?;
            spectrum(columns, "noise in pA/sqrt(Hz)", 1e-6..=1e4, |pa| 2.0 * pico(pa).ln())
        }
    }
}

/// Rows of ascending voltage; descending rows are reversed.
fn by_voltage(columns: Columns) -> Result<Vec<(usize, Vec<f64>)>, String> {
    let mut rows = columns.rows;
    if rows[1].1[0] < rows[0].1[0] {
        rows.reverse();
        if let Some(pair) = rows.windows(2).find(|pair| pair[1].1[0] <= pair[0].1[0]) {
            return Err(format!(
                "line {}: voltage {} turns round; must go one way: sort the lines",
                pair[1].0, pair[1].1[0]
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
        TransmissionUnit::Db => {
            Err(format!("line {line}: transmission {transmission} dB: must be from -200 to 200"))
        }
        TransmissionUnit::Linear if transmission > 0.0 => Ok(transmission.ln()),
        TransmissionUnit::Linear => Err(format!(
            "line {line}: transmission {transmission}: must be above 0; decibels need unit = \"db\""
        )),
    }
}

fn drive_transmission(columns: Columns, unit: TransmissionUnit) -> Result<Monotone, String> {
    let rows = by_voltage(columns)?;
    let ln_t = rows
        .iter()
        .map(|(line, row)| ln_transmission(*line, row[1], unit))
        .collect::<Result<Vec<f64>, String>>()?;
    let most = ln_t.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Ok(Monotone::new(
        rows.iter().map(|(_, row)| row[0]).collect(),
        ln_t.iter().map(|ln| ln - most).collect(),
    ))
}

fn light(columns: Columns) -> Result<Monotone, String> {
    columns::ascending(&columns.rows, "current")?;
    if let Some((line, row)) =
        columns.rows.iter().find(|(_, row)| row[0] < 0.0 || !(0.0..=10_000.0).contains(&row[1]))
    {
        return Err(format!(
            "line {line}: {} mA and {} mW: must be a current from 0 and a power from 0 to 10000 mW",
            row[0], row[1]
        ));
    }
    let (x, y) = columns.rows.iter().map(|(_, row)| (row[0], row[1])).unzip();
    Ok(Monotone::new(x, y))
}

fn compression(columns: Columns) -> Result<Monotone, String> {
    columns::ascending(&columns.rows, "input")?;
    let (x, y) = completed(columns.rows.iter().map(|(_, row)| (row[0], row[1])).collect());
    let curve = Monotone::new(x.clone(), y.clone());
    // a small part of the smallest step on each side of zero
    let step = 1e-3 * x.windows(2).map(|x| x[1] - x[0]).fold(f64::INFINITY, f64::min);
    let slope = (curve.at(step) - curve.at(-step)) / (2.0 * step);
    if slope <= 0.0 || !slope.is_finite() {
        return Err(format!(
            "line {}: the output does not rise at an input of 0; must be a curve through it",
            columns.rows[0].0
        ));
    }
    Ok(Monotone::new(x, y.iter().map(|y| y / slope).collect()))
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
    let rows = by_voltage(columns)?;
    if rows[1].1[0] > 0.0 {
        return Err(format!(
            "line {}: voltage {}: must be negative for reverse voltages, as bias_v is",
            rows[1].0, rows[1].1[0]
        ));
    }
    let ln_t = rows
        .iter()
        .rev()
        .map(|(line, row)| ln_transmission(*line, row[1], unit))
        .collect::<Result<Vec<f64>, String>>()?;
    let reverse_v: Vec<f64> = rows.iter().rev().map(|(_, row)| -row[0]).collect();
    let at_zero = Monotone::new(reverse_v.clone(), ln_t.clone()).at(0.0);
    Ok(Monotone::new(reverse_v, ln_t.iter().map(|ln| ln - at_zero).collect()))
}

fn drive(columns: Columns) -> Result<Monotone, String> {
    let rows = columns.rows;
    columns::ascending(&rows, "input")?;
    if let Some((line, row)) =
        rows.iter().find(|(_, row)| row[0].abs() > 100.0 || row[1].abs() > 1000.0)
    {
        return Err(format!(
            "line {line}: {} and {} V: must be an input of full scale -1 to 1 and an output in V",
            row[0], row[1]
        ));
    }
    if rows[rows.len() - 1].1[0] < 1.0 || (rows[0].1[0] < 0.0 && rows[0].1[0] > -1.0) {
        let (line, row) =
            if rows[rows.len() - 1].1[0] < 1.0 { &rows[rows.len() - 1] } else { &rows[0] };
        return Err(format!("line {line}: the input ends at {}: must reach full scale, 1", row[0]));
    }
    let (x, y) = completed(rows.iter().map(|(_, row)| (row[0], row[1])).collect());
    Ok(Monotone::new(x, y))
}

fn spectrum(
    columns: Columns,
    what: &str,
    range: RangeInclusive<f64>,
    ln_density: impl Fn(f64) -> f64,
) -> Result<Monotone, String> {
    let unit_hz = columns.frequency_unit_hz();
    columns::ascending(&columns.rows, "frequency")?;
    for (line, row) in &columns.rows {
        if !(0.0..=tera(10.0)).contains(&(row[0] * unit_hz)) {
            let ghz = row[0] * unit_hz / giga(1.0);
            return Err(format!(
                "line {line}: frequency {ghz} GHz: must be from 0 to 10000; a header names another unit, such as f_Hz"
            ));
        }
        if !range.contains(&row[1]) {
            return Err(format!(
                "line {line}: {what} of {}: must be from {} to {}",
                row[1],
                range.start(),
                range.end()
            ));
        }
    }
    Ok(columns.rows.iter().map(|(_, row)| (row[0] * unit_hz, ln_density(row[1]))).unzip())
        .map(|(x, y)| Monotone::new(x, y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(text: &str, kind: SeriesKind) -> Result<Monotone, String> {
        read(&Text { text: text.to_owned(), digest: 0 }, kind)
    }

    #[test]
    fn a_transmission_is_one_at_0_v_in_either_order_and_unit() {
        for (text, unit) in [
            ("V, dB\n-3, -12\n-2, -5\n0, -2\n", TransmissionUnit::Db),
            ("0, -2\n-2, -5\n-3, -12\n", TransmissionUnit::Db),
            ("-3, 0.1\n-2, 0.5011872336\n0, 1\n", TransmissionUnit::Linear),
        ] {
            let curve = curve(text, SeriesKind::Transmission(unit)).unwrap();
            assert!(curve.at(0.0).abs() < 1e-9 && curve.at(-1.0).abs() < 1e-9, "{text}");
            assert!(
                (curve.at(2.0).exp() - 0.501_187_233_6).abs() < 1e-9
                    && (curve.at(3.0).exp() - 0.1).abs() < 1e-9,
                "{text}"
            );
        }
    }

    #[test]
    fn half_a_drive_curve_is_completed_to_an_odd_one() {
        let curve = curve("0, 0\n0.5, 0.6\n1, 1\n", SeriesKind::Drive).unwrap();
        assert!(
            (curve.at(-0.5) + 0.6).abs() < 1e-12
                && curve.at(0.0).abs() < 1e-12
                && (curve.at(9.0) - 1.0).abs() < 1e-12
        );
    }

    #[test]
    fn a_modulators_largest_transmission_is_one_and_an_amplifiers_slope_at_zero_too() {
        let mzm =
            curve("2, -9\n0, -6\n-2, -4\n", SeriesKind::DriveTransmission(TransmissionUnit::Db))
                .unwrap();
        assert!(mzm.at(-2.0).abs() < 1e-12 && (mzm.at(2.0) + 0.5 * 10f64.ln()).abs() < 1e-9);
        let amplifier =
            curve("0, 0\n0.1, 20\n0.2, 40\n1, 100\n2, 110\n", SeriesKind::Compression).unwrap();
        assert!((amplifier.at(0.1) - 0.1).abs() < 1e-6 && (amplifier.at(-5.0) + 0.55).abs() < 1e-6);
        let light = curve("mA, mW\n0, 0\n10, 0\n110, 50\n", SeriesKind::Light).unwrap();
        assert!(light.at(5.0).abs() < 1e-12 && (light.at(110.0) - 50.0).abs() < 1e-12);
    }

    #[test]
    fn a_spectrum_is_a_density_over_hz() {
        let rin = curve("f (MHz), RIN\n100, -140\n20000, -150\n", SeriesKind::Rin).unwrap();
        assert!(
            (rin.at(1e8).exp() / 1e-14 - 1.0).abs() < 1e-9
                && (rin.at(1e12).exp() / 1e-15 - 1.0).abs() < 1e-9
        );
        let noise = curve("0 10\n50 20\n", SeriesKind::CurrentNoise).unwrap();
        assert!((noise.at(50e9).exp() / 4e-22 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_curve_is_refused_with_its_line() {
        let db = SeriesKind::Transmission(TransmissionUnit::Db);
        for (text, kind, expected) in [
            (
                "0, 0\n1, -3\n2, -6\n",
                db,
                "line 2: voltage 1: must be negative for reverse voltages",
            ),
            ("0, 0\n-2, -3\n-1, -6\n", db, "line 2: voltage -2 turns round"),
            (
                "-2, 0\n0, 1\n",
                SeriesKind::Transmission(TransmissionUnit::Linear),
                "line 1: transmission 0: must be above 0",
            ),
            (
                "0, 1\n1, 0\n2, 1\n",
                SeriesKind::DriveTransmission(TransmissionUnit::Linear),
                "line 2: transmission 0: must be above 0",
            ),
            (
                "0, 0\n10, -1\n",
                SeriesKind::Light,
                "line 2: 10 mA and -1 mW: must be a current from 0",
            ),
            ("1, 1\n0, 2\n", SeriesKind::Light, "line 2: current 0 descends after 1"),
            (
                "-1, 1\n1, 0\n",
                SeriesKind::Compression,
                "line 1: the output does not rise at an input of 0",
            ),
            (
                "0, 0\n0.5, 0.5\n",
                SeriesKind::Drive,
                "line 2: the input ends at 0.5: must reach full scale",
            ),
            ("-0.5, 0\n1, 0.5\n", SeriesKind::Drive, "line 1: the input ends at -0.5"),
            (
                "0, 146\n1, 146\n",
                SeriesKind::Rin,
                "line 1: RIN in dB/Hz of 146: must be from -300 to -80",
            ),
            (
                "0, 0\n1, 16\n",
                SeriesKind::CurrentNoise,
                "line 1: noise in pA/sqrt(Hz) of 0: must be from",
            ),
        ] {
            let complaint = curve(text, kind).unwrap_err();
            assert!(complaint.starts_with(expected), "{text}: {complaint}");
        }
    }
}
