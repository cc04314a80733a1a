//! A capture that a description names.

use super::read::PowerUnit;
use super::recording::{Recording, RecordingRecipe};
use crate::error::Path;
use crate::measured::library::{FileReader, Loaded};
use crate::units::micro;
use serde::{Deserialize, Serialize};

/// A file that holds a capture; as a key it is the file's name alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct CaptureFile {
    /// The file; empty for none.
    pub file: String,
    loaded: Option<Loaded<RecordingRecipe, Recording>>,
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
        reader: &mut FileReader<'_>,
    ) {
        let Some(expected) = reader.expected().cloned() else { return };
        let recipe = RecordingRecipe {
            file: self.file.clone(),
            unit,
            expected,
            instrument_rms: micro(instrument_noise_uw),
        };
        reader.capture(at, key, &recipe, &mut self.loaded);
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
