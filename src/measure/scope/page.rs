//! Data of the TDECQ page.

use super::measurement::Measured;
use super::outer::OuterSource;
use super::trace::PatternPeriods;
use crate::measure::eye::EyeDiagram;
use crate::measure::tdecq::reference::Reference;
use crate::measure::tdecq::result::TdecqResult;
use crate::measured::CaptureQuantity;

/// Cells of an eye's height.
const ROWS: usize = 320;
/// Headroom above and below a waveform (fraction of its swing).
const ROOM: f64 = 0.06;
/// Largest number of symbols of each eye.
const SYMBOLS: usize = 1 << 18;

/// The TDECQ page: eyes before and after the reference equaliser, with the readings.
#[derive(Clone, Debug)]
pub struct Page {
    /// Title.
    pub name: String,
    /// Quantity of the amplitudes.
    pub quantity: CaptureQuantity,
    /// The reference receiver.
    pub reference: Reference,
    /// Origin of the outer levels, to which TDECQ refers.
    pub outer_from: OuterSource,
    /// Symbols of a period, and periods whose noise is included.
    pub symbols: (usize, usize),
    /// After the reference receiver's filter.
    pub before: EyeDiagram,
    /// After the equaliser; the reason when there is no TDECQ.
    pub equalised: Result<Equalised, String>,
}

/// The equalised waveform.
#[derive(Clone, Debug)]
pub struct Equalised {
    /// The eye, on the amplitudes of the one before.
    pub eye: EyeDiagram,
    /// Centre between the windows, symbol periods from the middle of both eyes.
    pub centre_ui: f64,
    /// The measurement.
    pub tdecq: TdecqResult,
}

impl Measured {
    /// The page of this measurement.
    pub fn page(&self) -> Page {
        let (trace, s) = (&self.trace, PatternPeriods::SAMPLES_PER_SYMBOL);
        let periods = (SYMBOLS / trace.levels.len()).max(1);
        let noisy: Vec<Vec<f32>> = trace.noisy().take(periods).collect();
        let equalised = |tdecq: &TdecqResult| {
            noisy.iter().map(|y| tdecq.equalise(y, s, &trace.levels)).collect::<Vec<_>>()
        };
        let after = self.tdecq.as_ref().map(equalised).map_err(ToString::to_string);
        let all = noisy.iter().chain(after.iter().flatten()).flatten();
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &y| {
            (low.min(y.into()), high.max(y.into()))
        });
        let room = ROOM * (high - low);
        let centre = self.tdecq.as_ref().map_or(trace.delay, |t| t.centre_samples);
        let draw = |waveforms: &[Vec<f32>]| {
            let mut eye = EyeDiagram::new(s, (low - room, high + room), ROWS);
            waveforms.iter().for_each(|waveform| eye.push(waveform, centre.round() as usize));
            eye
        };
        let before = draw(&noisy);
        let equalised = after.and_then(|waveforms| {
            let tdecq = self.tdecq.clone().map_err(|refusal| refusal.to_string())?;
            Ok(Equalised {
                eye: draw(&waveforms),
                centre_ui: (centre - centre.round()) / s as f64,
                tdecq,
            })
        });
        Page {
            name: self.reading.name(),
            quantity: self.quantity,
            reference: self.reference,
            outer_from: self.reading.outer_from,
            symbols: (trace.levels.len(), trace.repeats.len()),
            before,
            equalised,
        }
    }
}
