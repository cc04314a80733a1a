//! Reading the files of a description, each with its key.

use super::capture::read::CaptureFormat;
use super::capture::recording::{ExpectedSignal, Recording, RecordingRecipe};
use super::library::{Digested, Library};
use super::response::{Response, ResponseDomain};
use super::series::SeriesKind;
use super::text;
use crate::chain::Table;
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::sheet::Temperature;
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
    /// Doubts about how it was read, which are warnings of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl FileRead {
    fn new(key: KeyPath, file: &str, digest: u64) -> FileRead {
        FileRead {
            key: key.to_string(),
            file: file.to_owned(),
            digest: text::digest(digest),
            ends_hz: None,
            found: None,
            notes: Vec::new(),
        }
    }
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
    temperature: Temperature,
    read: Vec<FileRead>,
}

impl<'a> FileReader<'a> {
    /// A reader of files through `library` that reports to `problems`.
    pub fn new(library: &'a Library, problems: &'a mut Problems) -> Self {
        let temperature = Temperature::default();
        FileReader { library, problems, expected: None, temperature, read: Vec::new() }
    }

    /// The same reader with the expected signal, without which captured waveforms are not read.
    pub fn with_signal(self, expected: ExpectedSignal) -> Self {
        FileReader { expected: Some(expected).filter(ExpectedSignal::is_sound), ..self }
    }

    /// The same reader for modules of this temperature.
    pub(crate) fn at_temperature(self, temperature: Temperature) -> Self {
        FileReader { temperature, ..self }
    }

    /// Takes another temperature from here on.
    pub(crate) fn set_temperature(&mut self, temperature: Temperature) {
        self.temperature = temperature;
    }

    /// Temperature of the modules.
    pub(crate) fn temperature(&self) -> Temperature {
        self.temperature
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
        let (digest, read) = self.taken(at, "file", &response.file, made)?;
        if read.in_optical_decibels && domain == ResponseDomain::Electrical {
            let remedy = "has decibels of optical power (dBo); must be dB in 20 log here, between \
                          electrical signals";
            self.problems.report(at, "file", &response.file, remedy);
            return None;
        }
        self.push(FileRead {
            ends_hz: Some(read.table.ends_hz()),
            notes: read.notes.clone(),
            ..FileRead::new(at.key("file"), &response.file, digest)
        });
        Some(read.table.clone())
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
        self.push(FileRead::new(at.key(key), file, digest));
        Some(curve)
    }

    /// The recording in the file that `key` names; `instrument_rms_w` of its noise is the
    /// instrument's.
    pub(crate) fn recording(
        &mut self,
        at: &KeyPath,
        key: &str,
        file: &str,
        format: CaptureFormat,
        instrument_rms_w: f64,
    ) -> Option<Arc<Recording>> {
        if file.is_empty() {
            return None;
        }
        let recipe = RecordingRecipe {
            file: file.to_owned(),
            format,
            expected: self.expected.clone()?,
            instrument_rms: instrument_rms_w,
        };
        let made = self.library.recording(&recipe);
        let (digest, recording) = self.taken(at, key, file, made)?;
        self.push(FileRead {
            found: Some(recording.found()),
            notes: recording.notes.clone(),
            ..FileRead::new(at.key(key), file, digest)
        });
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
        notes: Vec<String>,
    ) {
        let ends_hz = Some(ends_hz);
        self.push(FileRead { ends_hz, notes, ..FileRead::new(at.key(key), file, digest) });
    }

    /// Records a file that another room reads, if it can be read.
    pub(crate) fn record_unread(&mut self, at: &KeyPath, key: &str, file: &str, most_bytes: u64) {
        if let Ok(digest) = self.library.digest(file, most_bytes) {
            self.push(FileRead::new(at.key(key), file, digest));
        }
    }

    fn push(&mut self, read: FileRead) {
        self.read.push(read);
    }
}
