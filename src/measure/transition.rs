//! Transition time of the outer edges.

use super::levels::OuterLevels;

/// Fractions of the OMA between which an edge is timed.
///
/// 20 % to 80 % (status: secondary source, Keysight FlexDCA help, *802.3cd PAM Transition Time*).
const FROM: f64 = 0.2;
const TO: f64 = 0.8;

/// Runs before and after an edge, of the pattern's best: at least five and six symbols as that page
/// has them; shorter ones (assumed) only where the pattern holds none.
const RUNS: [(usize, usize); 5] = [(5, 6), (4, 4), (3, 3), (2, 2), (1, 1)];
/// Range of the search for an edge around its nominal place, symbol periods.
const REACH_UI: usize = 2;

/// 20 % to 80 % transition times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransitionTime {
    /// Mean over the edges from level 0 to 3, symbol periods.
    pub rising_ui: f64,
    /// Mean over the edges from level 3 to 0, symbol periods.
    pub falling_ui: f64,
    /// Symbols without change, at least, before and after the edges used.
    pub runs: (usize, usize),
}

impl TransitionTime {
    /// The slower of both, to which the limit applies, symbol periods.
    pub fn slowest_ui(&self) -> f64 {
        self.rising_ui.max(self.falling_ui)
    }
}

/// Measures a periodic waveform after the reference receiver's filter; its symbols have their
/// middles at `k samples_per_symbol + delay`.
///
/// ```text
/// time from P0 + 0.2 OMA to P0 + 0.8 OMA, on the line between samples
/// ```
///
/// `None` when the pattern has no edge of a kind, or one that does not pass both marks within two
/// symbol periods.
pub fn transition_time(
    power: &[f32],
    samples_per_symbol: usize,
    levels: &[u8],
    delay: f64,
    outer: &OuterLevels,
) -> Option<TransitionTime> {
    if levels.is_empty() || power.len() != levels.len() * samples_per_symbol {
        return None;
    }
    let mean = |from: u8, to: u8, runs| -> Option<f64> {
        let (low, high) =
            if from < to { (outer.zero_w, outer.three_w) } else { (outer.three_w, outer.zero_w) };
        let part = |i: usize| (f64::from(power[i % power.len()]) - low) / (high - low);
        let edges = edges(levels, from, to, runs);
        let times: Option<Vec<f64>> = edges
            .map(|symbol| {
                let middle =
                    (symbol as f64 - 0.5) * samples_per_symbol as f64 + delay + power.len() as f64;
                time(part, middle.round() as usize, REACH_UI * samples_per_symbol)
            })
            .collect();
        let times = times.filter(|times| !times.is_empty())?;
        Some(times.iter().sum::<f64>() / (times.len() * samples_per_symbol) as f64)
    };
    let found = |runs| {
        Some(TransitionTime { rising_ui: mean(0, 3, runs)?, falling_ui: mean(3, 0, runs)?, runs })
    };
    RUNS.into_iter().find_map(found)
}

/// First symbols after the edges between long enough runs.
fn edges(
    levels: &[u8],
    from: u8,
    to: u8,
    (before, after): (usize, usize),
) -> impl Iterator<Item = usize> {
    let n = levels.len();
    (0..n).filter(move |&i| {
        (1..=before).all(|j| levels[(i + n - j % n) % n] == from)
            && (0..after).all(|j| levels[(i + j) % n] == to)
    })
}

/// Samples from one mark to the other: from the crossing of one half nearest to `middle`, back to
/// the first mark and on to the second.
fn time(part: impl Fn(usize) -> f64, middle: usize, reach: usize) -> Option<f64> {
    let crosses = |i: usize, mark: f64| part(i) < mark && part(i + 1) >= mark;
    let half = (0..=reach).flat_map(|d| [middle + d, middle - d]).find(|&i| crosses(i, 0.5))?;
    let at = |i: usize, mark: f64| i as f64 + (mark - part(i)) / (part(i + 1) - part(i));
    let first = (0..=reach).map(|d| half - d).find(|&i| crosses(i, FROM))?;
    let last = (0..=reach).map(|d| half + d).find(|&i| crosses(i, TO))?;
    Some(at(last, TO) - at(first, FROM))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Pattern, PatternKind};
    use crate::seed::Seed;

    /// An exponential edge takes ln(0.8 / 0.2) time constants; between sixteenths of a symbol a
    /// line errs by h^2/8 of the curvature, below 1 %.
    #[test]
    fn an_exponential_edge_takes_ln_four_time_constants() {
        for (kind, runs) in [(PatternKind::Ssprq, (5, 6)), (PatternKind::Prbs13q, (3, 3))] {
            let source = Pattern { kind, ..Default::default() }.build().expect("it builds");
            let mut levels = vec![0; source.period().expect("it repeats") as usize];
            source.fill(0, Seed::new(0), &mut levels);
            let (s, constant_ui) = (16, 0.2);
            let decay = (-1.0 / (constant_ui * s as f64)).exp();
            let mut y = 0.0;
            let mut power: Vec<f32> = Vec::new();
            // a second period is settled
            for _ in 0..2 {
                power.clear();
                for i in 0..levels.len() * s {
                    y = f64::from(levels[i / s]) + (y - f64::from(levels[i / s])) * decay;
                    power.push(y as f32);
                }
            }
            let outer = OuterLevels { three_w: 3.0, zero_w: 0.0, average_w: 1.5 };
            let time = transition_time(&power, s, &levels, 9.0, &outer).expect("there are edges");
            let expected = constant_ui * 4f64.ln();
            assert!(
                (time.rising_ui / expected - 1.0).abs() < 0.02
                    && (time.falling_ui / expected - 1.0).abs() < 0.02,
                "{time:?}"
            );
            assert_eq!(time.runs, runs);
        }
    }

    #[test]
    fn a_pattern_without_outer_edges_has_no_transition_time() {
        let outer = OuterLevels { three_w: 3.0, zero_w: 0.0, average_w: 1.5 };
        assert_eq!(transition_time(&[1.0; 32], 8, &[0, 1, 3, 1], 4.0, &outer), None);
        assert_eq!(transition_time(&[], 8, &[], 4.0, &outer), None);
    }
}
