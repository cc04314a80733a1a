//! A capture that a description names.

use super::{Candidate, Capture, Located, Periods, PowerUnit, Residual, locate};
use crate::error::Path;
use crate::part::Loader;
use crate::part::library::Loaded;
use crate::pattern::{Pattern, PatternKind, Source};
use crate::seed::Seed;
use crate::units::{giga, micro};
use serde::{Deserialize, Serialize};

/// Symbols of a period that becomes a block.
const SYMBOLS: std::ops::RangeInclusive<usize> = 256..=1 << 17;

/// What is sent, and the grid on which a capture of it is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
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
                vec![PatternKind::Prbs13q, PatternKind::Ssprq]
            }
            kind => vec![kind],
        };
        let candidate = |kind: PatternKind| {
            let source = Pattern { kind, ..pattern.clone() }.build()?;
            let symbols = source.period().unwrap_or(0) as usize;
            let name = if kind == PatternKind::File {
                pattern.file.clone()
            } else {
                format!("{kind:?}").to_lowercase()
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

fn levels(source: &Source, symbols: usize) -> Vec<u8> {
    let mut levels = vec![0; symbols];
    source.fill(0, Seed::new(0), &mut levels);
    levels
}

/// All that a recording is made of.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::part) struct Recipe {
    pub(in crate::part) file: String,
    unit: PowerUnit,
    sending: Sending,
    instrument_rms: f64,
}

/// A capture that was read: its pattern, its periods, its noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What was found in it.
    pub located: Located,
    /// Its periods on the grid, in W, or in the unit of [`PowerUnit::Linear`].
    pub periods: Periods,
    /// The noise of its repeats; none with one period.
    pub residual: Option<Residual>,
}

impl Recording {
    pub(in crate::part) fn read(bytes: &[u8], recipe: &Recipe) -> Result<Recording, String> {
        let capture = Capture::read(&recipe.file, bytes, recipe.unit)?;
        let located = locate(
            &capture,
            recipe.sending.symbol_rate_hz,
            &Candidate::all_of(&recipe.sending.pattern)?,
        )?;
        let per_symbol = recipe.sending.samples_per_symbol;
        let periods = Periods::cut(&capture, &located, per_symbol)?;
        let residual = Residual::of(
            &periods,
            per_symbol as f64 * recipe.sending.symbol_rate_hz,
            recipe.instrument_rms,
        );
        Ok(Recording { located, periods, residual })
    }

    /// What was found, in words.
    pub fn found(&self) -> String {
        self.located.found(self.periods.power.len())
    }
}

/// A file that holds a capture; as a key it is the file's name alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct CaptureFile {
    /// The file; empty for none.
    pub file: String,
    loaded: Option<Loaded<Recipe, Recording>>,
}

impl From<String> for CaptureFile {
    fn from(file: String) -> Self {
        CaptureFile { file, loaded: None }
    }
}

impl From<CaptureFile> for String {
    fn from(capture: CaptureFile) -> Self {
        capture.file
    }
}

impl CaptureFile {
    /// Fills it from its file and reports what is wrong with that; `instrument_noise_uw` of its
    /// noise is the instrument's.
    pub(crate) fn load(
        &mut self,
        at: &Path,
        key: &str,
        unit: PowerUnit,
        instrument_noise_uw: f64,
        loader: &mut Loader<'_>,
    ) {
        let Some(sending) = loader.sending().cloned() else { return };
        let recipe = Recipe {
            file: self.file.clone(),
            unit,
            sending,
            instrument_rms: micro(instrument_noise_uw),
        };
        loader.capture(at, key, &recipe, &mut self.loaded);
    }

    /// What was read.
    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.loaded
            .as_ref()
            .filter(|loaded| loaded.recipe.file == self.file)
            .map(|loaded| loaded.value.as_ref())
    }

    /// True when no file is named.
    pub fn is_empty(&self) -> bool {
        self.file.is_empty()
    }
}

impl Sending {
    /// Whether rate and grid are such that a capture can be looked for at all.
    pub fn is_sound(&self) -> bool {
        (giga(0.1)..=giga(500.0)).contains(&self.symbol_rate_hz)
            && (2..=16).contains(&self.samples_per_symbol)
    }
}
