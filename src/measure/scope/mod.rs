//! The sampling scope: a captured waveform from anywhere, and every figure that an instrument reads
//! off it.
//!
//! [`Scope`] says which file and how; [`Scope::measure`] finds the pattern in it, averages its
//! periods, and gives a
//! [`Measured`]: the [`Reading`], and what its pictures are drawn from.

mod bathtubs;
mod page;
mod reading;
mod trace;

pub use bathtubs::Bathtubs;
pub use page::{Equalised, Page};
pub use reading::Reading;

use super::tdecq::{Instrument, Receiver, Reference, Refusal, Tdecq};
use crate::error::{Error, Path, Problem, Problems, Result};
use crate::measured::{Candidate, Capture, CaptureQuantity, PowerUnit};
use crate::pattern::Pattern;
use crate::units::{giga, micro};
use trace::Trace;

/// Symbol rates that a capture may have, GBd.
const RATES_GBD: std::ops::RangeInclusive<f64> = 0.1..=500.0;
/// Whether the instrument has averaged what it recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Averaging {
    /// No: the repeats of the pattern show the transmitter's noise.
    #[default]
    None,
    /// Yes: the transmitter's noise is gone, and TDECQ comes out too small.
    Done,
}

/// What is measured, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The capture: text of columns, or `.npy`.
    pub file: String,
    /// What its samples are in; a voltage with [`PowerUnit::Linear`], or where the header says so.
    pub unit: PowerUnit,
    /// Symbol rate, GBd.
    pub symbol_rate_gbd: f64,
    /// Reference receiver; [`Reference::of_rate`] knows the usual ones.
    pub reference: Reference,
    /// The pattern; one that is too long to be captured whole leaves it open which of the short
    /// ones it is.
    pub pattern: Pattern,
    /// Whether the capture has passed the reference receiver's filter.
    pub receiver: Receiver,
    /// Whether it has been averaged.
    pub averaging: Averaging,
    /// Rms of the instrument's own noise behind the reference receiver's filter, uW; it is given
    /// back.
    pub instrument_noise_uw: f64,
}

/// A capture that was measured.
pub struct Measured {
    /// The figures.
    pub reading: Reading,
    trace: Trace,
    quantity: CaptureQuantity,
    reference: Reference,
    tdecq: std::result::Result<Tdecq, Refusal>,
}

impl Scope {
    /// Reports every number that is out of its range.
    pub fn check(&self, problems: &mut Problems) {
        problems.range(&Path::root(), "symbol_rate_gbd", self.symbol_rate_gbd, RATES_GBD);
        problems.range(&Path::root(), "instrument_noise_uw", self.instrument_noise_uw, 0.0..=1e6);
    }

    /// Reads and measures the capture.
    ///
    /// Periods are averaged for levels, taps and thresholds; what each differs by is the
    /// transmitter's noise, in TDECQ. A capture in which the pattern's highest level is the darkest
    /// is measured as the light has it, 3 being bright; the reading says so. A closed eye is a
    /// reading without TDECQ, with the reason.
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
        let opened = Capture::open(&self.file, self.unit).map_err(refused)?;
        if opened.quantity == CaptureQuantity::Voltage && self.instrument_noise_uw > 0.0 {
            return Err(refused(
                "is a voltage; instrument_noise_uw is for power, and must be 0".to_owned(),
            ));
        }
        let candidates = Candidate::all_of(&self.pattern).map_err(refused)?;
        let symbol_rate_hz = giga(self.symbol_rate_gbd);
        let (trace, found) =
            Trace::of(opened.capture, symbol_rate_hz, &candidates, self).map_err(refused)?;
        let tdecq = Instrument::default()
            .measure(&trace.capture(micro(self.instrument_noise_uw)), &self.reference);
        if let Err(refusal) = &tdecq
            && !matches!(refusal, Refusal::Closed { .. } | Refusal::NoSettledRuns)
        {
            return Err(refused(refusal.to_string()));
        }
        let reading = reading::read(self, &trace, found, opened.quantity, opened.digest, &tdecq);
        Ok(Measured { reading, trace, quantity: opened.quantity, reference: self.reference, tdecq })
    }
}
