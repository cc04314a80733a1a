//! Counts of equal blocks: their dispersion, and the bootstrap of their ratio.

use super::range::{Interval, mean_and_variance, outside};

/// Variance over mean of the counts of equal blocks: 1 for independent errors (Poisson), above 1
/// for bursts.
///
/// For `n` blocks of independent errors it scatters by `sqrt(2 / (n - 1))`. Without a count, or
/// with fewer than two blocks it is 1, as for Poisson.
///
/// # Reference
///
/// D. R. Cox, P. A. W. Lewis, *The Statistical Analysis of Series of Events*, the index of
/// dispersion.
pub fn dispersion_index(counts: &[u64]) -> f64 {
    let (mean, variance) = mean_and_variance(counts.iter().map(|&count| count as f64));
    if counts.len() < 2 || mean == 0.0 { 1.0 } else { variance / mean }
}

/// The percentile bootstrap interval of errors over trials, from the errors in blocks of
/// `per_block` trials each.
///
/// ```text
/// ratio* = sum of n blocks drawn with replacement / (n per_block);    limits: percentiles of ratio* over the resamples
/// ```
///
/// Whole blocks are drawn, so bursts shorter than a block widen the interval as they should. The
/// generator is SplitMix64 from `seed`: same arguments, same interval. No trial at all gives `[0,
/// 1]`.
///
/// # Limits
///
/// Too narrow for few blocks (below some 30), and `[0, 0]` without an error: there
/// [`clopper_pearson`](super::clopper_pearson) applies.
///
/// # Panics
///
/// If `resamples` is zero, or `confidence` is not between 0 and 1.
///
/// # Reference
///
/// B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, chapter 13. G. L. Steele, D.
/// Lea, C. H. Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
pub fn block_bootstrap(
    counts: &[u64],
    per_block: u64,
    confidence: f64,
    seed: u64,
    resamples: usize,
) -> Interval {
    assert!(resamples > 0, "a bootstrap of no resamples");
    let side = outside(confidence) / 2.0;
    let trials = counts.len() as f64 * per_block as f64;
    if trials == 0.0 {
        return Interval::ANY_RATIO;
    }
    let mut random = SplitMix64(seed);
    let mut sums: Vec<u64> = (0..resamples)
        .map(|_| counts.iter().map(|_| counts[random.below(counts.len())]).sum())
        .collect();
    sums.sort_unstable();
    let cut = ((side * resamples as f64) as usize).min((resamples - 1) / 2);
    Interval { low: sums[cut] as f64 / trials, high: sums[resamples - 1 - cut] as f64 / trials }
}

/// The SplitMix64 generator; enough for resampling, and no dependency.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An index below `bound`, biased by less than `bound / 2^64`.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::super::range::assert_close;
    use super::*;

    /// Counts 0 and 2 by turns: mean 1, variance n / (n - 1).
    #[test]
    fn dispersion_index_is_variance_over_mean() {
        let counts: Vec<u64> = (0..1000).map(|block| 2 * (block % 2)).collect();
        assert_close(dispersion_index(&counts), 1000.0 / 999.0, 1e-14, "by turns");
        assert_eq!(dispersion_index(&[4; 9]), 0.0);
        for nothing in [&[][..], &[7], &[0; 50]] {
            assert_eq!(dispersion_index(nothing), 1.0);
        }
    }

    /// 4000 resamples know a 2.5 % percentile to 0.042 sigma, and 400 blocks are normal to 0.05
    /// sigma: 0.3 sigma is over four.
    #[test]
    fn block_bootstrap_is_as_wide_as_the_spread_of_blocks() {
        let counts: Vec<u64> =
            (0..400).map(|block| if block % 10 == 0 { 50 } else { 5 + block % 3 }).collect();
        let (mean, variance) = mean_and_variance(counts.iter().map(|&count| count as f64));
        let sigma = (variance / 400.0).sqrt();
        let found = block_bootstrap(&counts, 1_000, 0.95, 7, 4_000);
        assert!((found.low * 1e3 - (mean - 1.96 * sigma)).abs() < 0.3 * sigma, "{found:?}");
        assert!((found.high * 1e3 - (mean + 1.96 * sigma)).abs() < 0.3 * sigma, "{found:?}");
        assert_eq!(found, block_bootstrap(&counts, 1_000, 0.95, 7, 4_000));
        assert_ne!(found, block_bootstrap(&counts, 1_000, 0.95, 8, 4_000));
    }

    #[test]
    fn block_bootstrap_of_equal_blocks_is_a_point_and_of_none_is_anything() {
        assert_eq!(
            block_bootstrap(&[3; 20], 1_000, 0.95, 1, 1),
            Interval { low: 3e-3, high: 3e-3 }
        );
        assert_eq!(block_bootstrap(&[], 1_000, 0.95, 1, 100), Interval { low: 0.0, high: 1.0 });
    }

    /// Reference outputs of SplitMix64 for seed 1234567, as in the C program of S. Vigna
    /// (prng.di.unimi.it/splitmix64.c).
    #[test]
    fn split_mix_has_its_known_answers() {
        let mut random = SplitMix64(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
