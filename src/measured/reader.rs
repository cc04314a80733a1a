//! Reading the files of a description, each with its key.

use super::capture::read::PowerUnit;
use super::capture::recording::{ExpectedSignal, Recording, RecordingRecipe};
use super::library::{Digested, Library};
use super::response::{Response, ResponseDomain};
use super::series::SeriesKind;
use super::text;
use crate::chain::Table;
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A file that a description names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRead {
    /// Dotted key that names it.
    pub key: String,
    /// The file, as named.
    pub file: String,
    /// FNV-1a of its bytes, 64 bits, 16 hexadecimal digits, such as `fnv1a64:85944171f73967e8`.
    pub digest: String,
    /// Upper end of a response's data, Hz; beyond, it is extrapolated.
    #[serde(skip)]
    pub ends_hz: Option<f64>,
    /// Pattern, periods and rate found in a waveform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// Reads the files of a description through a [`Library`], reports their problems and records the
/// files read.
///
/// Each method returns the content of a file, and `None` if no file is given or if it was refused,
/// which is reported.
pub struct FileReader<'a> {
    library: &'a Library,
    problems: &'a mut Problems,
    expected: Option<ExpectedSignal>,
    read: Vec<FileRead>,
}

impl<'a> FileReader<'a> {
    /// A reader of files through `library` that reports to `problems`.
    pub fn new(library: &'a Library, problems: &'a mut Problems) -> Self {
        FileReader { library, problems, expected: None, read: Vec::new() }
    }

    /// The same reader with the expected signal, without which captured waveforms are not read.
    pub fn with_signal(self, expected: ExpectedSignal) -> Self {
        FileReader { expected: Some(expected).filter(ExpectedSignal::is_sound), ..self }
    }

    /// Symbol rate of the expected signal, Hz.
    pub(crate) fn symbol_rate_hz(&self) -> Option<f64> {
        self.expected.as_ref().map(|expected| expected.symbol_rate_hz)
    }

    /// Library that files are read through.
    pub fn library(&self) -> &'a Library {
        self.library
    }

    /// The problems, to report more.
    pub fn problems(&mut self) -> &mut Problems {
        self.problems
    }

    /// The files that were read, in the order of their keys.
    pub fn finish(self) -> Vec<FileRead> {
        self.read
    }

    /// The table of a response at key `at`, which is one of optical power or not.
    pub fn response(
        &mut self,
        at: &KeyPath,
        response: &Response,
        domain: ResponseDomain,
    ) -> Option<Arc<Table>> {
        if let Some(remedy) = response.wrong_convention(domain) {
            self.problems.report(at, "convention", "power", remedy);
        }
        if response.file.is_empty() {
            return None;
        }
        let made = self.library.response(&response.recipe());
        let (digest, table) = self.taken(at, "file", &response.file, made)?;
        let ends_hz = Some(table.ends_hz());
        self.note(at.key("file").to_string(), &response.file, digest, ends_hz, None);
        Some(table)
    }

    /// The curve or spectrum in the file that `key` names.
    pub fn curve(
        &mut self,
        at: &KeyPath,
        key: &str,
        file: &str,
        kind: SeriesKind,
    ) -> Option<Arc<Monotone>> {
        if file.is_empty() {
            return None;
        }
        let made = self.library.series(file, kind);
        let (digest, curve) = self.taken(at, key, file, made)?;
        self.note(at.key(key).to_string(), file, digest, None, None);
        Some(curve)
    }

    /// The recording in the file that `key` names; `instrument_rms_w` of its noise is the
    /// instrument's.
    pub(crate) fn recording(
        &mut self,
        at: &KeyPath,
        key: &str,
        file: &str,
        unit: PowerUnit,
        instrument_rms_w: f64,
    ) -> Option<Arc<Recording>> {
        if file.is_empty() {
            return None;
        }
        let recipe = RecordingRecipe {
            file: file.to_owned(),
            unit,
            expected: self.expected.clone()?,
            instrument_rms: instrument_rms_w,
        };
        let made = self.library.recording(&recipe);
        let (digest, recording) = self.taken(at, key, file, made)?;
        self.note(at.key(key).to_string(), file, digest, None, Some(recording.found()));
        Some(recording)
    }

    /// Content of a file; a refusal is reported.
    fn taken<T>(
        &mut self,
        at: &KeyPath,
        key: &str,
        file: &str,
        made: Digested<T>,
    ) -> Option<(u64, Arc<T>)> {
        made.map_err(|remedy| self.problems.report(at, key, file, remedy)).ok()
    }

    /// Records a file that was read by other means.
    pub(crate) fn record(
        &mut self,
        at: &KeyPath,
        key: &str,
        file: &str,
        digest: u64,
        ends_hz: f64,
        found: Option<String>,
    ) {
        self.note(at.key(key).to_string(), file, digest, Some(ends_hz), found);
    }

    /// Records a file that another room reads, if it can be read.
    pub(crate) fn record_unread(&mut self, at: &KeyPath, key: &str, file: &str, most_bytes: u64) {
        if let Ok(digest) = self.library.digest(file, most_bytes) {
            self.note(at.key(key).to_string(), file, digest, None, None);
        }
    }

    fn note(
        &mut self,
        key: String,
        file: &str,
        digest: u64,
        ends_hz: Option<f64>,
        found: Option<String>,
    ) {
        let (file, digest) = (file.to_owned(), text::digest(digest));
        self.read.push(FileRead { key, file, digest, ends_hz, found });
    }
}
