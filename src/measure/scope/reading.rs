//! Readings, with their names in JSON.

use super::outer::{Outer, OuterSource};
use super::request::{Averaging, Scope};
use super::trace::{PatternFound, PatternPeriods};
use crate::measure::bathtub::Eyes;
use crate::measure::excursion::{HIT_RATIO, excursion};
use crate::measure::levels::{self, OuterLevels};
use crate::measure::tdecq::capture::InputFilter;
use crate::measure::tdecq::error::TdecqError;
use crate::measure::tdecq::result::{HistogramWindow, TdecqResult};
use crate::measure::transition::transition_time;
use crate::measured::CaptureQuantity;
use crate::units::{giga, milli, pico};
use serde::{Deserialize, Serialize};

/// Readings of the instrument; `None` where a value could not be measured.
///
/// Amplitudes without a unit in their name are in [`Reading::amplitude_unit`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Version of the names of fields.
    pub schema: u32,
    /// Version of the program.
    pub version: String,
    /// The capture.
    pub file: String,
    /// FNV-1a of its bytes.
    pub digest: String,
    /// Symbol rate, GBd.
    pub symbol_rate_gbd: f64,
    /// Name of the reference receiver.
    pub reference: String,
    /// The filter: `bt4` when applied here, `none` when the capture is already filtered.
    pub receiver: InputFilter,
    /// Name of the pattern found.
    pub pattern: String,
    /// Symbols of a period.
    pub symbols: usize,
    /// Periods that were averaged.
    pub periods: usize,
    /// Periods whose noise is in TDECQ.
    pub noise_periods: usize,
    /// Samples per symbol of the capture.
    pub samples_per_symbol: f64,
    /// Distance of the symbol rate from the one given, parts per million.
    pub off_ppm: f64,
    /// True when the pattern's highest level is the lowest in the capture; readings are for the
    /// levels of the capture.
    pub inverted: bool,
    /// True when the bits of each symbol are swapped.
    pub bits_swapped: bool,
    /// True when every bit is inverted.
    pub bits_inverted: bool,
    /// True when the bits are in binary, not in Gray code.
    pub binary_coded: bool,
    /// Correlation of symbols and samples, 0 to 1.
    pub correlation: f64,
    /// Description of the pattern and polarity found.
    pub found: String,
    /// True if the transmitter noise could not be separated from the waveform, or was averaged
    /// away.
    pub noise_excluded: bool,
    /// TDECQ (TECQ, SECQ), dB.
    pub tdecq_db: Option<f64>,
    /// Reason for the absence of TDECQ.
    pub tdecq_not_evaluated: Option<String>,
    /// 10 log10 of the noise enhancement, dB.
    pub ceq_db: Option<f64>,
    /// Their difference, dB.
    pub tdecq_minus_ceq_db: Option<f64>,
    /// Outer modulation amplitude, dBm; absent for a voltage.
    pub oma_dbm: Option<f64>,
    /// The same, mW.
    pub oma_mw: Option<f64>,
    /// The same of a voltage, V.
    pub oma_v: Option<f64>,
    /// Extinction ratio, dB; for a voltage, with 0 V as zero power.
    pub er_db: Option<f64>,
    /// Origin of the outer levels: `settled-runs`, `longest-runs`, `given`.
    pub outer_from: OuterSource,
    /// Average power, dBm.
    pub average_power_dbm: Option<f64>,
    /// Level mismatch by 120D.3.1.2.
    pub rlm: Option<f64>,
    /// By clause 94.
    pub rlm_clause_94: Option<f64>,
    /// By OIF CEI.
    pub eye_linearity: Option<f64>,
    /// The slower of both transitions, 20 % to 80 %, ps.
    pub transition_time_ps: Option<f64>,
    /// From 0 to 3.
    pub rise_time_ps: Option<f64>,
    /// From 3 to 0.
    pub fall_time_ps: Option<f64>,
    /// Of the outer modulation amplitude.
    pub overshoot_percent: Option<f64>,
    /// Of the outer modulation amplitude.
    pub undershoot_percent: Option<f64>,
    /// Farthest from the average, mW.
    pub power_excursion_mw: Option<f64>,
    /// Unit of the amplitudes below: `mW`, or `V`.
    pub amplitude_unit: CaptureQuantity,
    /// Taps of the reference equaliser.
    pub taps: Option<Vec<f64>>,
    /// Index of the largest.
    pub main_tap: Option<usize>,
    /// Coefficient of the decision feedback.
    pub dfe: Option<f64>,
    /// Decision thresholds.
    pub thresholds: Option<[f64; 3]>,
    /// Window that limits: `left`, `right`.
    pub limiting: Option<HistogramWindow>,
    /// Largest noise in the left and the right window.
    pub sigma_g: Option<[f64; 2]>,
    /// Symbol error ratio of the eye heights and widths, that of the reference.
    pub eye_ser: f64,
    /// Heights after the equaliser, the lowest eye first, with the transmitter noise; none where
    /// closed.
    pub eye_height: [Option<f64>; 3],
    /// Widths, symbol periods.
    pub eye_width_ui: [Option<f64>; 3],
    /// The smallest height over the largest.
    pub eye_height_ratio: Option<f64>,
    /// Notes on the readings.
    pub notes: Vec<String>,
}

/// Readings of a trace.
pub(super) fn read(
    scope: &Scope,
    trace: &PatternPeriods,
    found: PatternFound,
    (quantity, outer): (CaptureQuantity, Option<Outer>),
    digest: String,
    tdecq: &Result<TdecqResult, TdecqError>,
) -> Reading {
    let (located, periods) = (&found.located, found.averaged);
    let mut reading = Reading {
        schema: 2,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        file: scope.file.clone(),
        digest,
        symbol_rate_gbd: scope.symbol_rate_gbd,
        reference: scope.reference.name.to_owned(),
        receiver: scope.filter,
        pattern: located.pattern.clone(),
        symbols: located.levels.len(),
        periods,
        noise_periods: trace.repeats.len(),
        samples_per_symbol: located.samples_per_symbol,
        off_ppm: located.off_ppm,
        inverted: located.inverted,
        bits_swapped: located.coding.swapped,
        bits_inverted: located.coding.inverted,
        binary_coded: located.coding.binary,
        correlation: located.correlation,
        found: located.found(periods),
        noise_excluded: trace.repeats.is_empty(),
        tdecq_not_evaluated: tdecq.as_ref().err().map(ToString::to_string),
        amplitude_unit: quantity,
        eye_ser: scope.reference.target_ser,
        ..Reading::default()
    };
    reading.linearities(trace);
    if let Some(outer) = &outer {
        reading.outer_from = outer.source;
        reading.outer(&outer.levels, quantity);
        reading.edges(trace, &outer.levels, quantity);
    }
    if let Ok(tdecq) = tdecq {
        reading.closure(trace, tdecq, quantity);
    }
    reading.notes = notes(scope, &found, quantity, &reading);
    reading.notes.extend(outer.and_then(|outer| outer.note()));
    reading
}

impl Reading {
    /// Title of a figure: the file without its folder.
    pub(super) fn name(&self) -> String {
        std::path::Path::new(&self.file)
            .file_name()
            .map_or_else(|| self.file.clone(), |name| name.to_string_lossy().into_owned())
    }

    fn linearities(&mut self, trace: &PatternPeriods) {
        let centre = levels::centre_levels(
            &trace.waveform,
            PatternPeriods::SAMPLES_PER_SYMBOL,
            &trace.levels,
            trace.delay,
        );
        let number = |x: f64| Some(x).filter(|x| x.is_finite());
        self.rlm = number(levels::rlm(centre));
        self.rlm_clause_94 = number(levels::rlm_clause_94(centre));
        self.eye_linearity = number(levels::eye_linearity(centre));
    }

    fn outer(&mut self, outer: &OuterLevels, quantity: CaptureQuantity) {
        let oma = outer.three_w - outer.zero_w;
        match quantity {
            CaptureQuantity::Power => {
                self.oma_dbm = Some(outer.oma_dbm());
                self.oma_mw = Some(oma / milli(1.0));
                self.average_power_dbm = Some(outer.average_dbm());
            }
            CaptureQuantity::Voltage => self.oma_v = Some(oma),
        }
        self.er_db = (outer.zero_w > 0.0).then(|| outer.extinction_ratio_db());
    }

    fn edges(&mut self, trace: &PatternPeriods, outer: &OuterLevels, quantity: CaptureQuantity) {
        let s = PatternPeriods::SAMPLES_PER_SYMBOL;
        let ui_ps = 1.0 / (giga(self.symbol_rate_gbd) * pico(1.0));
        if let Some(time) = transition_time(&trace.waveform, s, &trace.levels, trace.delay, outer) {
            self.transition_time_ps = Some(time.slowest_ui() * ui_ps);
            self.rise_time_ps = Some(time.rising_ui * ui_ps);
            self.fall_time_ps = Some(time.falling_ui * ui_ps);
        }
        // every sample counts, its noise included
        let all: Vec<f32> = trace.noisy().flatten().collect();
        if let Some(beyond) = excursion(&all, outer, HIT_RATIO) {
            self.overshoot_percent = Some(100.0 * beyond.overshoot);
            self.undershoot_percent = Some(100.0 * beyond.undershoot);
            self.power_excursion_mw =
                (quantity == CaptureQuantity::Power).then_some(beyond.power_w / milli(1.0));
        }
    }

    fn closure(&mut self, trace: &PatternPeriods, tdecq: &TdecqResult, quantity: CaptureQuantity) {
        let unit = quantity.unit();
        self.tdecq_db = Some(tdecq.tdecq_db);
        self.ceq_db = Some(tdecq.ceq_db);
        self.tdecq_minus_ceq_db = Some(tdecq.tdecq_minus_ceq_db);
        self.taps = Some(tdecq.taps.clone());
        self.main_tap = Some(tdecq.main_tap);
        self.dfe = Some(tdecq.dfe);
        self.thresholds = Some(tdecq.thresholds.map(|t| t / unit));
        self.limiting = Some(tdecq.limiting);
        self.sigma_g = Some(tdecq.sigma_g.map(|sigma| sigma / unit));
        let s = PatternPeriods::SAMPLES_PER_SYMBOL;
        let after = tdecq.equalise(&trace.waveform, s, &trace.levels);
        let Some(eyes) =
            Eyes::new(&after, s, &trace.levels, tdecq.centre_samples, trace.sigma(tdecq))
        else {
            return;
        };
        let openings = [0, 1, 2].map(|eye| eyes.opening(eye, self.eye_ser));
        self.eye_height = openings.map(|opening| Some(opening?.height / unit));
        self.eye_width_ui = openings.map(|opening| Some(opening?.width_ui));
        if let [Some(a), Some(b), Some(c)] = self.eye_height {
            self.eye_height_ratio = Some(a.min(b).min(c) / a.max(b).max(c));
        }
    }
}

/// Notes on the readings.
fn notes(
    scope: &Scope,
    found: &PatternFound,
    quantity: CaptureQuantity,
    reading: &Reading,
) -> Vec<String> {
    let mut notes = Vec::new();
    if found.located.inverted {
        notes.push("inverted: the pattern's 3 is the lowest level; measured with 3 as the highest, as an instrument does".to_owned());
    }
    let coding = found.located.coding.words();
    if !coding.is_empty() {
        notes.push(format!("{}: measured with the transmitted levels", coding.join(", ")));
    }
    match (scope.averaging, found.averaged) {
        (Averaging::Done, _) => notes.push(
            "averaged: the transmitter's noise is excluded, so TDECQ is too small".to_owned(),
        ),
        (Averaging::None, 1) => notes.push(
            "one period: its noise cannot be separated from the waveform, and is excluded"
                .to_owned(),
        ),
        _ => {}
    }
    if found.held >= found.averaged as f64 + 1.0 {
        notes.push(format!("{} of {:.1} periods are averaged", found.averaged, found.held));
    }
    if reading.noise_periods > 0 && reading.noise_periods < found.averaged {
        notes.push(format!(
            "the noise is that of {} periods, spread over the record",
            reading.noise_periods
        ));
    }
    if quantity == CaptureQuantity::Voltage {
        notes.push(match reading.er_db {
            Some(_) => "a voltage: the extinction ratio assumes no light at zero volts".to_owned(),
            None => {
                "a voltage whose lowest level is not above zero: no extinction ratio".to_owned()
            }
        });
    }
    notes
}
