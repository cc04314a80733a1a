//! Levels from settled runs: OMA, extinction ratio; linearity of four levels.

use super::align;
use crate::units::{db_from_power_ratio, dbm_from_watt};

/// Runs of the highest and the lowest level that count as settled.
///
/// IEEE Std 802.3 clause 121.8.4 (status: secondary source, standards.md 7): the mean of the
/// central 2 UI of seven threes and of six zeros.
///
/// An inverted pattern has six threes and seven zeros; one with swapped bits of each symbol has six
/// of both (assumed: no clause has such a pattern).
const RUNS: [(usize, usize); 3] = [(7, 6), (6, 7), (6, 6)];

/// The settled outer levels of an optical waveform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OuterLevels {
    /// Highest level, W.
    pub three_w: f64,
    /// Lowest level, W.
    pub zero_w: f64,
    /// Average power, W.
    pub average_w: f64,
}

impl OuterLevels {
    /// Outer optical modulation amplitude, dBm.
    pub fn oma_dbm(&self) -> f64 {
        dbm_from_watt(self.three_w - self.zero_w)
    }

    /// Extinction ratio, dB.
    pub fn extinction_ratio_db(&self) -> f64 {
        db_from_power_ratio(self.three_w / self.zero_w)
    }

    /// Average power, dBm.
    pub fn average_dbm(&self) -> f64 {
        dbm_from_watt(self.average_w)
    }
}

/// Measures a periodic `power` waveform (W) that carries `levels`; `None` when a settled run is
/// missing, or when the runs do not settle and the threes end below the zeros.
pub fn outer(power: &[f32], samples_per_symbol: usize, levels: &[u8]) -> Option<OuterLevels> {
    outer_at(power, samples_per_symbol, levels, align::delay(power, samples_per_symbol, levels))
}

/// [`outer`] of a waveform whose symbols have their middles at `k samples_per_symbol + delay`.
pub fn outer_at(
    power: &[f32],
    samples_per_symbol: usize,
    levels: &[u8],
    delay: f64,
) -> Option<OuterLevels> {
    RUNS.into_iter()
        .find_map(|lengths| of_runs(power, samples_per_symbol, levels, delay, lengths))
        .filter(|outer| outer.three_w > outer.zero_w)
}

/// [`outer_at`] from the longest runs of threes and zeros that the pattern has, with their lengths:
/// for patterns without settled ones.
///
/// The mean is over the central 2 UI of a run as far as it reaches half a symbol from both ends, or
/// the middle of a single symbol. Levels that have not settled are too close to each other.
pub fn outer_of_longest_runs(
    power: &[f32],
    samples_per_symbol: usize,
    levels: &[u8],
    delay: f64,
) -> Option<(OuterLevels, (usize, usize))> {
    let lengths = (longest_run(levels, 3), longest_run(levels, 0));
    if lengths.0 == 0 || lengths.1 == 0 {
        return None;
    }
    of_runs(power, samples_per_symbol, levels, delay, lengths)
        .filter(|outer| outer.three_w > outer.zero_w)
        .map(|outer| (outer, lengths))
}

/// Length of the longest run of a level in a period; 0 where it does not occur, or alone.
fn longest_run(levels: &[u8], level: u8) -> usize {
    let Some(other) = levels.iter().position(|&l| l != level) else { return 0 };
    let turned = levels.iter().cycle().skip(other).take(levels.len());
    let (mut longest, mut run) = (0, 0);
    for &here in turned {
        run = if here == level { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Outer levels from runs of exactly these lengths of threes and zeros.
fn of_runs(
    power: &[f32],
    samples_per_symbol: usize,
    levels: &[u8],
    delay: f64,
    (threes, zeros): (usize, usize),
) -> Option<OuterLevels> {
    let mean = |level: u8, length: usize| -> Option<f64> {
        let centre = |first: usize| {
            ((2 * first + length - 1) as f64 / 2.0 * samples_per_symbol as f64 + delay).round()
                as usize
        };
        // 2 UI about the centre, both ends half; less where the run is short
        let reach = (samples_per_symbol * (length - 1).min(2) / 2).max(1);
        let at = |i: usize| f64::from(power[i % power.len()]);
        let one = |centre: usize| {
            let from = centre + power.len() - reach;
            (at(from) + at(from + 2 * reach)) / 2.0
                + (1..2 * reach).map(|i| at(from + i)).sum::<f64>()
        };
        let all: Vec<f64> = runs(levels, level, length)
            .map(|first| one(centre(first)) / (2 * reach) as f64)
            .collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    };
    let average_w = power.iter().map(|&p| f64::from(p)).sum::<f64>() / power.len() as f64;
    Some(OuterLevels { three_w: mean(3, threes)?, zero_w: mean(0, zeros)?, average_w })
}

/// Part of the symbol about its middle over which [`centre_levels`] averages: 5 %, as scopes do for
/// eye linearity.
const CENTRE_UI: f64 = 0.05;

/// Mean amplitude at the middle of the symbols by the level sent; NaN for a level that does not
/// occur.
pub fn centre_levels(
    power: &[f32],
    samples_per_symbol: usize,
    levels: &[u8],
    delay: f64,
) -> [f64; 4] {
    let reach = (0.5 * CENTRE_UI * samples_per_symbol as f64).round() as usize;
    let first = delay.round() as usize + power.len() - reach;
    let mut sums = [(0.0, 0.0); 4];
    for (k, &level) in levels.iter().enumerate() {
        let sum: f64 = (0..=2 * reach)
            .map(|i| f64::from(power[(k * samples_per_symbol + first + i) % power.len()]))
            .sum();
        let total = &mut sums[usize::from(level.min(3))];
        *total = (total.0 + (2 * reach + 1) as f64, total.1 + sum);
    }
    sums.map(|(count, sum)| sum / count)
}

/// First symbols of the runs of exactly `length`.
fn runs(levels: &[u8], level: u8, length: usize) -> impl Iterator<Item = usize> {
    let n = levels.len();
    (0..n).filter(move |&i| {
        levels[(i + n - 1) % n] != level
            && levels[(i + length) % n] != level
            && (0..length).all(|j| levels[(i + j) % n] == level)
    })
}

/// Ratio of level mismatch, 120D.3.1.2: min(3 ES1, 3 ES2, 2 - 3 ES1, 2 - 3 ES2).
///
/// ```text
/// mid = (v0 + v3) / 2,  ES1 = (v1 - mid) / (v0 - mid),  ES2 = (v2 - mid) / (v3 - mid)
/// ```
pub fn rlm(v: [f64; 4]) -> f64 {
    let mid = (v[0] + v[3]) / 2.0;
    let (es1, es2) = ((v[1] - mid) / (v[0] - mid), (v[2] - mid) / (v[3] - mid));
    (3.0 * es1).min(3.0 * es2).min(2.0 - 3.0 * es1).min(2.0 - 3.0 * es2)
}

/// Ratio of level mismatch, clause 94: six times half of the smallest step over the outer levels'
/// distance.
///
/// ```text
/// S = min(v3 - v2, v2 - v1, v1 - v0) / 2,   RLM = 6 S / (v3 - v0)
/// ```
pub fn rlm_clause_94(v: [f64; 4]) -> f64 {
    3.0 * (v[3] - v[2]).min(v[2] - v[1]).min(v[1] - v[0]) / (v[3] - v[0])
}

/// Eye linearity (OIF CEI): the smallest step between mean levels at the eye's centre over the
/// largest.
pub fn eye_linearity(v: [f64; 4]) -> f64 {
    let steps = [v[1] - v[0], v[2] - v[1], v[3] - v[2]];
    steps.iter().copied().fold(f64::INFINITY, f64::min)
        / steps.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// A block of `symbols` levels that holds settled runs of both outer levels: PRBS13Q, as far as it
/// reaches, after one run of seven threes and one of six zeros.
pub fn settled_pattern(symbols: usize, prbs13q: &crate::pattern::SymbolSource) -> Vec<u8> {
    let mut levels = vec![0; symbols];
    prbs13q.fill(0, crate::seed::Seed::new(0), &mut levels);
    let head = [1, 3, 3, 3, 3, 3, 3, 3, 1, 2, 0, 0, 0, 0, 0, 0, 2];
    let put = head.len().min(symbols);
    levels[..put].copy_from_slice(&head[..put]);
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_steps_have_an_rlm_of_one_and_a_low_middle_level_less() {
        assert!((rlm([0.0, 1.0, 2.0, 3.0]) - 1.0).abs() < 1e-12);
        // v1 = 0.9: ES1 = 0.4, 2 - 1.2 = 0.8
        assert!((rlm([0.0, 0.9, 2.0, 3.0]) - 0.8).abs() < 1e-12);
    }

    /// The example of Keysight's FlexDCA help, *PAM linearity definition*: 14.6, 7.5, -8.0, -15.2
    /// mV have 0.715 by clause 94. By 120D: ES1 = 7.7 / 14.9, 2 - 3 ES1 = 0.4497; by CEI: 7.1 /
    /// 15.5.
    #[test]
    fn one_set_of_levels_has_three_linearities() {
        let v = [-15.2, -8.0, 7.5, 14.6];
        assert!((rlm_clause_94(v) - 0.715).abs() < 5e-4, "{}", rlm_clause_94(v));
        assert!((rlm(v) - (2.0 - 3.0 * 7.8 / 14.9)).abs() < 1e-9, "{}", rlm(v));
        assert!((eye_linearity(v) - 7.1 / 15.5).abs() < 1e-12);
        for all in [rlm_clause_94, eye_linearity] {
            assert!((all([0.0, 1.0, 2.0, 3.0]) - 1.0).abs() < 1e-12);
        }
    }

    /// Rectangular symbols have their levels in runs of any length, of one symbol too.
    #[test]
    fn the_longest_runs_give_the_levels_where_none_is_settled() {
        for (levels, lengths) in [
            (vec![0, 1, 2, 3, 3, 3, 1, 0, 0, 2], (3, 2)),
            (vec![3, 1, 2, 0, 2, 1], (1, 1)),
            (vec![3, 0, 0, 1, 2, 2, 3, 3], (3, 2)),
        ] {
            let power: Vec<f32> = levels.iter().flat_map(|&l| [0.5 + f32::from(l); 16]).collect();
            assert_eq!(outer_at(&power, 16, &levels, 7.5), None);
            let (outer, found) = outer_of_longest_runs(&power, 16, &levels, 7.5).unwrap();
            assert_eq!((outer.zero_w, outer.three_w, found), (0.5, 3.5, lengths));
        }
        assert_eq!(outer_of_longest_runs(&[1.0; 32], 16, &[1, 2], 7.5), None);
    }

    #[test]
    fn mean_levels_at_the_centre_are_those_sent() {
        let levels = [0, 1, 2, 3, 3, 1, 0, 2];
        let power: Vec<f32> = (0..8 * 16).map(|i| f32::from(levels[(i / 16 + 5) % 8])).collect();
        assert_eq!(centre_levels(&power, 16, &levels, 3.0 * 16.0 + 7.5), [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn a_delayed_rectangular_waveform_has_its_own_levels() {
        let source = crate::pattern::Pattern {
            kind: crate::pattern::PatternKind::Prbs13q,
            ..Default::default()
        }
        .build()
        .unwrap();
        let levels = settled_pattern(8192, &source);
        let (s, delay) = (4, 7);
        let power: Vec<f32> = (0..8192 * s)
            .map(|i| {
                let k = (i + 8192 * s + s / 2 - delay) / s % 8192;
                1e-3 + 1e-3 * f32::from(levels[k])
            })
            .collect();
        let outer = outer(&power, s, &levels).expect("both runs are there");
        assert!((outer.oma_dbm() - dbm_from_watt(3e-3)).abs() < 1e-4, "{}", outer.oma_dbm());
        assert!((outer.extinction_ratio_db() - db_from_power_ratio(4.0)).abs() < 1e-4);
    }
}
