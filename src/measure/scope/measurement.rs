//! The measurement of a capture.

use super::outer::{Outer, OuterSource};
use super::reading::{self, Reading};
use super::request::Scope;
use super::trace::PatternPeriods;
use crate::error::{Error, Problem, Problems, Result};
use crate::measure::tdecq::error::TdecqError;
use crate::measure::tdecq::instrument::Instrument;
use crate::measure::tdecq::reference::Reference;
use crate::measure::tdecq::result::TdecqResult;
use crate::measured::{Candidate, Capture, CaptureFormat, CaptureQuantity};
use crate::units::{giga, micro};

/// Result of a measurement, with the data of its figures.
pub struct Measured {
    /// The readings.
    pub reading: Reading,
    pub(super) trace: PatternPeriods,
    pub(super) quantity: CaptureQuantity,
    pub(super) reference: Reference,
    pub(super) tdecq: std::result::Result<TdecqResult, TdecqError>,
}

impl Scope {
    /// Reads and measures the capture.
    ///
    /// Periods are averaged for levels, taps and thresholds; their differences are the
    /// transmitter's noise, which is part of TDECQ. A capture in which the pattern's highest level
    /// has the lowest power is measured with 3 as the highest power, which the reading reports. A
    /// closed eye is a reading without TDECQ, with the reason.
    ///
    /// # Errors
    ///
    /// A number out of range; a file that cannot be read or does not carry the pattern, each with
    /// line or value and remedy.
    pub fn measure(&self) -> Result<Measured> {
        let mut problems = Problems::new();
        self.check(&mut problems);
        problems.finish()?;
        let refused = |remedy: String| {
            let mut problems = Problems::new();
            problems.push(Problem {
                place: None,
                path: self.file.clone(),
                value: String::new(),
                remedy,
            });
            Error::Input(problems)
        };
        let format = CaptureFormat { unit: self.unit, column: self.column.clone() };
        let opened = Capture::open(&self.file, &format).map_err(refused)?;
        if opened.quantity == CaptureQuantity::Voltage && self.instrument_noise_uw > 0.0 {
            return Err(refused(
                "is a voltage; instrument_noise_uw is for power, and must be 0".to_owned(),
            ));
        }
        let candidates = Candidate::all_of(&self.pattern).map_err(refused)?;
        let symbol_rate_hz = giga(self.symbol_rate_gbd);
        let (trace, found) = PatternPeriods::of(opened.capture, symbol_rate_hz, &candidates, self)
            .map_err(refused)?;
        let outer = Outer::of(&trace, self.outer, opened.quantity.unit());
        // the measurement finds the settled runs by itself
        let other = outer.filter(|outer| outer.source != OuterSource::SettledRuns);
        let capture =
            trace.capture(micro(self.instrument_noise_uw), other.map(|outer| outer.levels));
        let tdecq = Instrument::default().measure(&capture, &self.reference);
        if let Err(refusal) = &tdecq
            && !matches!(refusal, TdecqError::Closed { .. } | TdecqError::NoSettledRuns)
        {
            return Err(refused(refusal.to_string()));
        }
        let (quantity, digest) = (opened.quantity, opened.digest);
        let mut reading = reading::read(self, &trace, found, (quantity, outer), digest, &tdecq);
        let of_file = opened.notes.iter().map(|note| format!("{}: {note}", self.file));
        reading.notes.splice(0..0, of_file);
        Ok(Measured { reading, trace, quantity, reference: self.reference, tdecq })
    }
}
