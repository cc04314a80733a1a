//! Impairments: what costs a link margin, and the ideal in place of each.

use super::assignment::Assignment;
use super::part::Part;
use crate::error::KeyPath;
use serde::{Deserialize, Serialize};
use toml::Value;

/// An effect that costs margin, with the keys that take it away.
///
/// Assignments are computed from the description as it is. After they are made, the same
/// description has the same impairment without assignments: it is ideal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impairment {
    /// Name in the field's words, unique within a lane: `TIA bandwidth`.
    pub name: String,
    /// Part of the link in which it arises.
    pub part: Part,
    /// Keys that make the effect ideal; none where it is ideal already.
    pub ideal: Vec<Assignment>,
    /// True if the effect filters the receiver's thermal noise together with the signal. Without it
    /// the noise has another bandwidth, so that it stays where thermal noise alone is left.
    pub sets_noise_band: bool,
}

impl Impairment {
    /// An effect without assignments so far.
    pub fn new(part: Part, name: impl Into<String>) -> Impairment {
        Impairment { name: name.into(), part, ideal: Vec::new(), sets_noise_band: false }
    }

    /// Adds a key whose value `now` is replaced by the `ideal` one, unless they are equal.
    #[must_use]
    pub fn with(mut self, at: &KeyPath, key: &str, now: f64, ideal: f64) -> Impairment {
        if now != ideal {
            self.ideal.push(Assignment::set(at, key, ideal));
        }
        self
    }

    /// Adds a key with a value, where `is_needed`.
    #[must_use]
    pub fn with_if(
        mut self,
        is_needed: bool,
        at: &KeyPath,
        key: &str,
        value: impl Into<Value>,
    ) -> Impairment {
        if is_needed {
            self.ideal.push(Assignment::set(at, key, value));
        }
        self
    }

    /// Adds a key that is removed, where `is_needed`.
    #[must_use]
    pub fn without_if(mut self, is_needed: bool, at: &KeyPath, key: &str) -> Impairment {
        if is_needed {
            self.ideal.push(Assignment::removed(at, key));
        }
        self
    }

    /// The same, marked as a filter of the receiver's thermal noise.
    #[must_use]
    pub fn setting_the_noise_band(self) -> Impairment {
        Impairment { sets_noise_band: true, ..self }
    }

    /// True if the description has the ideal already.
    #[must_use]
    pub fn is_ideal(&self) -> bool {
        self.ideal.is_empty()
    }
}

/// An effect that no key takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inseparable {
    /// Name in the field's words.
    pub name: String,
    /// Part of the link in which it arises.
    pub part: Part,
    /// Why it is not separated.
    pub because: String,
}

/// The impairments of a description, in the order of the signal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impairments {
    /// Those that keys take away, ideal ones among them.
    pub all: Vec<Impairment>,
    /// Those that no key takes away.
    pub inseparable: Vec<Inseparable>,
}

impl Impairments {
    /// Adds an impairment.
    pub fn push(&mut self, impairment: Impairment) {
        self.all.push(impairment);
    }

    /// Adds several.
    pub fn extend(&mut self, impairments: impl IntoIterator<Item = Impairment>) {
        self.all.extend(impairments);
    }

    /// Adds one that no key takes away.
    pub fn push_inseparable(&mut self, part: Part, name: &str, because: &str) {
        let (name, because) = (name.to_owned(), because.to_owned());
        self.inseparable.push(Inseparable { name, part, because });
    }
}
