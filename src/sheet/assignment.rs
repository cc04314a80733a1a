//! A key with the value that a variant of a description gives it.

use crate::error::KeyPath;
use serde::{Deserialize, Serialize};
use toml::Value;

/// A key of a lane's description and its value in a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Dotted path within the lane: `receiver.tia.bandwidth_ghz`.
    pub key: String,
    /// Its value, in the key's unit; absent where the key is removed.
    pub value: Option<Value>,
}

impl Assignment {
    /// A key at a path with a value.
    pub fn set(at: &KeyPath, key: &str, value: impl Into<Value>) -> Assignment {
        Assignment { key: at.key(key).to_string(), value: Some(value.into()) }
    }

    /// A key at a path that is removed.
    pub fn removed(at: &KeyPath, key: &str) -> Assignment {
        Assignment { key: at.key(key).to_string(), value: None }
    }
}
