//! Columns of numbers in a text, separated by commas, semicolons, tabs or blanks, below an optional
//! header: names, units in brackets or in a row of their own, and the keys of an instrument.

use super::layout::{Layout, Line, Surroundings, is_comment};
use super::number::{quoted, shown};
use super::unit::{self, Unit};
use crate::units::giga;
use std::ops::RangeInclusive;

/// Rows of numbers that may have keys of an instrument beside them.
const KEY_ROWS: usize = 64;

/// Rows of numbers, all of the same length.
#[derive(Debug, PartialEq)]
pub(super) struct Columns {
    /// Names of the columns with their units; empty when there are none.
    pub(super) names: Vec<String>,
    /// Number of the names' line.
    named_in: usize,
    /// Number of the line, from 1, and its numbers.
    pub(super) rows: Vec<(usize, Vec<f64>)>,
    /// Fields of the lines above, and of what stands beside the numbers.
    pub(super) preamble: Vec<Vec<String>>,
}

/// Reads columns; `named` describes them in messages.
///
/// # Errors
///
/// The first wrong line with its remedy, to follow the file's name.
pub(super) fn parse(
    text: &str,
    columns: RangeInclusive<usize>,
    named: &str,
    around: Surroundings,
) -> Result<Columns, String> {
    let lines: Vec<Line<'_>> = text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim_end().trim_start_matches(' ')))
        .filter(|(_, line)| !line.is_empty() && !is_comment(line))
        .filter(|(_, line)| !line.eq_ignore_ascii_case("end"))
        .collect();
    let layout = Layout::of(&lines);
    let first = lines.iter().position(|line| layout.holds(line.1));
    let Some(first) = first.filter(|_| !layout.columns.is_empty()) else {
        layout.check_above(&lines)?;
        return Err(format!("holds no numbers; must hold two lines or more: {named}"));
    };
    layout.check_above(&lines[..first])?;
    layout.check_count(lines[first], &columns, named)?;
    let rows = lines[first..]
        .iter()
        .map(|&line| layout.row(line, named, around))
        .collect::<Result<Vec<(usize, Vec<f64>)>, String>>()?;
    if let [(line, _)] = rows[..] {
        return Err(format!(
            "line {line}: is the only one with numbers; must be two or more: {named}"
        ));
    }
    let header = layout.header(text, &lines[..first], around)?;
    let beside = lines[first..].iter().take(KEY_ROWS).map(|line| layout.beside(line.1));
    let preamble = header.keys.into_iter().chain(beside).filter(|keys| !keys.is_empty()).collect();
    Ok(Columns { names: header.names, named_in: header.line, rows, preamble })
}

impl Columns {
    /// Columns of named variables, with keys and values beside them.
    #[cfg(feature = "hdf5")]
    pub(super) fn of_variables(
        names: Vec<String>,
        rows: Vec<Vec<f64>>,
        preamble: Vec<Vec<String>>,
    ) -> Columns {
        let rows = rows.into_iter().enumerate().map(|(i, row)| (i + 1, row)).collect();
        Columns { names, named_in: 0, rows, preamble }
    }

    /// Name of a column, empty without one.
    pub(super) fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    /// The unit of a column as `pick` takes it; `None` where its name has none.
    ///
    /// # Errors
    ///
    /// A unit that is not understood, or is none of those `accepted`.
    pub(super) fn unit<T>(
        &self,
        column: usize,
        accepted: &str,
        pick: impl FnOnce(Unit) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let name = self.name(column);
        let at = match self.named_in {
            0 => format!("its variable `{}`", quoted(name)),
            line => format!("line {line}: column {}, `{}`", column + 1, quoted(name)),
        };
        match unit::of_name(name) {
            Ok(None) => Ok(None),
            Ok(Some(unit)) => pick(unit)
                .map(Some)
                .ok_or_else(|| format!("{at}: is another quantity; its unit must be {accepted}")),
            Err(text) => Err(format!(
                "{at}: the unit `{}` is not understood; must be {accepted}",
                quoted(&text)
            )),
        }
    }

    /// Hz per unit of a column of frequencies; GHz without a unit.
    ///
    /// # Errors
    ///
    /// As [`Columns::unit`].
    pub(super) fn frequency_unit_hz(&self, column: usize) -> Result<f64, String> {
        let hertz = |unit| match unit {
            Unit::Hertz(hz) => Some(hz),
            _ => None,
        };
        Ok(self.unit(column, "Hz, kHz, MHz, GHz or THz", hertz)?.unwrap_or(giga(1.0)))
    }
}

/// Refuses a first column that does not ascend from 0 or above; `what` it is.
pub(super) fn ascending(rows: &[(usize, Vec<f64>)], what: &str) -> Result<(), String> {
    for pair in rows.windows(2) {
        let (line, before, here) = (pair[1].0, pair[0].1[0], pair[1].1[0]);
        if here <= before {
            let how = if here == before { "is repeated" } else { "descends" };
            let [here, before] = [here, before].map(shown);
            return Err(format!(
                "line {line}: {what} {here} {how} after {before}; must ascend: sort the lines, keep each once"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Columns, String> {
        parse(text, 2..=3, "frequency, dB, degrees", Surroundings::Names)
    }

    #[test]
    fn every_separator_gives_the_same_numbers() {
        let expected = vec![vec![0.0, -1.5], vec![1.0, -2e-3]];
        for text in [
            "0,-1.5\n1,-2e-3\n",
            "0; -1.5\r\n1; -2e-3",
            "Frequency (GHz)\t|S21| (dB)\n0\t-1.5\n1\t-2e-3",
            "# measured\n\n0 -1.5 ! first\n1   -2e-3\n",
            "\"f in GHz\",\"S21\"\n0,-1.5\n1,-2e-3",
            "f,S21,\n0,-1.5,\n1,-2e-3,\n",
            "!CSV A.01\nBEGIN TRACE\nFreq(GHz),S21(DB)\n0,-1.5\n1,-2e-3\nEND\n",
            "f, S21\n(GHz), (dB)\n0 -1.5\n1 -2e-3\n",
        ] {
            let columns = read(text).unwrap();
            assert_eq!(
                columns.rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
                expected,
                "{text}"
            );
        }
        let hz = |text| read(text).unwrap().frequency_unit_hz(0).unwrap();
        assert_eq!(hz("freq [MHz], dB\n0, 0\n1, 0\n"), 1e6);
        assert_eq!(hz("# f (MHz), S21 (dB)\n0, 0\n1, 0\n"), 1e6);
        assert_eq!(hz("f;S21\nHz;dB\n0;0\n1;0\n"), 1.0);
        assert_eq!(hz("0, 0\n1, 0\n"), 1e9);
    }

    #[test]
    fn a_unit_after_a_blank_belongs_to_its_name() {
        let names = |text| parse(text, 1..=3, "", Surroundings::Names).unwrap().names;
        assert_eq!(names("Power (uW)\n1\n2\n"), ["Power (uW)"]);
        assert_eq!(names("optical power uW\n1\n2\n"), ["optical power uW"]);
        assert_eq!(names("Time (ns) Power [mW]\n1 2\n2 3\n"), ["Time (ns)", "Power [mW]"]);
        assert_eq!(names("f GHz S21 dB\n1 2\n2 3\n"), ["f (GHz)", "S21 (dB)"]);
        assert_eq!(names("# Power (uW)\n1\n2\n"), ["Power (uW)"]);
        assert!(names("# measured\n1\n2\n").is_empty());
    }

    /// Keys above and beside the numbers, and a row of units with values beside it.
    #[test]
    fn what_an_instrument_writes_around_its_columns_is_kept_as_keys() {
        let read = |text| parse(text, 1..=3, "", Surroundings::Instrument).unwrap();
        let above = read("Model,X1\nFirmware,1.0\nVertical Units,V,\n\nTIME,CH1\n0,1\n1,2\n");
        assert_eq!(above.names, ["TIME", "CH1"]);
        assert_eq!(above.preamble[2], ["Vertical Units", "V"]);
        let beside = read("Sample Interval,1e-6,s,-2,5\nUnits,V,,-1,6\n,,,0,7\n,,,1,8\n,,,2,9\n");
        assert_eq!(beside.rows[1].1, [-1.0, 6.0]);
        assert_eq!(beside.preamble[0], ["Sample Interval", "1e-6", "s"]);
        let two = read("X,CH1,Start,Increment,\nSequence,Volt,0.5,1e-9,\n0,1,,,\n1,2,,,\n");
        assert_eq!(two.names, ["X (Sequence)", "CH1 (Volt)"]);
        assert_eq!(two.preamble, [["Start", "0.5"], ["Increment", "1e-9"]]);
        let colon = read("Points:  2\nXInc:  1E-12\nData:\n1\n2\n");
        assert_eq!(colon.preamble[1], ["XInc", "1E-12"]);
    }

    #[test]
    fn a_unit_of_another_quantity_or_of_none_is_refused_with_those_accepted() {
        let complaint = |text| read(text).unwrap().frequency_unit_hz(0).unwrap_err();
        assert_eq!(
            complaint("t (ns), dB\n0, 0\n1, 0\n"),
            "line 1: column 1, `t (ns)`: is another quantity; its unit must be Hz, kHz, MHz, GHz or THz"
        );
        assert_eq!(
            complaint("# measured\nf (PHz), dB\n0, 0\n1, 0\n"),
            "line 2: column 1, `f (PHz)`: the unit `PHz` is not understood; must be Hz, kHz, MHz, GHz or THz"
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_a_remedy() {
        for (text, expected) in [
            ("0,0\n1,abc\n", "line 2, column 2: `abc`: must be a number"),
            ("0,abc\n1,0\n2,0\n", "line 1, column 2: `abc`: must be a number"),
            ("0,0\n1,\n2,-1", "line 2, column 2: is empty; must be a number: fill the gap"),
            ("f,db\n0,0\n1,NaN\n", "line 3, column 2: `NaN`: must be a finite number"),
            (
                "0;0\n1;-3,5\n",
                "line 2, column 2: `-3,5`: has a decimal comma; must have a point, -3.5",
            ),
            (
                "0,0,1,5\n",
                "line 1: has 4 columns, must have 2 or 3: frequency, dB, degrees; a decimal comma must be a point",
            ),
            ("0,0\n1,2,3\n", "line 2: has 3 columns, must have 2: frequency"),
            ("0,0\n1,50%\n", "line 2, column 2: `50%`: must be a number"),
            ("0,0\n", "line 1: is the only one with numbers"),
            ("# nothing\n", "holds no numbers"),
            ("f,db\ng,db\n0,0\n", "line 3: is the only one with numbers"),
            ("offset,3\nf,db\n0,0\n1,0\n", "line 1: `offset,3`: must be numbers, names"),
            (
                "f (GHz),S11 (dB),S21 (dB)\n0 0\n1 0\n",
                "line 1: `f (GHz),S11 (dB),S21..`: has 3 names where the numbers have 2 columns",
            ),
        ] {
            let complaint = read(text).unwrap_err();
            assert!(complaint.starts_with(expected), "{text}: {complaint}");
        }
    }

    #[test]
    fn what_does_not_ascend_is_refused() {
        let complaint = |text| ascending(&read(text).unwrap().rows, "frequency").unwrap_err();
        assert!(
            complaint("1,0\n2,0\n2,0")
                .starts_with("line 3: frequency 2 is repeated after 2; must ascend")
        );
        assert!(
            complaint("1,0\n0,0").starts_with("line 2: frequency 0 descends after 1; must ascend")
        );
    }
}
