//! Errors counted in blocks of trials: their dispersion, and the bootstrap of their ratio.

use super::range::{Interval, outside};

/// Blocks above which neighbours are merged.
const BLOCKS_MAX: usize = 1024;
/// Resamples of a bootstrap: a 2.5 % percentile is known to 0.06 standard deviations.
const RESAMPLES: usize = 2000;
/// Seed of the bootstrap: same counts, same interval.
const SEED: u64 = 1;

/// Trials and errors of one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Block {
    trials: u64,
    errors: u64,
}

/// Errors among consecutive trials, in blocks.
///
/// Blocks are pushed in the order of the trials. From 1024 blocks on neighbours are merged in
/// pairs: memory is bounded, and the dispersion of longer blocks includes that of shorter ones.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockCounts {
    trials: u64,
    errors: u64,
    /// Trials from which a block is complete.
    size: u64,
    blocks: Vec<Block>,
    clustering: f64,
}

impl Default for BlockCounts {
    fn default() -> Self {
        Self { trials: 0, errors: 0, size: 0, blocks: Vec::new(), clustering: 1.0 }
    }
}

impl BlockCounts {
    /// A count whose blocks are not known.
    #[must_use]
    pub fn whole(trials: u64, errors: u64) -> Self {
        let mut counts = Self::default();
        counts.push(trials, errors);
        counts
    }

    /// A count of blocks of equal length; the last one has the rest of the trials.
    #[must_use]
    pub fn equal(trials: u64, errors: &[u64]) -> Self {
        let each = trials / errors.len().max(1) as u64;
        let mut counts = Self::default();
        for (block, &errors_of_block) in errors.iter().enumerate() {
            let rest = trials - each * block as u64;
            counts.push(if block + 1 == errors.len() { rest } else { each }, errors_of_block);
        }
        counts
    }

    /// The same, with the variance of the number of errors over that of as many independent ones,
    /// as known from the lengths of bursts within the blocks.
    #[must_use]
    pub fn clustered(self, clustering: f64) -> Self {
        Self { clustering, ..self }
    }

    /// Adds the next block.
    pub fn push(&mut self, trials: u64, errors: u64) {
        if trials == 0 && errors == 0 {
            return;
        }
        self.trials += trials;
        self.errors += errors;
        self.size = self.size.max(trials);
        match self.blocks.last_mut() {
            Some(last) if last.trials < self.size => {
                *last = Block { trials: last.trials + trials, errors: last.errors + errors };
            }
            _ => {
                if self.blocks.len() == BLOCKS_MAX {
                    self.merge_pairs();
                }
                self.blocks.push(Block { trials, errors });
            }
        }
    }

    /// Adds the blocks of a later count.
    pub fn merge(&mut self, next: &Self) {
        next.blocks.iter().for_each(|block| self.push(block.trials, block.errors));
    }

    fn merge_pairs(&mut self) {
        let pair = |pair: &[Block]| Block {
            trials: pair.iter().map(|block| block.trials).sum(),
            errors: pair.iter().map(|block| block.errors).sum(),
        };
        self.blocks = self.blocks.chunks(2).map(pair).collect();
        self.size *= 2;
    }

    /// Trials.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// Errors among them.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// Variance over that of independent errors, as known from bursts within the blocks.
    pub(super) fn clustering(&self) -> f64 {
        self.clustering
    }

    /// Blocks with an error.
    pub(super) fn hit_blocks(&self) -> usize {
        self.blocks.iter().filter(|block| block.errors > 0).count()
    }

    /// Sum of squared deviations of the blocks from the ratio of all, and its expectation for
    /// independent errors.
    fn scatter(&self) -> [f64; 2] {
        let (trials, ratio) = (self.trials as f64, self.errors as f64 / self.trials.max(1) as f64);
        let (mut squares, mut lengths) = (0.0, 0.0);
        for block in &self.blocks {
            squares += (block.errors as f64 - ratio * block.trials as f64).powi(2);
            lengths += (block.trials as f64).powi(2);
        }
        [squares, ratio * (1.0 - ratio) * (trials - lengths / trials.max(1.0))]
    }

    /// Errors of as many trials, from one block less drawn with replacement.
    fn resampled(&self, random: &mut SplitMix64) -> f64 {
        let blocks = self.blocks.len();
        if blocks < 2 {
            return self.errors as f64;
        }
        let (mut trials, mut errors) = (0, 0);
        for _ in 1..blocks {
            let block = self.blocks[random.below(blocks)];
            trials += block.trials;
            errors += block.errors;
        }
        errors as f64 * (self.trials as f64 / trials as f64)
    }
}

/// Dispersion index: variance over mean of the numbers of errors of blocks, 1 for independent
/// errors, above 1 for bursts.
///
/// ```text
/// sum over strata and blocks of (x - p t)^2 / sum over strata of p (1 - p) (T - sum of t^2 / T),    p = X / T of the stratum
/// ```
///
/// Each stratum is compared with its own ratio: different ratios of strata are no bursts. For
/// equal blocks of one stratum and p much below 1 it is the sample variance over the mean. For n
/// blocks of independent errors it scatters by `sqrt(2 / (n - 1))`. Without a count, or with one
/// block in each stratum, it is 1.
///
/// # Reference
///
/// D. R. Cox, P. A. W. Lewis, *The Statistical Analysis of Series of Events*, the index of
/// dispersion.
pub(super) fn dispersion_index(strata: &[BlockCounts]) -> f64 {
    let [found, expected] = strata
        .iter()
        .map(BlockCounts::scatter)
        .fold([0.0; 2], |sum, [squares, expected]| [sum[0] + squares, sum[1] + expected]);
    if expected > 0.0 { found / expected } else { 1.0 }
}

/// The percentile bootstrap interval of the pooled ratio: blocks are drawn within each stratum.
///
/// ```text
/// ratio* = sum over strata of T (errors / trials of n - 1 blocks drawn with replacement) / sum of T;    limits: percentiles of ratio*
/// ```
///
/// Whole blocks are drawn, so bursts shorter than a block widen the interval as they should; one
/// block less than there are makes the variance of each stratum unbiased. Strata keep their
/// shares, since they are given and not drawn. No trial at all gives `[0, 1]`.
///
/// # Limits
///
/// Too narrow for few blocks with errors (below some 30), and `[0, 0]` without an error.
///
/// # Reference
///
/// B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, chapter 13. J. N. K. Rao, C. F.
/// J. Wu, *Resampling inference with complex survey data*, J. American Stat. Association 83 (1988).
/// G. L. Steele, D. Lea, C. H. Flood, *Fast splittable pseudorandom number generators*, OOPSLA
/// 2014.
pub(super) fn block_bootstrap(strata: &[BlockCounts], confidence: f64) -> Interval {
    let side = outside(confidence) / 2.0;
    let trials: u64 = strata.iter().map(BlockCounts::trials).sum();
    if trials == 0 {
        return Interval::ANY_RATIO;
    }
    let mut random = SplitMix64(SEED);
    let mut sums: Vec<f64> = (0..RESAMPLES)
        .map(|_| strata.iter().map(|stratum| stratum.resampled(&mut random)).sum())
        .collect();
    sums.sort_unstable_by(f64::total_cmp);
    let cut = ((side * RESAMPLES as f64) as usize).min((RESAMPLES - 1) / 2);
    let ratio = |sum: f64| (sum / trials as f64).min(1.0);
    Interval { low: ratio(sums[cut]), high: ratio(sums[RESAMPLES - 1 - cut]) }
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
    use super::super::range::{assert_close, mean_and_variance};
    use super::*;

    fn blocks(counts: &[u64], each: u64) -> BlockCounts {
        BlockCounts::equal(each * counts.len() as u64, counts)
    }

    /// Counts 0 and 2 by turns: mean 1, variance n / (n - 1); the binomial variance is below the
    /// mean by 1 / 10^9.
    #[test]
    fn dispersion_index_is_variance_over_mean() {
        let counts: Vec<u64> = (0..1000).map(|block| 2 * (block % 2)).collect();
        let index = |counts: &[u64]| dispersion_index(&[blocks(counts, 1_000_000_000)]);
        assert_close(index(&counts), 1000.0 / 999.0, 1e-8, "by turns");
        assert_eq!(index(&[4; 9]), 0.0);
        for nothing in [&[][..], &[7], &[0; 50]] {
            assert_eq!(index(nothing), 1.0);
        }
    }

    /// Two strata of 0 and 2, and of 100 and 102, by turns: n / (n - 1) of the variance 1 each
    /// over means of 1 and 101. As one stratum, the step of 100 would make 2500 of it.
    #[test]
    fn strata_of_different_ratios_are_no_bursts() {
        let counts = |base: u64| (0..100).map(|block| base + 2 * (block % 2)).collect::<Vec<_>>();
        let each = 1_000_000_000_000;
        let strata = [blocks(&counts(0), each), blocks(&counts(100), each)];
        assert_close(dispersion_index(&strata), 2.0 * (100.0 / 99.0) / 102.0, 1e-8, "strata");
        let together = blocks(&[counts(0), counts(100)].concat(), each);
        assert!(dispersion_index(&[together]) > 40.0);
    }

    /// 2000 resamples know a 2.5 % percentile to 0.06 sigma, and 400 blocks are normal to 0.05
    /// sigma: 0.4 sigma is over four.
    #[test]
    fn block_bootstrap_is_as_wide_as_the_spread_of_blocks() {
        let counts: Vec<u64> =
            (0..400).map(|block| if block % 10 == 0 { 50 } else { 5 + block % 3 }).collect();
        let (mean, variance) = mean_and_variance(counts.iter().map(|&count| count as f64));
        let sigma = (variance / 400.0).sqrt();
        let one = blocks(&counts, 1_000);
        let found = block_bootstrap(std::slice::from_ref(&one), 0.95);
        assert!((found.low * 1e3 - (mean - 1.96 * sigma)).abs() < 0.4 * sigma, "{found:?}");
        assert!((found.high * 1e3 - (mean + 1.96 * sigma)).abs() < 0.4 * sigma, "{found:?}");
        // with a second, constant stratum the mean is halved, and the deviation too
        let both = block_bootstrap(&[one.clone(), blocks(&[0; 400], 1_000)], 0.95);
        assert!((both.low * 1e3 - (mean - 1.96 * sigma) / 2.0).abs() < 0.2 * sigma, "{both:?}");
        assert!((both.high * 1e3 - (mean + 1.96 * sigma) / 2.0).abs() < 0.2 * sigma, "{both:?}");
        assert_eq!(found, block_bootstrap(&[one], 0.95));
    }

    #[test]
    fn block_bootstrap_of_equal_blocks_is_a_point_and_of_none_is_anything() {
        let found = block_bootstrap(&[blocks(&[3; 20], 1_000)], 0.95);
        assert_close(found.low, 3e-3, 1e-12, "low");
        assert_close(found.high, 3e-3, 1e-12, "high");
        assert_eq!(block_bootstrap(&[], 0.95), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn many_blocks_are_merged_in_pairs_and_keep_their_counts() {
        let mut counts = BlockCounts::default();
        (0..5000).for_each(|block| counts.push(10, block % 3));
        assert_eq!((counts.trials(), counts.errors()), (50_000, 4_999));
        assert!(counts.blocks.len() > BLOCKS_MAX / 2 && counts.blocks.len() <= BLOCKS_MAX);
        let (last, complete) = counts.blocks.split_last().unwrap();
        assert!(complete.iter().all(|block| block.trials == 80) && last.trials <= 80);
        let mut merged = BlockCounts::default();
        merged.merge(&counts);
        assert_eq!((merged.trials, merged.errors, merged.blocks), (50_000, 4_999, counts.blocks));
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
