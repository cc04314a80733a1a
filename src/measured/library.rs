//! Files of measured parts: read once, kept with what was made of them.

use super::capture::read::MOST_BYTES;
use super::capture::recording::{ExpectedSignal, Recording, RecordingRecipe};
use super::response_table::{self, ResponseRecipe};
use super::series::{self, SeriesKind};
use super::text::{self, Text};
use super::touchstone::network_file::Touchstone;
use crate::chain::Table;
use crate::error::{Path, Problems};
use crate::math::monotone::Monotone;
use serde::Serialize;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// What went wrong with a file, to be written behind its name.
pub(crate) type ReadResult<T> = Result<Arc<T>, String>;

/// The files of measured parts, each read once however many keys and lanes name it; clones share
/// what was read.
///
/// A file that changes after it was read keeps its first content for as long as the library lives.
#[derive(Clone, Debug, Default)]
pub struct Library(Arc<Mutex<Cache>>);

#[derive(Debug, Default)]
struct Cache {
    texts: HashMap<String, ReadResult<Text>>,
    responses: HashMap<ResponseRecipe, ReadResult<Table>>,
    series: HashMap<(String, SeriesKind), ReadResult<Monotone>>,
    networks: HashMap<String, ReadResult<Touchstone>>,
    /// Recordings with their files' digests: few, and each another.
    captures: Vec<(RecordingRecipe, Digested)>,
}

/// A recording with its file's digest.
type Digested = Result<(u64, Arc<Recording>), String>;

/// What was made of a file and of what else; stale when either changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loaded<R, T> {
    pub(super) recipe: R,
    pub(super) digest: u64,
    pub(super) value: Arc<T>,
}

/// A file that a description names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileRead {
    /// Dotted key that names it.
    pub key: String,
    /// The file, as named.
    pub file: String,
    /// FNV-1a of its bytes, 64 bits, 16 hexadecimal digits, such as `fnv1a64:85944171f73967e8`.
    pub digest: String,
    /// Where a response's data ends, Hz; beyond, it is extrapolated.
    #[serde(skip)]
    pub ends_hz: Option<f64>,
    /// What was found in a waveform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// One walk through a description that fills every key which names a file.
pub struct FileReader<'a> {
    library: &'a Library,
    problems: &'a mut Problems,
    expected: Option<ExpectedSignal>,
    read: Vec<FileRead>,
}

impl Library {
    fn text(&self, file: &str) -> ReadResult<Text> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.texts.entry(file.to_owned()).or_insert_with(|| text::read(file).map(Arc::new)).clone()
    }

    fn made<R: Clone + Eq + Hash, T>(
        &self,
        file: &str,
        recipe: &R,
        table: impl Fn(&mut Cache) -> &mut HashMap<R, ReadResult<T>>,
        make: impl FnOnce(&Text) -> Result<T, String>,
    ) -> Result<Loaded<R, T>, String> {
        let text = self.text(file)?;
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = table(&mut cache)
            .entry(recipe.clone())
            .or_insert_with(|| make(&text).map(Arc::new))
            .clone()?;
        Ok(Loaded { recipe: recipe.clone(), digest: text.digest, value })
    }
}

impl Library {
    /// A recording; read with the cache open, so that a waveform which many lanes name is aligned
    /// once.
    fn capture(
        &self,
        recipe: &RecordingRecipe,
    ) -> Result<Loaded<RecordingRecipe, Recording>, String> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known =
            cache.captures.iter().find(|(known, _)| known == recipe).map(|(_, made)| made.clone());
        let made = known.unwrap_or_else(|| {
            let read = text::bytes(&recipe.file, MOST_BYTES);
            let made = read.and_then(|bytes| {
                Ok((text::fnv(&bytes), Arc::new(Recording::read(&bytes, recipe)?)))
            });
            cache.captures.push((recipe.clone(), made.clone()));
            made
        });
        made.map(|(digest, value)| Loaded { recipe: recipe.clone(), digest, value })
    }
}

impl<'a> FileReader<'a> {
    /// A walk that takes files from `library` and reports to `problems`.
    pub fn new(library: &'a Library, problems: &'a mut Problems) -> Self {
        FileReader { library, problems, expected: None, read: Vec::new() }
    }

    /// The same walk, which knows what is sent: captured waveforms are read only then.
    pub fn with_signal(self, expected: ExpectedSignal) -> Self {
        FileReader { expected: Some(expected).filter(ExpectedSignal::is_sound), ..self }
    }

    /// What is sent.
    pub(super) fn expected(&self) -> Option<&ExpectedSignal> {
        self.expected.as_ref()
    }

    /// The problems, to report more.
    pub fn problems(&mut self) -> &mut Problems {
        self.problems
    }

    /// The files that were read, in the order of their keys.
    pub fn finish(self) -> Vec<FileRead> {
        self.read
    }

    pub(super) fn response(
        &mut self,
        at: &Path,
        recipe: &ResponseRecipe,
        loaded: &mut Option<Loaded<ResponseRecipe, Table>>,
    ) {
        let make = |library: &Library| {
            library.made(
                &recipe.0,
                recipe,
                |s| &mut s.responses,
                |text| response_table::read(text, recipe),
            )
        };
        self.fill(at, "file", &recipe.0, recipe, loaded, make);
        if let Some(loaded) = loaded {
            self.note(
                at.key("file").to_string(),
                &recipe.0,
                loaded.digest,
                Some(loaded.value.ends_hz()),
                None,
            );
        }
    }

    pub(super) fn series(
        &mut self,
        at: &Path,
        key: &str,
        recipe: &(String, SeriesKind),
        loaded: &mut Option<Loaded<(String, SeriesKind), Monotone>>,
    ) {
        let make = |library: &Library| {
            library.made(&recipe.0, recipe, |s| &mut s.series, |text| series::read(text, recipe.1))
        };
        self.fill(at, key, &recipe.0, recipe, loaded, make);
        if let Some(loaded) = loaded {
            self.note(at.key(key).to_string(), &recipe.0, loaded.digest, None, None);
        }
    }

    pub(super) fn capture(
        &mut self,
        at: &Path,
        key: &str,
        recipe: &RecordingRecipe,
        loaded: &mut Option<Loaded<RecordingRecipe, Recording>>,
    ) {
        self.fill(at, key, &recipe.file, recipe, loaded, |library| library.capture(recipe));
        if let Some(loaded) = loaded {
            self.note(
                at.key(key).to_string(),
                &recipe.file,
                loaded.digest,
                None,
                Some(loaded.value.found()),
            );
        }
    }

    /// Fills one key, unless it holds already what `recipe` says.
    fn fill<R: PartialEq, T>(
        &mut self,
        at: &Path,
        key: &str,
        file: &str,
        recipe: &R,
        loaded: &mut Option<Loaded<R, T>>,
        make: impl FnOnce(&Library) -> Result<Loaded<R, T>, String>,
    ) {
        if file.is_empty() {
            *loaded = None;
        } else if loaded.as_ref().is_none_or(|loaded| loaded.recipe != *recipe) {
            let made = make(self.library);
            if let Err(remedy) = &made {
                self.problems.report(at, key, file, remedy.as_str());
            }
            *loaded = made.ok();
        }
    }

    /// A network with all of its ports; the caller says what it took with [`FileReader::record`].
    pub(crate) fn touchstone(&self, file: &str) -> ReadResult<Touchstone> {
        let mut cache = self.library.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache
            .networks
            .entry(file.to_owned())
            .or_insert_with(|| Touchstone::open(file).map(Arc::new))
            .clone()
    }

    /// Notes a file that was read, perhaps earlier.
    pub(crate) fn record(
        &mut self,
        at: &Path,
        key: &str,
        file: &str,
        digest: u64,
        ends_hz: f64,
        found: Option<String>,
    ) {
        self.note(at.key(key).to_string(), file, digest, Some(ends_hz), found);
    }

    /// Notes a file that someone else reads, if it can be read.
    pub(crate) fn record_unread(&mut self, at: &Path, key: &str, file: &str, most_bytes: u64) {
        if let Ok(bytes) = text::bytes(file, most_bytes) {
            self.note(at.key(key).to_string(), file, text::fnv(&bytes), None, None);
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
        self.read.push(FileRead {
            key,
            file: file.to_owned(),
            digest: text::digest(digest),
            ends_hz,
            found,
        });
    }
}
