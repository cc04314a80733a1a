//! Description of a measurement.

use crate::error::{KeyPath, Problems};
use crate::measure::tdecq::capture::InputFilter;
use crate::measure::tdecq::reference::Reference;
use crate::measured::PowerUnit;
use crate::pattern::Pattern;

/// Symbol rates that a capture may have, GBd.
const RATES_GBD: std::ops::RangeInclusive<f64> = 0.1..=500.0;
/// Averaging in the instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Averaging {
    /// No: the repeats of the pattern show the transmitter's noise.
    #[default]
    None,
    /// Yes: the transmitter's noise is gone, and TDECQ comes out too small.
    Done,
}

/// Outer levels that are given rather than measured: mW, or V for a voltage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GivenLevels {
    /// Distance of the outer levels; their middle is that of the capture's.
    Oma(f64),
    /// Lowest and highest level.
    Levels([f64; 2]),
}

/// A measurement request.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The capture: text of columns, or `.npy`.
    pub file: String,
    /// Unit of its samples; a voltage with [`PowerUnit::Linear`], or where the header says so.
    pub unit: PowerUnit,
    /// Name or number, from 1, of the column of samples; the first one if empty.
    pub column: String,
    /// Symbol rate, GBd.
    pub symbol_rate_gbd: f64,
    /// Reference receiver; [`Reference::of_rate`] knows the usual ones.
    pub reference: Reference,
    /// The pattern; for one that is too long to be captured whole, all short ones are tried.
    pub pattern: Pattern,
    /// Filter state of the capture.
    pub filter: InputFilter,
    /// Averaging of the capture.
    pub averaging: Averaging,
    /// Rms noise of the instrument after the filter of the reference receiver, uW; the result is
    /// corrected for it.
    pub instrument_noise_uw: f64,
    /// Outer levels where the pattern does not show them; measured without.
    pub outer: Option<GivenLevels>,
}

impl Scope {
    /// Reports every number that is out of its range.
    pub fn check(&self, problems: &mut Problems) {
        problems.range(&KeyPath::root(), "symbol_rate_gbd", self.symbol_rate_gbd, RATES_GBD);
        problems.range(
            &KeyPath::root(),
            "instrument_noise_uw",
            self.instrument_noise_uw,
            0.0..=1e6,
        );
        let levels = match self.outer {
            None => return,
            Some(GivenLevels::Oma(oma)) => [0.0, oma],
            Some(GivenLevels::Levels(levels)) => levels,
        };
        if !levels.iter().all(|level| level.is_finite()) || levels[0] >= levels[1] {
            let remedy = "must be a lowest and a highest level, or their distance above 0";
            problems.report(
                &KeyPath::root(),
                "outer",
                format!("{}, {}", levels[0], levels[1]),
                remedy,
            );
        }
    }
}
