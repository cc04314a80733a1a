//! A capture on its grid, after the filter of the reference receiver.

use super::request::{Averaging, Scope};
use crate::measure::align;
use crate::measure::levels::OuterLevels;
use crate::measure::tdecq;
use crate::measure::tdecq::capture::{CaptureNoise, InputFilter};
use crate::measure::tdecq::receiver::filtered;
use crate::measure::tdecq::result::TdecqResult;
use crate::measured::{Candidate, Capture, Located, Periods, locate};

/// Largest numbers of symbols that are averaged, and whose noise is used, in whole periods.
const AVERAGED: usize = 1 << 20;
const NOISY: usize = 1 << 19;
/// Symbols beyond whole periods that the interpolation between samples takes from, both ends
/// together.
const ENDS: f64 = 64.0;

/// Pattern found in a capture.
pub(super) struct PatternFound {
    pub(super) located: Located,
    /// Periods that it holds, and those which were averaged.
    pub(super) held: f64,
    pub(super) averaged: usize,
}

/// Periods of a pattern after the filter.
pub(super) struct PatternPeriods {
    pub(super) levels: Vec<u8>,
    /// The mean period.
    pub(super) waveform: Vec<f32>,
    /// Residuals of the periods.
    pub(super) repeats: Vec<Vec<f32>>,
    /// Periods in the mean.
    averaged: f64,
    /// Middles of the symbols, samples.
    pub(super) delay: f64,
}

impl PatternPeriods {
    /// Samples per symbol of the measurement.
    pub(super) const SAMPLES_PER_SYMBOL: usize = 16;

    /// Finds the pattern, cuts the periods, filters them.
    pub(super) fn of(
        mut capture: Capture,
        symbol_rate_hz: f64,
        candidates: &[Candidate],
        scope: &Scope,
    ) -> Result<(PatternPeriods, PatternFound), String> {
        let located = locate(&capture, symbol_rate_hz, candidates)?;
        let period = located.levels.len() as f64 * located.samples_per_symbol;
        let held = capture.power_w.len() as f64 / period;
        let most = (AVERAGED / located.levels.len()).max(1) as f64 * period;
        if capture.power_w.len() as f64 > most + ENDS * located.samples_per_symbol {
            let whole = (most - most.round()).abs() < 1e-6;
            let kept = if whole { most.round() } else { most + ENDS * located.samples_per_symbol };
            capture.power_w.truncate(kept as usize);
        }
        let Periods { levels, power, mean, .. } =
            Periods::cut(&capture, &located, Self::SAMPLES_PER_SYMBOL)?;
        let averaged = power.len();
        let filtered = |waveform: Vec<f32>| match scope.filter {
            InputFilter::Reference => filtered(
                &waveform,
                Self::SAMPLES_PER_SYMBOL,
                scope.reference.bandwidth_symbol_rates,
            ),
            InputFilter::Prefiltered => waveform,
        };
        let noisy = if averaged > 1 && scope.averaging == Averaging::None {
            (NOISY / levels.len()).clamp(1, averaged)
        } else {
            0
        };
        // spread over the whole record, so that slow noise is included
        let one =
            |k: usize| power[k * averaged / noisy].iter().zip(&mean).map(|(p, m)| p - m).collect();
        let repeats = (0..noisy).map(one).map(filtered).collect();
        let waveform = filtered(mean);
        let delay = align::delay(&waveform, Self::SAMPLES_PER_SYMBOL, &levels);
        Ok((
            PatternPeriods { levels, waveform, repeats, averaged: averaged as f64, delay },
            PatternFound { located, held, averaged },
        ))
    }

    /// The periods as input of the TDECQ measurement.
    pub(super) fn capture(
        &self,
        instrument_sigma: f64,
        outer: Option<OuterLevels>,
    ) -> tdecq::TdecqCapture<'_> {
        tdecq::TdecqCapture {
            outer,
            waveform: &self.waveform,
            samples_per_symbol: Self::SAMPLES_PER_SYMBOL,
            levels: &self.levels,
            noise: if self.repeats.is_empty() {
                CaptureNoise::None
            } else {
                CaptureNoise::Repeats(&self.repeats)
            },
            filter: InputFilter::Prefiltered,
            instrument_sigma,
        }
    }

    /// Periods as they were captured; the mean one when their noise is not known.
    pub(super) fn noisy(&self) -> impl Iterator<Item = Vec<f32>> {
        let with =
            |noise: &Vec<f32>| noise.iter().zip(&self.waveform).map(|(n, y)| n + y).collect();
        let mean = self.repeats.is_empty().then(|| self.waveform.clone());
        mean.into_iter().chain(self.repeats.iter().map(with))
    }

    /// Rms of the transmitter's noise after the equaliser at the centre, by level.
    pub(super) fn sigma(&self, tdecq: &TdecqResult) -> [f64; 4] {
        let (s, m) = (Self::SAMPLES_PER_SYMBOL as isize, self.waveform.len() as isize);
        let centre = tdecq.centre_samples.round() as isize;
        let mut sums = [(0.0, 0.0); 4];
        for noise in &self.repeats {
            for (k, &level) in self.levels.iter().enumerate() {
                let at = |tap: usize| {
                    noise[(centre + s * (k as isize - tap as isize + tdecq.main_tap as isize))
                        .rem_euclid(m) as usize]
                };
                let z: f64 =
                    tdecq.taps.iter().enumerate().map(|(tap, w)| w * f64::from(at(tap))).sum();
                let sum = &mut sums[usize::from(level)];
                *sum = (sum.0 + 1.0, sum.1 + z * z);
            }
        }
        // residuals of K periods about their mean: the noise variance is K / (K - 1) times theirs
        let share = self.averaged / (self.averaged - 1.0).max(1.0);
        sums.map(|(count, sum)| if count == 0.0 { 0.0 } else { (sum / count * share).sqrt() })
    }
}
