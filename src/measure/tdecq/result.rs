//! The result of a measurement.

use super::histogram::WindowHistogram;
use crate::measure::levels::OuterLevels;
use serde::{Deserialize, Serialize};

/// The two histogram windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HistogramWindow {
    /// At 0.45 UI.
    Left,
    /// At 0.55 UI.
    Right,
}

impl HistogramWindow {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            HistogramWindow::Left => "left",
            HistogramWindow::Right => "right",
        }
    }
}

/// Result of the measurement.
#[derive(Clone, Debug)]
pub struct TdecqResult {
    /// Transmitter (and dispersion) eye closure, dB.
    pub tdecq_db: f64,
    /// 10 log10 of the equaliser's noise enhancement, dB; never below 0.
    pub ceq_db: f64,
    /// TDECQ - 10 log10(Ceq), dB.
    pub tdecq_minus_ceq_db: f64,
    /// Taps w(i), i from -`main_tap` on; their sum is 1 + `dfe`.
    pub taps: Vec<f64>,
    /// Index of the largest tap: the number of precursors.
    pub main_tap: usize,
    /// Coefficient of the decision feedback, 0 without.
    pub dfe: f64,
    /// Decision thresholds, in the waveform's unit.
    pub thresholds: [f64; 3],
    /// Centre between the windows, samples after the first sample for symbol 0.
    pub centre_samples: f64,
    /// The same from the middle of the symbols, symbol periods.
    pub centre_ui: f64,
    /// Histograms of the left and the right window, with the transmitter noise.
    pub histograms: [WindowHistogram; 2],
    /// The window that limits.
    pub limiting: HistogramWindow,
    /// Largest noise at the equaliser's input in each window, sigma_G, in the waveform's unit.
    pub sigma_g: [f64; 2],
    /// OMA, extinction ratio and average power of the same waveform.
    pub outer: OuterLevels,
    /// Ratio of level mismatch (120D.3.1.2) of the mean levels before the equaliser.
    pub rlm: f64,
}

impl TdecqResult {
    /// The waveform after the reference equaliser, for its eye diagram; `waveform` has passed the
    /// filter.
    ///
    /// Each symbol's feedback lasts from half a period before its centre to half a period after it.
    pub fn equalise(&self, waveform: &[f32], samples_per_symbol: usize, levels: &[u8]) -> Vec<f32> {
        let (m, n) = (waveform.len(), levels.len());
        if m == 0 || m != n * samples_per_symbol {
            return Vec::new();
        }
        let oma = self.outer.three_w - self.outer.zero_w;
        let one = |i: usize| {
            let taps = self.taps.iter().enumerate().map(|(j, w)| {
                let back = (j as isize - self.main_tap as isize) * samples_per_symbol as isize;
                w * f64::from(waveform[(i as isize - back).rem_euclid(m as isize) as usize])
            });
            let symbol =
                ((i as f64 - self.centre_samples) / samples_per_symbol as f64).round() as isize - 1;
            let before = f64::from(levels[symbol.rem_euclid(n as isize) as usize]) / 3.0 - 0.5;
            (taps.sum::<f64>() - self.dfe * (self.outer.average_w + oma * before)) as f32
        };
        (0..m).map(one).collect()
    }
}
