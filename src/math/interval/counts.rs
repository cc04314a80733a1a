//! The interval of a counted error ratio, of one stratum or of several pooled.

use super::binomial::{clopper_pearson, clopper_pearson_real};
use super::blocks::{BlockCounts, block_bootstrap, dispersion_index};
use super::kind::IntervalKind;
use super::range::Interval;

/// Variance of the number of errors over that of independent ones from which they are taken as
/// bursts.
const BURSTY: f64 = 1.2;
/// Blocks with errors from which a bootstrap is made.
const HIT_BLOCKS_MIN: usize = 30;

/// The two-sided interval of the ratio of all errors to all trials, and its kind: every counted
/// error ratio has its interval from here, except the weighted ones of importance sampling.
///
/// ```text
/// d = dispersion index within strata: variance over mean of the errors in blocks
/// d < 1.2:                     Clopper and Pearson, of X errors in T trials
/// d >= 1.2, 30 hit blocks:     bootstrap of the blocks within each stratum
/// d >= 1.2, fewer hit blocks:  Clopper and Pearson, of X / d errors in T / d trials
/// ```
///
/// Strata are counts whose ratios differ by design, such as lanes: their difference is neither
/// dispersion nor uncertainty. Where the lengths of bursts within blocks are known
/// ([`BlockCounts::clustered`]), d is at least the variance that they cause. No trial at all gives
/// `[0, 1]`.
///
/// The threshold has no allowance for the scatter of d, `sqrt(2 / (n - 1))` for n blocks: where
/// independent errors exceed it by chance the interval is wider by the root of d, 2 to 5 % on
/// average; with an allowance of three standard deviations, bursts of d = 2 in 16 blocks would
/// have an interval that holds the ratio in 88 % of the cases in place of 93 %.
///
/// # Limits
///
/// Bursts of which one or two were seen are known by their number, not by their size: below three
/// or so the interval holds the ratio in fewer cases than it says. Correlation over more than a
/// block is seen as far as blocks were merged.
///
/// # Panics
///
/// If `confidence` is not between 0 and 1, or there are more errors than trials.
///
/// # Reference
///
/// L. Kish, *Survey Sampling*, 8.2: d is the design effect.
#[must_use]
pub fn count_interval(strata: &[BlockCounts], confidence: f64) -> (Interval, IntervalKind) {
    let trials: u64 = strata.iter().map(BlockCounts::trials).sum();
    let errors: u64 = strata.iter().map(BlockCounts::errors).sum();
    assert!(errors <= trials, "{errors} errors in {trials} trials");
    if trials == 0 {
        return (Interval::ANY_RATIO, IntervalKind::None);
    }
    let index = dispersion_index(strata);
    let hit_blocks: usize = strata.iter().map(BlockCounts::hit_blocks).sum();
    if index >= BURSTY && hit_blocks >= HIT_BLOCKS_MIN {
        return (block_bootstrap(strata, confidence), IntervalKind::BlockBootstrap);
    }
    let excess = index.max(clustering(strata));
    if excess < BURSTY || errors == 0 {
        return (clopper_pearson(errors, trials, confidence), IntervalKind::ClopperPearson);
    }
    let hits = (errors as f64 / excess).max(1.0);
    let misses = hits * ((trials - errors) as f64 / errors as f64);
    (clopper_pearson_real(hits, misses, confidence), IntervalKind::ClopperPearsonBursts)
}

/// Variance by bursts within blocks over that of independent errors, of all strata.
fn clustering(strata: &[BlockCounts]) -> f64 {
    let errors: f64 = strata.iter().map(|stratum| stratum.errors() as f64).sum();
    let variance: f64 =
        strata.iter().map(|stratum| stratum.errors() as f64 * stratum.clustering()).sum();
    if errors > 0.0 { variance / errors } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Rng, Seed};

    /// Repeated counts of a coverage.
    const RUNS: u64 = 400;

    /// Events that begin with a chance per trial; each is a run of errors, which continues with
    /// `continued`.
    fn bursts(rng: &mut Rng, trials: u64, ratio: f64, continued: f64) -> u64 {
        let start = ratio * (1.0 - continued);
        let (mut errors, mut at) = (0, 0.0);
        loop {
            at += 1.0 + (rng.uniform().ln() / libm::log1p(-start)).floor();
            if at > trials as f64 {
                return errors;
            }
            errors += 1;
            while rng.uniform() < continued {
                errors += 1;
            }
        }
    }

    /// Share of the runs whose interval holds the ratio of all strata, and the kinds found.
    fn coverage(ratios: &[f64], blocks: u64, continued: f64) -> (f64, Vec<IntervalKind>) {
        let (each, mean) = (100_000, ratios.iter().sum::<f64>() / ratios.len() as f64);
        let mut kinds = Vec::new();
        let held = (0..RUNS).filter(|&run| {
            let mut rng = Seed::new(3).named("coverage").index(run).rng();
            let strata: Vec<BlockCounts> = ratios
                .iter()
                .map(|&ratio| {
                    let mut counts = BlockCounts::default();
                    for _ in 0..blocks {
                        counts.push(each, bursts(&mut rng, each, ratio, continued));
                    }
                    counts
                })
                .collect();
            let (Interval { low, high }, kind) = count_interval(&strata, 0.95);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
            low <= mean && mean <= high
        });
        (held.count() as f64 / RUNS as f64, kinds)
    }

    /// Five standard errors of a share of 95 % in 400 runs.
    fn tolerance() -> f64 {
        5.0 * (0.95 * 0.05 / RUNS as f64).sqrt()
    }

    #[test]
    fn the_interval_holds_the_ratio_of_independent_errors() {
        for (ratio, blocks) in [(2e-6, 16), (1e-5, 16), (1e-4, 64)] {
            let (share, _) = coverage(&[ratio], blocks, 0.0);
            assert!(share > 0.95 - tolerance(), "{ratio:e} in {blocks} blocks: {share}");
        }
    }

    /// Geometric runs have a variance over mean of (1 + c) / (1 - c): 1.5, 3 and 9.
    #[test]
    fn the_interval_holds_the_ratio_of_errors_in_bursts() {
        for (continued, blocks) in [(0.2, 64), (0.5, 16), (0.5, 128), (0.8, 128)] {
            let (share, kinds) = coverage(&[1e-4], blocks, continued);
            let expected = if blocks < 30 {
                IntervalKind::ClopperPearsonBursts
            } else {
                IntervalKind::BlockBootstrap
            };
            assert!(kinds.contains(&expected), "{kinds:?}");
            assert!(share > 0.95 - tolerance(), "{continued} in {blocks} blocks: {share}");
        }
    }

    /// Lanes a hundred times apart: as one stratum they would have an index of 400 or so.
    #[test]
    fn the_interval_holds_the_ratio_of_strata_that_differ() {
        let ratios = [1e-6, 1e-5, 3e-5, 1e-4];
        for continued in [0.0, 0.5] {
            let (share, _) = coverage(&ratios, 16, continued);
            assert!(share > 0.95 - tolerance(), "{continued}: {share}");
        }
    }

    /// Constant strata: exactly the interval of their sum.
    #[test]
    fn independent_errors_have_clopper_and_pearsons_interval_of_the_sum() {
        let lane = |errors: u64| BlockCounts::equal(1_600_000, &[errors; 16]);
        let (found, kind) = count_interval(&[lane(1), lane(10), lane(100)], 0.95);
        assert_eq!(found, clopper_pearson(1776, 4_800_000, 0.95));
        assert_eq!(kind, IntervalKind::ClopperPearson);
        assert_eq!(
            count_interval(&[BlockCounts::whole(1000, 0)], 0.95).0,
            clopper_pearson(0, 1000, 0.95)
        );
        assert_eq!(
            count_interval(&[], 0.95),
            (Interval { low: 0.0, high: 1.0 }, IntervalKind::None)
        );
    }

    /// One burst of 50 errors is one event: the interval of one in a fiftieth of the trials.
    #[test]
    fn a_single_burst_is_a_single_event() {
        let mut blocks = [0; 1000];
        blocks[7] = 50;
        let (found, kind) = count_interval(&[BlockCounts::equal(50_000_000, &blocks)], 0.95);
        let one = clopper_pearson(1, 1_000_000, 0.95);
        assert_eq!(kind, IntervalKind::ClopperPearsonBursts);
        assert!((found.low / one.low - 1.0).abs() < 0.01, "{found:?} {one:?}");
        assert!((found.high / one.high - 1.0).abs() < 0.01, "{found:?} {one:?}");
        // known from its length as well
        let whole = BlockCounts::whole(50_000_000, 50).clustered(50.0);
        let (known, _) = count_interval(&[whole], 0.95);
        assert!((known.high / one.high - 1.0).abs() < 1e-6, "{known:?}");
    }
}
