//! Recognition of PRBS31Q, of which no capture holds a period.

use crate::pattern::gray;

/// Symbols that are looked at, and the fewest.
const SYMBOLS: std::ops::RangeInclusive<usize> = 256..=4096;
/// Sampling phases in a symbol that are tried.
const PHASES: usize = 8;
/// Steps to the means of the levels.
const STEPS: usize = 8;
/// Share of bits that follow the recursion: by chance half of them do, of 256 within 0.2.
const FOLLOW: f64 = 0.9;

/// True if the symbols, `s` samples each, follow the recursion of PRBS31.
///
/// ```text
/// p(i) = p(i - 28) + p(i - 31), mod 2
/// ```
///
/// Levels are decided midway between their means. Inverted bits add one to every sum, inverted
/// power to those of every second bit.
pub(super) fn is_prbs31q(x: &[f32], s: f64) -> bool {
    let count = ((x.len() as f64 / s) as usize).saturating_sub(1).min(*SYMBOLS.end());
    count >= *SYMBOLS.start()
        && (0..PHASES).any(|phase| {
            let at = |k: usize| x[((k as f64 + phase as f64 / PHASES as f64) * s) as usize];
            let levels = decided(&(0..count).map(at).collect::<Vec<f32>>());
            [[false, false], [false, true], [true, false], [true, true]]
                .into_iter()
                .any(|[binary, swapped]| follows(&bits(&levels, binary, swapped)))
        })
}

/// Levels: the samples nearest to each of four means, which begin as those of equal parts.
fn decided(samples: &[f32]) -> Vec<u8> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut thresholds = [1, 2, 3].map(|quarter| sorted[quarter * sorted.len() / 4]);
    let level = |y: f32, thresholds: &[f32; 3]| -> usize {
        thresholds.iter().map(|&threshold| usize::from(y >= threshold)).sum()
    };
    for _ in 0..STEPS {
        let mut sums = [(0f32, 0f32); 4];
        for &y in samples {
            let sum = &mut sums[level(y, &thresholds)];
            *sum = (sum.0 + y, sum.1 + 1.0);
        }
        let means = sums.map(|(sum, count)| sum / count.max(1.0));
        thresholds = [0, 1, 2].map(|eye| 0.5 * (means[eye] + means[eye + 1]));
    }
    samples.iter().map(|&y| level(y, &thresholds) as u8).collect()
}

fn bits(levels: &[u8], binary: bool, swapped: bool) -> Vec<bool> {
    let of = |&level: &u8| {
        let (first, second) =
            if binary { (level & 2 > 0, level & 1 > 0) } else { gray::bits(level) };
        if swapped { [second, first] } else { [first, second] }
    };
    levels.iter().flat_map(of).collect()
}

fn follows(bits: &[bool]) -> bool {
    let mut odd = [0.0; 2];
    for i in 31..bits.len() {
        odd[i % 2] += f64::from(u8::from(bits[i] ^ bits[i - 28] ^ bits[i - 31]));
    }
    let half = (bits.len() - 31) as f64 / 2.0;
    odd.iter().all(|odd| !(1.0 - FOLLOW..FOLLOW).contains(&(odd / half)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Pattern, PatternKind};
    use crate::seed::Seed;

    fn sent(kind: PatternKind) -> Vec<u8> {
        let source = Pattern { kind, ..Pattern::default() }.build().unwrap();
        let mut levels = vec![0; 3000];
        source.fill(12_345, Seed::new(1), &mut levels);
        levels
    }

    /// Rectangular symbols with a tenth of a symbol's echo, at 3.7 samples each.
    fn recorded(levels: &[u8], map: impl Fn(u8) -> u8) -> Vec<f32> {
        let at = |t: f64| f32::from(map(levels[t as usize % levels.len()]));
        (0..10_000).map(|i| f64::from(i) / 3.7).map(|t| at(t) + 0.1 * at(t + 1.0)).collect()
    }

    #[test]
    fn prbs31q_is_known_by_its_recursion_in_any_coding() {
        let levels = sent(PatternKind::Prbs31q);
        let swap = |level: u8| {
            let (a, b) = gray::bits(level);
            gray::level(b, a)
        };
        let plain: [&dyn Fn(u8) -> u8; 4] =
            [&|level| level, &|level| 3 - level, &swap, &|level| [2, 3, 0, 1][usize::from(level)]];
        for (i, map) in plain.into_iter().enumerate() {
            assert!(is_prbs31q(&recorded(&levels, map), 3.7), "coding {i}");
        }
        // SSPRQ is made of pieces of PRBS31: it is looked for first
        for kind in [PatternKind::Random, PatternKind::Prbs15q, PatternKind::Prbs13q] {
            assert!(!is_prbs31q(&recorded(&sent(kind), |level| level), 3.7), "{kind:?}");
        }
        assert!(!is_prbs31q(&[0.0, 1.0, 2.0], 1.0));
    }
}
