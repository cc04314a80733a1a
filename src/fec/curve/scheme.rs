//! The codes by name, and the layout of their codewords.

use crate::fec::coding::{CODINGS, Coding, InnerCoding, InterleaveOrder, Mux};
use crate::fec::inner::chase::Chase;
use crate::fec::interleaver::Interleaver;
use crate::fec::reed_solomon::code::Code;
use std::fmt::{self, Display};
use std::str::FromStr;

/// The codes of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RS(544,514).
    Kp4,
    /// RS(544,514), and within it the inner code of clause 177.
    Kp4Inner,
    /// RS(528,514).
    Kr4,
}

/// Unknown name of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such code; there are kp4, kp4+inner, kr4")]
pub struct SchemeError;

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, SchemeError> {
        Self::all()
            .into_iter()
            .find(|scheme| scheme.name() == text.to_ascii_lowercase())
            .ok_or(SchemeError)
    }
}

impl Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A coding that does not carry the codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeOnError {
    /// Unknown name of a coding.
    #[error("no such coding; there are {}", CODINGS.map(|(name, _)| name).join(", "))]
    Unknown,
    /// It has no place for an inner code.
    #[error("has no inner code, which kp4+inner needs; 1.6tbase-dr8-2 has")]
    WithoutInner,
}

impl Scheme {
    /// All of them.
    #[must_use]
    pub fn all() -> [Self; 3] {
        [Self::Kp4, Self::Kp4Inner, Self::Kr4]
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kp4 => "kp4",
            Self::Kp4Inner => "kp4+inner",
            Self::Kr4 => "kr4",
        }
    }

    /// Whether there is an inner code.
    #[must_use]
    pub fn has_inner(self) -> bool {
        self == Self::Kp4Inner
    }

    /// The coding whose interleaving is used by default.
    #[must_use]
    pub fn usual_coding(self) -> &'static str {
        if self.has_inner() { "1.6tbase-dr8-2" } else { "800gbase-df" }
    }

    fn outer(self) -> Code {
        match self {
            Self::Kp4 | Self::Kp4Inner => Code::KP4,
            Self::Kr4 => Code::KR4,
        }
    }

    /// These codes on the lanes of a built-in coding; without an inner code its inner code and
    /// interleaver are left out.
    ///
    /// # Errors
    ///
    /// An unknown name; an inner code on a coding without one.
    pub fn on(self, coding: &str) -> Result<Coding, SchemeOnError> {
        let coding = Coding::named(&coding.to_ascii_lowercase()).ok_or(SchemeOnError::Unknown)?;
        let inner = match (self.has_inner(), coding.inner.clone()) {
            (true, None) => return Err(SchemeOnError::WithoutInner),
            (has_inner, inner) => inner.filter(|_| has_inner),
        };
        Ok(Coding { outer: self.outer(), inner, ..coding })
    }

    /// Each codeword separately, its symbols in sequence on one lane.
    #[must_use]
    pub fn single_lane(self) -> Coding {
        let straight = Interleaver { branches: 1, turn_symbols: 1, delay_turns: 0 };
        let inner = self.has_inner().then_some(InnerCoding {
            decoder: Chase::SOFT,
            interleaver: straight,
            interleaved_blocks: 1,
        });
        Coding {
            outer: self.outer(),
            codewords: 1,
            flows: 1,
            pcs_lanes: 1,
            lanes: 1,
            mux: Mux::Symbol,
            turns: InterleaveOrder::Alternating,
            precoder: false,
            inner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::layout::Address;

    #[test]
    fn every_scheme_has_its_name_and_builds_everywhere_it_may() {
        for scheme in Scheme::all() {
            assert_eq!(scheme.name().parse(), Ok(scheme));
            assert_eq!(scheme.single_lane().build().unwrap().first_set(), 0);
            for (name, _) in CODINGS {
                match scheme.on(name) {
                    Ok(coding) => assert_eq!(
                        coding.build().unwrap().coding().inner.is_some(),
                        scheme.has_inner()
                    ),
                    Err(error) => {
                        assert_eq!((error, scheme), (SchemeOnError::WithoutInner, Scheme::Kp4Inner))
                    }
                }
            }
            assert!(scheme.on(scheme.usual_coding()).is_ok());
            assert_eq!(scheme.on("400gbase-kr"), Err(SchemeOnError::Unknown));
        }
        assert!(
            "kp5"
                .parse::<Scheme>()
                .unwrap_err()
                .to_string()
                .contains("there are kp4, kp4+inner, kr4")
        );
    }

    #[test]
    fn alone_a_codewords_bits_follow_each_other() {
        let layout = Scheme::Kr4.single_lane().build().unwrap();
        for bit in 0..20_000 {
            let (set, within) = (bit / 5280, (bit % 5280) as usize);
            let expected =
                Address { set, codeword: 0, symbol: within / 10, bit: (within % 10) as u32 };
            assert_eq!(layout.address(0, bit), expected);
        }
    }
}
