//! The measurement.

use super::capture::{CaptureNoise, InputFilter, SAMPLES_PER_SYMBOL_MIN, TdecqCapture};
use super::error::TdecqError;
use super::eye_closure::{EyeUnderNoise, Rows, Setting};
use super::histogram;
use super::receiver::{self, filtered, noise_correlation};
use super::reference::Reference;
use super::result::{HistogramWindow, TdecqResult};
use super::search;
use super::windows::Polyphase;
use crate::math::resample;
use crate::measure::{align, levels};
use crate::run_options::CancelToken;
use crate::units::db_from_power_ratio;

/// Smallest OMA over the largest sample: less is rounding of single precision.
const OMA_MIN: f64 = 1e-5;

/// Measures captures one after another.
#[derive(Default)]
pub struct Instrument {
    cancel: CancelToken,
}

impl Instrument {
    /// An instrument whose measurements this token cancels.
    pub fn cancelled_by(cancel: &CancelToken) -> Instrument {
        Instrument { cancel: cancel.clone() }
    }

    /// Measures TDECQ (TECQ, SECQ) with a reference receiver; its equaliser is the one with the
    /// smallest TDECQ.
    ///
    /// ```text
    /// TDECQ = 10 log10( OMA / (6 Qt R) ),   R = sqrt(sigma_G^2 + sigma_S^2)
    /// sigma_G: largest noise at the equaliser's input, of the reference filter's spectrum, with which the worse of two windows
    ///          at -+0.05 UI from the centre, 0.04 UI wide, has the target's symbol error ratio; after the taps Ceq sigma_G
    /// Ceq = sqrt( int N |H|^2 df ) = sqrt( sum_ij w(i) w(j) rho(i - j) ) >= 1
    /// ```
    ///
    /// Free are taps, feedback, the centre of the windows, and the thresholds as far as the
    /// reference lets them move.
    ///
    /// # Limits
    ///
    /// A sample that is on the wrong side of its threshold before any noise counts as an error; in
    /// the clause's histogram, which does not use the transmitted symbols, it lies near the
    /// threshold. Both agree where the eye is open. The noise of [`CaptureNoise::Gaussian`] has on
    /// the side taps the pattern's mean variance. Levels fed back are evenly spaced.
    ///
    /// # Errors
    ///
    /// A capture without a TDECQ is refused with its reason; no capture panics.
    ///
    /// # Reference
    ///
    /// IEEE Std 802.3 clause 121.8.5 as changed by 802.3cd (status: secondary sources, standards.md
    /// 7); J. King, *TDECQ with optimised eye-centre time* (400GSG reflector, msg01479).
    pub fn measure(
        &self,
        capture: &TdecqCapture<'_>,
        reference: &Reference,
    ) -> Result<TdecqResult, TdecqError> {
        reference.check()?;
        check(capture, reference)?;
        let s = capture.samples_per_symbol;
        let mut bins = resample::spectrum(capture.waveform);
        let filter = capture.filter == InputFilter::Reference;
        let mut waveform = capture.waveform.to_vec();
        if filter {
            resample::apply(
                &mut bins,
                waveform.len(),
                receiver::response(s, reference.bandwidth_symbol_rates),
            );
            waveform = resample::block(&bins, waveform.len());
        }
        let delay = align::delay_of(bins, s, capture.levels);
        let outer = capture
            .outer
            .or_else(|| levels::outer_at(&waveform, s, capture.levels, delay))
            .ok_or(TdecqError::NoSettledRuns)?;
        let (oma, average) = (outer.three_w - outer.zero_w, outer.average_w);
        let largest = waveform.iter().fold(0f32, |most, y| most.max(y.abs()));
        if oma < OMA_MIN * f64::from(largest) {
            return Err(TdecqError::NoSettledRuns);
        }
        let waveforms = match capture.noise {
            CaptureNoise::Repeats(repeats) if !repeats.is_empty() => {
                let repeat = |residual: &Vec<f32>| {
                    let after = if filter {
                        filtered(residual, s, reference.bandwidth_symbol_rates)
                    } else {
                        residual.clone()
                    };
                    let noisy: Vec<f32> = after.iter().zip(&waveform).map(|(n, y)| n + y).collect();
                    Polyphase::new(&noisy, s, average, oma)
                };
                repeats.iter().map(repeat).collect()
            }
            _ => vec![Polyphase::new(&waveform, s, average, oma)],
        };
        let correlation = noise_correlation(reference.bandwidth_symbol_rates, reference.taps);
        let eye = EyeUnderNoise::new(
            waveforms,
            capture.levels,
            (delay, s),
            reference,
            (correlation, &capture.noise, oma),
        );
        let mut rows = Rows::default();
        let closed = TdecqError::Closed { target_ser: reference.target_ser };
        let found = search::best(&eye, reference, &mut rows, &self.cancel);
        if self.cancel.is_cancelled() {
            return Err(TdecqError::Stopped);
        }
        let (setting, borne) = found.ok_or(closed)?;
        let limiting = if borne.sigma[0] <= borne.sigma[1] {
            HistogramWindow::Left
        } else {
            HistogramWindow::Right
        };
        let sigma_g = borne.sigma.map(|sigma| sigma * oma);
        let r = sigma_g[0].min(sigma_g[1]).hypot(capture.instrument_sigma);
        let ceq_db = db_from_power_ratio(eye.noise_gain(&setting.taps).0.max(1.0).sqrt());
        let tdecq_db = db_from_power_ratio(oma / (6.0 * reference.qt() * r));
        let histograms = histogram::both(&eye, &setting, &mut rows, average, oma);
        let Setting { taps, main: main_tap, dfe, shifts, centre_ui } = setting;
        Ok(TdecqResult {
            tdecq_db,
            ceq_db,
            tdecq_minus_ceq_db: tdecq_db - ceq_db,
            taps,
            main_tap,
            dfe,
            thresholds: std::array::from_fn(|j| {
                average + oma * ((j as f64 - 1.0) / 3.0 + shifts[j])
            }),
            centre_samples: delay + centre_ui * s as f64,
            centre_ui,
            histograms,
            limiting,
            sigma_g,
            outer,
            rlm: levels::rlm(levels::centre_levels(&waveform, s, capture.levels, delay)),
        })
    }
}

/// [`Instrument::measure`] of a single capture.
///
/// # Errors
///
/// As there.
///
/// ```
/// use lightlane::measure::tdecq::{TdecqCapture, InputFilter, Reference, measure};
/// # use lightlane::pattern::{Pattern, PatternKind};
/// # let source = Pattern { kind: PatternKind::Prbs13q, ..Pattern::default() }.build().unwrap();
/// # let mut levels = vec![0; 8191];
/// # source.fill(0, lightlane::seed::Seed::new(0), &mut levels);
/// // an ideal transmitter: 1 to 4 mW, 16 samples per symbol
/// let waveform: Vec<f32> = levels.iter().flat_map(|&l| [1e-3 + 1e-3 * f32::from(l); 16]).collect();
/// let capture = TdecqCapture { waveform: &waveform, samples_per_symbol: 16, levels: &levels, ..TdecqCapture::default() };
/// let tdecq = measure(&capture, &Reference::SMF_100G)?;
/// assert!((tdecq.tdecq_db - 0.32).abs() < 0.01); // the reference filter alone
/// assert!((tdecq.outer.extinction_ratio_db() - 6.02).abs() < 0.01);
/// let unfiltered = measure(&TdecqCapture { filter: InputFilter::Prefiltered, ..capture }, &Reference::SMF_100G)?;
/// assert!(unfiltered.tdecq_db.abs() < 0.01);
/// # Ok::<(), lightlane::measure::tdecq::TdecqError>(())
/// ```
pub fn measure(
    capture: &TdecqCapture<'_>,
    reference: &Reference,
) -> Result<TdecqResult, TdecqError> {
    Instrument::default().measure(capture, reference)
}

/// Refuses captures that cannot be measured.
fn check(capture: &TdecqCapture<'_>, reference: &Reference) -> Result<(), TdecqError> {
    let (s, symbols) = (capture.samples_per_symbol, capture.levels.len());
    let length = |samples: usize| {
        let whole = s >= SAMPLES_PER_SYMBOL_MIN
            && symbols > 2 * reference.taps
            && symbols.checked_mul(s) == Some(samples);
        if whole {
            Ok(())
        } else {
            Err(TdecqError::Length { samples, symbols, samples_per_symbol: s })
        }
    };
    let finite = |what, good: bool| if good { Ok(()) } else { Err(TdecqError::NotFinite { what }) };
    length(capture.waveform.len())?;
    // a square must be finite too
    finite("waveform", capture.waveform.iter().all(|y| y.abs() < 1e18))?;
    finite(
        "instrument noise",
        capture.instrument_sigma >= 0.0 && capture.instrument_sigma.is_finite(),
    )?;
    if let Some(&level) = capture.levels.iter().find(|&&level| level > 3) {
        return Err(TdecqError::Levels { level });
    }
    if let Some(level) = (0..4).find(|level| !capture.levels.contains(level)) {
        return Err(TdecqError::Levels { level });
    }
    match &capture.noise {
        CaptureNoise::None => Ok(()),
        CaptureNoise::Gaussian { variance, correlation } => {
            let usable = |c: &Vec<f64>| c.iter().all(|c| c.abs() <= 1.0);
            finite(
                "transmitter noise",
                variance.iter().all(|v| *v >= 0.0 && v.is_finite())
                    && correlation.as_ref().is_none_or(usable),
            )
        }
        CaptureNoise::Repeats(repeats) => repeats.iter().try_for_each(|repeat| {
            length(repeat.len())?;
            finite("repeats", repeat.iter().all(|y| y.abs() < 1e18))
        }),
    }
}
