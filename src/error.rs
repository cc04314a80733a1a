//! One error type, which collects problems: all problems of an input are reported at once.

use std::fmt::{self, Display, Write as _};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Errors of reading, checking and writing; a run itself does not fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The description of the link is wrong; every problem found is in the list.
    #[error("{0}")]
    Input(Problems),
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
}

/// The crate's result.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Error::Input(problems)
    }
}

/// A dotted key path, such as `transmitter.mzm.laser`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPath(String);

impl KeyPath {
    /// The root, above every key.
    pub fn root() -> Self {
        KeyPath::default()
    }

    /// This path with one more key appended.
    pub fn key(&self, key: &str) -> Self {
        if self.0.is_empty() {
            KeyPath(key.to_owned())
        } else {
            KeyPath(format!("{}.{key}", self.0))
        }
    }
}

impl Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// File, preset or flag, as the user named it.
    pub layer: String,
    /// Line and column from 1; absent for a flag.
    pub line_column: Option<(usize, usize)>,
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line_column {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.layer),
            None => f.write_str(&self.layer),
        }
    }
}

/// One problem: its place, key and value, and how to correct it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it was written, when that is known.
    pub place: Option<Place>,
    /// Dotted path of the key; empty when the problem is not one key's.
    pub path: String,
    /// The value as written; empty when there is none to show.
    pub value: String,
    /// How to correct it.
    pub remedy: String,
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_ref().map_or(String::new(), |place| format!("{place}: "));
        let written = match (self.path.is_empty(), self.value.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("{}: ", self.value),
            (false, true) => format!("{}: ", self.path),
            (false, false) => format!("{} = {}: ", self.path, self.value),
        };
        // one line, whatever a value or a name contains
        for c in format!("{place}{written}{}", self.remedy.replace('\n', " ")).chars() {
            match c.is_control() {
                true => write!(f, "\\u{:04x}", u32::from(c))?,
                false => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The problems found so far, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// No problem yet.
    pub fn new() -> Self {
        Problems::default()
    }

    /// Adds a finished problem.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds the problem of one key: its value, and how to correct it.
    pub fn report(
        &mut self,
        at: &KeyPath,
        key: &str,
        value: impl Display,
        remedy: impl Into<String>,
    ) {
        self.push(Problem {
            place: None,
            path: at.key(key).to_string(),
            value: value.to_string(),
            remedy: remedy.into(),
        });
    }

    /// Reports `value` unless it is a number within `range`; `nan` and infinities lie in no range.
    pub fn range(&mut self, at: &KeyPath, key: &str, value: f64, range: RangeInclusive<f64>) {
        if !range.contains(&value) {
            let remedy = format!("must be from {} to {}", range.start(), range.end());
            self.report(at, key, value, remedy);
        }
    }

    /// Reports `value` unless it lies within `range`.
    pub fn count(&mut self, at: &KeyPath, key: &str, value: usize, range: RangeInclusive<usize>) {
        if !range.contains(&value) {
            let remedy = format!("must be from {} to {}", range.start(), range.end());
            self.report(at, key, value, remedy);
        }
    }

    /// The problems.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// The problems, to complete.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Problem> {
        self.0.iter_mut()
    }

    /// True without problems.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` without problems, else all of them as one error.
    pub fn finish(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(Error::Input(self)) }
    }
}

impl Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// The nearest of some names, if one is near.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = name.to_lowercase();
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(&folded, known), known))
        .filter(|&(likeness, _)| likeness > 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_line_whatever_it_quotes() {
        let mut problems = Problems::new();
        problems.report(
            &KeyPath::root().key("a\nb"),
            "file",
            "c\r\n\u{1b}[31m",
            "cannot be opened",
        );
        assert_eq!(
            problems.to_string(),
            "a\\u000ab.file = c\\u000d\\u000a\\u001b[31m: cannot be opened"
        );
    }

    #[test]
    fn a_number_out_of_range_names_path_value_and_bound() {
        let mut problems = Problems::new();
        let at = KeyPath::root().key("transmitter").key("mzm");
        problems.range(&at, "extinction_ratio_db", -3.0, 1.0..=60.0);
        problems.range(&at, "extinction_ratio_db", f64::NAN, 1.0..=60.0);
        problems.range(&at, "extinction_ratio_db", 30.0, 1.0..=60.0);
        let text = problems.to_string();
        assert_eq!(
            text,
            "transmitter.mzm.extinction_ratio_db = -3: must be from 1 to 60\n\
             transmitter.mzm.extinction_ratio_db = NaN: must be from 1 to 60"
        );
    }
}
