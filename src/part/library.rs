//! Files of measured parts: read once, kept with what was made of them.

use super::Touchstone;
use super::capture::{self, Recording, Sending};
use super::response;
use super::series::{self, Reading};
use super::text::{self, Text};
use crate::chain::Table;
use crate::error::{Path, Problems};
use crate::math::monotone::Monotone;
use serde::Serialize;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// What went wrong with a file, to be written behind its name.
pub(crate) type Read<T> = Result<Arc<T>, String>;

/// The files of measured parts, each read once however many keys and lanes name it; clones share
/// what was read.
///
/// A file that changes after it was read keeps its first content for as long as the library lives.
#[derive(Clone, Debug, Default)]
pub struct Library(Arc<Mutex<Shelves>>);

#[derive(Debug, Default)]
struct Shelves {
    texts: HashMap<String, Read<Text>>,
    responses: HashMap<response::Recipe, Read<Table>>,
    series: HashMap<(String, Reading), Read<Monotone>>,
    networks: HashMap<String, Read<Touchstone>>,
    /// Recordings with their files' digests: few, and each another.
    captures: Vec<(capture::Recipe, Digested)>,
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
pub struct Loader<'a> {
    library: &'a Library,
    problems: &'a mut Problems,
    sending: Option<Sending>,
    read: Vec<FileRead>,
}

impl Library {
    fn text(&self, file: &str) -> Read<Text> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelves
            .texts
            .entry(file.to_owned())
            .or_insert_with(|| text::read(file).map(Arc::new))
            .clone()
    }

    fn made<R: Clone + Eq + Hash, T>(
        &self,
        file: &str,
        recipe: &R,
        shelf: impl Fn(&mut Shelves) -> &mut HashMap<R, Read<T>>,
        make: impl FnOnce(&Text) -> Result<T, String>,
    ) -> Result<Loaded<R, T>, String> {
        let text = self.text(file)?;
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = shelf(&mut shelves)
            .entry(recipe.clone())
            .or_insert_with(|| make(&text).map(Arc::new))
            .clone()?;
        Ok(Loaded { recipe: recipe.clone(), digest: text.digest, value })
    }
}

impl Library {
    /// A recording; read with the shelves open, so that a waveform which many lanes name is aligned
    /// once.
    fn capture(
        &self,
        recipe: &capture::Recipe,
    ) -> Result<Loaded<capture::Recipe, Recording>, String> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shelves
            .captures
            .iter()
            .find(|(known, _)| known == recipe)
            .map(|(_, made)| made.clone());
        let made = known.unwrap_or_else(|| {
            let read = text::bytes(&recipe.file, capture::MOST_BYTES);
            let made = read.and_then(|bytes| {
                Ok((text::fnv(&bytes), Arc::new(Recording::read(&bytes, recipe)?)))
            });
            shelves.captures.push((recipe.clone(), made.clone()));
            made
        });
        made.map(|(digest, value)| Loaded { recipe: recipe.clone(), digest, value })
    }
}

impl<'a> Loader<'a> {
    /// A walk that takes files from `library` and reports to `problems`.
    pub fn new(library: &'a Library, problems: &'a mut Problems) -> Self {
        Loader { library, problems, sending: None, read: Vec::new() }
    }

    /// The same walk, which knows what is sent: captured waveforms are read only then.
    pub fn sends(self, sending: Sending) -> Self {
        Loader { sending: Some(sending).filter(Sending::is_sound), ..self }
    }

    /// What is sent.
    pub(super) fn sending(&self) -> Option<&Sending> {
        self.sending.as_ref()
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
        recipe: &response::Recipe,
        loaded: &mut Option<Loaded<response::Recipe, Table>>,
    ) {
        let make = |library: &Library| {
            library.made(
                &recipe.0,
                recipe,
                |s| &mut s.responses,
                |text| response::read(text, recipe),
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
        recipe: &(String, Reading),
        loaded: &mut Option<Loaded<(String, Reading), Monotone>>,
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
        recipe: &capture::Recipe,
        loaded: &mut Option<Loaded<capture::Recipe, Recording>>,
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

    /// A network with all of its ports; the caller says what it took with [`Loader::took`].
    pub(crate) fn touchstone(&self, file: &str) -> Read<Touchstone> {
        let mut shelves = self.library.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelves
            .networks
            .entry(file.to_owned())
            .or_insert_with(|| Touchstone::open(file).map(Arc::new))
            .clone()
    }

    /// Notes a file that was read, perhaps earlier.
    pub(crate) fn took(
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
    pub(crate) fn witness(&mut self, at: &Path, key: &str, file: &str, most_bytes: u64) {
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
