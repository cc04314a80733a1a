//! Axes: a key with the values it takes, and the points of several axes.

use crate::error::{Error, Place, Problem, Problems, Result};
use crate::link::Key;
use toml::Value;

/// Largest whole number written without a decimal point, as integer keys need it.
const WHOLE_NUMBER_MAX: f64 = 9e15;
/// Significant digits of a value on a logarithmic axis: more than any figure shows, and few enough
/// that 1e-5 stays 1e-5.
const LOG_DIGITS: usize = 12;
/// Largest number of values of an axis.
const VALUES_MAX: f64 = 1e12;

/// An axis of a sweep: a key of the description and its values, in order.
///
/// ```text
/// fibre.length_km=0:2:0.5                  from 0 to 2 in steps of 0.5, both ends included
/// receiver.tia.bandwidth_ghz=20:80:7lin    7 points with equal differences
/// simulation.seed=1,2,3                    a list: numbers, names, files
/// transmitter.mzm.laser.linewidth_mhz=0.01:10:4log    4 points with equal ratios
/// ```
#[derive(Clone, Debug)]
pub struct Axis {
    key: Key,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    /// Values as written.
    List(Vec<Value>),
    /// `first + i step`, with the decimals of the text.
    Linear { first: f64, step: f64, count: usize, decimals: usize },
    /// From `first` to `last` in equal ratios.
    Logarithmic { first: f64, last: f64, count: usize },
}

impl Axis {
    /// Reads `KEY=A:B:STEP`, `KEY=A:B:Nlin`, `KEY=A:B:Nlog` or `KEY=V1,V2,..`.
    ///
    /// # Errors
    ///
    /// An unknown key; a value of the wrong type; a malformed range.
    pub fn parse(text: &str) -> Result<Axis> {
        Axis::parse_by("--axis", text)
    }

    /// Parses an axis given by `flag`, which is named in problems.
    ///
    /// # Errors
    ///
    /// As [`Axis::parse`].
    pub fn parse_by(flag: &str, text: &str) -> Result<Axis> {
        let flag = format!("{flag} {text}").replace(char::is_control, " ");
        let refused = |value: &str, remedy: &str| {
            let place = Some(Place { layer: flag.clone(), line_column: None });
            let mut problems = Problems::new();
            problems.push(Problem {
                place,
                path: String::new(),
                value: value.to_owned(),
                remedy: remedy.to_owned(),
            });
            Error::Input(problems)
        };
        let Some((name, spec)) =
            text.split_once('=').map(|(name, spec)| (name.trim(), spec.trim()))
        else {
            return Err(refused(
                "",
                "must be KEY=A:B:STEP or KEY=V1,V2,.., such as fibre.length_km=0:2:0.5",
            ));
        };
        let values = match range(spec) {
            Some(Err(remedy)) => return Err(refused(spec, &remedy)),
            Some(Ok(values)) => values,
            None => {
                let items = items(spec);
                if items.iter().any(String::is_empty) {
                    return Err(refused(
                        spec,
                        "an axis needs values: A:B:STEP or V1,V2,.. with nothing empty between the commas",
                    ));
                }
                let (key, values) = Key::read(&flag, name, &items)?;
                return Ok(Axis { key, values: Values::List(values) });
            }
        };
        // integers and fractions, negative and positive: one of each is checked against the key's
        // type
        let last = values.len() - 1;
        let kinds: Vec<String> = [0, 1.min(last), 2.min(last), last]
            .into_iter()
            .map(|i| values.at(i).to_string())
            .collect();
        let (key, _) = Key::read(&flag, name, &kinds)?;
        Ok(Axis { key, values })
    }

    /// The key as written, which is the name of its column.
    pub fn name(&self) -> String {
        self.key.name()
    }

    /// Whether its values are in equal ratios: true for a range ending in `log`.
    pub fn is_logarithmic(&self) -> bool {
        matches!(self.values, Values::Logarithmic { .. })
    }

    /// Whether its values were given as a list.
    pub fn is_list(&self) -> bool {
        matches!(self.values, Values::List(_))
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Number of values.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Value `i`, from 0.
    ///
    /// # Panics
    ///
    /// `i` beyond [`Axis::len`].
    pub fn value(&self, i: usize) -> Value {
        assert!(i < self.len(), "value {i} of {}", self.len());
        self.values.at(i)
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::List(values) => values.len(),
            Values::Linear { count, .. } | Values::Logarithmic { count, .. } => *count,
        }
    }

    fn at(&self, i: usize) -> Value {
        match self {
            Values::List(values) => values[i].clone(),
            Values::Linear { first, step, decimals, .. } => {
                number(rounded(first + i as f64 * step, *decimals))
            }
            Values::Logarithmic { first, .. } if i == 0 => number(*first),
            Values::Logarithmic { last, count, .. } if i + 1 == *count => number(*last),
            Values::Logarithmic { first, last, count } => {
                let part = i as f64 / (count - 1) as f64;
                let exact = first * (last / first).powf(part);
                number(format!("{exact:.*e}", LOG_DIGITS - 1).parse().unwrap_or(exact))
            }
        }
    }
}

/// The points that differ from the first one in one axis, axis by axis, with the first one.
pub(super) fn along<'a>(
    axes: &'a [Axis],
    first: &'a [Value],
) -> impl Iterator<Item = Vec<Value>> + 'a {
    axes.iter().enumerate().flat_map(move |(i, axis)| {
        (0..axis.len()).map(move |at| {
            let mut values = first.to_vec();
            values[i] = axis.value(at);
            values
        })
    })
}

/// Values of point `index`; points are all combinations of values, the last axis fastest.
pub(super) fn point(axes: &[Axis], mut index: u64) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::with_capacity(axes.len());
    for axis in axes.iter().rev() {
        let len = axis.len() as u64;
        values.push(axis.value((index % len) as usize));
        index /= len;
    }
    values.reverse();
    values
}

/// Number of points.
pub(super) fn points(axes: &[Axis]) -> u64 {
    axes.iter().fold(1, |points, axis| points.saturating_mul(axis.len() as u64))
}

/// Values of a range, `A:B:STEP`, `A:B:Nlin` or `A:B:Nlog`; `None` for a list.
fn range(spec: &str) -> Option<std::result::Result<Values, String>> {
    let parts: Vec<&str> = spec.split(':').map(str::trim).collect();
    // a file's name may contain a colon: only a text that begins with a number is a range
    if parts.len() < 2 || spec.contains(',') || parts[0].parse::<f64>().is_err() {
        return None;
    }
    let [a, b, by] = parts[..] else {
        return Some(Err("a range is A:B:STEP, such as 0:2:0.5".to_owned()));
    };
    Some(read_range(a, b, by))
}

fn read_range(a: &str, b: &str, by: &str) -> std::result::Result<Values, String> {
    let finite = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|x| x.is_finite())
            .ok_or_else(|| format!("{text} is not a number: a range begins and ends with numbers"))
    };
    let (first, last) = (finite(a)?, finite(b)?);
    if !(last - first).is_finite() {
        return Err(format!("{a} and {b} are too far apart"));
    }
    let (amount, logarithmic) = match (by.strip_suffix("lin"), by.strip_suffix("log")) {
        (Some(amount), _) => (Some(amount), false),
        (_, Some(amount)) => (Some(amount), true),
        _ => (None, false),
    };
    if let Some(amount) = amount {
        let count = amount.parse::<usize>().ok().filter(|&n| n >= 2 && n as f64 <= VALUES_MAX);
        let count = count.ok_or_else(|| {
            format!(
                "{by} must be a number of points, 2 or more, such as 21{}",
                if logarithmic { "log" } else { "lin" }
            )
        })?;
        if !logarithmic {
            return Ok(Values::Linear {
                first,
                step: (last - first) / (count - 1) as f64,
                count,
                decimals: LOG_DIGITS,
            });
        }
        return if first > 0.0 && last > 0.0 {
            Ok(Values::Logarithmic { first, last, count })
        } else {
            Err("a logarithmic axis begins and ends above zero".to_owned())
        };
    }
    let step = by.parse::<f64>().ok().filter(|x| x.is_finite());
    let step = step.ok_or_else(|| {
        format!("{by} is not a step: must be a number, or 21log for 21 points in equal ratios")
    })?;
    if step == 0.0 {
        return Err("the step must not be zero".to_owned());
    }
    let steps = (last - first) / step;
    if steps < 0.0 {
        return Err(format!("a step of {by} leads away from {b}"));
    }
    // the end is included despite rounding: 0.1 + 0.2 is not 0.3
    let steps = (steps + (1e-12 * steps).clamp(1e-9, 0.01)).floor();
    if steps >= VALUES_MAX {
        return Err(format!("{steps:.0e} values are too many"));
    }
    Ok(Values::Linear {
        first,
        step,
        count: steps as usize + 1,
        decimals: decimals(a).max(decimals(by)),
    })
}

/// Values between commas; a comma within brackets or quotes belongs to its value.
fn items(spec: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut depth, mut quote) = (0i32, None);
    for letter in spec.chars() {
        match (letter, quote) {
            (',', None) if depth == 0 => {
                items.push(String::new());
                continue;
            }
            ('[', None) => depth += 1,
            (']', None) => depth -= 1,
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            _ => {}
        }
        items.last_mut().expect("never empty").push(letter);
    }
    items.iter().map(|item| item.trim().to_owned()).collect()
}

/// Decimals of a number as written: 2 in 0.25, 5 in 1e-5.
fn decimals(text: &str) -> usize {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let written = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len()) as i64;
    usize::try_from(written - exponent.parse::<i64>().unwrap_or(0)).unwrap_or(0)
}

/// A number rounded to some decimals, so that 0.1 + 0.2 gives 0.3.
fn rounded(x: f64, decimals: usize) -> f64 {
    format!("{x:.*}", decimals.min(300)).parse().unwrap_or(x)
}

/// A number as a TOML value: an integer where it is whole.
fn number(x: f64) -> Value {
    if x.fract() == 0.0 && x.abs() < WHOLE_NUMBER_MAX {
        Value::Integer(x as i64)
    } else {
        Value::Float(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let axis = Axis::parse(text).unwrap_or_else(|error| panic!("{error}"));
        (0..axis.len()).map(|i| axis.value(i).to_string()).collect()
    }

    fn problem(text: &str) -> String {
        Axis::parse(text).map(|axis| axis.len()).unwrap_err().to_string()
    }

    #[test]
    fn steps_are_the_numbers_that_a_user_would_write_and_reach_the_end() {
        assert_eq!(values("fibre.length_km=0:0.5:0.1"), ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(values("fibre.length_km=2:0:-0.5"), ["2", "1.5", "1", "0.5", "0"]);
        assert_eq!(values("fibre.length_km=0:1:0.4"), ["0", "0.4", "0.8"]);
        assert_eq!(values("limits.pmd_ber=1e-5:5e-5:2e-5"), ["0.00001", "0.00003", "0.00005"]);
        assert_eq!(values("receiver.dsp.ffe.taps=5:21:8"), ["5", "13", "21"]);
        assert_eq!(values("fibre.length_km=3:3:1"), ["3"]);
        assert_eq!(values("fibre.length_km=0:1:1e-3").len(), 1001);
    }

    #[test]
    fn points_have_equal_differences_or_equal_ratios() {
        assert_eq!(values("fibre.length_km=0:1:5lin"), ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(
            values("limits.pmd_ber=1e-6:1e-3:4log"),
            ["0.000001", "0.00001", "0.0001", "0.001"]
        );
        assert_eq!(values("fibre.length_km=8:1:4log"), ["8", "4", "2", "1"]);
    }

    #[test]
    fn a_list_holds_numbers_names_files_and_lists() {
        assert_eq!(values("transmitter.kind=eml, mzm"), ["\"eml\"", "\"mzm\""]);
        assert_eq!(values("pattern.file=C:\\a.txt,'b,c.txt'"), ["'C:\\a.txt'", "\"b,c.txt\""]);
        assert_eq!(
            values("transmitter.ffe.taps=[0,1,0],[-0.1,1.1,0]"),
            ["[0, 1, 0]", "[-0.1, 1.1, 0]"]
        );
        assert_eq!(values("lane.3.fibre.length_km=1"), ["1"]);
    }

    #[test]
    fn what_is_no_axis_is_said_with_the_remedy() {
        for (text, expected) in [
            ("nonsense", "--axis nonsense: must be KEY=A:B:STEP or KEY=V1,V2,.."),
            ("fibre.lenght_km=0:1:1", "fibre.lenght_km: unknown key, did you mean length_km?"),
            ("fibre.length_km=", "an axis needs values"),
            ("fibre.length_km=1,,2", "an axis needs values"),
            ("fibre.length_km=0:1", "a range is A:B:STEP"),
            ("fibre.length_km=0:1:0", "the step must not be zero"),
            ("fibre.length_km=0:1:-0.1", "a step of -0.1 leads away from 1"),
            (
                "fibre.length_km=0:nan:1",
                "nan is not a number: a range begins and ends with numbers",
            ),
            (
                "fibre.length_km=nan:1:1",
                "nan is not a number: a range begins and ends with numbers",
            ),
            ("fibre.length_km=0:1:nan", "nan is not a step"),
            ("fibre.length_km=0:1:x", "x is not a step: must be a number, or 21log"),
            ("fibre.length_km=0:1:5log", "a logarithmic axis begins and ends above zero"),
            ("fibre.length_km=1:2:1log", "1log must be a number of points, 2 or more"),
            ("fibre.length_km=0:1e300:1e-300", "values are too many"),
            ("fibre.length_km=1,two", "fibre.length_km = \"two\": must be a number"),
            (
                "receiver.dsp.ffe.taps=5:6:0.5",
                "receiver.dsp.ffe.taps = 5.5: must be a whole number",
            ),
            ("receiver.dsp.ffe.taps=-1:6:1", "must be a whole number, 0 or more"),
            (
                "transmitter.kind=eml,mmz",
                "must be \"eml\" or \"mzm\" or \"ring\" or \"tfln\" or \"waveform\" or \"stressed\", did you mean mzm?",
            ),
            ("preset=a,b", "the preset is chosen by the name"),
            ("=1,2", "must be KEY=VALUE"),
        ] {
            let found = problem(text);
            assert!(found.contains(expected), "{text}: {found}");
        }
    }

    #[test]
    fn a_long_axis_takes_no_memory_and_the_last_axis_is_fastest() {
        let long = Axis::parse("fibre.length_km=0:1:1e-11").unwrap();
        assert_eq!(long.len(), 100_000_000_001);
        let axes = [
            Axis::parse("fibre.length_km=0:1:0.5").unwrap(),
            Axis::parse("transmitter.kind=eml,mzm").unwrap(),
        ];
        assert_eq!(points(&axes), 6);
        let texts: Vec<String> = (0..6)
            .map(|i| point(&axes, i).iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            texts,
            ["0 \"eml\"", "0 \"mzm\"", "0.5 \"eml\"", "0.5 \"mzm\"", "1 \"eml\"", "1 \"mzm\""]
        );
    }
}
