//! Cache of files and of the values made from them.

use super::capture::read::BYTES_MAX;
use super::capture::recording::{Recording, RecordingRecipe};
use super::response_table::{self, ResponseFile, ResponseRecipe};
use super::series::{self, SeriesKind};
use super::text::{self, Text};
use super::touchstone::network_file::Touchstone;
use crate::math::monotone::Monotone;
use crate::path_text::path_of;
use crate::pattern::{Pattern, PatternKind, SymbolSource};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Values of one type that are kept by [`Library::derived`].
const KEPT: usize = 64;

/// A value made from a file, with the digest of its bytes; or the file's problem, to follow its
/// name.
pub(crate) type Digested<T> = Result<(u64, Arc<T>), String>;

/// The files of descriptions, each read once for all keys and lanes; clones share the cache.
///
/// A file is known by its path, its date of modification and its size: a changed file is read
/// again, a missing one is an error.
#[derive(Clone, Default)]
pub struct Library(Arc<Mutex<Cache>>);

#[derive(Default)]
struct Cache {
    texts: Kept<String, Text>,
    responses: Kept<ResponseRecipe, ResponseFile>,
    series: Kept<(String, SeriesKind), Monotone>,
    networks: Kept<String, Touchstone>,
    digests: HashMap<String, (Stamp, Result<u64, String>)>,
    /// Recordings, with the states of the capture and of its pattern's file.
    recordings: Vec<(RecordingRecipe, [Option<Stamp>; 2], Digested<Recording>)>,
    /// Values of other rooms by type: a list of keys, stamps and values each.
    derived: HashMap<TypeId, Box<dyn Any + Send>>,
}

/// Values by their recipes, with the state of the file at that time.
type Kept<R, T> = HashMap<R, (Stamp, Digested<T>)>;

/// Derived values: key, states of the files, value.
type Derived<K, V> = Vec<(K, Vec<Stamp>, Arc<V>)>;

/// State of a file; a changed date or size means a changed file.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Stamp {
    fn of(file: &str) -> Result<Stamp, String> {
        let metadata = std::fs::metadata(path_of(file))
            .map_err(|error| format!("cannot be opened ({error})"))?;
        Ok(Stamp { modified: metadata.modified().ok(), bytes: metadata.len() })
    }
}

impl Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}

impl Library {
    fn cache(&self) -> MutexGuard<'_, Cache> {
        // values are inserted whole, so a panic leaves no partial value
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value by its recipe, made again when its file has changed. It is made while the cache is
    /// held, so that threads which ask for the same one make it once.
    fn kept<R: Clone + Eq + Hash, T>(
        &self,
        file: &str,
        recipe: &R,
        table: impl Fn(&mut Cache) -> &mut Kept<R, T>,
        make: impl FnOnce(&mut Cache) -> Digested<T>,
    ) -> Digested<T> {
        let stamp = Stamp::of(file)?;
        let mut cache = self.cache();
        match table(&mut cache).get(recipe) {
            Some((known, made)) if *known == stamp => made.clone(),
            _ => {
                let made = make(&mut cache);
                table(&mut cache).insert(recipe.clone(), (stamp, made.clone()));
                made
            }
        }
    }

    fn text(&self, file: &str) -> Digested<Text> {
        self.kept(
            file,
            &file.to_owned(),
            |cache| &mut cache.texts,
            |_| text::read(file).map(|text| (text.digest, Arc::new(text))),
        )
    }

    /// A response, read.
    pub(super) fn response(&self, recipe: &ResponseRecipe) -> Digested<ResponseFile> {
        let (digest, text) = self.text(&recipe.0)?;
        self.kept(
            &recipe.0,
            recipe,
            |cache| &mut cache.responses,
            |_| response_table::read(&text, recipe).map(|read| (digest, Arc::new(read))),
        )
    }

    /// A curve or a spectrum.
    pub(super) fn series(&self, file: &str, kind: SeriesKind) -> Digested<Monotone> {
        let (digest, text) = self.text(file)?;
        self.kept(
            file,
            &(file.to_owned(), kind),
            |cache| &mut cache.series,
            |_| series::read(&text, kind).map(|curve| (digest, Arc::new(curve))),
        )
    }

    /// A recording, its pattern found in it.
    pub(super) fn recording(&self, recipe: &RecordingRecipe) -> Digested<Recording> {
        let pattern = &recipe.expected.pattern;
        let levels = (pattern.kind == PatternKind::File).then(|| Stamp::of(&pattern.file));
        let stamps = [Some(Stamp::of(&recipe.file)?), levels.transpose().unwrap_or_default()];
        let mut cache = self.cache();
        let known = cache.recordings.iter().find(|(known, at, _)| known == recipe && *at == stamps);
        if let Some((_, _, made)) = known {
            return made.clone();
        }
        let made = text::bytes(&recipe.file, BYTES_MAX)
            .and_then(|bytes| Ok((text::fnv(&bytes), Arc::new(Recording::read(&bytes, recipe)?))));
        cache.recordings.retain(|(known, ..)| known != recipe);
        cache.recordings.push((recipe.clone(), stamps, made.clone()));
        made
    }

    /// A network with all of its ports.
    pub(crate) fn touchstone(&self, file: &str) -> Digested<Touchstone> {
        self.kept(
            file,
            &file.to_owned(),
            |cache| &mut cache.networks,
            |_| Touchstone::open(file).map(|network| (network.digest(), Arc::new(network))),
        )
    }

    /// A pattern, prepared; the file of one is read once for all lanes.
    ///
    /// # Errors
    ///
    /// As [`Pattern::build`].
    pub(crate) fn pattern(&self, pattern: &Pattern) -> Result<SymbolSource, String> {
        if pattern.kind != PatternKind::File {
            return pattern.build();
        }
        let levels = self.derived(pattern, &[pattern.file.as_str()], || pattern.file_levels())?;
        Ok(SymbolSource::stored((*levels).clone()))
    }

    /// Digest of a file that another room reads.
    pub(super) fn digest(&self, file: &str, most_bytes: u64) -> Result<u64, String> {
        let stamp = Stamp::of(file)?;
        let mut cache = self.cache();
        match cache.digests.get(file) {
            Some((known, digest)) if *known == stamp => digest.clone(),
            _ => {
                let digest = text::bytes(file, most_bytes).map(|bytes| text::fnv(&bytes));
                cache.digests.insert(file.to_owned(), (stamp, digest.clone()));
                digest
            }
        }
    }

    /// A value that another room makes of a description and its files, made once: the last
    /// [`KEPT`] of a type are kept.
    ///
    /// # Errors
    ///
    /// Errors of `make`, which is called again for a missing file.
    pub(crate) fn derived<K, V, E>(
        &self,
        key: &K,
        files: &[&str],
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E>
    where
        K: Clone + PartialEq + Send + 'static,
        V: Send + Sync + 'static,
    {
        let stamps: Result<Vec<Stamp>, String> = files.iter().map(|file| Stamp::of(file)).collect();
        let Ok(stamps) = stamps else { return make().map(Arc::new) };
        let id = TypeId::of::<(K, V)>();
        let known = |cache: &Cache| {
            let list = cache.derived.get(&id)?.downcast_ref::<Derived<K, V>>()?;
            let known = list.iter().find(|(known, at, _)| known == key && *at == stamps)?;
            Some(known.2.clone())
        };
        if let Some(value) = known(&self.cache()) {
            return Ok(value);
        }
        // made without the cache, which may be asked for files meanwhile
        let value = Arc::new(make()?);
        let mut cache = self.cache();
        let list = cache.derived.entry(id).or_insert_with(|| Box::new(Derived::<K, V>::new()));
        if let Some(list) = list.downcast_mut::<Derived<K, V>>() {
            list.retain(|(known, ..)| known != key);
            if list.len() == KEPT {
                list.remove(0);
            }
            list.push((key.clone(), stamps, value.clone()));
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_again_when_it_changes_and_refused_when_it_has_gone() {
        let path = std::env::temp_dir().join(format!("lightlane-library-{}", std::process::id()));
        let file = path.to_str().unwrap();
        let library = Library::default();
        let light = |library: &Library| library.series(file, SeriesKind::Light);
        std::fs::write(&path, "0,0\n10,1\n").unwrap();
        let (first, again) = (light(&library).unwrap(), light(&library.clone()).unwrap());
        assert!(Arc::ptr_eq(&first.1, &again.1));
        std::fs::write(&path, "0,0\n10,1\n20,3\n").unwrap();
        let longer = light(&library).unwrap();
        assert!(first.0 != longer.0 && (longer.1.at(20.0) - 3.0).abs() < 1e-12);
        let mut made = 0;
        let mut derive = |key: u32| {
            let value = library.derived(&key, &[file], || {
                made += 1;
                Ok::<_, ()>(2 * key)
            });
            (*value.unwrap(), made)
        };
        assert_eq!((derive(1), derive(1), derive(2), derive(1)), ((2, 1), (2, 1), (4, 2), (2, 2)));
        std::fs::remove_file(&path).unwrap();
        assert!(light(&library).unwrap_err().starts_with("cannot be opened ("));
    }
}
