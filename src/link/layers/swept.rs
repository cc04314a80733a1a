//! One description at many points: merged once, with a few keys set for each point.

use crate::error::{Problem, Problems, Result};
use crate::fibre::Corner;
use crate::link::describe::config::{Config, LANES_MAX};
use crate::link::describe::merge::merge;
use crate::link::layers::file_values;
use crate::link::layers::ignored::{self, IgnoredKeys};
use crate::link::layers::implied::put;
use crate::link::layers::layer::Layer;
use crate::link::layers::layered::{LayeredConfig, Resolved};
use crate::link::layers::merging::complete;
use crate::link::layers::remedy::refused;
use crate::measured::Library;
use std::sync::Arc;
use toml::{Table, Value};

/// Keys of a fibre that give its dispersion.
const DISPERSION_KEYS: [&str; 3] =
    ["length_km", "zero_dispersion_nm", "dispersion_slope_ps_per_nm2_km"];

/// A key of the description whose value is set for each point.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its flag, places and path, without a value.
    layer: Layer,
    path: Vec<String>,
}

impl Key {
    /// Parses a key and its values; `flag` is named in problems. A pattern of file names, such as
    /// `ch*.s4p`, stands for all files that it matches, a value each; a path is a whole list of
    /// files where the key holds a list.
    ///
    /// # Errors
    ///
    /// An unknown key; every value that is not of the key's type; a pattern that matches no file.
    pub fn read(flag: &str, key: &str, values: &[String]) -> Result<(Key, Vec<Value>)> {
        let mut problems = Problems::new();
        let mut read = None;
        let mut taken = Vec::new();
        let mut of_files = Vec::new();
        for value in values {
            let files = file_values::expanded(key.trim(), value);
            if files.is_empty() {
                let named = Layer::empty(flag, true);
                problems.push(Problem {
                    value: value.clone(),
                    ..named.problem(key.trim().to_owned(), "no file matches this pattern")
                });
            }
            of_files.extend(files);
        }
        problems.clone().finish()?;
        for value in &of_files {
            let layer = Layer::flag(flag, &format!("{key}={value}"));
            for problem in layer.problems.iter() {
                if problems.iter().all(|known| known != problem) {
                    problems.push(problem.clone());
                }
            }
            if let Some((path, value)) = only_value(&layer.table) {
                taken.push(value.clone());
                read = Some(Key { path, layer });
            }
        }
        problems.finish()?;
        read.map(|key| (key, taken)).ok_or_else(|| refused(Layer::not_an_assignment(flag)))
    }

    /// The key as it is written in a flag: `fibre.length_km`, `lane.3.fibre.length_km`.
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// The names that make its path.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(String::as_str)
    }

    /// The key within a lane, as [`Config`] knows it.
    pub(crate) fn in_lane(&self) -> String {
        self.patched().map_or(self.path.as_slice(), |(_, inside)| inside).join(".")
    }

    /// True for this key of the whole link or of one lane.
    pub(crate) fn sets(&self, path: &[&str]) -> bool {
        self.patched().map_or(self.path.as_slice(), |(_, inside)| inside) == path
    }

    /// True when the key changes what dispersion a fibre has.
    fn moves_dispersion(&self) -> bool {
        let path = self.patched().map_or(self.path.as_slice(), |(_, inside)| inside);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["fibre", key] => DISPERSION_KEYS.contains(key),
            [.., last] => *last == "wavelength_nm",
            [] => false,
        }
    }

    /// The layer that sets the key.
    fn set(&self, value: &Value) -> Layer {
        let mut layer = self.layer.clone();
        layer.table = Table::new();
        put(&mut layer.table, self.names(), value.clone());
        layer
    }

    /// Lane of the patch that contains the key, and the path within it.
    fn patched(&self) -> Option<(&str, &[String])> {
        match self.path.as_slice() {
            [first, lane, rest @ ..] if first == "lane" => Some((lane, rest)),
            _ => None,
        }
    }
}

/// Merged layers and the keys that vary; a point has a value for each of them.
///
/// ```
/// use lightlane::link::{Key, LayeredConfig};
/// let (key, lengths) = Key::read("--axis", "fibre.length_km", &["0.5".into(), "2".into()]).unwrap();
/// let varied = LayeredConfig::open("800gbase-dr8").unwrap().vary(vec![key]).unwrap();
/// let point = std::slice::from_ref(&lengths[1]);
/// varied.check(point).unwrap();
/// assert_eq!(varied.lane(point, 0).unwrap().fibre.length_km, 2.0);
/// ```
#[derive(Clone, Debug)]
pub struct SweptConfig {
    stack: LayeredConfig,
    keys: Vec<Key>,
    /// Keys common to all lanes, without patches and targets.
    shared: Table,
    /// Patches of single lanes.
    patches: Table,
    /// Index of the key `lanes`, if it varies.
    lanes_key: Option<usize>,
    lanes: usize,
}

impl LayeredConfig {
    /// Prepares points that differ in `keys`, which override the layers in their order.
    ///
    /// # Errors
    ///
    /// Every problem of the layers; a key that is given twice.
    pub fn vary(&self, keys: Vec<Key>) -> Result<SweptConfig> {
        let mut problems = Problems::new();
        self.layers
            .iter()
            .flat_map(|layer| layer.problems.iter())
            .for_each(|problem| problems.push(problem.clone()));
        for (i, key) in keys.iter().enumerate() {
            if keys[..i].iter().any(|earlier| earlier.path == key.path) {
                problems.push(
                    key.layer.problem(key.name(), "is varied twice: one axis takes all its values"),
                );
            } else if key.path.first().is_some_and(|first| first == "targets") {
                problems.push(
                    key.layer.problem(key.name(), "is used by check only: it cannot be varied"),
                );
            }
        }
        problems.finish()?;
        // the value does not matter: a file is named at every point
        let mut named = Table::new();
        keys.iter().for_each(|key| put(&mut named, key.names(), "named".into()));
        let mut shared = self.merged_with(&named);
        let lanes = complete(shared.clone())?.lanes;
        shared.remove("targets");
        let patches = match shared.remove("lane") {
            Some(Value::Table(patches)) => patches,
            _ => Table::new(),
        };
        let lanes_key = keys.iter().position(|key| key.path == ["lanes"]);
        Ok(SweptConfig { stack: self.clone(), keys, shared, patches, lanes_key, lanes })
    }
}

impl SweptConfig {
    /// The keys that differ.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// A warning that names the keys of the layers which have no effect at any of these points.
    pub(crate) fn ignored(&self, points: impl Iterator<Item = Vec<Value>>) -> Option<String> {
        let of_point = |values: Vec<Value>| -> Option<IgnoredKeys> {
            let lanes = 0..self.lanes(&values);
            let lanes: Result<Vec<Config>> = lanes.map(|lane| self.alone(&values, lane)).collect();
            Some(self.stack.ignored(&lanes.ok()?))
        };
        let everywhere = points.filter_map(of_point).reduce(|mut all, here| {
            all.retain(|key, _| here.contains_key(key));
            all
        });
        ignored::warning(&everywhere?)
    }

    /// Note on corners of dispersion that points ignore: their fibre is the one described at each
    /// of them. `None` where no key moves the dispersion, or no corner is asked for.
    #[must_use]
    pub fn ignored_corner(&self) -> Option<String> {
        let key = self.keys.iter().find(|key| key.moves_dispersion())?;
        let asked = |table: &Table| {
            let config = complete(table.clone());
            config.is_ok_and(|c| c.fibre.corner != Corner::None || c.simulation.corners)
        };
        let mut tables = vec![self.shared.clone()];
        for patch in self.patches.values().filter_map(Value::as_table) {
            let mut table = self.shared.clone();
            merge(&mut table, patch);
            tables.push(table);
        }
        tables.iter().any(asked).then(|| {
            format!(
                "{} varies: fibre.corner and simulation.corners are ignored, every point has the \
                 dispersion that it describes",
                key.name()
            )
        })
    }

    /// The description without corners, where a key moves the dispersion.
    fn as_described(&self, mut config: Config) -> Config {
        if self.keys.iter().any(Key::moves_dispersion) {
            config.fibre.corner = Corner::None;
            config.simulation.corners = false;
        }
        config
    }

    /// Library that reads the files, once for all points.
    pub fn library(&self) -> &Library {
        &self.stack.library
    }

    /// Number of lanes at a point.
    pub fn lanes(&self, values: &[Value]) -> usize {
        let varied = self
            .lanes_key
            .and_then(|key| values[key].as_integer())
            .map(|lanes| usize::try_from(lanes).unwrap_or(0));
        varied.unwrap_or(self.lanes)
    }

    /// Description of one lane at a point, as from [`LayeredConfig::resolve`], without the targets.
    ///
    /// # Errors
    ///
    /// A value that [`SweptConfig::check`] refuses.
    pub fn lane(&self, values: &[Value], lane: usize) -> Result<Config> {
        let mut own = self.alone(values, lane)?;
        let alike = self.patches.is_empty() && self.keys.iter().all(|key| key.patched().is_none());
        if alike && own.fibre.wdm.wavelength_nm(lane).is_none() {
            return Ok(own);
        }
        let near = own.near(lane).into_iter();
        for near in near.filter(|&near| near < self.lanes(values)) {
            let other = self.alone(values, near)?;
            if (Config { neighbours: Vec::new(), ..own.clone() }) != other {
                own.neighbours.push((near, Arc::new(other)));
            }
        }
        Ok(own)
    }

    /// Description of one lane at a point, without those of the lanes next to it.
    fn alone(&self, values: &[Value], lane: usize) -> Result<Config> {
        let mut table = self.shared.clone();
        for (key, value) in self.keys.iter().zip(values).filter(|(key, _)| key.patched().is_none())
        {
            put(&mut table, key.names(), value.clone());
        }
        let name = lane.to_string();
        if let Some(Value::Table(patch)) = self.patches.get(&name) {
            merge(&mut table, patch);
        }
        for (key, value) in self.keys.iter().zip(values) {
            if let Some((_, path)) = key.patched().filter(|(lane, _)| *lane == name) {
                put(&mut table, path.iter().map(String::as_str), value.clone());
            }
        }
        complete(table).map(|config| self.as_described(config).placed(lane))
    }

    /// Checks a point; returns the descriptions of its lanes, of those without a patch only once.
    ///
    /// # Errors
    ///
    /// Every problem of the point, each at the place where it was written last.
    pub fn check(&self, values: &[Value]) -> Result<Vec<Config>> {
        match self.quick(values) {
            Some(good) => Ok(good),
            None => self.resolve(values).map(|resolved| resolved.lanes),
        }
    }

    /// The point as a link of its own, with every layer merged again: slow, but with all problems.
    ///
    /// # Errors
    ///
    /// As [`LayeredConfig::resolve`].
    pub fn resolve(&self, values: &[Value]) -> Result<Resolved> {
        let mut stack = self.stack.clone();
        stack.layers.extend(self.keys.iter().zip(values).map(|(key, value)| key.set(value)));
        let mut resolved = stack.resolve()?;
        resolved.base = self.as_described(resolved.base);
        resolved.lanes = resolved.lanes.into_iter().map(|lane| self.as_described(lane)).collect();
        Ok(resolved)
    }

    /// The point's distinct lanes, if they have no problems.
    fn quick(&self, values: &[Value]) -> Option<Vec<Config>> {
        let lanes = self.lanes(values);
        let patched = self
            .patches
            .keys()
            .map(String::as_str)
            .chain(self.keys.iter().filter_map(|key| key.patched().map(|(lane, _)| lane)));
        let mut patched: Vec<usize> = patched.filter_map(|name| name.parse().ok()).collect();
        patched.sort_unstable();
        patched.dedup();
        if patched.last().is_some_and(|&last| last >= lanes) {
            return None;
        }
        // a number that no lane has, for the keys common to all lanes
        patched.push(LANES_MAX);
        let mut found = Problems::new();
        let configs: Vec<Config> =
            patched.into_iter().map(|lane| self.lane(values, lane)).collect::<Result<_>>().ok()?;
        for config in &configs {
            config.check(&self.stack.library, &mut found);
        }
        found.is_empty().then_some(configs)
    }
}

/// The path to the only value of a table, and the value.
fn only_value(table: &Table) -> Option<(Vec<String>, &Value)> {
    let mut path = Vec::new();
    let mut table = table;
    loop {
        let (key, value) = table.iter().next()?;
        path.push(key.clone());
        match value {
            Value::Table(inner) => table = inner,
            value => return Some((path, value)),
        }
    }
}
