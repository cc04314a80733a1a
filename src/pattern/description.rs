//! Description of a pattern.

use super::file as levels_file;
use super::source::SymbolSource;
use super::{prbs, ssprq};
use crate::error::{KeyPath, Problems};
use crate::path_text::path_of;
use serde::{Deserialize, Serialize};

/// The test patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatternKind {
    /// Two periods of PRBS9, Gray coded: 511 symbols (802.3, 120.5.11.2.a).
    Prbs9q,
    /// Two periods of PRBS11, Gray coded: 2047 symbols.
    Prbs11q,
    /// Two periods of PRBS13, Gray coded: 8191 symbols (802.3, 120.5.11.2.1).
    Prbs13q,
    /// Two periods of PRBS15, inverted and Gray coded: 32 767 symbols.
    Prbs15q,
    /// PRBS31, inverted and Gray coded: 2^31 - 1 symbols (802.3, 120.5.11.2).
    #[default]
    Prbs31q,
    /// The short stress pattern: 65 535 symbols (802.3, 120.5.11.2.3).
    Ssprq,
    /// Independent levels, drawn from the run's seed; never repeats.
    Random,
    /// Levels from a text file, repeated.
    File,
    /// Payload of a port: random, in the codewords of the link's coding if it has one; never
    /// repeats.
    Payload,
}

impl PatternKind {
    /// Every kind, in the order of the manual.
    #[must_use]
    pub const fn all() -> [Self; 9] {
        [
            Self::Prbs9q,
            Self::Prbs11q,
            Self::Prbs13q,
            Self::Prbs15q,
            Self::Prbs31q,
            Self::Ssprq,
            Self::Random,
            Self::File,
            Self::Payload,
        ]
    }

    /// The patterns that a capture may hold whole periods of, the usual ones first.
    #[must_use]
    pub const fn short() -> [Self; 5] {
        [Self::Prbs13q, Self::Ssprq, Self::Prbs9q, Self::Prbs11q, Self::Prbs15q]
    }

    /// Its name in a description.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prbs9q => "prbs9q",
            Self::Prbs11q => "prbs11q",
            Self::Prbs13q => "prbs13q",
            Self::Prbs15q => "prbs15q",
            Self::Prbs31q => "prbs31q",
            Self::Ssprq => "ssprq",
            Self::Random => "random",
            Self::File => "file",
            Self::Payload => "payload",
        }
    }
}

/// Pattern that a transmitter sends.
///
/// ```
/// use lightlane::pattern::{Pattern, PatternKind};
/// let pattern = Pattern { kind: PatternKind::Ssprq, ..Pattern::default() };
/// assert_eq!(pattern.build().unwrap().period(), Some(65_535));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pattern {
    /// Kind of pattern.
    pub kind: PatternKind,
    /// Path of a text file of levels, for `kind = "file"` only: digits 0 to 3, one after another or
    /// separated by blanks, commas or new lines; `#` begins a comment; at most 16 Mi symbols.
    pub file: String,
    /// Whether the levels are precoded, 1/(1+D) mod 4.
    pub precoder: bool,
}

impl Pattern {
    /// Reports a pattern file that is missing or too large; its content is read by
    /// [`Pattern::build`].
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        if self.kind != PatternKind::File {
            return;
        }
        if self.file.is_empty() {
            problems.report(
                at,
                "file",
                "\"\"",
                "must name a text file of levels 0 to 3 when kind = \"file\"",
            );
        } else if let Err(reason) = levels_file::check(&path_of(&self.file)) {
            problems.report(at, "file", &self.file, reason);
        }
    }

    /// Prepares the pattern: computes or reads a short one, prepares the jumps of a long one.
    ///
    /// # Errors
    ///
    /// A pattern file that cannot be read as levels: its name, the line, the text and the remedy.
    pub fn build(&self) -> Result<SymbolSource, String> {
        Ok(match self.kind {
            PatternKind::Prbs9q => SymbolSource::stored(prbs::prbs9q()),
            PatternKind::Prbs11q => SymbolSource::stored(prbs::prbs11q()),
            PatternKind::Prbs13q => SymbolSource::stored(prbs::prbs13q()),
            PatternKind::Prbs15q => SymbolSource::stored(prbs::prbs15q()),
            PatternKind::Prbs31q => SymbolSource::prbs31q(),
            PatternKind::Ssprq => SymbolSource::stored(ssprq::ssprq()),
            PatternKind::Random | PatternKind::Payload => SymbolSource::random(),
            PatternKind::File => SymbolSource::stored(self.file_levels()?),
        })
    }

    /// Levels in its file.
    ///
    /// # Errors
    ///
    /// As [`Pattern::build`].
    pub(crate) fn file_levels(&self) -> Result<Vec<u8>, String> {
        levels_file::read(&path_of(&self.file)).map_err(|reason| format!("{}: {reason}", self.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_prbs31q_without_precoder() {
        let pattern: Pattern = toml::from_str("").unwrap();
        assert_eq!(
            pattern,
            Pattern { kind: PatternKind::Prbs31q, file: String::new(), precoder: false }
        );
    }

    #[test]
    fn every_kind_survives_toml_under_its_lower_case_name() {
        for kind in PatternKind::all() {
            let text = format!("kind = \"{}\"\nprecoder = true", kind.as_str());
            let pattern: Pattern = toml::from_str(&text).unwrap();
            assert_eq!(pattern.kind, kind);
            assert_eq!(toml::from_str(&toml::to_string(&pattern).unwrap()), Ok(pattern));
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<Pattern>("knid = \"ssprq\"").is_err());
    }

    fn problems(kind: PatternKind, file: &str) -> Vec<String> {
        let mut problems = Problems::new();
        Pattern { kind, file: file.into(), precoder: false }
            .check(&KeyPath::root().key("pattern"), &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_pattern_file_that_is_not_there_is_reported_with_its_key() {
        for file in ["", "no/such/file"] {
            let [problem] = problems(PatternKind::File, file).try_into().unwrap();
            assert!(problem.contains("pattern.file"), "{problem}");
        }
    }

    #[test]
    fn the_file_of_another_kind_is_not_looked_at() {
        for kind in PatternKind::all().into_iter().filter(|&kind| kind != PatternKind::File) {
            assert!(problems(kind, "no/such/file").is_empty(), "{kind:?}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_built_is_named() {
        let pattern =
            Pattern { kind: PatternKind::File, file: "no/such/file".into(), precoder: false };
        assert!(pattern.build().unwrap_err().starts_with("no/such/file: cannot be opened"));
    }
}
