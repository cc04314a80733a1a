//! Columns of numbers in a text, separated by commas, semicolons, tabs or spaces, with an optional
//! header.

use std::ops::RangeInclusive;

/// Letters of an unreadable field that a message quotes.
const QUOTED_LETTERS: usize = 20;

/// Rows of numbers, all of the same length.
#[derive(Debug, PartialEq)]
pub(super) struct Columns {
    /// Names of the columns, in lower case; empty when there are none.
    pub(super) header: Vec<String>,
    /// Number of the line, from 1, and its numbers.
    pub(super) rows: Vec<(usize, Vec<f64>)>,
}

/// A line without its comment.
pub(super) fn code(line: &str) -> &str {
    line.split(['#', '!', '%']).next().unwrap_or_default().trim()
}

/// A number of a line, or its problem.
pub(super) fn number(line: usize, column: usize, field: &str) -> Result<f64, String> {
    let at = format!("line {line}, column {column}");
    if field.is_empty() {
        return Err(format!("{at}: is empty; must be a number: fill the gap or remove the line"));
    }
    match field.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(format!("{at}: `{field}`: must be a finite number: remove the line")),
        Err(_) if field.replacen(',', ".", 1).parse::<f64>().is_ok() => Err(format!(
            "{at}: `{field}`: has a decimal comma; must have a point, {}",
            field.replacen(',', ".", 1)
        )),
        Err(_) => {
            let short: String =
                field.chars().take(QUOTED_LETTERS).flat_map(char::escape_debug).collect();
            let dots = if field.chars().count() > QUOTED_LETTERS { ".." } else { "" };
            Err(format!("{at}: `{short}{dots}`: must be a number, such as -3.01"))
        }
    }
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
) -> Result<Columns, String> {
    let lines = || {
        text.lines()
            .map(code)
            .enumerate()
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.is_empty())
    };
    let separator =
        [';', '\t', ','].into_iter().find(|&mark| lines().any(|(_, line)| line.contains(mark)));
    let split = |line: &str| -> Vec<String> {
        match separator {
            Some(mark) => {
                line.split(mark).map(|field| field.trim().trim_matches('"').to_owned()).collect()
            }
            None => line.split_whitespace().map(str::to_owned).collect(),
        }
    };
    let (mut header, mut rows) = (header_in_comment(text, split), Vec::new());
    let mut named_here = false;
    for (line, code) in lines() {
        let fields = split(code);
        let is_name = |field: &String| {
            field.starts_with(|c: char| c.is_alphabetic() || "|([".contains(c))
                && field.parse::<f64>().is_err()
        };
        if rows.is_empty() && !named_here && fields.iter().all(is_name) {
            named_here = true;
            header = names(&fields);
            continue;
        }
        let expected = rows
            .first()
            .map_or(columns.clone(), |(_, first): &(usize, Vec<f64>)| first.len()..=first.len());
        if !expected.contains(&fields.len()) {
            let count = if expected.start() == expected.end() {
                expected.start().to_string()
            } else {
                format!("{} or {}", expected.start(), expected.end())
            };
            let comma = if separator == Some(',') && fields.len() > *columns.end() {
                "; a decimal comma must be a point"
            } else {
                ""
            };
            return Err(format!(
                "line {line}: has {} columns, must have {count}: {named}{comma}",
                fields.len()
            ));
        }
        let numbers = fields
            .iter()
            .enumerate()
            .map(|(i, field)| number(line, i + 1, field))
            .collect::<Result<Vec<f64>, String>>()?;
        rows.push((line, numbers));
    }
    match rows.len() {
        0 => Err(format!("holds no numbers; must hold two lines or more: {named}")),
        1 => Err(format!(
            "line {}: is the only one with numbers; must be two or more: {named}",
            rows[0].0
        )),
        // the name of a single column is the whole line
        _ if named_here && rows[0].1.len() == 1 => {
            Ok(Columns { header: vec![header.join(" ")], rows })
        }
        _ => Ok(Columns { header, rows }),
    }
}

/// Names of the columns in the last line of comment above the numbers, when it has columns itself.
fn header_in_comment(text: &str, split: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let above = text.lines().take_while(|line| code(line).is_empty());
    let last = above.filter(|line| !line.trim().is_empty()).last().unwrap_or_default();
    let names =
        names(&split(last.trim_start_matches(|c: char| c.is_whitespace() || "#!%".contains(c))));
    // a single one is prose, unless it has a unit
    if names.len() > 1 || names.iter().any(|name| name.ends_with([')', ']'])) {
        names
    } else {
        Vec::new()
    }
}

/// Names in lower case; a unit in brackets belongs to the name before it.
fn names(fields: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for field in fields.iter().map(|field| field.to_lowercase()) {
        match names.last_mut() {
            Some(name) if field.starts_with(['(', '[']) => *name += &format!(" {field}"),
            _ => names.push(field),
        }
    }
    names
}

impl Columns {
    /// The unit of a column of frequencies, Hz, by its header; GHz by default.
    pub(super) fn frequency_unit_hz(&self) -> f64 {
        let name = self.header.first().map_or("", String::as_str);
        [("ghz", 1e0), ("mhz", 1e-3), ("khz", 1e-6), ("thz", 1e3), ("hz", 1e-9)]
            .into_iter()
            .find(|(unit, _)| name.contains(unit))
            .map_or(crate::units::giga(1.0), |(_, part)| crate::units::giga(part))
    }
}

/// Refuses a first column that does not ascend from 0 or above; `what` it is.
pub(super) fn ascending(rows: &[(usize, Vec<f64>)], what: &str) -> Result<(), String> {
    for pair in rows.windows(2) {
        let (line, before, here) = (pair[1].0, pair[0].1[0], pair[1].1[0]);
        if here <= before {
            let how = if here == before { "is repeated" } else { "descends" };
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
        parse(text, 2..=3, "frequency, dB, degrees")
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
        ] {
            let columns = read(text).unwrap();
            assert_eq!(
                columns.rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
                expected,
                "{text}"
            );
        }
        assert_eq!(read("freq [MHz], dB\n0, 0\n1, 0\n").unwrap().frequency_unit_hz(), 1e6);
        assert_eq!(read("# f (MHz), S21 (dB)\n0, 0\n1, 0\n").unwrap().frequency_unit_hz(), 1e6);
        assert_eq!(read("0, 0\n1, 0\n").unwrap().frequency_unit_hz(), 1e9);
    }

    #[test]
    fn a_unit_behind_a_blank_belongs_to_its_name() {
        let header = |text| parse(text, 1..=3, "").unwrap().header;
        assert_eq!(header("Power (uW)\n1\n2\n"), ["power (uw)"]);
        assert_eq!(header("optical power uW\n1\n2\n"), ["optical power uw"]);
        assert_eq!(header("Time (ns) Power [mW]\n1 2\n2 3\n"), ["time (ns)", "power [mw]"]);
        assert_eq!(header("# Power (uW)\n1\n2\n"), ["power (uw)"]);
        assert!(header("# measured\n1\n2\n").is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_a_remedy() {
        for (text, expected) in [
            ("0,0\n1,abc\n", "line 2, column 2: `abc`: must be a number"),
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
            ("0,0\n", "line 1: is the only one with numbers"),
            ("# nothing\n", "holds no numbers"),
            ("f,db\ng,db\n0,0\n", "line 2, column 1: `g`: must be a number"),
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
