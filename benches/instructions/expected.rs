//! Expected counts of the kernels, and their toolchains.

use crate::callgrind::VECTORS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

/// Key of a count.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Toolchain {
    rustc: String,
    valgrind: String,
    target: String,
    profile: String,
    vectors: String,
}

impl Toolchain {
    /// Toolchain that is in use here; `Err` names what is missing.
    pub(crate) fn here() -> Result<Toolchain, String> {
        let valgrind = crate::version("valgrind", "--version").ok_or("valgrind not found")?;
        let rustc = crate::version("rustc", "-V").ok_or("rustc not found")?;
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        // incremental builds, as those of the dev profile are by default, inline otherwise
        let incremental = cfg!(debug_assertions) && option_env!("CARGO_INCREMENTAL") != Some("0");
        let profile = format!("{profile}, {}incremental", if incremental { "" } else { "not " });
        let baseline = if cfg!(target_feature = "avx") {
            "with more vectors than its baseline"
        } else {
            std::env::consts::OS
        };
        Ok(Toolchain {
            rustc,
            valgrind,
            target: format!("{} {baseline}", std::env::consts::ARCH),
            profile,
            vectors: vectors()?,
        })
    }
}

#[cfg(target_arch = "x86_64")]
fn vectors() -> Result<String, String> {
    let there = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    if there {
        Ok(VECTORS.to_owned())
    } else {
        Err("the processor has no AVX2, whose copies of the kernels are counted".to_owned())
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn vectors() -> Result<String, String> {
    Err("only x86-64 kernels are counted".to_owned())
}

impl Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Toolchain { rustc, valgrind, target, profile, vectors } = self;
        write!(f, "{rustc}, {valgrind}, {target}, {profile}, {vectors}")
    }
}

/// Content of the file: counts of each profile.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    counted: Vec<Expected>,
}

/// The counts of one way of building.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) toolchain: Toolchain,
    /// Instructions per item (a symbol, a sample, a codeword) by kernel.
    #[serde(with = "tables")]
    pub(crate) per_item: Vec<(String, f64)>,
}

/// A table of the file as pairs.
mod tables {
    use super::{BTreeMap, Deserialize, Serialize};

    pub(super) fn serialize<S: serde::Serializer>(
        pairs: &[(String, f64)],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        pairs.iter().cloned().collect::<BTreeMap<_, _>>().serialize(to)
    }

    pub(super) fn deserialize<'a, D: serde::Deserializer<'a>>(
        from: D,
    ) -> Result<Vec<(String, f64)>, D::Error> {
        Ok(BTreeMap::deserialize(from)?.into_iter().collect())
    }
}

impl Book {
    pub(crate) fn read(path: &Path) -> Result<Book, String> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Counts made with the toolchain in use; else the toolchains that have counts.
    pub(crate) fn of(&self, here: &Toolchain) -> Result<&Expected, String> {
        let then = || {
            self.counted
                .iter()
                .map(|expected| format!("\n  then {}", expected.toolchain))
                .collect::<String>()
        };
        self.counted.iter().find(|expected| expected.toolchain == *here).ok_or_else(then)
    }

    /// Replaces the counts of the same profile.
    pub(crate) fn write(mut self, new: Expected, path: &Path) -> Result<(), String> {
        let rounded = |(name, count): (String, f64)| (name, (count * 100.0).round() / 100.0);
        let new = Expected { per_item: new.per_item.into_iter().map(rounded).collect(), ..new };
        self.counted.retain(|old| old.toolchain.profile != new.toolchain.profile);
        self.counted.push(new);
        self.counted.sort_by(|a, b| a.toolchain.profile.cmp(&b.toolchain.profile));
        let text = toml::to_string(&self).map_err(|e| e.to_string())?;
        let head = "# Instructions per item. Refresh: CARGO_INCREMENTAL=0 cargo test --test instructions -- --write (and --release)\n\n";
        fs::write(path, format!("{head}{text}")).map_err(|e| format!("{}: {e}", path.display()))
    }
}

impl Expected {
    /// One line per kernel; `Err` when one costs more than `allowed` or is not in the file.
    pub(crate) fn compare(
        &self,
        counted: &[(String, f64)],
        allowed: RangeInclusive<f64>,
    ) -> Result<Vec<String>, Vec<String>> {
        let mut bad = false;
        let mut lines = Vec::new();
        for (name, now) in counted {
            let Some((_, then)) = self.per_item.iter().find(|(known, _)| known == name) else {
                bad = true;
                lines.push(format!(
                    "{name:18} {now:12.2}  is not in the file: count anew with -- --write"
                ));
                continue;
            };
            let ratio = now / then;
            let remark = match ratio {
                r if r > *allowed.end() => {
                    "  TOO MANY: make it cheaper, or say why not and count anew with -- --write"
                }
                r if r < *allowed.start() => "  fewer: count anew with -- --write",
                _ => "",
            };
            bad |= ratio > *allowed.end();
            lines.push(format!(
                "{name:18} {now:12.2} where {then:12.2} is expected, {:+6.1} %{remark}",
                100.0 * (ratio - 1.0)
            ));
        }
        for (name, _) in
            self.per_item.iter().filter(|(known, _)| counted.iter().all(|(name, _)| name != known))
        {
            lines.push(format!(
                "{name:18} is in the file and no kernel: count anew with -- --write"
            ));
        }
        if bad { Err(lines) } else { Ok(lines) }
    }
}
