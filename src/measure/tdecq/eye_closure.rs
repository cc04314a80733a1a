//! Noise that an eye tolerates after an equaliser, with its gradient over the equaliser settings.

use super::capture::CaptureNoise;
use super::reference::Reference;
use super::windows::{Polyphase, WindowRow, positions};
use crate::math::fir::{correlate_add, lags_add};
use crate::math::gaussian_tail_sums::{Tails, add_table, place, tails};

/// Cells of a histogram, and its ends over the OMA about the average power: a cell is a hundredth
/// of an ideal eye's noise.
pub(super) const CELLS: usize = 4096;
pub(super) const END: f64 = 1.0;
pub(super) const CELL: f64 = 2.0 * END / (CELLS - 1) as f64;
/// Number of standard deviations beyond which a sample adds less than 1e-15.
const FAR: f64 = 8.0;
/// Tolerated noise over the OMA below which an eye counts as closed: TDECQ of about 17 dB.
const SIGMA_MIN: f64 = 1e-3;
/// Newton's steps on the logarithm of the noise; three to six are needed.
const NEWTON_STEPS: usize = 40;

/// The eye of one capture, over the OMA about its average power, before any equaliser.
pub(super) struct EyeUnderNoise<'a> {
    /// One waveform for every repeat.
    waveforms: Vec<Polyphase>,
    levels: &'a [u8],
    /// First cell of each symbol's histogram.
    histogram: Vec<u32>,
    /// Levels of the symbols before, -1/2 to 1/2.
    pub(super) fed_back: Vec<f32>,
    /// Middle of the symbols, samples after each symbol's first.
    delay: f64,
    reference: Reference,
    samples_per_symbol: usize,
    pub(super) pad: usize,
    /// Correlation of the instrument's noise at whole symbol periods.
    correlation: Vec<f64>,
    /// Transmitter noise: standard deviation by level, correlation.
    own_sigma: [f64; 4],
    own_correlation: Vec<f64>,
    /// Level by level, its share of the symbols.
    share: [f64; 4],
}

/// An equaliser with its decision thresholds and its instant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    pub(super) taps: Vec<f64>,
    pub(super) main: usize,
    pub(super) dfe: f64,
    /// Thresholds less their nominal places, over the OMA.
    pub(super) shifts: [f64; 3],
    /// Centre of the windows from the middle of the symbols, symbol periods.
    pub(super) centre_ui: f64,
}

/// Derivatives of one number with respect to a setting.
#[derive(Clone, Debug)]
pub(super) struct ClosureSlope {
    pub(super) taps: Vec<f64>,
    pub(super) dfe: f64,
    pub(super) shifts: [f64; 3],
    pub(super) centre_ui: f64,
}

/// The largest noise before the equaliser in each window, and how its logarithm falls.
pub(super) struct Borne {
    pub(super) sigma: [f64; 2],
    pub(super) slopes: [ClosureSlope; 2],
}

/// Rows of both windows at one centre, kept while the centre stays.
#[derive(Default)]
pub(super) struct Rows {
    centre_ui: Option<f64>,
    rows: [Vec<WindowRow>; 2],
    /// By window and row: the cell of each symbol.
    cells: [Vec<Vec<u32>>; 2],
    pub(super) histograms: [Vec<f32>; 2],
}

impl<'a> EyeUnderNoise<'a> {
    pub(super) fn new(
        waveforms: Vec<Polyphase>,
        levels: &'a [u8],
        (delay, samples_per_symbol): (f64, usize),
        reference: &Reference,
        (correlation, noise, oma): (Vec<f64>, &CaptureNoise<'_>, f64),
    ) -> Self {
        let n = levels.len();
        let (own_sigma, own) = match noise {
            CaptureNoise::Gaussian { variance, correlation } => {
                (variance.map(|v| v.max(0.0).sqrt() / oma), correlation.as_deref())
            }
            CaptureNoise::None | CaptureNoise::Repeats(_) => ([0.0; 4], None),
        };
        let own_correlation = own.map_or_else(
            || correlation.clone(),
            |own| {
                (0..reference.taps)
                    .map(|lag| if lag == 0 { 1.0 } else { own.get(lag).copied().unwrap_or(0.0) })
                    .collect()
            },
        );
        let fed_back = (0..n).map(|k| f32::from(levels[(k + n - 1) % n]) / 3.0 - 0.5).collect();
        let share = [0, 1, 2, 3]
            .map(|level| levels.iter().filter(|&&l| l == level).count() as f64 / n as f64);
        let histogram = levels.iter().map(|&l| u32::from(l) * CELLS as u32).collect();
        let pad = reference.taps - 1;
        let reference = *reference;
        EyeUnderNoise {
            waveforms,
            levels,
            histogram,
            fed_back,
            delay,
            samples_per_symbol,
            reference,
            pad,
            correlation,
            own_sigma,
            own_correlation,
            share,
        }
    }

    /// Levels sent, -1/2 to 1/2.
    pub(super) fn sent(&self) -> Vec<f32> {
        self.levels.iter().map(|&l| f32::from(l) / 3.0 - 0.5).collect()
    }

    /// The mean of the repeats at one instant, with [`EyeUnderNoise::pad`] symbols on both sides.
    pub(super) fn instant(&self, centre_ui: f64) -> Vec<f32> {
        let at = self.delay + centre_ui * self.samples_per_symbol as f64;
        let mut mean = self.waveforms[0].row(at, self.pad).values;
        for other in &self.waveforms[1..] {
            mean.iter_mut().zip(other.row(at, self.pad).values).for_each(|(m, y)| *m += y);
        }
        let scale = 1.0 / self.waveforms.len() as f32;
        mean.iter_mut().for_each(|m| *m *= scale);
        mean
    }

    /// Gain of the noise power through some taps, with its gradient.
    pub(super) fn noise_gain(&self, taps: &[f64]) -> (f64, Vec<f64>) {
        let at = |i: usize| {
            taps.iter().enumerate().map(|(j, w)| w * self.correlation[i.abs_diff(j)]).sum::<f64>()
        };
        let rows: Vec<f64> = (0..taps.len()).map(at).collect();
        (rows.iter().zip(taps).map(|(r, w)| r * w).sum(), rows.iter().map(|r| 2.0 * r).collect())
    }

    /// Variance of the transmitter noise after the taps on one level, and its gradient: the main
    /// tap takes the level's noise, the others the mean over the pattern.
    pub(super) fn own_variance(&self, setting: &Setting, level: usize) -> (f64, Vec<f64>) {
        let (sigma, w, m) = (self.own_sigma, &setting.taps, setting.main);
        let mean = |f: &dyn Fn(f64) -> f64| {
            sigma.iter().zip(&self.share).map(|(&s, p)| p * f(s)).sum::<f64>()
        };
        let (mean_sigma, mean_square) = (mean(&|s| s), mean(&|s| s * s));
        let factor = |i: usize, j: usize| match (i == m, j == m) {
            (true, true) => sigma[level] * sigma[level],
            (false, false) if i == j => mean_square,
            (false, false) => mean_sigma * mean_sigma,
            _ => sigma[level] * mean_sigma,
        };
        let product =
            |i: usize, j: usize| w[j] * factor(i, j) * self.own_correlation[i.abs_diff(j)];
        let rows: Vec<f64> =
            (0..w.len()).map(|i| (0..w.len()).map(|j| product(i, j)).sum()).collect();
        (
            rows.iter().zip(w).map(|(r, w)| r * w).sum::<f64>().max(0.0),
            rows.iter().map(|r| 2.0 * r).collect(),
        )
    }

    /// The largest noise at the equaliser's input at which each window meets `target`; `None` when
    /// one never does.
    ///
    /// ```text
    /// SER(sigma) = mean over samples of Q((z - P_below) / s) + Q((P_above - z) / s),   s^2 = Ceq^2 sigma^2 + own variance
    /// ```
    ///
    /// A sample is compared with the thresholds of its transmitted level.
    pub(super) fn borne(&self, setting: &Setting, target: f64, rows: &mut Rows) -> Option<Borne> {
        self.fill(setting, rows);
        let (gain, gain_slope) = self.noise_gain(&setting.taps);
        // never below 1 (802.3cd; standards.md 4 and 7)
        let (gain, gain_slope) =
            if gain < 1.0 { (1.0, vec![0.0; gain_slope.len()]) } else { (gain, gain_slope) };
        let own = [0, 1, 2, 3].map(|level| self.own_variance(setting, level));
        let thresholds: [f64; 3] =
            std::array::from_fn(|j| (j as f64 - 1.0) / 3.0 + setting.shifts[j]);
        let solve = |window: usize| -> Option<(f64, ClosureSlope)> {
            let count = (rows.rows[window].len() * self.levels.len()) as f64;
            let levels = Levels::new(&rows.histograms[window], thresholds, count);
            let sigma = levels.largest(gain, &own, target)?;
            let s = own.each_ref().map(|(v, _)| (v + gain * sigma * sigma).sqrt());
            let sums = levels.sums(s);
            let with_sigma: f64 = (0..4)
                .map(|l| sums[l].iter().map(|t| t.moment).sum::<f64>() / (s[l] * s[l]))
                .sum::<f64>()
                * gain
                * sigma
                * sigma;
            let mut slope = self.slope(setting, rows, (window, count), levels.table(s));
            for (level, sides) in sums.iter().enumerate() {
                let moment =
                    sides.iter().map(|t| t.moment).sum::<f64>() / (2.0 * s[level] * s[level]);
                let variance =
                    own[level].1.iter().zip(&gain_slope).map(|(v, g)| v + sigma * sigma * g);
                slope.taps.iter_mut().zip(variance).for_each(|(d, v)| *d += moment * v);
                for (side, tails) in sides.iter().enumerate() {
                    if let Some(j) = threshold(level, side) {
                        slope.shifts[j] += tails.density / s[level] * [1.0, -1.0][side];
                    }
                }
            }
            let scale = |d: &mut f64| *d /= with_sigma;
            slope
                .taps
                .iter_mut()
                .chain(&mut slope.shifts)
                .chain([&mut slope.dfe, &mut slope.centre_ui])
                .for_each(scale);
            Some((sigma, slope))
        };
        let (left, right) = (solve(0)?, solve(1)?);
        Some(Borne { sigma: [left.0, right.0], slopes: [left.1, right.1] })
    }

    /// Equalises both windows and sorts them into histograms, level by level.
    pub(super) fn fill(&self, setting: &Setting, rows: &mut Rows) {
        if rows.centre_ui != Some(setting.centre_ui) {
            rows.centre_ui = Some(setting.centre_ui);
            let centre = self.delay + setting.centre_ui * self.samples_per_symbol as f64;
            let windows = positions(centre, self.samples_per_symbol, &self.reference);
            rows.rows = windows.map(|at| {
                self.waveforms
                    .iter()
                    .flat_map(|w| at.iter().map(|&at| w.row(at, self.pad)))
                    .collect()
            });
        }
        let n = self.levels.len();
        let taps = reversed(&setting.taps);
        let (mut z, mut places) = (vec![0f32; n], vec![0f32; n]);
        for ((rows, cells), histogram) in
            rows.rows.iter().zip(&mut rows.cells).zip(&mut rows.histograms)
        {
            histogram.clear();
            histogram.resize(4 * CELLS, 0.0);
            cells.resize_with(rows.len(), Vec::new);
            for (row, cells) in rows.iter().zip(cells) {
                z.iter_mut().zip(&self.fed_back).for_each(|(z, a)| *z = -setting.dfe as f32 * a);
                correlate_add(&row.values[setting.main..], &taps, &mut z);
                cells.resize(n, 0);
                place(
                    &z,
                    -END as f32,
                    (1.0 / CELL) as f32,
                    CELLS,
                    &self.histogram,
                    cells,
                    &mut places,
                );
                for (&cell, &place) in cells.iter().zip(&places) {
                    histogram[cell as usize] += 1.0 - place;
                    histogram[cell as usize + 1] += place;
                }
            }
        }
    }

    /// Derivative of a window's symbol error ratio through its samples; `table` is the change
    /// across each cell.
    fn slope(
        &self,
        setting: &Setting,
        rows: &Rows,
        (window, count): (usize, f64),
        table: Vec<f32>,
    ) -> ClosureSlope {
        let n = self.levels.len();
        let taps = reversed(&setting.taps);
        let mut lags = vec![0.0; taps.len()];
        let (mut dfe, mut centre_ui) = (0.0, 0.0);
        let (mut g, mut z) = (vec![0f32; n], vec![0f32; n]);
        for (row, cells) in rows.rows[window].iter().zip(&rows.cells[window]) {
            g.iter_mut().zip(cells).for_each(|(g, &cell)| *g = table[cell as usize]);
            lags_add(&g, &row.values[setting.main..], &mut lags);
            z.fill(0.0);
            correlate_add(&row.slopes[setting.main..], &taps, &mut z);
            let mut one = [0.0];
            lags_add(&g, &z, &mut one);
            centre_ui += one[0];
            lags_add(&g, &self.fed_back, std::slice::from_mut(&mut dfe));
        }
        lags.reverse();
        ClosureSlope {
            taps: lags.iter().map(|d| d / count).collect(),
            dfe: -dfe / count,
            shifts: [0.0; 3],
            centre_ui: centre_ui / count,
        }
    }
}

/// Taps in the order in which a correlation runs along the waveform.
fn reversed(taps: &[f64]) -> Vec<f32> {
    taps.iter().rev().map(|&w| w as f32).collect()
}

/// The threshold below (side 0) or above (side 1) a level.
fn threshold(level: usize, side: usize) -> Option<usize> {
    (level + side).checked_sub(1).filter(|&j| j < 3)
}

/// The histograms of the four levels between their thresholds.
struct Levels<'a> {
    histograms: [&'a [f32]; 4],
    /// Cells in use.
    used: [std::ops::Range<usize>; 4],
    thresholds: [f64; 3],
    count: f64,
}

impl<'a> Levels<'a> {
    fn new(histograms: &'a [f32], thresholds: [f64; 3], count: f64) -> Self {
        let histograms: [&[f32]; 4] =
            std::array::from_fn(|l| &histograms[l * CELLS..(l + 1) * CELLS]);
        let used = histograms.map(|h| {
            let first = h.iter().position(|&w| w > 0.0).unwrap_or(0);
            first..h.iter().rposition(|&w| w > 0.0).map_or(first, |last| last + 1)
        });
        Levels { histograms, used, thresholds, count }
    }

    /// Distance of the first cell from a threshold on the safe side, and of the next one from it.
    fn distances(&self, j: usize, side: usize) -> (f64, f64) {
        let sign = [1.0, -1.0][side];
        (sign * (-END - self.thresholds[j]), sign * CELL)
    }

    /// Tails by level and side, over all symbols.
    fn sums(&self, s: [f64; 4]) -> [[Tails; 2]; 4] {
        let side = |level: usize, side: usize| {
            let Some(j) = threshold(level, side) else { return Tails::default() };
            let (first, step) = self.distances(j, side);
            // cells further than FAR standard deviations add nothing
            let far = ((FAR * s[level] - first) / step).clamp(0.0, CELLS as f64) as usize;
            let used = self.used[level].clone();
            let near = if side == 0 {
                used.start..used.end.min(far + 1)
            } else {
                used.start.max(far)..used.end
            };
            if near.is_empty() {
                return Tails::default();
            }
            let sums = tails(
                &self.histograms[level][near.clone()],
                first + near.start as f64 * step,
                step,
                s[level],
            );
            let scale = |x: f64| x / self.count;
            Tails {
                crossing: scale(sums.crossing),
                density: scale(sums.density),
                moment: scale(sums.moment),
            }
        };
        std::array::from_fn(|level| [side(level, 0), side(level, 1)])
    }

    /// The largest standard deviation that meets the target: Newton on logarithms between bounds.
    fn largest(&self, gain: f64, own: &[(f64, Vec<f64>); 4], target: f64) -> Option<f64> {
        let ser = |ln_sigma: f64| {
            let variance = gain * (2.0 * ln_sigma).exp();
            let s = own.each_ref().map(|(v, _)| (v + variance).sqrt());
            let sums = self.sums(s);
            let total: f64 = sums.iter().flatten().map(|t| t.crossing).sum();
            let rate: f64 = (0..4)
                .map(|l| sums[l].iter().map(|t| t.moment).sum::<f64>() / (s[l] * s[l]))
                .sum::<f64>()
                * variance;
            (total, rate)
        };
        let (mut low, mut high) = (SIGMA_MIN.ln(), 0.0);
        let mut x = 0.03f64.ln();
        for _ in 0..NEWTON_STEPS {
            let (total, rate) = ser(x);
            if total > target {
                high = x
            } else {
                low = x
            }
            let step = (target / total).ln() * total / rate;
            if step.abs() < 1e-9 {
                break;
            }
            let next = x + step;
            x = if next > low && next < high { next } else { 0.5 * (low + high) };
        }
        (x > SIGMA_MIN.ln() + 1e-6).then(|| x.exp())
    }

    /// Change of a sample's part of the symbol error ratio per unit of its amplitude, cell by cell.
    fn table(&self, s: [f64; 4]) -> Vec<f32> {
        let mut out = vec![0f32; 4 * CELLS];
        let mut errors = vec![0.0; CELLS];
        for (level, out) in out.chunks_exact_mut(CELLS).enumerate() {
            let used = self.used[level].clone();
            let errors = &mut errors[used.clone()];
            errors.fill(0.0);
            for side in 0..2 {
                if let Some(j) = threshold(level, side) {
                    let (first, step) = self.distances(j, side);
                    add_table(
                        errors,
                        (first + used.start as f64 * step) / s[level],
                        step / s[level],
                    );
                }
            }
            for (out, pair) in out[used].iter_mut().zip(errors.windows(2)) {
                *out = ((pair[1] - pair[0]) / CELL) as f32;
            }
        }
        out
    }
}
