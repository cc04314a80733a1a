//! Parameters of a standard's sheet: data, one TOML file per set.

use crate::error::{KeyPath, Place, Problem, Problems, Result};
use crate::host::trace::Package;
use crate::path_text::path_of;
use serde::{Deserialize, Serialize};

/// Sets included in lightlane. A new one is a TOML file and a line here.
const SETS: [(&str, &str); 2] = [
    ("kr1-802.3ck", include_str!("kr1_802_3ck.toml")),
    ("kr1-802.3dj", include_str!("kr1_802_3dj.toml")),
];
/// Largest number of equaliser settings of a search.
const SETTINGS_MAX: usize = 20_000_000;

/// A set of parameters of a channel operating margin.
///
/// # Example
///
/// ```
/// use lightlane::host::com::Parameters;
/// let set = Parameters::named("kr1-802.3ck").expect("it ships");
/// assert_eq!((set.receiver.dfe.b_max.len(), set.com_min_db), (12, 3.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Name by which it is selected.
    pub name: String,
    /// Title in one line.
    pub title: String,
    /// Symbol rate, GBd.
    pub symbol_rate_gbd: f64,
    /// Levels of the modulation.
    pub levels: usize,
    /// Detector error ratio at which noise is evaluated.
    pub detector_error_ratio: f64,
    /// Least margin that passes, dB.
    pub com_min_db: f64,
    /// Transmitter.
    pub transmitter: ComTransmitter,
    /// Receiver.
    pub receiver: ComReceiver,
}

/// The transmitter of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComTransmitter {
    /// Amplitude of the victim, V; the outer levels are at plus and minus this.
    pub victim_v: f64,
    /// Amplitude of aggressors at the far end, V.
    pub fext_v: f64,
    /// Amplitude of aggressors at the near end, V.
    pub next_v: f64,
    /// R_LM: smallest distance of levels over their mean distance.
    pub level_mismatch_ratio: f64,
    /// Transition time of 20 to 80 %, ps.
    pub rise_time_ps: f64,
    /// Signal-to-noise ratio of the transmitter, dB.
    pub snr_db: f64,
    /// Standard deviation of random jitter, UI.
    pub random_jitter_ui: f64,
    /// Half the distance of the two impulses of dual-Dirac jitter, UI.
    pub dual_dirac_jitter_ui: f64,
    /// Smallest main tap of the equaliser.
    pub main_tap_min: f64,
    /// Source resistance between the wires, ohm.
    pub termination_ohm: f64,
    /// Taps of the equaliser without the main one, which is 1 less the sum of their magnitudes.
    pub taps: Vec<Tap>,
    /// Die and package.
    #[serde(default = "Package::none")]
    pub package: Package,
}

/// Range of one tap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// Symbols after the main tap; negative before it.
    pub cursor: i32,
    /// Least value.
    pub from: f64,
    /// Largest value.
    pub to: f64,
    /// Step between values.
    pub step: f64,
}

/// The receiver of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComReceiver {
    /// Bandwidth of the fourth-order Butterworth receive filter over the symbol rate.
    pub bandwidth_per_symbol_rate: f64,
    /// One-sided density of noise at its input, V^2/GHz.
    pub noise_v2_per_ghz: f64,
    /// Load resistance between the wires, ohm.
    pub termination_ohm: f64,
    /// Die and package.
    #[serde(default = "Package::none")]
    pub package: Package,
    /// Continuous-time equaliser.
    pub ctle: ComCtle,
    /// Feed-forward equaliser; without it the sampling phase and the figure of merit are those of
    /// 93A, with it those of 178A.
    #[serde(default)]
    pub ffe: Option<ComFfe>,
    /// Decision-feedback equaliser.
    pub dfe: ComDfe,
}

/// A continuous-time equaliser of two stages.
///
/// ```text
/// H = (g + j f / zero) (g_low + j f / low) / ((1 + j f / pole1) (1 + j f / pole2) (1 + j f / low))
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComCtle {
    /// Zero of the first stage, GHz.
    pub zero_ghz: f64,
    /// Lower pole of the first stage, GHz.
    pub first_pole_ghz: f64,
    /// Upper pole of the first stage, GHz.
    pub second_pole_ghz: f64,
    /// Zero and pole of the second stage, GHz.
    pub low_frequency_ghz: f64,
    /// Gains of the first stage at low frequency.
    pub gain_db: Steps,
    /// Gains of the second stage at low frequency.
    pub low_gain_db: Steps,
}

/// Evenly spaced values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// First value.
    pub from: f64,
    /// Last value.
    pub to: f64,
    /// Step between values; 0 for the first value alone.
    pub step: f64,
}

/// A feed-forward equaliser of the receiver, one tap a symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComFfe {
    /// Taps before the main one.
    pub precursor_taps: usize,
    /// Taps after the main one.
    pub postcursor_taps: usize,
    /// Largest magnitude of a tap relative to the main one.
    pub largest_tap: f64,
}

/// A decision-feedback equaliser: limits of its taps relative to the main sample, first postcursor
/// first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComDfe {
    /// Largest values.
    pub b_max: Vec<f64>,
    /// Least values.
    pub b_min: Vec<f64>,
}

/// Keys of a set that were renamed, old and new.
const RENAMED: [(&str, &str); 6] = [
    ("least_com_db", "com_min_db"),
    ("least_main_tap", "main_tap_min"),
    ("taps_before", "precursor_taps"),
    ("taps_behind", "postcursor_taps"),
    ("most", "b_max"),
    ("least", "b_min"),
];

impl Parameters {
    /// Names of the included sets.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SETS.iter().map(|(name, _)| *name)
    }

    /// An included set by its name.
    ///
    /// # Panics
    ///
    /// Never: a test reads every set.
    pub fn named(name: &str) -> Option<Self> {
        SETS.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| toml::from_str(text).expect("a set is its type"))
    }

    /// An included set by its name, or the set of a TOML file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is no set: an unknown or missing key, a value out of its
    /// range.
    pub fn open(name_or_file: &str) -> Result<Self> {
        if let Some(set) = Parameters::named(name_or_file) {
            return Ok(set);
        }
        let one = |line_column, value: &str, remedy: String| {
            let mut problems = Problems::new();
            let place = Some(Place { layer: name_or_file.to_owned(), line_column });
            problems.push(Problem { place, path: String::new(), value: value.to_owned(), remedy });
            Err(problems.into())
        };
        let text = match std::fs::read_to_string(path_of(name_or_file)) {
            Ok(text) => text,
            Err(error) => {
                let known: Vec<&str> = Parameters::names().collect();
                return one(
                    None,
                    "",
                    format!(
                        "cannot be read ({error}); must be a TOML file or one of {}",
                        known.join(", ")
                    ),
                );
            }
        };
        let set = match toml::from_str::<Parameters>(&text) {
            Ok(set) => set,
            Err(error) => {
                let place = error.span().map(|span| line_column(&text, span.start));
                let message = error.message().lines().collect::<Vec<_>>().join(" ");
                let new = RENAMED
                    .iter()
                    .find(|(old, _)| message.starts_with(&format!("unknown field `{old}`")));
                let remedy = new.map_or(message.clone(), |(old, new)| {
                    format!("`{old}` was renamed: write `{new}`")
                });
                return one(place, "", remedy);
            }
        };
        let mut problems = Problems::new();
        set.check(&KeyPath::root(), &mut problems);
        problems.iter_mut().for_each(|problem| {
            problem.place = Some(Place { layer: name_or_file.to_owned(), line_column: None })
        });
        problems.finish().map(|()| set)
    }

    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "symbol_rate_gbd", self.symbol_rate_gbd, 1.0..=500.0);
        problems.count(at, "levels", self.levels, 2..=16);
        problems.range(at, "detector_error_ratio", self.detector_error_ratio, 1e-15..=0.1);
        problems.range(at, "com_min_db", self.com_min_db, -20.0..=20.0);
        self.transmitter.check(&at.key("transmitter"), problems);
        self.receiver.check(&at.key("receiver"), problems);
        let counts = self.transmitter.taps.iter().map(|tap| tap.steps().count());
        let settings = counts.fold(
            self.receiver
                .ctle
                .gain_db
                .count()
                .saturating_mul(self.receiver.ctle.low_gain_db.count()),
            usize::saturating_mul,
        );
        if settings > SETTINGS_MAX && self.receiver.ffe.is_none() {
            let remedy = format!(
                "make {settings} settings of the equalisers; must be at most {SETTINGS_MAX}: take wider steps"
            );
            problems.report(&at.key("transmitter"), "taps", "and receiver.ctle", remedy);
        }
    }
}

/// Line and column, both from 1, of a byte.
fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte.min(text.len())];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

impl ComTransmitter {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        for (key, value) in
            [("victim_v", self.victim_v), ("fext_v", self.fext_v), ("next_v", self.next_v)]
        {
            problems.range(at, key, value, 0.001..=10.0);
        }
        problems.range(at, "level_mismatch_ratio", self.level_mismatch_ratio, 0.1..=1.0);
        problems.range(at, "rise_time_ps", self.rise_time_ps, 0.0..=1000.0);
        problems.range(at, "snr_db", self.snr_db, 0.0..=400.0);
        problems.range(at, "random_jitter_ui", self.random_jitter_ui, 0.0..=0.5);
        problems.range(at, "dual_dirac_jitter_ui", self.dual_dirac_jitter_ui, 0.0..=0.5);
        problems.range(at, "main_tap_min", self.main_tap_min, 0.01..=1.0);
        problems.range(at, "termination_ohm", self.termination_ohm, 1.0..=1000.0);
        for (i, tap) in self.taps.iter().enumerate() {
            let at = at.key(&format!("taps[{i}]"));
            if tap.cursor == 0
                || tap.cursor.abs() > 8
                || self.taps[..i].iter().any(|other| other.cursor == tap.cursor)
            {
                problems.report(
                    &at,
                    "cursor",
                    tap.cursor,
                    "must be from -8 to 8, not 0, and given once",
                );
            }
            tap.steps().check(&at, -1.0..=1.0, problems);
        }
        self.package.check(&at.key("package"), problems);
    }
}

impl Tap {
    /// Values of the tap.
    pub(super) fn steps(&self) -> Steps {
        Steps { from: self.from, to: self.to, step: self.step }
    }
}

impl Steps {
    fn check(&self, at: &KeyPath, range: std::ops::RangeInclusive<f64>, problems: &mut Problems) {
        problems.range(at, "from", self.from, range.clone());
        problems.range(at, "to", self.to, self.from.min(*range.end())..=*range.end());
        let span = (self.to - self.from).max(0.0);
        problems.range(
            at,
            "step",
            self.step,
            if span == 0.0 { 0.0 } else { span / 1000.0 }..=span.max(1.0),
        );
    }

    /// Number of values.
    pub(super) fn count(&self) -> usize {
        if self.step > 0.0 {
            ((self.to - self.from) / self.step + 1e-5).max(0.0) as usize + 1
        } else {
            1
        }
    }

    /// All values.
    pub(super) fn values(&self) -> Vec<f64> {
        (0..self.count()).map(|i| self.from + self.step * i as f64).collect()
    }
}

impl ComReceiver {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "bandwidth_per_symbol_rate", self.bandwidth_per_symbol_rate, 0.1..=1e6);
        problems.range(at, "noise_v2_per_ghz", self.noise_v2_per_ghz, 0.0..=1e-3);
        problems.range(at, "termination_ohm", self.termination_ohm, 1.0..=1000.0);
        self.package.check(&at.key("package"), problems);
        let (ctle, c) = (at.key("ctle"), &self.ctle);
        let corners = [
            ("zero_ghz", c.zero_ghz),
            ("first_pole_ghz", c.first_pole_ghz),
            ("second_pole_ghz", c.second_pole_ghz),
        ];
        for (key, value) in corners.into_iter().chain([("low_frequency_ghz", c.low_frequency_ghz)])
        {
            problems.range(&ctle, key, value, 0.001..=1e6);
        }
        c.gain_db.check(&ctle.key("gain_db"), -60.0..=20.0, problems);
        c.low_gain_db.check(&ctle.key("low_gain_db"), -60.0..=20.0, problems);
        if let Some(ffe) = &self.ffe {
            let at = at.key("ffe");
            problems.count(&at, "precursor_taps", ffe.precursor_taps, 0..=32);
            problems.count(&at, "postcursor_taps", ffe.postcursor_taps, 0..=64);
            problems.range(&at, "largest_tap", ffe.largest_tap, 0.0..=10.0);
        }
        let (at, dfe) = (at.key("dfe"), &self.dfe);
        problems.count(&at, "b_max", dfe.b_max.len(), 0..=64);
        if dfe.b_min.len() != dfe.b_max.len() {
            problems.report(
                &at,
                "b_min",
                format!("{} values", dfe.b_min.len()),
                format!("must be {}, as of b_max", dfe.b_max.len()),
            );
        }
        for (&least, &most) in dfe.b_min.iter().zip(&dfe.b_max) {
            problems.range(&at, "b_max", most, 0.0..=2.0);
            problems.range(&at, "b_min", least, -2.0..=most.min(2.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_that_ships_is_good_named_as_it_says_and_each_of_its_numbers_has_a_status() {
        for (name, text) in SETS {
            let set = Parameters::open(name).unwrap();
            assert_eq!(set.name, name);
            let mut problems = Problems::new();
            set.check(&KeyPath::root(), &mut problems);
            assert!(problems.is_empty(), "{problems}");
            assert_eq!(toml::from_str::<Parameters>(&toml::to_string(&set).unwrap()).unwrap(), set);
            let numbers = text.lines().filter(|line| {
                !line.starts_with('#')
                    && line.contains(|c: char| c.is_ascii_digit())
                    && line.contains('=')
            });
            for line in
                numbers.filter(|line| !line.starts_with("name") && !line.starts_with("title"))
            {
                let status = line.split_once('#').map_or("", |(_, comment)| comment);
                assert!(
                    ["normative", "draft", "derived", "assumed"]
                        .iter()
                        .any(|known| status.contains(known)),
                    "{name}: {line}"
                );
            }
        }
    }

    #[test]
    fn steps_reach_their_ends_and_no_further() {
        let steps = |from, to, step| Steps { from, to, step };
        assert_eq!(steps(-0.34, 0.0, 0.02).count(), 18);
        assert_eq!(steps(0.0, 0.12, 0.02).count(), 7);
        assert!((steps(-0.34, 0.0, 0.02).values()[17]).abs() < 1e-15);
        assert_eq!(steps(0.5, 0.5, 0.0).values(), [0.5]);
    }

    #[test]
    fn what_is_wrong_with_a_set_is_said_with_its_place() {
        let good = SETS[0].1;
        let file = std::env::temp_dir().join(format!("lightlane-com-{}.toml", std::process::id()));
        let said = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Parameters::open(file.to_str().unwrap()).unwrap_err().to_string()
        };
        let text = said(&good.replace("snr_db", "snr_bd"));
        assert!(
            text.contains("unknown field `snr_bd`")
                && text.contains(".toml:18:1: ")
                && text.lines().count() == 1,
            "{text}"
        );
        let text = said(&good.replace("com_min_db", "least_com_db"));
        assert!(text.ends_with("`least_com_db` was renamed: write `com_min_db`"), "{text}");
        let text = said(&good.replace("levels = 4", "levels = 1"));
        assert!(text.ends_with("levels = 1: must be from 2 to 16"), "{text}");
        let text = said(&good.replace("cursor = 1,", "cursor = -1,"));
        assert!(
            text.ends_with(
                "transmitter.taps[3].cursor = -1: must be from -8 to 8, not 0, and given once"
            ),
            "{text}"
        );
        let text = said(&good.replace("step = 0.02", "step = 0.001"));
        assert!(text.contains("settings of the equalisers; must be at most"), "{text}");
        std::fs::remove_file(&file).unwrap();
        let text = Parameters::open("kr2").unwrap_err().to_string();
        assert!(
            text.starts_with("kr2: cannot be read")
                && text.ends_with("or one of kr1-802.3ck, kr1-802.3dj"),
            "{text}"
        );
    }
}
