//! Manufacturing tolerances of keys.

use super::assignment::Assignment;
use super::part::Part;
use crate::error::KeyPath;
use serde::{Deserialize, Serialize};

/// Standard deviation of a tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deviation {
    /// In the unit of the keys.
    Absolute(f64),
    /// As a share of each key's value, %.
    Percent(f64),
}

/// Law of the deviations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// Gaussian.
    #[default]
    Normal,
    /// Exponential above a floor, of a loss by misalignment; the described value is the mean.
    Exponential,
}

/// How far a parameter of a part lies from its description, from part to part.
///
/// ```text
/// x = x_described + z s,   z of zero mean and unit variance,   s = deviation, or its share of x_described
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// Name in the field's words, unique within a lane: `TIA noise`.
    pub name: String,
    /// Part of the link.
    pub part: Part,
    /// Dotted paths of the keys that move together, with their described values.
    pub keys: Vec<(String, f64)>,
    /// One standard deviation.
    pub deviation: Deviation,
    /// Law of the deviations.
    pub law: Law,
    /// Where the number comes from; its last word is its status: published, derived or assumed.
    pub source: String,
}

impl Tolerance {
    /// A normal tolerance of one key, whose described value is `now`.
    pub fn new(
        part: Part,
        name: impl Into<String>,
        at: &KeyPath,
        (key, now): (&str, f64),
        deviation: Deviation,
        source: &str,
    ) -> Tolerance {
        Tolerance {
            name: name.into(),
            part,
            keys: vec![(at.key(key).to_string(), now)],
            deviation,
            law: Law::Normal,
            source: source.to_owned(),
        }
    }

    /// Adds a key that moves together with the first.
    #[must_use]
    pub fn and(mut self, at: &KeyPath, key: &str, now: f64) -> Tolerance {
        self.keys.push((at.key(key).to_string(), now));
        self
    }

    /// The same with an exponential law.
    #[must_use]
    pub fn exponential(self) -> Tolerance {
        Tolerance { law: Law::Exponential, ..self }
    }

    /// True if no deviation moves a key: shares of zero.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        match self.deviation {
            Deviation::Absolute(step) => step == 0.0,
            Deviation::Percent(step) => step == 0.0 || self.keys.iter().all(|(_, now)| *now == 0.0),
        }
    }

    /// The keys moved by `sigmas` standard deviations.
    #[must_use]
    pub fn moved(&self, sigmas: f64) -> Vec<Assignment> {
        let moved = |now: f64| match self.deviation {
            Deviation::Absolute(step) => now + sigmas * step,
            Deviation::Percent(step) => now * (1.0 + sigmas * step / 100.0),
        };
        self.keys
            .iter()
            .map(|(key, now)| Assignment { key: key.clone(), value: Some(moved(*now).into()) })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::Value;

    #[test]
    fn a_share_moves_every_key_by_its_own_value_and_an_absolute_step_is_the_same_for_all() {
        let at = KeyPath::root().key("part");
        let values = |deviation, sigmas| -> Vec<Option<Value>> {
            let of = Tolerance::new(Part::Fibre, "loss", &at, ("a_db", 4.0), deviation, "assumed");
            let moved = of.and(&at, "b_db", -10.0).moved(sigmas);
            moved.into_iter().map(|assignment| assignment.value).collect()
        };
        let some = |x: f64| Some(Value::from(x));
        assert_eq!(values(Deviation::Percent(5.0), 2.0), [some(4.4), some(-11.0)]);
        assert_eq!(values(Deviation::Absolute(0.5), -1.0), [some(3.5), some(-10.5)]);
        let of = |now| {
            let deviation = Deviation::Percent(5.0);
            Tolerance::new(Part::Fibre, "loss", &at, ("a_db", now), deviation, "assumed")
        };
        assert!(of(0.0).is_fixed() && !of(1.0).is_fixed());
        assert_eq!(of(1.0).keys[0].0, "part.a_db");
    }
}
