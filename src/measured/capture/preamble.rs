//! Keys that instruments write above or beside their columns: units, and the time between samples.
//!
//! A key counts by its letters and digits alone, so that `Sample Interval`, `SampleInterval` and
//! `SAMPLE_INTERVAL` are the same.

use crate::measured::columns::Columns;
use crate::measured::unit::{self, Unit};

/// Names of the time between two samples.
const INTERVALS: [&str; 14] = [
    "sampleinterval",
    "samplinginterval",
    "sampleperiod",
    "samplingperiod",
    "xincrement",
    "xincr",
    "xinc",
    "xinterval",
    "increment",
    "timeincrement",
    "timestep",
    "hresolution",
    "horizontalresolution",
    "deltat",
];
/// Names of the number of samples in a second.
const RATES: [&str; 4] = ["samplerate", "samplingrate", "sampfreq", "samplingfrequency"];
/// Names of the unit of time.
const X_UNITS: [&str; 6] =
    ["xunits", "xunit", "horizontalunits", "horizontalunit", "hunit", "timeunit"];
/// Names of the unit of the samples.
const Y_UNITS: [&str; 6] =
    ["yunits", "yunit", "verticalunits", "verticalunit", "vunit", "amplitudeunit"];

/// Values of a key, with its name.
fn values<'a>(columns: &'a Columns, known: &[&str]) -> Option<(&'a str, Vec<&'a str>)> {
    columns.preamble.iter().find_map(|fields| {
        let at = fields.iter().position(|field| {
            let name = field.split(['(', '[', ':']).next().unwrap_or_default();
            let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            known.contains(&name.to_lowercase().as_str())
        })?;
        // `CH1:V` is the value of one channel
        let value = |field: &'a String| field.rsplit(':').next().unwrap_or_default().trim();
        let values: Vec<&str> = fields[at + 1..].iter().map(value).collect();
        (!values.is_empty()).then_some((fields[at].as_str(), values))
    })
}

/// The unit of a channel's samples, as it is written; several channels may have one each.
pub(super) fn sample_unit(columns: &Columns, channel: usize) -> Option<String> {
    let (_, values) = values(columns, &Y_UNITS)?;
    let own = values.get(channel).filter(|_| values.len() > 1).or(values.first())?;
    (!own.is_empty()).then(|| (*own).to_owned())
}

/// Seconds in the unit of time of the keys, or of a key's own name or value.
fn seconds(columns: &Columns, key: &str, values: &[&str]) -> f64 {
    let of = |text: &str| match unit::of_name(text) {
        Ok(Some(Unit::Second(second))) => Some(second),
        _ => None,
    };
    values
        .get(1)
        .and_then(|text| of(text))
        .or_else(|| values.first().and_then(|text| of(text)))
        .or_else(|| of(key).filter(|_| key.contains(['(', '['])))
        .or_else(|| self::values(columns, &X_UNITS).and_then(|(_, values)| of(values[0])))
        .unwrap_or(1.0)
}

/// The number that a value begins with.
fn leading(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok().filter(|x: &f64| x.is_normal() && *x > 0.0)
}

/// The time between two samples, s, as the keys give it.
pub(super) fn interval_s(columns: &Columns) -> Option<f64> {
    if let Some((key, values)) = values(columns, &INTERVALS)
        && let Some(interval) = leading(values[0])
    {
        return Some(interval * seconds(columns, key, &values));
    }
    let (key, values) = values(columns, &RATES)?;
    let hertz = |text: &&str| match unit::of_name(text) {
        Ok(Some(Unit::Hertz(hz))) => Some(hz),
        _ => None,
    };
    let unit = values.get(1).and_then(hertz).or_else(|| hertz(&values[0])).or_else(|| hertz(&key));
    Some(1.0 / (leading(values[0])? * unit.unwrap_or(1.0)))
}
