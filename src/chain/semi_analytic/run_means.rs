//! Scatter of a mean over symbols, by the means of runs of them.

use crate::chain::linearise::noiseless_block::NoiselessBlock;
use crate::math::interval::Scatter;

/// Least symbols of a run: many times what a tap line remembers.
const RUN: usize = 128;

/// True where several blocks send the same: a fixed pattern.
pub(super) fn is_fixed(records: &[NoiselessBlock]) -> bool {
    records.len() > 1 && records.windows(2).all(|pair| pair[0].levels == pair[1].levels)
}

/// Scatter of the mean of figures of the symbols of each block, its variance in the square of
/// their `unit`.
///
/// Runs are independent of each other, and as long as each other to a symbol. Where the pattern is
/// `fixed`, only what differs between the blocks scatters: the mean over them is taken off, symbol
/// by symbol, and of all runs as many count as are left free.
pub(super) fn scatter(figures: &[&[f64]], fixed: bool, unit: f64) -> Scatter {
    let blocks = figures.len() as f64;
    let common = |k: usize| match fixed {
        true => figures.iter().map(|block| block[k]).sum::<f64>() / blocks,
        false => 0.0,
    };
    let mut means = Vec::new();
    for block in figures {
        let (symbols, runs) = (block.len(), (block.len() / RUN).max(1));
        for i in 0..runs {
            let run = i * symbols / runs..(i + 1) * symbols / runs;
            let length = run.len() as f64;
            means.push(run.map(|k| block[k] - common(k)).sum::<f64>() / length);
        }
    }
    let count = means.len() as f64;
    let mean = means.iter().sum::<f64>() / count;
    let square = means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (unit * unit);
    let degrees = if fixed { count * (blocks - 1.0) / blocks } else { count - 1.0 };
    if square == 0.0 && degrees >= 1.0 {
        Scatter::NONE
    } else if degrees < 1.0 {
        Scatter { variance: f64::INFINITY, degrees: 1 }
    } else {
        Scatter { variance: square / degrees / count, degrees: degrees as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// Blocks of a pattern, symbol by symbol, and normal numbers of rms 0.5.
    fn blocks(count: u64, symbols: usize, pattern: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
        let block = |index: u64| {
            let mut rng = Seed::new(8).index(index).rng();
            (0..symbols).map(|k| pattern(k) + 0.5 * rng.normal()).collect()
        };
        (0..count).map(block).collect()
    }

    fn of(blocks: &[Vec<f64>], fixed: bool, unit: f64) -> Scatter {
        scatter(&blocks.iter().map(Vec::as_slice).collect::<Vec<_>>(), fixed, unit)
    }

    /// The variance of the mean of N numbers is 0.25 / N. From d degrees it is known to a part of
    /// sqrt(2 / d), of which three are allowed: also where runs do not divide the block.
    #[test]
    fn the_mean_of_independent_numbers_scatters_by_their_variance_over_their_number() {
        for (count, symbols) in [(4, 8192), (4, 8193), (2, 1151), (1, 8191)] {
            let found = of(&blocks(count, symbols, |_| 3.0), false, 1.0);
            assert_eq!(u64::from(found.degrees), count * (symbols as u64 / 128) - 1);
            let expected = 0.25 / (count * symbols as u64) as f64;
            let within = 3.0 * (2.0 / f64::from(found.degrees)).sqrt();
            let ratio = found.variance / expected;
            assert!((ratio - 1.0).abs() < within, "{count} x {symbols}: {ratio}");
        }
        let [one, half] = [1.0, 2.0].map(|unit| of(&blocks(2, 1024, |_| 3.0), false, unit));
        assert!((one.variance / half.variance - 4.0).abs() < 1e-9);
    }

    /// A pattern a hundred times as strong as what differs between the blocks does not scatter.
    #[test]
    fn a_fixed_pattern_scatters_by_what_differs_between_its_blocks() {
        let pattern = |k: usize| if (k / 100).is_multiple_of(2) { 50.0 } else { -50.0 };
        let found = of(&blocks(4, 8192, pattern), true, 1.0);
        assert_eq!(found.degrees, 192);
        let ratio = found.variance / (0.25 / 32768.0);
        assert!((ratio - 1.0).abs() < 3.0 * (2.0f64 / 192.0).sqrt(), "{ratio}");
        // two equal blocks have their mean to the bit; of three it is rounded
        let same = |count| of(&vec![blocks(1, 1024, pattern).remove(0); count], true, 1.0);
        assert_eq!(same(2), Scatter::NONE);
        assert!(same(3).variance < (50.0 * f64::EPSILON).powi(2));
        // a block of one run shows nothing
        assert!(of(&blocks(1, 100, pattern), false, 1.0).variance.is_infinite());
    }
}
