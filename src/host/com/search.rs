//! The best setting by the figure of merit of 93A, over every setting.

use super::channel::AggressorEnd;
use super::correlation::{Correlation, LagCorrelation};
use super::parameters::Parameters;
use super::paths::{FrontNoise, Pulses, SAMPLES};
use super::settings::{Gains, Mix, SettingGrid, TransmitSetting};
use crate::units::{db_from_power_ratio, power_ratio};

/// Symbols before and after the largest sample of an unequalised pulse; the inner ones are searched
/// for the peak.
const AROUND: usize = 3;

/// A path with its correlations.
pub(super) struct CoupledPath {
    pub(super) pulses: Pulses,
    pub(super) side: AggressorEnd,
    pub(super) levels: Correlation,
}

/// Inputs of a search.
pub(super) struct SearchInputs<'a> {
    pub(super) set: &'a Parameters,
    pub(super) settings: SettingGrid,
    pub(super) victim: Pulses,
    pub(super) levels: Correlation,
    pub(super) slopes: Correlation,
    pub(super) aggressors: Vec<CoupledPath>,
    pub(super) noise: FrontNoise,
}

/// Equaliser settings and sampling point of the pulse.
#[derive(Clone, Debug)]
pub(super) struct EqualiserSetting {
    pub(super) fom_db: f64,
    pub(super) transmit: TransmitSetting,
    pub(super) gains: Gains,
    /// Row and phase of the main sample.
    pub(super) row: usize,
    pub(super) phase: usize,
    /// Taps of the receiver's feed-forward equaliser with a main tap of 1; a single tap without it.
    pub(super) receive_taps: Vec<f64>,
}

/// Mean square of the symbols over that of the outer levels.
///
/// ```text
/// sigma_X^2 = (L^2 - 1) / (3 (L - 1)^2)          (93A-29)
/// ```
pub(super) fn symbol_power(levels: usize) -> f64 {
    let l = levels as f64;
    (l * l - 1.0) / (3.0 * (l - 1.0) * (l - 1.0))
}

/// Three responses after a transmit equaliser, some rows from `first_row` on.
pub(super) fn window(
    pulses: &Pulses,
    settings: &SettingGrid,
    transmit: &TransmitSetting,
    first_row: usize,
    rows: usize,
) -> [Vec<f64>; 3] {
    std::array::from_fn(|i| {
        let mut out = vec![0.0; rows * SAMPLES];
        for (at, tap) in transmit.taps.iter().enumerate().filter(|(_, tap)| **tap != 0.0) {
            let from = (first_row as i64 - i64::from(settings.first_cursor) - at as i64) as usize
                * SAMPLES;
            out.iter_mut().zip(&pulses.parts[i][from..]).for_each(|(out, x)| *out += tap * x);
        }
        out
    })
}

/// The three responses combined for one CTLE setting.
pub(super) fn mixed(parts: &[Vec<f64>; 3], mix: &Mix, out: &mut [f64]) {
    let [a, b, c] = mix.0;
    for (out, ((x, y), z)) in out.iter_mut().zip(parts[0].iter().zip(&parts[1]).zip(&parts[2])) {
        *out = a * x + b * y + c * z;
    }
}

/// The largest sample, not nearer than `margin` symbols to either end.
pub(super) fn peak(h: &[f64], margin: usize) -> usize {
    let (mut at, mut most) = (margin * SAMPLES, f64::NEG_INFINITY);
    for (k, &x) in h.iter().enumerate().take(h.len() - margin * SAMPLES).skip(margin * SAMPLES) {
        if x > most {
            (at, most) = (k, x);
        }
    }
    at
}

/// Sampling point of a pulse: the last time at or before its peak at which
///
/// ```text
/// F(t) = h(t - T) - h(t + T) + b_1 h(t) = 0,   b_1 = h(t + T) / h(t) within its limits     (93A-25, 93A-26)
/// ```
///
/// changes sign; if it does not within a symbol, the least |F| within a symbol of the peak. `None`
/// if the peak is not positive.
pub(super) fn main_sample(h: &[f64], first_tap: Option<(f64, f64)>) -> Option<usize> {
    let at_peak = peak(h, AROUND - 1);
    if h[at_peak] <= 0.0 {
        return None;
    }
    let off = |k: usize| {
        let late = h[k + SAMPLES];
        let fed_back =
            first_tap.map_or(0.0, |(least, most)| (late / h[k]).clamp(least, most) * h[k]);
        h[k - SAMPLES] - late + fed_back
    };
    let mut later = off(at_peak);
    for k in (at_peak - SAMPLES..at_peak).rev() {
        if h[k] <= 0.0 {
            break;
        }
        let here = off(k);
        if here * later <= 0.0 {
            return Some(if here.abs() < later.abs() { k } else { k + 1 });
        }
        later = here;
    }
    (at_peak - SAMPLES..at_peak + SAMPLES)
        .filter(|&k| h[k] > 0.0)
        .min_by(|&a, &b| off(a).abs().total_cmp(&off(b).abs()))
}

impl SearchInputs<'_> {
    /// The setting of the best figure of merit.
    ///
    /// ```text
    /// FOM = 10 log10(A_s^2 / (sigma_TX^2 + sigma_ISI^2 + sigma_J^2 + sigma_XT^2 + sigma_N^2))     (93A-36)
    /// ```
    ///
    /// `None` if no setting has a pulse with a positive peak.
    pub(super) fn best(&self) -> Option<EqualiserSetting> {
        let (set, dfe) = (self.set, &self.set.receiver.dfe);
        let first_row = self.victim.peak_row() - AROUND;
        let rows = 2 * AROUND + dfe.b_max.len();
        let power = symbol_power(set.levels);
        let sender = &set.transmitter;
        let jitter = sender.random_jitter_ui.powi(2) + sender.dual_dirac_jitter_ui.powi(2);
        let sender_noise = power_ratio(-sender.snr_db);
        let step = sender.level_mismatch_ratio / (set.levels - 1) as f64;
        let first_tap = dfe.b_max.first().map(|&most| (dfe.b_min[0], most));
        let gains: Vec<(Gains, Mix)> = self
            .settings
            .gains()
            .map(|gains| (gains, Mix::new(set, gains.gain_db, gains.low_gain_db)))
            .collect();
        let plain = self.settings.plain();
        let of_side = |side: AggressorEnd| {
            self.aggressors.iter().filter(move |aggressor| aggressor.side == side)
        };
        let near: Vec<LagCorrelation> = of_side(AggressorEnd::NearEnd)
            .map(|aggressor| aggressor.levels.sent(&plain, 0))
            .collect();
        // noise independent of the transmit setting
        let still: Vec<f64> = gains
            .iter()
            .map(|(_, mix)| {
                self.noise.at(mix, 0)
                    + power * near.iter().map(|sent| sent.largest(mix).1).sum::<f64>()
            })
            .collect();
        let mut h = vec![0.0; rows * SAMPLES];
        let mut best: Option<EqualiserSetting> = None;
        for transmit in self.settings.transmit_settings() {
            let parts = window(&self.victim, &self.settings, &transmit, first_row, rows);
            let (levels, slopes) = (self.levels.sent(&transmit, 0), self.slopes.sent(&transmit, 0));
            let far: Vec<LagCorrelation> = of_side(AggressorEnd::FarEnd)
                .map(|aggressor| aggressor.levels.sent(&transmit, 0))
                .collect();
            for ((gains, mix), still) in gains.iter().zip(&still) {
                mixed(&parts, mix, &mut h);
                let Some(k) = main_sample(&h[..2 * AROUND * SAMPLES], first_tap) else { continue };
                let (main, products) = (h[k], mix.products());
                let mut interference = levels.at(&products, k % SAMPLES) - main * main;
                for (i, (&least, &most)) in dfe.b_min.iter().zip(&dfe.b_max).enumerate() {
                    let sample = h[k + (i + 1) * SAMPLES];
                    let left = sample - (sample / main).clamp(least, most) * main;
                    interference += left * left - sample * sample;
                }
                let crosstalk: f64 = far.iter().map(|sent| sent.largest(mix).1).sum();
                let noise = power
                    * (interference.max(0.0)
                        + jitter * slopes.at(&products, k % SAMPLES)
                        + crosstalk)
                    + main * main * sender_noise
                    + still;
                let fom_db = db_from_power_ratio((step * main).powi(2) / noise);
                if best.as_ref().is_none_or(|best| fom_db > best.fom_db) {
                    let (row, phase) = (first_row + k / SAMPLES, k % SAMPLES);
                    let (transmit, receive_taps) = (transmit.clone(), vec![1.0]);
                    best = Some(EqualiserSetting {
                        fom_db,
                        transmit,
                        gains: *gains,
                        row,
                        phase,
                        receive_taps,
                    });
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pulse of cos^2 over two symbols each side of its peak at row 3: without feedback F is 0 at
    /// the peak by symmetry; with a free first tap F is h(t - T), which is 0 where the pulse
    /// begins, a symbol before the sample.
    #[test]
    fn a_pulse_is_sampled_where_93a_says() {
        let at = |k: usize| (k as f64 - 3.0 * SAMPLES as f64) / SAMPLES as f64;
        let h: Vec<f64> =
            (0..6 * SAMPLES)
                .map(|k| at(k) / 1.5)
                .map(|t| {
                    if t.abs() < 1.0 {
                        (std::f64::consts::FRAC_PI_2 * t).cos().powi(2)
                    } else {
                        0.0
                    }
                })
                .collect();
        assert_eq!(main_sample(&h, None), Some(3 * SAMPLES));
        // 0 from -1.5 symbols on: -0.5 symbols
        assert_eq!(main_sample(&h, Some((-1.0, 1.0))).map(at), Some(-0.5));
        assert_eq!(main_sample(&vec![-1.0; 6 * SAMPLES], None), None);
        assert!((symbol_power(4) - 5.0 / 9.0).abs() < 1e-15 && symbol_power(2) == 1.0);
    }
}
