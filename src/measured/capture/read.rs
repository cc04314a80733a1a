//! Samples from a file.

use crate::measured::{columns, npy, text};
use crate::units::{micro, milli, nano, pico};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};

/// Largest size of a file of samples, bytes.
pub(in crate::measured) const BYTES_MAX: u64 = 256 << 20;
/// Columns of a text, as messages name them.
const NAMED: &str = "time and power, or power alone";

/// Unit of the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PowerUnit {
    /// From the header of its column: W, mW or uW; mW by default.
    #[default]
    Header,
    /// W.
    W,
    /// mW.
    Mw,
    /// uW.
    Uw,
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
enum Volts {
    /// No: power in the fibre is needed, zero without light.
    Refused,
    /// Yes, with any offset.
    Welcome,
}

/// A capture with its quantity and the digest of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The samples.
    pub capture: Capture,
    /// Their quantity.
    pub quantity: CaptureQuantity,
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

impl Capture {
    /// Reads text of columns (time and power, or power alone; a third one named `level` is
    /// ignored), or a `.npy` array.
    ///
    /// Time is in s unless its header names ns or ps; an array's time is in s.
    ///
    /// # Errors
    ///
    /// The reason, to be written after the file's name: line, value and remedy.
    pub(in crate::measured) fn read(
        file: &str,
        bytes: &[u8],
        unit: PowerUnit,
    ) -> Result<Capture, String> {
        Ok(of_bytes(file, bytes, unit, Volts::Refused)?.0)
    }

    /// Reads a file as for a link's description; a voltage with any offset is accepted too, in V.
    ///
    /// # Errors
    ///
    /// The reason, to be written after the file's name: line, value and remedy.
    pub fn open(file: &str, unit: PowerUnit) -> Result<Opened, String> {
        let bytes = text::bytes(file, BYTES_MAX)?;
        let (capture, quantity) = of_bytes(file, &bytes, unit, Volts::Welcome)?;
        Ok(Opened { capture, quantity, digest: text::digest(text::fnv(&bytes)) })
    }
}

fn of_bytes(
    file: &str,
    bytes: &[u8],
    unit: PowerUnit,
    volts: Volts,
) -> Result<(Capture, CaptureQuantity), String> {
    if file.to_ascii_lowercase().ends_with(".npy") {
        of_array(bytes, unit, volts)
    } else {
        of_text(bytes, unit, volts)
    }
}

fn of_array(
    bytes: &[u8],
    unit: PowerUnit,
    volts: Volts,
) -> Result<(Capture, CaptureQuantity), String> {
    let array = npy::read(bytes)?;
    if let Some(at) = array.values.iter().position(|x| !x.is_finite()) {
        return Err(format!(
            "number {at} is {}; must be finite: cut or fill the gap",
            array.values[at]
        ));
    }
    let (scale, quantity) = scale(unit, "", volts)?;
    let (rows, power): (Vec<f64>, Vec<f32>) = match array.columns {
        1 => (Vec::new(), array.values),
        2 => array.values.as_chunks::<2>().0.iter().map(|row| (f64::from(row[0]), row[1])).unzip(),
        columns => return Err(format!("has {columns} columns, must have one or two: {NAMED}")),
    };
    let interval_s =
        if rows.is_empty() { None } else { Some(interval(&rows, |i| format!("row {i}"))?) };
    finish(power.iter().map(|&p| f64::from(p) * scale).collect(), interval_s, quantity, volts)
}

fn of_text(
    bytes: &[u8],
    unit: PowerUnit,
    volts: Volts,
) -> Result<(Capture, CaptureQuantity), String> {
    let text = text::of_bytes(bytes.to_vec())?;
    let columns = columns::parse(&text, 1..=3, NAMED)?;
    let count = columns.rows[0].1.len();
    let header = |i: usize| columns.header.get(i).map_or("", String::as_str);
    if count == 3 && header(2) != "level" {
        return Err(format!(
            "line {}: has 3 columns, must have one or two: {NAMED}",
            columns.rows[0].0
        ));
    }
    let power = count.min(2) - 1;
    let (scale, quantity) = scale(unit, header(power), volts)?;
    let power_w = columns.rows.iter().map(|(_, row)| row[power] * scale).collect();
    let interval_s = if count == 1 {
        None
    } else {
        let time: Vec<f64> = columns.rows.iter().map(|(_, row)| row[0]).collect();
        Some(interval(&time, |i| format!("line {}", columns.rows[i].0))? * second(header(0)))
    };
    finish(power_w, interval_s, quantity, volts)
}

/// W or V per unit of the samples.
fn scale(unit: PowerUnit, header: &str, volts: Volts) -> Result<(f64, CaptureQuantity), String> {
    let named = |names: [&str; 2]| names.iter().any(|name| header.contains(name));
    let word = |name: &str| header.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
    let watt = match unit {
        PowerUnit::Linear => return Ok((1.0, CaptureQuantity::Voltage)),
        PowerUnit::W => 1.0,
        PowerUnit::Mw => milli(1.0),
        PowerUnit::Uw => micro(1.0),
        PowerUnit::Header if named(["uw", "\u{b5}w"]) || named(["\u{3bc}w", "microwatt"]) => {
            micro(1.0)
        }
        PowerUnit::Header if named(["mw", "milliwatt"]) => milli(1.0),
        PowerUnit::Header if named(["(w)", "[w]"]) || named(["_w", "watt"]) || header == "w" => 1.0,
        PowerUnit::Header if header.contains("volt") || word("v") || word("mv") => {
            if volts == Volts::Refused {
                return Err(format!(
                    "its column `{header}` is a voltage; must be power, or unit = \"linear\" with launch_power_dbm if zero volts are no light"
                ));
            }
            return Ok((
                if word("mv") || header.contains("millivolt") { milli(1.0) } else { 1.0 },
                CaptureQuantity::Voltage,
            ));
        }
        PowerUnit::Header => milli(1.0),
    };
    Ok((watt, CaptureQuantity::Power))
}

/// Seconds per unit of time.
fn second(header: &str) -> f64 {
    let named = |unit: &str| header.split(|c: char| !c.is_alphanumeric()).any(|word| word == unit);
    match () {
        () if named("ps") => pico(1.0),
        () if named("ns") => nano(1.0),
        () if named("us") => micro(1.0),
        () => 1.0,
    }
}

/// The distance of evenly spaced times; `at` names one of them.
fn interval(time: &[f64], at: impl Fn(usize) -> String) -> Result<f64, String> {
    let step = (time[time.len() - 1] - time[0]) / (time.len() - 1) as f64;
    for (i, pair) in time.windows(2).enumerate() {
        let here = pair[1] - pair[0];
        if here <= 0.0 {
            let how = if here == 0.0 { "is repeated" } else { "descends" };
            return Err(format!(
                "{}: time {} {how} after {}; must ascend: sort the lines, keep each once",
                at(i + 1),
                pair[1],
                pair[0]
            ));
        }
        if here > 1.7 * step {
            let gap = "must be evenly spaced: resample, or fill the gap";
            return Err(format!(
                "{}: time jumps by {here:e} where samples are {step:e} apart; {gap}",
                at(i + 1)
            ));
        }
    }
    Ok(step)
}

fn finish(
    power_w: Vec<f64>,
    interval_s: Option<f64>,
    quantity: CaptureQuantity,
    volts: Volts,
) -> Result<(Capture, CaptureQuantity), String> {
    let mean = power_w.iter().sum::<f64>() / power_w.len() as f64;
    let (low, high) = power_w
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &p| (low.min(p), high.max(p)));
    if low == high {
        return Err("is constant; must be a modulated waveform".to_owned());
    }
    let largest = high.max(-low);
    if largest > f64::from(f32::MAX) {
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
    let offset_is_known = quantity == CaptureQuantity::Power || volts == Volts::Refused;
    if offset_is_known && (mean <= 0.0 || low < -0.25 * (high - low)) {
        return Err(format!(
            "reaches down to {low:e} W with a mean of {mean:e} W; must be power, zero without light: capture it with direct coupling"
        ));
    }
    Ok((Capture { power_w: power_w.iter().map(|&p| p as f32).collect(), interval_s }, quantity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Capture, String> {
        Capture::read("a.csv", text.as_bytes(), PowerUnit::Header)
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
            let (capture, quantity) = of_bytes(
                "a.csv",
                format!("{header}\n1\n-2\n").as_bytes(),
                PowerUnit::Header,
                Volts::Welcome,
            )
            .unwrap();
            assert_eq!(
                (capture.power_w[0], quantity),
                (first_v, CaptureQuantity::Voltage),
                "{header}"
            );
        }
        let linear = Capture::read("a.csv", b"V\n1\n2\n", PowerUnit::Linear).unwrap();
        assert_eq!(linear.power_w, [1.0, 2.0]);
    }

    #[test]
    fn what_is_no_waveform_is_refused_with_its_line() {
        for (text, expected) in [
            ("1e300\n2e300\n", "reaches 2"),
            ("t,p\n0,1\n5e-324,2\n", "has samples 5e-324 s apart; must be a time"),
            ("t,p\n0,1\n1,2\n1,3\n2,1\n", "line 4: time 1 is repeated after 1; must ascend"),
            ("t,p\n0,1\n2,2\n1,3\n4,1\n", "line 4: time 1 descends after 2; must ascend"),
            ("t,p\n0,1\n1,2\n2,3\n3,1\n6,1\n7,1\n", "line 6: time jumps by 3e0 where samples are"),
            ("t,p\n0,1\n1,NaN\n", "line 3, column 2: `NaN`: must be a finite number"),
            ("p\n1;5\n1\n", "line 3: has 1 columns, must have 2"),
            ("t,v (V)\n0,1\n1,2\n", "its column `v (v)` is a voltage; must be power"),
            ("1\n1\n1\n", "is constant"),
            ("-1\n1\n-1\n", "reaches down to -1e-3 W"),
            ("1,2,3\n1,2,3\n", "line 1: has 3 columns"),
            ("1\n", "line 1: is the only one with numbers"),
        ] {
            let complaint = read(text).unwrap_err();
            assert!(complaint.starts_with(expected), "{text}: {complaint}");
        }
        assert!(
            Capture::read("a.npy", &npy::write(&[1.0, f32::NAN]), PowerUnit::W)
                .unwrap_err()
                .starts_with("number 1 is NaN")
        );
    }
}
