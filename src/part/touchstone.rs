//! Touchstone files of two ports, version 1.

use super::columns::{code, number};
use crate::units::amplitude_ratio;
use num_complex::Complex64;
use std::f64::consts::PI;

/// Which of the two transmissions is taken: a column pair of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    S21 = 1,
    S12 = 2,
}

/// How a pair of columns makes a complex number.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    RealImaginary,
    MagnitudeAngle,
    DecibelAngle,
}

/// A line of the file: its number, frequency in Hz, transmission.
pub(super) type Point = (usize, f64, Complex64);

/// Reads one transmission of an `.s2p` file; noise parameters behind the data are left.
///
/// # Errors
///
/// The first line that is wrong and what would be right, to be written behind the file's name.
///
/// # Reference
///
/// EIA/IBIS Open Forum, *Touchstone File Format Specification*, version 1.1.
pub(super) fn parse(text: &str, pair: Pair) -> Result<Vec<Point>, String> {
    let (mut unit_hz, mut format) = (crate::units::giga(1.0), Format::MagnitudeAngle);
    let mut option_seen = false;
    let mut points = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let (line_number, line) = (i + 1, line.split('!').next().unwrap_or_default().trim());
        if let Some(options) = line.strip_prefix('#') {
            if !option_seen {
                (unit_hz, format) = options_of(options).map_err(|remedy| format!("line {line_number}: {remedy}"))?;
            }
            option_seen = true;
            continue;
        }
        if line.starts_with('[') {
            return Err(format!("line {line_number}: is of Touchstone 2; must be version 1: export as version 1 (.s2p)"));
        }
        let fields: Vec<&str> = code(line).split_whitespace().collect();
        if fields.is_empty() {
            continue;
        }
        if fields.len() == 5 && !points.is_empty() {
            break;
        }
        if fields.len() != 9 {
            return Err(format!("line {line_number}: has {} columns, must have 9: frequency and S11 S21 S12 S22 in pairs", fields.len()));
        }
        let numbers =
            fields.iter().enumerate().map(|(i, field)| number(line_number, i + 1, field)).collect::<Result<Vec<f64>, String>>()?;
        let (a, b) = (numbers[1 + 2 * pair as usize], numbers[2 + 2 * pair as usize]);
        let s = match format {
            Format::RealImaginary => Complex64::new(a, b),
            Format::MagnitudeAngle => Complex64::from_polar(a, b * PI / 180.0),
            Format::DecibelAngle => Complex64::from_polar(amplitude_ratio(a), b * PI / 180.0),
        };
        points.push((line_number, numbers[0] * unit_hz, s));
    }
    match points.len() {
        0 => Err("holds no data; must hold two lines or more of frequency and S11 S21 S12 S22".to_owned()),
        1 => Err(format!("line {}: is the only one with data; must be two or more", points[0].0)),
        _ => Ok(points),
    }
}

/// Unit of frequency, Hz, and format of an option line; what is not said is GHz, S, MA.
fn options_of(options: &str) -> Result<(f64, Format), String> {
    let (mut unit_hz, mut format) = (crate::units::giga(1.0), Format::MagnitudeAngle);
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        match word.to_ascii_uppercase().as_str() {
            "HZ" => unit_hz = 1.0,
            "KHZ" => unit_hz = crate::units::kilo(1.0),
            "MHZ" => unit_hz = crate::units::mega(1.0),
            "GHZ" => unit_hz = crate::units::giga(1.0),
            "S" => {}
            "RI" => format = Format::RealImaginary,
            "MA" => format = Format::MagnitudeAngle,
            "DB" => format = Format::DecibelAngle,
            "R" => {
                words.next();
            }
            _ => return Err(format!("`{word}`: must be an option line such as # GHz S RI R 50")),
        }
    }
    Ok((unit_hz, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.5 at -60 degrees is 0.25 - j 0.4330127, -6.0206 dB.
    #[test]
    fn every_format_and_unit_reads_alike() {
        for text in [
            "! a\n# GHz S RI R 50\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.25 -0.4330127 .9 0 0 0 ! end\n",
            "# hz s ma r 75\n1e9 0 0 1 0 .9 0 0 0\n2e9 0 0 0.5 -60 .9 0 0 0\n",
            "# MHz S DB R 50\n1000 0 0 0 0 0 0 0 0\n2000 0 0 -6.0206 -60 0 0 0 0\n",
            "#\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.5 -60 .9 0 0 0\n1 2 0.4 30 0.2\n",
        ] {
            let points = parse(text, Pair::S21).unwrap();
            assert_eq!(points.len(), 2, "{text}");
            assert!((points[1].1 - 2e9).abs() < 1.0 && (points[1].2 - Complex64::new(0.25, -0.433_012_7)).norm() < 1e-6, "{text}");
        }
        let points = parse("# GHz S MA R 50\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.5 -60 .8 0 0 0\n", Pair::S12).unwrap();
        assert!((points[1].2.re - 0.8).abs() < 1e-12);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, expected) in [
            ("# GHz Z RI R 50\n", "line 1: `Z`: must be an option line such as"),
            ("[Version] 2.0\n", "line 1: is of Touchstone 2; must be version 1"),
            ("1 0 0\n", "line 1: has 3 columns, must have 9"),
            ("# GHz S MA R 50\n1 0 0 x 0 0 0 0 0\n", "line 2, column 4: `x`: must be a number"),
            ("1 0 0 1 0 0 0 0 0\n", "line 1: is the only one"),
            ("! nothing\n", "holds no data"),
        ] {
            let complaint = parse(text, Pair::S21).unwrap_err();
            assert!(complaint.starts_with(expected), "{text}: {complaint}");
        }
    }
}
