//! Error correction of a link's port, and its simulation.

use crate::error::{KeyPath, Problems, nearest};
use crate::fec::inner::Chase;
use crate::fec::tail::SHORTEST_FRAME_OCTETS;
use crate::fec::{CODINGS, Coding, Decoding};
use serde::{Deserialize, Serialize};

/// The error correction of a port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fec {
    /// The PMD's coding by name; `custom` for that of `fec.custom`, `none` for none.
    pub coding: String,
    /// Whether codewords are decoded, or only their symbol errors counted.
    pub decoding: Decoding,
    /// Least reliable positions that the inner decoder tries, from 0 (hard decision) to 16; if
    /// absent, the coding's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_positions: Option<usize>,
    /// Bit errors that the rest of the link adds before the outer code, as a ratio; part of the
    /// extrapolated block error ratio.
    pub added_ber: f64,
    /// Size of the frames whose loss is reported, octets.
    pub frame_octets: f64,
    /// A custom coding, with the same keys as a built-in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Coding>,
}

impl Default for Fec {
    fn default() -> Self {
        Fec {
            coding: NONE.to_owned(),
            decoding: Decoding::default(),
            inner_positions: None,
            added_ber: 0.0,
            frame_octets: SHORTEST_FRAME_OCTETS,
            custom: None,
        }
    }
}

const NONE: &str = "none";
const CUSTOM: &str = "custom";

impl Fec {
    /// The coding in use, if there is one.
    #[must_use]
    pub fn chosen(&self) -> Option<Coding> {
        let mut coding =
            if self.coding == CUSTOM { self.custom.clone() } else { Coding::named(&self.coding) }?;
        if let (Some(inner), Some(positions)) = (&mut coding.inner, self.inner_positions) {
            inner.decoder = Chase::new(positions).unwrap_or(inner.decoder);
        }
        Some(coding)
    }

    /// Reports values that are out of their range or, for lanes with codewords, do not fit their
    /// precoder and block.
    pub(crate) fn check(
        &self,
        at: &KeyPath,
        carried: Option<(bool, usize)>,
        problems: &mut Problems,
    ) {
        problems.range(at, "added_ber", self.added_ber, 0.0..=0.1);
        problems.range(at, "frame_octets", self.frame_octets, SHORTEST_FRAME_OCTETS..=65_536.0);
        let mut found = Problems::new();
        match (self.coding.as_str(), &self.custom) {
            (CUSTOM, Some(custom)) => custom.check(&at.key("custom"), &mut found),
            (CUSTOM, None) => found.report(
                at,
                "coding",
                CUSTOM,
                "needs the table fec.custom; a key not in there is as in 800gbase-df",
            ),
            (_, Some(_)) => found.report(
                &at.key("custom"),
                "lanes",
                "",
                "has no effect without fec.coding = \"custom\"",
            ),
            (NONE, _) => {}
            (name, _) if Coding::named(name).is_some() => {}
            (name, _) => {
                let names = || CODINGS.iter().map(|(name, _)| *name).chain([CUSTOM, NONE]);
                let meant = nearest(name, names())
                    .map_or_else(String::new, |near| format!(", did you mean {near}"));
                let all = names().collect::<Vec<_>>().join(", ");
                found.report(at, "coding", name, format!("is not a coding{meant}; known: {all}"));
            }
        }
        let sound = found.is_empty();
        found.iter().for_each(|problem| problems.push(problem.clone()));
        let coding = self.chosen().filter(|_| sound);
        match (coding.as_ref().and_then(|coding| coding.inner.as_ref()), self.inner_positions) {
            (Some(_), Some(positions)) => problems.count(at, "inner_positions", positions, 0..=16),
            (None, Some(positions)) if sound => {
                problems.report(
                    at,
                    "inner_positions",
                    positions,
                    format!("must be left out: {} has no inner code", self.coding),
                );
            }
            _ => {}
        }
        if let (Some(inner), Some((precoder, block_symbols))) =
            (coding.and_then(|coding| coding.inner), carried)
        {
            if precoder {
                problems.report(
                    at,
                    "coding",
                    &self.coding,
                    "has an inner code, which reads levels as they are: pattern.precoder must be \
                     false",
                );
            }
            let span = inner.span_symbols();
            if !block_symbols.is_multiple_of(span) {
                let remedy = format!(
                    "must be a multiple of {span}, the interleaved blocks of the inner code of {}",
                    self.coding
                );
                problems.report(
                    &KeyPath::root().key("simulation"),
                    "block_symbols",
                    block_symbols,
                    remedy,
                );
            }
        }
    }
}
