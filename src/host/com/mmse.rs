//! The best setting with a feed-forward equaliser in the receiver.

use super::channel::AggressorEnd;
use super::correlation::Phases;
use super::parameters::ComFfe;
use super::paths::SAMPLES;
use super::search::{EqualiserSetting, SearchInputs, mixed, peak, symbol_power, window};
use super::settings::{Gains, Mix};
use crate::math::least_squares::solve;
use crate::units::{db_from_amplitude_ratio, power_ratio};
use std::collections::HashMap;

/// Number of CTLE settings from which the hill climbing starts.
const STARTS: usize = 8;
/// Symbols on each side within which a pulse's peak is searched.
const AROUND: usize = 3;

/// Value numbers of each transmit tap, then of both gains.
type SettingIndex = Vec<usize>;

/// A receiver solved at one sampling phase.
struct Solved {
    mean_square: f64,
    taps: Vec<f64>,
}

impl SearchInputs<'_> {
    /// The setting of the best figure of merit, receive taps by the least mean square error.
    ///
    /// ```text
    /// FOM = 20 log10(R_LM / (L - 1) / sqrt(MSE)),   MSE of a main sample of 1
    /// ```
    ///
    /// Hill climbing from the eight best CTLE settings with the smallest transmit equaliser, one
    /// step of one setting at a time.
    pub(super) fn best_by_mmse(&self, ffe: &ComFfe) -> Option<EqualiserSetting> {
        let settings = &self.settings;
        let nearest_zero = |values: &Vec<f64>| {
            (0..values.len())
                .min_by(|&a, &b| values[a].abs().total_cmp(&values[b].abs()))
                .expect("a value")
        };
        let idle: SettingIndex = settings.values.iter().map(nearest_zero).collect();
        let mut known: HashMap<SettingIndex, Option<EqualiserSetting>> = HashMap::new();
        let mut fom_db = |place: &SettingIndex| -> f64 {
            let found = known.entry(place.clone()).or_insert_with(|| self.at(place, ffe));
            found.as_ref().map_or(f64::NEG_INFINITY, |choice| choice.fom_db)
        };
        let mut starts: Vec<(f64, SettingIndex)> = (0..settings.gains_db.len()
            * settings.low_gains_db.len())
            .map(|number| {
                [
                    &idle[..],
                    &[number / settings.low_gains_db.len(), number % settings.low_gains_db.len()],
                ]
                .concat()
            })
            .map(|place| (fom_db(&place), place))
            .collect();
        starts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let counts: Vec<usize> = settings
            .values
            .iter()
            .map(Vec::len)
            .chain([settings.gains_db.len(), settings.low_gains_db.len()])
            .collect();
        let mut best: Option<(f64, SettingIndex)> = None;
        for (mut height, mut place) in starts.into_iter().take(STARTS) {
            loop {
                let around = (0..counts.len()).flat_map(|i| {
                    let step = |to: usize| {
                        let mut place = place.clone();
                        place[i] = to;
                        place
                    };
                    let down = place[i].checked_sub(1).map(step);
                    let up = (place[i] + 1 < counts[i]).then(|| step(place[i] + 1));
                    down.into_iter().chain(up)
                });
                let higher =
                    around.map(|place| (fom_db(&place), place)).max_by(|a, b| a.0.total_cmp(&b.0));
                match higher {
                    Some((above, next)) if above > height => (height, place) = (above, next),
                    _ => break,
                }
            }
            if best.as_ref().is_none_or(|(most, _)| height > *most) {
                best = Some((height, place));
            }
        }
        best.and_then(|(_, place)| known.remove(&place).flatten())
    }

    /// A setting at its best sampling phase, within half a symbol of the peak.
    fn at(&self, place: &SettingIndex, ffe: &ComFfe) -> Option<EqualiserSetting> {
        let (set, settings) = (self.set, &self.settings);
        let (taps_at, gains_at) = place.split_at(settings.values.len());
        let transmit = settings.transmit_setting(taps_at)?;
        let gains = Gains {
            gain_db: settings.gains_db[gains_at[0]],
            low_gain_db: settings.low_gains_db[gains_at[1]],
        };
        let mix = Mix::new(set, gains.gain_db, gains.low_gain_db);
        let before = AROUND + ffe.postcursor_taps;
        let rows = before + AROUND + ffe.precursor_taps + set.receiver.dfe.b_max.len();
        let first_row = self.victim.peak_row() - before;
        let mut h = vec![0.0; rows * SAMPLES];
        mixed(&window(&self.victim, settings, &transmit, first_row, rows), &mix, &mut h);
        let offset = (before - AROUND) * SAMPLES;
        let top = offset + peak(&h[offset..offset + 2 * AROUND * SAMPLES], AROUND - 1);
        if h[top] <= 0.0 {
            return None;
        }
        let length = ffe.precursor_taps + 1 + ffe.postcursor_taps;
        let power = symbol_power(set.levels);
        let sender = &set.transmitter;
        let jitter = sender.random_jitter_ui.powi(2) + sender.dual_dirac_jitter_ui.powi(2);
        let sender_noise = power_ratio(-sender.snr_db);
        let plain = settings.plain();
        let worst = self.aggressors.iter().map(|aggressor| {
            let transmit = if aggressor.side == AggressorEnd::FarEnd { &transmit } else { &plain };
            let phase = aggressor.levels.sent(transmit, 0).largest(&mix).0;
            (aggressor, transmit, phase)
        });
        let worst: Vec<_> = worst.collect();
        let mut correlation: Vec<(Phases, Phases)> = Vec::with_capacity(length);
        for lag in 0..length {
            let levels = self.levels.sent(&transmit, lag).phases(&mix);
            let slopes = self.slopes.sent(&transmit, lag).phases(&mix);
            let unequalised = self.levels.sent(&plain, lag).phases(&mix);
            let products = mix.products();
            let crosstalk: f64 = worst
                .iter()
                .map(|(aggressor, transmit, phase)| {
                    aggressor.levels.sent(transmit, lag).at(&products, *phase)
                })
                .sum();
            let still = self.noise.at(&mix, lag) / power + crosstalk;
            let noise = std::array::from_fn(|p| {
                still + jitter * slopes[p] + sender_noise * unequalised[p] / power
            });
            correlation.push((levels, noise));
        }
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for k in top - SAMPLES / 2..=top + SAMPLES / 2 {
            let Some(solved) = self.solved(&h, k, &correlation, ffe) else { continue };
            let fom_db = db_from_amplitude_ratio(
                sender.level_mismatch_ratio / (set.levels - 1) as f64 / solved.mean_square.sqrt(),
            );
            if best.as_ref().is_none_or(|(most, ..)| fom_db > *most) {
                best = Some((fom_db, k, solved.taps));
            }
        }
        let (fom_db, k, receive_taps) = best?;
        Some(EqualiserSetting {
            fom_db,
            transmit,
            gains,
            row: first_row + k / SAMPLES,
            phase: k % SAMPLES,
            receive_taps,
        })
    }

    /// Taps w and b of least mean square error at one sampling phase.
    ///
    /// ```text
    /// minimise w' R w + |b|^2 - 2 b' H_b w  with  h_0' w = 1,   R = H' H + R_n / sigma_X^2
    /// free b = H_b w:  w ~ (R - H_b' H_b)^-1 h_0;   b at its limits:  w = R^-1 (lambda h_0 + H_b' b)
    /// ```
    ///
    /// then taps beyond their limit relative to the main one are clipped and all are scaled to a
    /// main sample of 1.
    fn solved(
        &self,
        h: &[f64],
        k: usize,
        correlation: &[(Phases, Phases)],
        ffe: &ComFfe,
    ) -> Option<Solved> {
        let (n, phase, dfe) = (correlation.len(), k % SAMPLES, &self.set.receiver.dfe);
        let with_noise: Vec<f64> =
            correlation.iter().map(|(levels, noise)| levels[phase] + noise[phase]).collect();
        let row = |later: usize| -> Vec<f64> {
            (0..n).map(|i| h[k + (later + ffe.precursor_taps) * SAMPLES - i * SAMPLES]).collect()
        };
        let main = row(0);
        let fed_back: Vec<Vec<f64>> = (1..=dfe.b_max.len()).map(row).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let r = |i: usize, j: usize| with_noise[i.abs_diff(j)];
        let free: Vec<f64> = (0..n * n)
            .map(|at| {
                r(at / n, at % n)
                    - fed_back.iter().map(|row| row[at / n] * row[at % n]).sum::<f64>()
            })
            .collect();
        let limited = |w: &[f64]| -> Vec<f64> {
            fed_back
                .iter()
                .zip(dfe.b_min.iter().zip(&dfe.b_max))
                .map(|(row, (&least, &most))| dot(row, w).clamp(least, most))
                .collect()
        };
        let mut w = solve(&free, &main)?;
        let scale = dot(&main, &w);
        w.iter_mut().for_each(|x| *x /= scale);
        let mut b = limited(&w);
        if fed_back
            .iter()
            .zip(&b)
            .any(|(row, b)| (dot(row, &w) - b).abs() > 1e-13 * b.abs().max(1.0))
        {
            let whole: Vec<f64> = (0..n * n).map(|at| r(at / n, at % n)).collect();
            let forced: Vec<f64> =
                (0..n).map(|i| fed_back.iter().zip(&b).map(|(row, b)| row[i] * b).sum()).collect();
            let (toward, along) = (solve(&whole, &main)?, solve(&whole, &forced)?);
            let lambda = (1.0 - dot(&main, &along)) / dot(&main, &toward);
            w = toward.iter().zip(&along).map(|(x, y)| lambda * x + y).collect();
        }
        let largest = ffe.largest_tap * w[ffe.precursor_taps].abs();
        if w.iter().enumerate().any(|(i, x)| i != ffe.precursor_taps && x.abs() > largest) {
            w.iter_mut()
                .enumerate()
                .filter(|(i, _)| *i != ffe.precursor_taps)
                .for_each(|(_, x)| *x = x.clamp(-largest, largest));
            let scale = dot(&main, &w);
            w.iter_mut().for_each(|x| *x /= scale);
            b = limited(&w);
        }
        let quadratic: f64 =
            (0..n).map(|i| w[i] * (0..n).map(|j| r(i, j) * w[j]).sum::<f64>()).sum();
        let feedback: f64 =
            fed_back.iter().zip(&b).map(|(row, b)| b * b - 2.0 * b * dot(row, &w)).sum();
        let mean_square = symbol_power(self.set.levels) * (quadratic - 1.0 + feedback);
        let main_tap = w[ffe.precursor_taps];
        (mean_square > 0.0 && main_tap > 0.0)
            .then(|| Solved { mean_square, taps: w.iter().map(|x| x / main_tap).collect() })
    }
}
