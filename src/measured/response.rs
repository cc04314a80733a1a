//! A measured response in place of a model's.

use super::response_columns::Convention;
use super::response_table::{ResponseRecipe, SParameter, is_touchstone};
use serde::{Deserialize, Serialize};

/// Quantities that a response relates: with light on one side, decibels may be optical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseDomain {
    /// Volts and amperes on both sides.
    Electrical,
    /// Optical power on one side.
    Optical,
}

/// A measured response; without a file the part's model is used.
///
/// ```text
/// H(f) = S21(f) e^(j 2 pi f tau) / |S21(f_1)|
/// ln|H| and unwrapped phase linear between the points
/// ```
///
/// The gain is that of the description: the response is normalised to one (sign included) at its
/// first point, the lowest frequency measured. The delay tau by which the measurement lags the
/// minimum-phase response of the same magnitude (cables, fixture; a fit weighted by |H|^2) is
/// removed if it is more than 3 ps; ripple of the phase stays. Without a phase the response is
/// minimum-phase. Below the first point |H| is constant and the phase runs straight to zero; beyond
/// the last |H| falls by the slope of the last octave, at least 20 dB per decade, with linear phase
/// (minimum phase to eight times the last frequency where no phase was given).
///
/// # Limits
///
/// Reflections at the ports are not part of it: S21 between matched ports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    /// A Touchstone file (`.s2p`, or `.ts` of version 2) or text of frequency, |S21| in dB and
    /// phase in degrees, or as the header of its columns says (linear, dBo, rad, group delay, real
    /// and imaginary); empty for the model.
    pub file: String,
    /// Convention of the decibels in a text file.
    pub convention: Convention,
    /// Which transmission of a Touchstone file.
    pub ports: SParameter,
}

impl Response {
    /// The response of a file, in 20 log.
    pub fn of(file: &str) -> Self {
        Response { file: file.to_owned(), ..Response::default() }
    }

    /// Key of its table.
    pub(super) fn recipe(&self) -> ResponseRecipe {
        (self.file.clone(), self.convention, self.ports)
    }

    /// Why its convention cannot be that of a response of such a domain.
    pub(super) fn wrong_convention(&self, domain: ResponseDomain) -> Option<&'static str> {
        let is_wrong = self.convention == Convention::Power
            && (domain == ResponseDomain::Electrical || is_touchstone(&self.file));
        is_wrong.then_some(
            "must be \"amplitude\": only text of an optical power's response is in 10 log",
        )
    }
}
