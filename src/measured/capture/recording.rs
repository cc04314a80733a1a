//! A capture with its pattern found and its periods cut.

use super::locate::locate;
use super::located::{Candidate, Located};
use super::periods::Periods;
use super::read::{Capture, CaptureFormat, Opened};
use super::residual::Residual;
use crate::pattern::{Pattern, PatternKind, SymbolSource};
use crate::seed::Seed;
use crate::units::giga;

/// Symbols of a period that becomes a block.
const SYMBOLS: std::ops::RangeInclusive<usize> = 256..=1 << 17;

/// Signal that a capture should carry, and the grid for it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedSignal {
    /// The pattern; one that is too long to be captured whole leaves it open which it is.
    pub pattern: Pattern,
    /// Symbol rate, Hz.
    pub symbol_rate_hz: f64,
    /// Samples per symbol.
    pub samples_per_symbol: usize,
}

impl Candidate {
    /// The patterns that a capture may carry when `pattern` is sent: that one, or the short ones
    /// when it is too long to be captured whole.
    ///
    /// # Errors
    ///
    /// A file of levels that cannot be read; a period that is too short or too long.
    pub fn all_of(pattern: &Pattern) -> Result<Vec<Candidate>, String> {
        let kinds = match pattern.kind {
            PatternKind::Random | PatternKind::Prbs31q | PatternKind::Payload => {
                PatternKind::short().to_vec()
            }
            kind => vec![kind],
        };
        let candidate = |kind: PatternKind| {
            let source = Pattern { kind, ..pattern.clone() }.build()?;
            let symbols = source.period().unwrap_or(0) as usize;
            let name = if kind == PatternKind::File {
                pattern.file.clone()
            } else {
                kind.as_str().to_owned()
            };
            if !SYMBOLS.contains(&symbols) {
                return Err(format!(
                    "{name} has {symbols} symbols; a captured period must have from {} to {}",
                    SYMBOLS.start(),
                    SYMBOLS.end()
                ));
            }
            Ok(Candidate { name, levels: levels(&source, symbols) })
        };
        kinds.into_iter().map(candidate).collect()
    }
}

fn levels(source: &SymbolSource, symbols: usize) -> Vec<u8> {
    let mut levels = vec![0; symbols];
    source.fill(0, Seed::new(0), &mut levels);
    levels
}

/// Key of a recording: all that it is made of.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::measured) struct RecordingRecipe {
    pub(in crate::measured) file: String,
    pub(in crate::measured) format: CaptureFormat,
    pub(in crate::measured) expected: ExpectedSignal,
    pub(in crate::measured) instrument_rms: f64,
}

/// A capture that was read: its pattern, its periods, its noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Pattern, rate and polarity that were found.
    pub located: Located,
    /// Its periods on the grid, in W, or in the unit of [`PowerUnit::Linear`](super::PowerUnit).
    pub periods: Periods,
    /// The noise of its repeats; none with one period.
    pub residual: Option<Residual>,
    /// How the file was understood, where that is not plain.
    pub notes: Vec<String>,
}

impl Recording {
    pub(in crate::measured) fn read(
        bytes: &[u8],
        recipe: &RecordingRecipe,
    ) -> Result<Recording, String> {
        let Opened { capture, notes, .. } = Capture::read(&recipe.file, bytes, &recipe.format)?;
        let located = locate(
            &capture,
            recipe.expected.symbol_rate_hz,
            &Candidate::all_of(&recipe.expected.pattern)?,
        )?;
        let per_symbol = recipe.expected.samples_per_symbol;
        let periods = Periods::cut(&capture, &located, per_symbol)?;
        let residual = Residual::of(
            &periods,
            per_symbol as f64 * recipe.expected.symbol_rate_hz,
            recipe.instrument_rms,
        );
        Ok(Recording { located, periods, residual, notes })
    }

    /// Pattern, periods and rate in words.
    pub fn found(&self) -> String {
        self.located.found(self.periods.power.len())
    }
}

impl ExpectedSignal {
    /// Whether rate and grid are in range, so that a pattern can be looked for.
    pub fn is_sound(&self) -> bool {
        (giga(0.1)..=giga(500.0)).contains(&self.symbol_rate_hz)
            && (2..=16).contains(&self.samples_per_symbol)
    }
}
