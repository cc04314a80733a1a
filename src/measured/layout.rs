//! How a text divides into columns: the mark between them, which of them hold numbers, and what
//! stands above and beside.

use super::number::{number, quoted};
use super::unit;
use std::ops::RangeInclusive;

/// Lines of which the columns are found; of a longer text, some over its whole length.
const SEEN: usize = 2000;
/// Separators besides blanks.
const MARKS: [char; 3] = [';', '\t', ','];

/// Text that may stand around the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// Names, titles without numbers, comments.
    Names,
    /// An instrument's keys and values too, and columns without numbers.
    Instrument,
}

/// How a text divides into columns.
pub(super) struct Layout {
    /// The mark between columns; blanks without one.
    mark: Option<char>,
    /// Fields that hold the numbers.
    pub(super) columns: Vec<usize>,
}

/// A line with its number, from 1.
pub(super) type Line<'a> = (usize, &'a str);

pub(super) fn is_comment(line: &str) -> bool {
    line.starts_with(['#', '!', '%'])
}

/// Fields of a line between marks, or between blanks.
fn split(line: &str, mark: Option<char>) -> Vec<&str> {
    match mark {
        Some(mark) => line.split(mark).map(|field| field.trim().trim_matches('"').trim()).collect(),
        None => line.split_whitespace().map(|field| field.trim_matches('"')).collect(),
    }
}

/// A row of numbers without the comment that may follow it.
fn without_comment(line: &str) -> &str {
    line.split(['#', '!']).next().unwrap_or_default().trim()
}

fn is_number(field: &str) -> bool {
    field.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Names and keys above the numbers.
#[derive(Default)]
pub(super) struct Header {
    pub(super) line: usize,
    pub(super) names: Vec<String>,
    pub(super) keys: Vec<Vec<String>>,
}

impl Layout {
    /// The layout of most lines.
    pub(super) fn of(lines: &[Line<'_>]) -> Layout {
        let step = lines.len().div_ceil(SEEN).max(1);
        let seen: Vec<&str> =
            lines.iter().step_by(step).map(|line| without_comment(line.1)).collect();
        let whole = |mark: Option<char>| {
            let numbers = |line: &&&str| {
                let fields: Vec<&str> =
                    split(line, mark).into_iter().filter(|field| !field.is_empty()).collect();
                fields.len() > 1 && fields.iter().all(|field| is_number(field))
            };
            seen.iter().filter(numbers).count()
        };
        let marks = MARKS.map(Some).into_iter().chain([None]).map(|mark| (whole(mark), mark));
        // the first of those that divide as many lines
        let best = marks.fold((0, None), |best, next| if next.0 > best.0 { next } else { best });
        let mark = match best {
            (0, _) => MARKS.into_iter().find(|&mark| seen.iter().any(|line| line.contains(mark))),
            (_, mark) => mark,
        };
        // columns of most lines: of as many, those from the first column on, and the first found
        let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
        for line in &seen {
            let columns: Vec<usize> = split(line, mark)
                .iter()
                .enumerate()
                .filter(|(_, field)| is_number(field))
                .map(|(column, _)| column)
                .collect();
            match found.iter_mut().find(|(_, known)| *known == columns) {
                Some((count, _)) => *count += 1,
                None => found.push((1, columns)),
            }
        }
        let weight = |(count, columns): &(usize, Vec<usize>)| (*count, columns.contains(&0));
        let most = found
            .into_iter()
            .filter(|(_, columns)| !columns.is_empty())
            .reduce(|best, next| if weight(&next) > weight(&best) { next } else { best });
        Layout { mark, columns: most.map_or_else(Vec::new, |(_, columns)| columns) }
    }

    /// True if a line has a number in each column.
    pub(super) fn holds(&self, line: &str) -> bool {
        let fields = split(without_comment(line), self.mark);
        self.columns.iter().all(|&c| fields.get(c).is_some_and(|field| is_number(field)))
    }

    /// Refuses a row that begins with a number above the first whole one.
    pub(super) fn check_above(&self, lines: &[Line<'_>]) -> Result<(), String> {
        for &(line, text) in lines {
            let fields = split(without_comment(text), self.mark);
            if fields.first().is_some_and(|field| is_number(field)) {
                for (i, field) in fields.iter().enumerate() {
                    number(line, i + 1, field)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn check_count(
        &self,
        (line, _): Line<'_>,
        columns: &RangeInclusive<usize>,
        named: &str,
    ) -> Result<(), String> {
        let count = self.columns.len();
        if columns.contains(&count) {
            return Ok(());
        }
        let (least, most) = (columns.start(), columns.end());
        let must = if least == most { least.to_string() } else { format!("{least} or {most}") };
        let comma = if self.mark == Some(',') && count > *most {
            "; a decimal comma must be a point"
        } else {
            ""
        };
        Err(format!("line {line}: has {count} columns, must have {must}: {named}{comma}"))
    }

    /// The numbers of a line.
    pub(super) fn row(
        &self,
        (line, text): Line<'_>,
        named: &str,
        around: Surroundings,
    ) -> Result<(usize, Vec<f64>), String> {
        let fields = split(without_comment(text), self.mark);
        let width = self.columns.last().map_or(0, |last| last + 1);
        let counted = fields.iter().rposition(|field| !field.is_empty()).map_or(0, |i| i + 1);
        let more = match around {
            Surroundings::Names => counted > width,
            Surroundings::Instrument => fields.iter().skip(width).any(|field| is_number(field)),
        };
        if fields.len() < width || (more && self.columns[0] == 0) {
            return Err(format!(
                "line {line}: has {} columns, must have {}: {named}",
                counted,
                self.columns.len()
            ));
        }
        let numbers = self.columns.iter().map(|&c| number(line, c + 1, fields[c]));
        Ok((line, numbers.collect::<Result<Vec<f64>, String>>()?))
    }

    /// Text beside the numbers of a line.
    pub(super) fn beside(&self, line: &str) -> Vec<String> {
        let fields = split(without_comment(line), self.mark);
        let beside = fields.into_iter().enumerate().filter(|(i, _)| !self.columns.contains(i));
        beside.filter(|(_, field)| !field.is_empty()).map(|(_, field)| field.to_owned()).collect()
    }

    /// Names of the columns and the keys above them.
    pub(super) fn header(
        &self,
        text: &str,
        above: &[Line<'_>],
        around: Surroundings,
    ) -> Result<Header, String> {
        let Some((&last, before)) = above.split_last() else {
            return Ok(self.header_in_comment(text));
        };
        let mut header = Header { line: last.0, ..Header::default() };
        let mut keys = before;
        match self.names(last.1) {
            Some(units) if units.iter().all(|field| unit::unit(bare(field)).is_some()) => {
                let named = before.last().and_then(|line| Some((line.1, self.names(line.1)?)));
                header.names = match named {
                    Some((line, names)) if !is_number(&names[0]) => {
                        keys = &before[..before.len() - 1];
                        header.keys.extend(self.keys_in_two_rows(line, last.1));
                        let both = names.iter().zip(&units);
                        both.map(|(name, unit)| format!("{name} ({})", bare(unit))).collect()
                    }
                    _ => units,
                };
            }
            Some(names) if !names.iter().any(|name| is_number(name)) => header.names = names,
            _ => {
                let fields = self.split_line(last.1);
                let is_key = fields.len() < 3 || around == Surroundings::Instrument;
                let names = fields.iter().filter(|field| unit::of_name(field) != Ok(None)).count();
                if names > 1 || !is_key {
                    return Err(format!(
                        "line {}: `{}`: has {} names where the numbers have {} columns; must name \
                         each column",
                        last.0,
                        quoted(last.1),
                        fields.len(),
                        self.columns.len()
                    ));
                }
                keys = above;
            }
        }
        for &(line, text) in keys {
            if around == Surroundings::Names && text.contains(|c: char| c.is_ascii_digit()) {
                return Err(format!(
                    "line {line}: `{}`: must be numbers, names of the columns, or a comment after #",
                    quoted(text)
                ));
            }
            header.keys.push(self.split_line(text));
        }
        Ok(header)
    }

    /// Names of the columns in the last line of comment above the numbers, when it has columns
    /// itself.
    fn header_in_comment(&self, text: &str) -> Header {
        let above = text.lines().enumerate().take_while(|(_, line)| {
            let line = line.trim();
            line.is_empty() || is_comment(line)
        });
        let Some((i, last)) = above.filter(|(_, line)| !line.trim().is_empty()).last() else {
            return Header::default();
        };
        let last = last.trim().trim_start_matches(['#', '!', '%']).trim();
        let names = self.names(last).unwrap_or_default();
        // a single one is prose, unless it has a unit
        let is_prose = names.len() < 2 && !names.iter().any(|name| unit::of_name(name) != Ok(None));
        if is_prose {
            Header::default()
        } else {
            Header { line: i + 1, names, ..Header::default() }
        }
    }

    /// One name for each column, if a line has as many.
    fn names(&self, line: &str) -> Option<Vec<String>> {
        let width = self.columns.last()? + 1;
        if let Some(mark) = self.mark {
            let fields = split(line, Some(mark));
            let names: Vec<String> =
                self.columns.iter().filter_map(|&c| Some((*fields.get(c)?).to_owned())).collect();
            if fields.len() >= width && names.iter().all(|name| !name.is_empty()) {
                return Some(names);
            }
        }
        let marks = MARKS.into_iter().filter(|&mark| self.mark != Some(mark));
        let fields = |mark: char| split(line, Some(mark)).into_iter().map(str::to_owned).collect();
        let by_mark = marks.map(fields).find(|fields: &Vec<String>| fields.len() == width);
        let by_blank = || {
            let fields = split(line, None);
            if width == 1 && self.mark.is_none() {
                vec![fields.join(" ")]
            } else {
                joined(&fields, width)
            }
        };
        let names = by_mark.unwrap_or_else(by_blank);
        (names.len() == width).then(|| self.columns.iter().map(|&c| names[c].clone()).collect())
    }

    /// Keys of a row of names with their values in the row below, beside the columns.
    fn keys_in_two_rows(&self, names: &str, values: &str) -> Vec<Vec<String>> {
        let both = split(names, self.mark).into_iter().zip(split(values, self.mark)).enumerate();
        both.filter(|(i, (name, value))| {
            !self.columns.contains(i) && !name.is_empty() && !value.is_empty()
        })
        .map(|(_, (name, value))| vec![name.to_owned(), value.to_owned()])
        .collect()
    }

    /// Fields of a line of keys; of one that is not divided, what is before and after a colon or an
    /// equals sign.
    fn split_line(&self, line: &str) -> Vec<String> {
        let fields: Vec<String> = split(line, self.mark.or(Some(',')))
            .into_iter()
            .filter(|field| !field.is_empty())
            .map(str::to_owned)
            .collect();
        match &fields[..] {
            [one] => match one.split_once([':', '=', '\t']) {
                Some((key, value)) => vec![key.trim().to_owned(), value.trim().to_owned()],
                None => fields,
            },
            _ => fields,
        }
    }
}

/// A text without the brackets around it.
fn bare(field: &str) -> &str {
    field.trim_matches(['(', ')', '[', ']'])
}

/// Fields between blanks as names: a unit in brackets belongs to the name before it, and so does
/// any unit while there are too many.
fn joined(fields: &[&str], width: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for field in fields {
        match names.last_mut() {
            Some(name) if field.starts_with(['(', '[']) => *name += &format!(" {field}"),
            _ => names.push((*field).to_owned()),
        }
    }
    while names.len() > width {
        let Some(at) = (1..names.len()).find(|&i| unit::unit(&names[i]).is_some()) else { break };
        let unit = names.remove(at);
        names[at - 1] += &format!(" ({unit})");
    }
    names
}
