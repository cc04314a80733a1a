//! Layers of a description: preset, file, flags and patches of single lanes; merging and checking,
//! with the place of every problem.

use crate::error::{Error, Place, Problem, Problems, Result, nearest};
use crate::link::describe::config::{Config, LANES_MAX};
use crate::link::describe::merge::merge;
use crate::link::describe::presets::{self, Preset};
use crate::link::layers::changes::Change;
use crate::link::layers::layer::Layer;
use crate::link::layers::merging::complete;
use crate::link::layers::remedy::refused;
use crate::link::layers::source;
use crate::link::layers::{changes, ignored, implied};
use crate::link::result::targets;
use crate::measured::{FileRead, Library};
use std::ffi::OsStr;
use std::path::Path as FilePath;
use toml::{Table, Value};

/// Description of a link in layers; a later layer wins.
///
/// ```text
/// preset <- file <- each flag <- [lane.N]
/// ```
///
/// A description and its clones read each measured file once.
///
/// ```
/// use lightlane::link::LayeredConfig;
/// let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
/// stack.set("fibre.length_km=2").unwrap();
/// stack.set("lane.3.fibre.length_km=0").unwrap();
/// let resolved = stack.resolve().unwrap();
/// assert_eq!(resolved.lanes[0].fibre.length_km, 2.0);
/// assert_eq!(resolved.lanes[3].fibre.length_km, 0.0);
/// stack.set_value("fibre.length_km", 0.5).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct LayeredConfig {
    pub(super) layers: Vec<Layer>,
    preset: Option<&'static str>,
    pub(super) library: Library,
}

/// A complete, checked description, resolved from its layers.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Keys of the whole link.
    pub base: Config,
    /// Description of every lane, from lane 0.
    pub lanes: Vec<Config>,
    /// Digest of the lanes' descriptions, 16 hexadecimal digits: equal descriptions have equal
    /// digests, however they are written.
    pub hash: String,
    /// Keys that were changed, in the order of their writing, those without effect left out.
    pub changes: Vec<Change>,
    /// Keys that were written but have no effect.
    pub warnings: Vec<String>,
    /// Library that read its files.
    pub library: Library,
}

impl LayeredConfig {
    /// Opens a preset by its name, or else a file by its path, on top of the preset that it names.
    ///
    /// # Errors
    ///
    /// A name of neither a preset nor a file; a file that cannot be read, is larger than 1 MiB or
    /// is not text. Problems *in* a file are reported by [`LayeredConfig::resolve`], together with
    /// all others.
    pub fn open(source: impl AsRef<OsStr>) -> Result<LayeredConfig> {
        LayeredConfig::open_named(source.as_ref())
    }

    fn open_named(path: &OsStr) -> Result<LayeredConfig> {
        let (path, source) = (FilePath::new(path), &*path.to_string_lossy());
        if let Some(preset) = presets::find(source) {
            let layers = layers_of(preset);
            return Ok(LayeredConfig {
                layers,
                preset: Some(preset.name),
                library: Library::default(),
            });
        }
        if path.components().count() < 2
            && !source.ends_with(".toml")
            && !source.contains(['/', '\\'])
            && !path.exists()
        {
            return Err(refused(unknown_preset(source, None, "")));
        }
        let text = source::read(path)?;
        let mut file = Layer::parse(source, &text);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            implied::beside(folder, &mut file.table);
        }
        let mut stack =
            LayeredConfig { layers: Vec::new(), preset: None, library: Library::default() };
        if let Some(Value::String(name)) = file.table.remove("preset") {
            match presets::find(&name) {
                Some(preset) => {
                    stack.preset = Some(preset.name);
                    stack.layers = layers_of(preset);
                }
                None => {
                    file.refuse(unknown_preset(&name, file.place_of_value("preset"), "preset"));
                    file.unreadable = true;
                }
            }
        }
        stack.layers.push(file);
        Ok(stack)
    }

    /// Adds one assignment on top: `fibre.length_km=2`, `transmitter.kind=mzm`,
    /// `lane.3.fibre.length_km=2`.
    ///
    /// The value is parsed as TOML, or else taken as text.
    ///
    /// # Errors
    ///
    /// An unknown key, a value of the wrong type, a text that is not an assignment. The layers then
    /// stay unchanged.
    pub fn set(&mut self, assignment: &str) -> Result<()> {
        self.set_by(&format!("--set {assignment}"), assignment)
    }

    /// Sets a key to a value; the key is written as in [`LayeredConfig::set`].
    ///
    /// # Errors
    ///
    /// As [`LayeredConfig::set`].
    pub fn set_value(&mut self, key: &str, value: impl Into<Value>) -> Result<()> {
        let layer = Layer::assigned("--set", key, &value.into());
        layer.problems.clone().finish()?;
        self.layers.push(layer);
        Ok(())
    }

    /// The same for an assignment by `flag`, which is named in problems.
    ///
    /// # Errors
    ///
    /// As [`LayeredConfig::set`].
    pub fn set_by(&mut self, flag: &str, assignment: &str) -> Result<()> {
        let layer = Layer::flag(flag, assignment);
        layer.problems.clone().finish()?;
        self.layers.push(layer);
        Ok(())
    }

    /// The error for an unknown preset: the nearest name, and the list.
    pub fn unknown_preset(name: &str) -> Error {
        refused(unknown_preset(name, None, "preset"))
    }

    /// The preset of the lowest layer, if any.
    pub fn preset(&self) -> Option<&'static str> {
        self.preset
    }

    /// Number of the layers that are its preset's.
    fn preset_layers(&self) -> usize {
        self.preset.and_then(presets::find).map_or(0, |preset| preset.lineage().len())
    }

    /// All layers merged, with separate lane patches, as TOML.
    pub fn merged_text(&self) -> String {
        self.merged().to_string()
    }

    /// Every key at its default, as TOML: a description without a preset.
    pub fn default_text() -> String {
        toml::to_string(&Config::default()).unwrap_or_default()
    }

    /// Every key of a preset, those at their defaults too, as TOML.
    ///
    /// # Errors
    ///
    /// A name of no preset.
    pub fn preset_text(name: &str) -> Result<String> {
        let preset = presets::find(name).ok_or_else(|| Self::unknown_preset(name))?;
        Ok(toml::to_string(&preset.config()).unwrap_or_default())
    }

    /// Merges, completes and checks everything.
    ///
    /// # Errors
    ///
    /// Every problem of every layer and of every lane, each at the place of its last assignment.
    pub fn resolve(&self) -> Result<Resolved> {
        let mut problems = Problems::new();
        self.layers
            .iter()
            .flat_map(|layer| layer.problems.iter())
            .for_each(|problem| problems.push(problem.clone()));
        // the keys of an unreadable layer are unknown, and a range error might be due to that alone
        if self.layers.iter().any(|layer| layer.unreadable) {
            return Err(Error::Input(problems));
        }
        let mut shared = self.merged();
        let mut base = complete(shared.clone())?;
        base.preset = self.preset.map(str::to_owned);
        self.check_lane_numbers(base.lanes, &mut problems);
        let mut found = Problems::new();
        base.check(&self.library, &mut found);
        targets::check(&base, &mut found);
        found.iter().for_each(|problem| problems.push(self.located(problem.clone(), None)));

        let patches = shared.remove("lane");
        shared.remove("targets");
        let (mut lanes, mut digest) = (Vec::new(), Digest::default());
        for number in 0..base.lanes.min(LANES_MAX) {
            let mut table = shared.clone();
            if let Some(Value::Table(patch)) =
                patches.as_ref().and_then(|p| p.get(number.to_string()))
            {
                merge(&mut table, patch);
            }
            let lane = complete(table)?.placed(number);
            let mut found_here = Problems::new();
            let files = lane.check(&self.library, &mut found_here);
            for problem in
                found_here.iter().filter(|&problem| found.iter().all(|shared| shared != problem))
            {
                problems.push(self.located(problem.clone(), Some(number)));
            }
            digest.add(&lane, &files);
            lanes.push(lane);
        }
        problems.finish()?;
        let hash = digest.to_string();
        let bare = self.preset.is_none().then(|| {
            "no preset: keys that are not written have their defaults, which `lightlane presets \
             default` prints"
                .to_owned()
        });
        let ignored = self.ignored(&lanes);
        let mut changes = changes::of(&self.layers, self.preset_layers());
        changes.retain(|change| !ignored.contains_key(&change.key()));
        let warnings = bare.into_iter().chain(ignored::warning(&ignored)).collect();
        Config::introduce(&mut lanes);
        Ok(Resolved { base, lanes, hash, changes, warnings, library: self.library.clone() })
    }

    /// The keys of the user's layers, those above the preset, without effect on the lanes.
    pub(super) fn ignored(&self, lanes: &[Config]) -> ignored::IgnoredKeys {
        ignored::keys(&self.layers, self.preset_layers(), lanes)
    }

    pub(super) fn merged(&self) -> Table {
        self.merged_with(&Table::new())
    }

    /// All layers merged with what the files of the user's, and of `keys`, imply.
    pub(super) fn merged_with(&self, keys: &Table) -> Table {
        let (mut merged, mut own) = (Table::new(), keys.clone());
        let preset = self.preset_layers();
        for (i, layer) in self.layers.iter().enumerate() {
            merge(&mut merged, &layer.table);
            if i >= preset {
                merge(&mut own, &layer.table);
            }
        }
        implied::choose(&own, &mut merged);
        merged
    }

    /// A problem with the place of its key's last assignment.
    fn located(&self, mut problem: Problem, lane: Option<usize>) -> Problem {
        let last =
            |path: &str| self.layers.iter().rev().find_map(|layer| layer.place_of_value(path));
        problem.place = last(&problem.path);
        if let Some(number) = lane {
            let path = format!("lane.{number}.{}", problem.path);
            problem.place = last(&path).or(problem.place);
            problem.path = path;
        }
        problem
    }

    /// Reports a patch of a lane that does not exist, which would otherwise be ignored silently.
    fn check_lane_numbers(&self, lanes: usize, problems: &mut Problems) {
        let mut lanes_here = Config::default().lanes;
        for layer in &self.layers {
            if let Some(Value::Integer(n)) = layer.table.get("lanes") {
                lanes_here = usize::try_from(*n).unwrap_or(0);
            }
            let Some(Value::Table(patches)) = layer.table.get("lane") else { continue };
            for name in patches.keys() {
                if name.parse::<usize>().is_ok_and(|number| number >= lanes.max(lanes_here)) {
                    let path = format!("lane.{name}");
                    let remedy = format!("there is no such lane: lanes = {lanes}, numbered from 0");
                    problems.push(Problem {
                        place: layer.place_of_key(&path),
                        path,
                        value: String::new(),
                        remedy,
                    });
                }
            }
        }
    }
}

/// A preset as layers: those on which it builds below it.
fn layers_of(preset: &'static Preset) -> Vec<Layer> {
    let layer = |preset: &&Preset| {
        let mut layer = Layer::parse(preset.name, preset.text);
        layer.table.remove("preset");
        layer
    };
    preset.lineage().iter().map(layer).collect()
}

/// Names of presets that a hint proposes at most.
const ALIKE_MAX: usize = 4;

fn unknown_preset(name: &str, place: Option<Place>, path: &str) -> Problem {
    let names: Vec<&str> = presets::all().iter().map(|preset| preset.name).collect();
    let contains = |known: &&str| !name.is_empty() && known.contains(name);
    let alike: Vec<&str> = names.iter().copied().filter(contains).take(ALIKE_MAX).collect();
    let hint = match (nearest(name, names.iter().copied()), &alike[..]) {
        (_, [_, ..]) => format!(", did you mean {}?", alike.join(" or ")),
        (Some(near), _) => format!(", did you mean {near}?"),
        (None, _) => String::new(),
    };
    let missing = if path.is_empty() { "neither a file nor a preset" } else { "no such preset" };
    let remedy = format!("{missing}{hint} (`lightlane presets` lists them)");
    Problem { place, path: path.to_owned(), value: name.to_owned(), remedy }
}

/// FNV-1a of the canonical text of the lanes and of the digests of their files.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn add(&mut self, lane: &Config, files: &[FileRead]) {
        let text = toml::to_string(lane).unwrap_or_default();
        let files = files.iter().flat_map(|file| file.digest.bytes());
        for byte in text.bytes().chain([0]).chain(files) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// 16 hexadecimal digits.
impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
