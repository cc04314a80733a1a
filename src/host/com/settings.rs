//! Grid of equaliser settings.

use super::parameters::Parameters;
use crate::units::amplitude_ratio;

/// CTLE setting as weights of the three responses of [`super::paths::Pulses`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix(pub(super) [f64; 3]);

impl Mix {
    pub(super) fn new(set: &Parameters, gain_db: f64, low_gain_db: f64) -> Self {
        let (ctle, rate) = (&set.receiver.ctle, set.symbol_rate_gbd);
        let (g, low) = (amplitude_ratio(gain_db), amplitude_ratio(low_gain_db));
        let (zero, low_zero) = (rate / ctle.zero_ghz, rate / ctle.low_frequency_ghz);
        Mix([g * low, g * low_zero + low * zero, zero * low_zero])
    }

    /// Products of two weights: of 0 0, 0 1, 0 2, 1 1, 1 2, 2 2.
    pub(super) fn products(&self) -> [f64; 6] {
        let [a, b, c] = self.0;
        [a * a, a * b, a * c, b * b, b * c, c * c]
    }
}

/// Gains of the CTLE.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gains {
    pub(super) gain_db: f64,
    pub(super) low_gain_db: f64,
}

/// A setting of the transmit equaliser.
#[derive(Clone, Debug)]
pub(super) struct TransmitSetting {
    /// All taps, in order of their cursors.
    pub(super) taps: Vec<f64>,
    /// Autocorrelation of the taps from lag 0 on.
    pub(super) weights: Vec<f64>,
}

/// The grid of all settings.
pub(super) struct SettingGrid {
    /// Values of each adjustable tap.
    pub(super) values: Vec<Vec<f64>>,
    cursors: Vec<i32>,
    /// The first tap's cursor.
    pub(super) first_cursor: i32,
    length: usize,
    least_main: f64,
    pub(super) gains_db: Vec<f64>,
    pub(super) low_gains_db: Vec<f64>,
}

impl SettingGrid {
    pub(super) fn new(set: &Parameters) -> Self {
        let (sender, ctle) = (&set.transmitter, &set.receiver.ctle);
        let cursors: Vec<i32> = sender.taps.iter().map(|tap| tap.cursor).collect();
        let (first, last) =
            (cursors.iter().fold(0, |a, &b| a.min(b)), cursors.iter().fold(0, |a, &b| a.max(b)));
        SettingGrid {
            values: sender.taps.iter().map(|tap| tap.steps().values()).collect(),
            cursors,
            first_cursor: first,
            length: (last - first) as usize + 1,
            least_main: sender.main_tap_min,
            gains_db: ctle.gain_db.values(),
            low_gains_db: ctle.low_gain_db.values(),
        }
    }

    /// Symbols between the first and the last tap.
    pub(super) fn span(&self) -> usize {
        self.length - 1
    }

    /// No equaliser, as for near-end aggressors.
    pub(super) fn plain(&self) -> TransmitSetting {
        self.of_taps(&vec![0.0; self.cursors.len()])
    }

    /// A setting by the value number of each tap; `None` if the main tap would be too small.
    pub(super) fn transmit_setting(&self, at: &[usize]) -> Option<TransmitSetting> {
        let values: Vec<f64> = at.iter().zip(&self.values).map(|(&i, values)| values[i]).collect();
        let main = 1.0 - values.iter().map(|x| x.abs()).sum::<f64>();
        (main >= self.least_main - 1e-8).then(|| self.of_taps(&values))
    }

    fn of_taps(&self, values: &[f64]) -> TransmitSetting {
        let mut taps = vec![0.0; self.length];
        taps[-self.first_cursor as usize] = 1.0 - values.iter().map(|x| x.abs()).sum::<f64>();
        for (cursor, value) in self.cursors.iter().zip(values) {
            taps[(cursor - self.first_cursor) as usize] = *value;
        }
        let weights = (0..self.length)
            .map(|lag| taps.iter().zip(&taps[lag..]).map(|(a, b)| a * b).sum())
            .collect();
        TransmitSetting { taps, weights }
    }

    /// Every setting of the transmit equaliser.
    pub(super) fn transmit_settings(&self) -> impl Iterator<Item = TransmitSetting> {
        let counts: Vec<usize> = self.values.iter().map(Vec::len).collect();
        (0..counts.iter().product()).filter_map(move |mut number: usize| {
            let at: Vec<usize> = counts
                .iter()
                .map(|count| {
                    let digit = number % count;
                    number /= count;
                    digit
                })
                .collect();
            self.transmit_setting(&at)
        })
    }

    /// Every setting of the CTLE.
    pub(super) fn gains(&self) -> impl Iterator<Item = Gains> {
        self.gains_db.iter().flat_map(|&gain_db| {
            self.low_gains_db.iter().map(move |&low_gain_db| Gains { gain_db, low_gain_db })
        })
    }
}
