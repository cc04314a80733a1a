//! Samples from a file.

use super::preamble;
use super::sample_unit::{CaptureQuantity, PowerUnit, SampleUnit, Volts};
use super::time_base::interval;
use crate::measured::columns::{self, Columns};
use crate::measured::layout::Surroundings;
use crate::measured::number;
use crate::measured::unit::{self, Unit, words};
use crate::measured::{npy, text};
use crate::units::{dbm_from_watt, power_ratio};
use std::ops::RangeInclusive;

/// Largest size of a file of samples, bytes.
pub(in crate::measured) const BYTES_MAX: u64 = 256 << 20;
/// Columns of a text, as messages name them.
const NAMED: &str = "time and power, or power alone";
/// Largest number of columns.
const COLUMNS_MAX: usize = 64;
/// Average powers that a capture without a unit may have, dBm, assumed: others raise a doubt.
const PLAUSIBLE_DBM: RangeInclusive<f64> = -20.0..=15.0;

/// A capture with its quantity and the digest of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The samples.
    pub capture: Capture,
    /// Their quantity.
    pub quantity: CaptureQuantity,
    /// How the file was understood, where that is not plain.
    pub notes: Vec<String>,
    /// FNV-1a of the file's bytes, such as `fnv1a64:85944171f73967e8`.
    pub digest: String,
}

/// Power over time at equal distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// Power, W; in the unit of the file with [`PowerUnit::Linear`].
    pub power_w: Vec<f32>,
    /// Time between two samples, s; unknown without a column of time.
    pub interval_s: Option<f64>,
}

/// How a file of samples is to be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaptureFormat {
    /// Unit of the samples.
    pub unit: PowerUnit,
    /// Name or number, from 1, of the column of samples; the first one if empty.
    pub column: String,
}

impl Capture {
    /// Reads text of columns, as instruments write it, a `.npy` array, or a variable of an HDF5 or
    /// MATLAB file.
    ///
    /// Columns are time and one or more channels, or channels alone; without a column of time an
    /// instrument's keys give the time between samples, if they are there. Time is in s unless its
    /// header names another unit; an array's time is in s.
    ///
    /// # Errors
    ///
    /// The reason, to be written after the file's name: line, value and remedy.
    pub(in crate::measured) fn read(
        file: &str,
        bytes: &[u8],
        format: &CaptureFormat,
    ) -> Result<Opened, String> {
        of_bytes(file, bytes, format, Volts::Refused)
    }

    /// Reads a file as for a link's description; a voltage with any offset is accepted too, in V.
    ///
    /// # Errors
    ///
    /// The reason, to be written after the file's name: line, value and remedy.
    pub fn open(file: &str, format: &CaptureFormat) -> Result<Opened, String> {
        let bytes = text::bytes(file, BYTES_MAX)?;
        of_bytes(file, &bytes, format, Volts::Welcome)
    }
}

fn of_bytes(
    file: &str,
    bytes: &[u8],
    format: &CaptureFormat,
    volts: Volts,
) -> Result<Opened, String> {
    let opened = match FileKind::of(file, bytes) {
        FileKind::Npy => of_array(bytes, format, volts)?,
        FileKind::Hdf5 => of_variables(bytes, format, volts)?,
        FileKind::OldMatlab => {
            return Err("is a MATLAB file before version 7.3; must be saved again, as by \
                        save('file.mat', 'x', '-v7.3')"
                .to_owned());
        }
        FileKind::Text => of_text(bytes, format, volts)?,
    };
    Ok(Opened { digest: text::digest(text::fnv(bytes)), ..opened })
}

/// Kind of a file of samples.
enum FileKind {
    Npy,
    Hdf5,
    /// MATLAB before version 7.3.
    OldMatlab,
    Text,
}

impl FileKind {
    /// By what a file begins with; HDF5 also after a block of its user's.
    fn of(file: &str, bytes: &[u8]) -> FileKind {
        let mut places = std::iter::successors(Some(0), |&at| Some((2 * at).max(512)));
        let signed = |at: &usize| bytes[*at..].starts_with(HDF5);
        if places.by_ref().take_while(|&at| at < bytes.len()).any(|at| signed(&at)) {
            FileKind::Hdf5
        } else if bytes.starts_with(OLD_MATLAB) {
            FileKind::OldMatlab
        } else if file.to_ascii_lowercase().ends_with(".npy") {
            FileKind::Npy
        } else {
            FileKind::Text
        }
    }
}

/// First bytes of HDF5 files, and of MATLAB files before version 7.3.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
const OLD_MATLAB: &[u8] = b"MATLAB 5.0 MAT-file";

#[cfg(feature = "hdf5")]
fn of_variables(bytes: &[u8], format: &CaptureFormat, volts: Volts) -> Result<Opened, String> {
    let mut notes = Vec::new();
    let columns = super::variables::columns(bytes, &format.column, &mut notes)?;
    let Some((_, first)) = columns.rows.first() else { return Err("holds no numbers".to_owned()) };
    let samples = first.len() - 1;
    let unit = SampleUnit::of_column(format.unit, &columns, samples, 0, volts)?;
    let interval_s = if samples == 0 {
        preamble::interval_s(&columns)
    } else {
        let second = match unit::of_name(columns.name(0)) {
            Ok(Some(Unit::Second(second))) => second,
            _ => 1.0,
        };
        let time: Vec<f64> = columns.rows.iter().map(|(_, row)| row[0]).collect();
        Some(interval(&time, |i| format!("number {}", i + 1))? * second)
    };
    let samples: Vec<f64> = columns.rows.iter().map(|(_, row)| row[samples]).collect();
    if let Some(at) = samples.iter().position(|x| !x.is_finite()) {
        return Err(format!("number {} is {}; must be finite", at + 1, samples[at]));
    }
    finish(samples, interval_s, unit, volts, notes)
}

#[cfg(not(feature = "hdf5"))]
fn of_variables(_: &[u8], _: &CaptureFormat, _: Volts) -> Result<Opened, String> {
    Err("is an HDF5 file, and this build is without the feature `hdf5`; must be text or .npy, or \
         lightlane be installed with `--features hdf5`"
        .to_owned())
}

fn of_array(bytes: &[u8], format: &CaptureFormat, volts: Volts) -> Result<Opened, String> {
    let array = npy::read(bytes)?;
    if let Some(at) = array.values.iter().position(|x| !x.is_finite()) {
        return Err(format!(
            "number {at} is {}; must be finite: cut or fill the gap",
            array.values[at]
        ));
    }
    let column = |at: usize| -> Vec<f64> {
        array.values.iter().skip(at).step_by(array.columns).copied().collect()
    };
    let first = usize::from(array.columns > 1);
    let channels: Vec<usize> = (first..array.columns).collect();
    let mut notes = Vec::new();
    let chosen = chosen(&format.column, &channels, &|_| "", &mut notes)?;
    let interval_s =
        if first == 0 { None } else { Some(interval(&column(0), |i| format!("row {i}"))?) };
    let unit = SampleUnit::without_header(format.unit);
    finish(column(channels[chosen]), interval_s, unit, volts, notes)
}

fn of_text(bytes: &[u8], format: &CaptureFormat, volts: Volts) -> Result<Opened, String> {
    let text = text::of_bytes(bytes.to_vec())?;
    let columns = columns::parse(&text, 1..=COLUMNS_MAX, NAMED, Surroundings::Instrument)?;
    let time = TimeColumn::of(&columns)?;
    let count = columns.rows[0].1.len();
    let first = usize::from(time != TimeColumn::None);
    let mut channels: Vec<usize> = (first..count).collect();
    if channels.is_empty() {
        let name = number::name(columns.name(0));
        return Err(format!("has one column, `{name}`, and no samples; must have {NAMED}"));
    }
    // a capture of our own has the sent levels last
    if channels.len() > 1 && columns.name(count - 1).eq_ignore_ascii_case("level") {
        channels.pop();
    }
    let mut notes = Vec::new();
    let chosen = chosen(&format.column, &channels, &|c| columns.name(c), &mut notes)?;
    let column = channels[chosen];
    let unit = SampleUnit::of_column(format.unit, &columns, column, chosen, volts)?;
    if let (false, Ok(Some(named))) =
        (format.unit == PowerUnit::Header, unit::of_name(columns.name(column)))
        && format.unit != PowerUnit::Linear
        && SampleUnit::of_unit(named, Volts::Welcome) != Some(unit)
    {
        let name = number::name(columns.name(column));
        notes.push(format!("its column `{name}` was taken in the unit that is given, not its own"));
    }
    let interval_s = match time {
        TimeColumn::Seconds(second) => {
            let time: Vec<f64> = columns.rows.iter().map(|(_, row)| row[0]).collect();
            Some(interval(&time, |i| format!("line {}", columns.rows[i].0))? * second)
        }
        TimeColumn::Index | TimeColumn::None => preamble::interval_s(&columns),
    };
    let samples = columns.rows.iter().map(|(_, row)| row[column]).collect();
    finish(samples, interval_s, unit, volts, notes)
}

/// The meaning of a text's first column.
#[derive(Clone, Copy, Debug, PartialEq)]
enum TimeColumn {
    /// Time, in s of this size.
    Seconds(f64),
    /// The number of the sample.
    Index,
    /// None: it is a channel.
    None,
}

impl TimeColumn {
    fn of(columns: &Columns) -> Result<TimeColumn, String> {
        let alone = columns.rows[0].1.len() == 1;
        let pick = |unit| match unit {
            Unit::Second(second) => Some(TimeColumn::Seconds(second)),
            Unit::Index => Some(TimeColumn::Index),
            Unit::Watt(_) | Unit::Dbm | Unit::Volt(_) => Some(TimeColumn::None),
            _ => None,
        };
        if alone {
            let is_time = matches!(unit::of_name(columns.name(0)), Ok(Some(Unit::Second(_))));
            return Ok(if is_time { TimeColumn::Seconds(1.0) } else { TimeColumn::None });
        }
        let accepted = "s, ms, us, ns, ps or fs of time, or the number of the sample";
        if let Some(found) = columns.unit(0, accepted, pick)? {
            return Ok(found);
        }
        let counts = columns.rows.windows(2).all(|pair| pair[1].1[0] - pair[0].1[0] == 1.0);
        let numbered =
            words(columns.name(0)).any(|word| matches!(word.as_str(), "n" | "no" | "nr"));
        if counts && (numbered || preamble::interval_s(columns).is_some()) {
            return Ok(TimeColumn::Index);
        }
        Ok(TimeColumn::Seconds(1.0))
    }
}

/// Place among the channels of the one that is wanted, by name or by number from 1 among all
/// columns; the first one where none is, which a note says where there are more.
fn chosen<'a>(
    wanted: &str,
    channels: &[usize],
    name: &dyn Fn(usize) -> &'a str,
    notes: &mut Vec<String>,
) -> Result<usize, String> {
    let words = |&c: &usize| match name(c) {
        "" => format!("{}", c + 1),
        text => format!("{} `{}`", c + 1, number::name(text)),
    };
    let all = || channels.iter().map(words).collect::<Vec<_>>().join(", ");
    if wanted.is_empty() {
        if channels.len() > 1 {
            let first = words(&channels[0]);
            notes.push(format!(
                "has {} channels, columns {}; read: {first}; `column` (measure: --column) names \
                 another",
                channels.len(),
                all()
            ));
        }
        return Ok(0);
    }
    // a name without its unit will do
    let bare = |c: usize| name(c).split(['(', '[']).next().unwrap_or_default().trim().to_owned();
    let number = wanted.parse::<usize>().ok();
    let is_wanted =
        |c: usize| name(c).eq_ignore_ascii_case(wanted) || bare(c).eq_ignore_ascii_case(wanted);
    let by_number = || channels.iter().position(|&c| number == Some(c + 1));
    channels
        .iter()
        .position(|&c| is_wanted(c))
        .or_else(by_number)
        .ok_or_else(|| format!("has no channel {wanted}; must be one of its columns {}", all()))
}

fn finish(
    samples: Vec<f64>,
    interval_s: Option<f64>,
    unit: SampleUnit,
    volts: Volts,
    mut notes: Vec<String>,
) -> Result<Opened, String> {
    let power_w: Vec<f64> = samples.into_iter().map(|x| unit.of(x)).collect();
    let mean = power_w.iter().sum::<f64>() / power_w.len() as f64;
    let (low, high) = power_w
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &p| (low.min(p), high.max(p)));
    if low == high {
        return Err("is constant; must be a modulated waveform".to_owned());
    }
    let largest = high.max(-low);
    if largest.is_nan() || largest > f64::from(f32::MAX) {
        return Err(format!(
            "reaches {largest:e}; must be at most {:e}: is its unit right?",
            f32::MAX
        ));
    }
    if let Some(step) = interval_s.filter(|step| !step.is_normal()) {
        return Err(format!(
            "has samples {step:e} s apart; must be a time that can be divided by: is its unit right?"
        ));
    }
    // only noise about zero power may lie below zero
    let offset_is_known = unit.quantity == CaptureQuantity::Power || volts == Volts::Refused;
    if offset_is_known && (mean <= 0.0 || low < -0.25 * (high - low)) {
        return Err(format!(
            "reaches down to {low:e} W with a mean of {mean:e} W; must be power, zero without light: capture it with direct coupling"
        ));
    }
    let dbm = dbm_from_watt(mean.max(power_ratio(-300.0)));
    if !unit.is_given && !PLAUSIBLE_DBM.contains(&dbm) {
        notes.push(format!(
            "its power has no unit and was taken in mW, which gives an average of {dbm:.1} dBm: \
             is it in W, uW or nW? A header such as power (W), or `unit` (measure: --unit), says so"
        ));
    }
    let power_w = power_w.iter().map(|&p| p as f32).collect();
    let (capture, digest) = (Capture { power_w, interval_s }, String::new());
    Ok(Opened { capture, quantity: unit.quantity, notes, digest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Capture, String> {
        read_as(text, PowerUnit::Header)
    }

    fn read_as(text: &str, unit: PowerUnit) -> Result<Capture, String> {
        let format = CaptureFormat { unit, ..CaptureFormat::default() };
        Ok(Capture::read("a.csv", text.as_bytes(), &format)?.capture)
    }

    #[test]
    fn the_units_of_time_and_power_are_those_of_the_header() {
        for (text, interval_s, first_w) in [
            ("1\n2\n", None, 1e-3),
            ("power_uW\n1\n2\n", None, 1e-6),
            ("time_ps,power_mw,level\n0,1,3\n5,2,0\n", Some(5e-12), 1e-3),
            ("Time (ns);Power (W)\n0;1\n0.005;2\n", Some(5e-12), 1.0),
            ("# t [s]\tp [\u{b5}W]\n0\t1\n5e-12\t2\n", Some(5e-12), 1e-6),
            ("s mW\n1e-9 1\n1.005e-9 2\n", Some(5e-12), 1e-3),
        ] {
            let capture = read(text).unwrap();
            assert!(
                (f64::from(capture.power_w[0]) / first_w - 1.0).abs() < 1e-6,
                "{text}: {capture:?}"
            );
            match (capture.interval_s, interval_s) {
                (Some(a), Some(b)) => assert!((a / b - 1.0).abs() < 1e-3, "{text}: {a}"),
                (a, b) => assert_eq!(a, b, "{text}"),
            }
        }
        for (header, first_v) in
            [("V", 1.0), ("Ch1 (mV)", 1e-3), ("voltage", 1.0), ("ch1_mv", 1e-3)]
        {
            let text = format!("{header}\n1\n-2\n");
            let format = CaptureFormat::default();
            let opened = of_bytes("a.csv", text.as_bytes(), &format, Volts::Welcome).unwrap();
            assert_eq!(
                (opened.capture.power_w[0], opened.quantity),
                (first_v, CaptureQuantity::Voltage),
                "{header}"
            );
        }
        let linear = read_as("V\n1\n2\n", PowerUnit::Linear).unwrap();
        assert_eq!(linear.power_w, [1.0, 2.0]);
    }

    #[test]
    fn what_is_no_waveform_is_refused_with_its_line() {
        for (text, expected) in [
            ("1e300\n2e300\n", "reaches 2"),
            ("t,p\n0,1\n5e-324,2\n", "has samples 5e-324 s apart; must be a time"),
            ("t,p\n0,1\n1,2\n1,3\n2,1\n", "has times in steps of 1e0 where samples are 6e-1 apart"),
            ("t,p\n0,1\n2,2\n1,3\n4,1\n", "line 4: time 1 descends after 2; must ascend"),
            ("t,p\n0,1\n1,2\n2,3\n3,1\n6,1\n7,1\n", "line 6: time jumps by 3e0 where samples are"),
            ("t,p\n0,1\n1,NaN\n", "line 3, column 2: `NaN`: must be a finite number"),
            ("p\n1;5\n1\n", "line 3: has 1 columns, must have 2"),
            (
                "t,v (V)\n0,1\n1,2\n",
                "line 1: column 2, `v (V)`: is another quantity; its unit must be W, mW",
            ),
            ("1\n1\n1\n", "is constant"),
            ("-1\n1\n-1\n", "reaches down to -1e-3 W"),
            ("1\n", "line 1: is the only one with numbers"),
        ] {
            let complaint = read(text).unwrap_err();
            assert!(complaint.starts_with(expected), "{text}: {complaint}");
        }
        assert!(
            Capture::read("a.npy", &npy::write(&[1.0, f32::NAN]), &CaptureFormat::default())
                .unwrap_err()
                .starts_with("number 1 is NaN")
        );
    }
}
