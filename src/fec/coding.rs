//! The whole coding of a PMD, as data.

use super::interleaver::Interleaver;
use crate::error::{KeyPath, Problems};
use crate::fec::inner::chase::Chase;
use crate::fec::inner::code::BLOCK_SYMBOLS;
use crate::fec::reed_solomon::code::Code;
use serde::{Deserialize, Serialize};

/// Multiplexing of PCS lanes on a physical lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mux {
    /// Bit multiplexing: neighbouring bits belong to symbols of different codewords.
    Bit,
    /// Symbol multiplexing: the bits of a symbol stay together.
    Symbol,
}

/// Order of the PCS lanes of several flows on a physical lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InterleaveOrder {
    /// Flows alternate. With bit multiplexing of two flows, one has all the first bits of the PAM4
    /// symbols and the other all the second ones, which have more errors.
    Alternating,
    /// All PCS lanes of a flow, then those of the next.
    Grouped,
}

/// The inner code of a PMD; missing keys are those of `1.6tbase-dr8-2`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InnerCoding {
    /// Decoder of the receiver.
    pub decoder: Chase,
    /// The interleaver between the symbols of the lane and the inner code.
    pub interleaver: Interleaver,
    /// Number of blocks interleaved on the lane, PAM4 symbol by symbol, so that neighbouring
    /// symbols, whose noise is correlated after an equaliser, belong to different blocks.
    pub interleaved_blocks: usize,
}

impl InnerCoding {
    /// Symbol rate of a lane with the inner code over that without: 64 symbols carry 60, and 1089
    /// blocks 1088 of payload (`draft`, clause 177).
    pub const RATE_RATIO: f64 = 64.0 / 60.0 * 1089.0 / 1088.0;

    /// PAM4 symbols of blocks that are interleaved with each other.
    #[must_use]
    pub fn span_symbols(&self) -> usize {
        BLOCK_SYMBOLS * self.interleaved_blocks
    }
}

/// The coding of a PMD: outer code, interleaving, striping, multiplexing, inner code, precoder.
///
/// ```text
/// codeword sets -> PCS lanes, symbol by symbol -> lanes, by bits or symbols -> interleaver, inner code, blocks in turn -> Gray code -> precoder
/// ```
///
/// # Limits
///
/// Alignment markers, their scrambling and skew between PCS lanes are not modelled: every codeword
/// is payload. The pad of 1089/1088 that frames the inner code is left out.
///
/// ```
/// use lightlane::fec::Coding;
/// let coding = Coding::named("1.6tbase-dr8").unwrap();
/// assert_eq!(coding.build().unwrap().set_symbols(), 1360);
/// ```
///
/// Missing keys are those of `800gbase-df`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Coding {
    /// The outer code.
    pub outer: Code,
    /// Number of interleaved codewords, which form a set.
    pub codewords: usize,
    /// Flows: parts of the port with separate codewords and PCS lanes.
    pub flows: usize,
    /// PCS lanes of the port.
    pub pcs_lanes: usize,
    /// Physical lanes of the port.
    pub lanes: usize,
    /// Multiplexing of PCS lanes on a physical lane.
    pub mux: Mux,
    /// The order of the flows on a lane.
    pub turns: InterleaveOrder,
    /// Whether the levels are precoded, 1/(1+D) mod 4.
    pub precoder: bool,
    /// The inner code, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner: Option<InnerCoding>,
}

impl Default for Coding {
    fn default() -> Self {
        let (codewords, flows, pcs_lanes, lanes) = (4, 2, 32, 8);
        Self {
            outer: Code::KP4,
            codewords,
            flows,
            pcs_lanes,
            lanes,
            mux: Mux::Bit,
            turns: InterleaveOrder::Grouped,
            precoder: false,
            inner: None,
        }
    }
}

impl Default for InnerCoding {
    fn default() -> Self {
        Self { decoder: Chase::SOFT, interleaver: Interleaver::default(), interleaved_blocks: 8 }
    }
}

/// The built-in codings, by name; each value stands in its file with source and status.
pub const CODINGS: [(&str, &str); 6] = [
    ("400gbase-r", include_str!("codings/400gbase-r.toml")),
    ("800gbase-df", include_str!("codings/800gbase-df.toml")),
    ("800gbase-dr4", include_str!("codings/800gbase-dr4.toml")),
    ("800gbase-dr4-2", include_str!("codings/800gbase-dr4-2.toml")),
    ("1.6tbase-dr8", include_str!("codings/1.6tbase-dr8.toml")),
    ("1.6tbase-dr8-2", include_str!("codings/1.6tbase-dr8-2.toml")),
];

impl Coding {
    /// A built-in coding, see [`CODINGS`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (_, text) = CODINGS.iter().find(|(known, _)| *known == name)?;
        Some(toml::from_str(text).expect("a coding that ships can be read; a test reads each"))
    }

    /// Reports inconsistent numbers.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.outer.check(&at.key("outer"), problems);
        problems.count(at, "codewords", self.codewords, 1..=64);
        problems.count(at, "flows", self.flows, 1..=8);
        problems.count(at, "pcs_lanes", self.pcs_lanes, 1..=256);
        problems.count(at, "lanes", self.lanes, 1..=32);
        if let Some(inner) = &self.inner {
            let at = at.key("inner");
            inner.interleaver.check(&at.key("interleaver"), problems);
            problems.count(&at, "interleaved_blocks", inner.interleaved_blocks, 1..=64);
        }
        if !problems.is_empty() {
            return;
        }
        let mut multiple = |key: &str, value: usize, of: usize, what: &str| {
            if !value.is_multiple_of(of) {
                problems.report(at, key, value, format!("must be a multiple of {of}, {what}"));
            }
        };
        multiple("codewords", self.codewords, self.flows, "the flows");
        multiple("pcs_lanes", self.pcs_lanes, self.flows * self.lanes, "the flows times the lanes");
        multiple("pcs_lanes", self.pcs_lanes, self.codewords, "the codewords");
        let symbols = self.outer.codeword_symbols;
        if self.pcs_lanes.is_multiple_of(self.codewords) {
            multiple(
                "outer.codeword_symbols",
                symbols,
                self.pcs_lanes / self.codewords,
                "the PCS lanes over the codewords",
            );
        }
        let bits = self.codewords * symbols * self.outer.symbol_bits() as usize;
        if !bits.is_multiple_of(2 * self.lanes) {
            problems.report(
                at,
                "lanes",
                self.lanes,
                format!("must divide the {bits} bits of a set into pairs"),
            );
        }
    }

    /// The same codewords on a single lane, symbol by symbol or bit by bit in turn: a port whose
    /// lanes are all like that one. With an inner code, the delay of the interleaver branches grows
    /// with the length of a set.
    #[must_use]
    pub fn single_lane(&self) -> Self {
        let mut alone = Self { lanes: 1, pcs_lanes: self.codewords, ..self.clone() };
        if let Some(inner) = &mut alone.inner {
            inner.interleaver.delay_turns *= self.lanes;
        }
        alone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coding_that_ships_builds_and_survives_toml() {
        for (name, _) in CODINGS {
            let coding = Coding::named(name).unwrap();
            assert_eq!(toml::from_str(&toml::to_string(&coding).unwrap()), Ok(coding.clone()));
            // a set of KP4 codewords over the lanes
            let set = coding.codewords * 5440 / 2;
            let symbols = set / coding.lanes;
            assert_eq!(coding.build().unwrap().set_symbols(), symbols, "{name}");
            assert_eq!(coding.outer, Code::KP4);
            assert_eq!(coding.single_lane().build().unwrap().set_symbols(), set, "{name}");
        }
        assert!(Coding::named("400gbase-kr").is_none());
        assert_eq!(Coding::named("800gbase-df"), Some(Coding::default()));
        assert_eq!(Coding::named("1.6tbase-dr8-2").unwrap().inner, Some(InnerCoding::default()));
    }

    #[test]
    fn numbers_that_do_not_fit_are_named() {
        let good = Coding::named("800gbase-df").unwrap();
        let said = |coding: Coding| coding.build().unwrap_err().to_string();
        assert_eq!(
            said(Coding { codewords: 0, ..good.clone() }),
            "codewords = 0: must be from 1 to 64"
        );
        assert_eq!(said(Coding { codewords: 3, ..good.clone() }).lines().count(), 2);
        assert!(
            said(Coding { lanes: 5, ..good.clone() })
                .contains("pcs_lanes = 32: must be a multiple of 10, the flows times the lanes")
        );
        assert!(
            said(Coding { outer: Code { codeword_symbols: 1024, ..Code::KP4 }, ..good })
                .contains("outer.codeword_symbols = 1024")
        );
        assert!(toml::from_str::<Coding>("mux = \"byte\"").is_err());
    }
}
