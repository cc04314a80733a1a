//! A measured response in place of a model's.

use super::library::{FileReader, Loaded};
use super::response_table::{Convention, ResponseRecipe, SParameter, is_touchstone};
use crate::chain::{Shape, Table};
use crate::error::Path;
use serde::{Deserialize, Serialize};

/// What a part's response is a ratio of: where light is at one side, decibels may be optical.
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
/// H(f) = S21(f) e^(j 2 pi f tau) / |S21(f_1)|,   ln|H| and unwrapped phase straight between the points
/// ```
///
/// The gain is the part's own: the response is normalised to one (sign included) at its first
/// point, the lowest frequency measured. The delay tau by which the measurement lags the
/// minimum-phase response of the same magnitude (cables, fixture; a fit weighted by |H|^2) is taken
/// out when it is more than 3 ps, and what ripple of phase remains is kept. Without a phase the
/// response is minimum-phase. Below the first point
/// |H| is constant and the phase runs straight to zero; beyond the last |H| falls by the slope of the last octave, at
/// least 20 dB per decade, with linear phase (minimum phase to eight times the last frequency where
/// no phase was given).
///
/// # Limits
///
/// Reflections at the ports are not part of it: S21 between matched ports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    /// A Touchstone file (`.s2p`, or `.ts` of version 2) or text of frequency, |S21| in dB and
    /// phase in degrees; empty for the model.
    pub file: String,
    /// What the decibels of a text file are of.
    pub convention: Convention,
    /// Which transmission of a Touchstone file.
    pub ports: SParameter,
    #[serde(skip)]
    table: Option<Loaded<ResponseRecipe, Table>>,
}

impl Response {
    /// The response of a file, in 20 log.
    pub fn of(file: &str) -> Self {
        Response { file: file.to_owned(), ..Response::default() }
    }

    /// Fills it from its file and reports what is wrong with that.
    pub fn load(&mut self, at: &Path, scale: ResponseDomain, reader: &mut FileReader<'_>) {
        if self.convention == Convention::Power
            && (scale == ResponseDomain::Electrical || is_touchstone(&self.file))
        {
            let remedy =
                "must be \"amplitude\": only text of an optical power's response is in 10 log";
            reader.problems().report(at, "convention", "power", remedy);
        }
        let recipe = (self.file.clone(), self.convention, self.ports);
        reader.response(at, &recipe, &mut self.table);
    }

    /// The measured response, or else the model's.
    pub(crate) fn or(&self, model: impl FnOnce() -> Shape) -> Shape {
        match &self.table {
            Some(loaded) if loaded.recipe.0 == self.file => Shape::Table(loaded.value.clone()),
            _ => {
                assert!(self.file.is_empty(), "{} is loaded before it is used", self.file);
                model()
            }
        }
    }
}
