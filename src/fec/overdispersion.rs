//! Overdispersion of failed codewords or bits, and confidence intervals that account for it.

use crate::math::interval::{Interval, clopper_pearson};

/// Failed codewords of equal groups: number of groups, sum and sum of squares.
#[derive(Clone, Copy, Debug, Default)]
struct Groups {
    count: u64,
    sum: u64,
    squares: u64,
}

impl Groups {
    fn push(&mut self, failed: u64) {
        self.count += 1;
        self.sum += failed;
        self.squares += failed * failed;
    }

    /// Variance over that of independent codewords; 1 where the excess may be chance.
    fn excess(&self, codewords: u64) -> f64 {
        if self.count < 2 || self.sum == 0 {
            return 1.0;
        }
        let (n, sum) = (self.count as f64, self.sum as f64);
        let mean = sum / n;
        let variance = (self.squares as f64 - sum * mean).max(0.0) / (n - 1.0);
        let binomial = mean * (1.0 - mean / codewords as f64);
        let index = if binomial > 0.0 { variance / binomial } else { 1.0 };
        let chance = 3.0 * (2.0 / (n - 1.0)).sqrt();
        if index < 1.2 + chance { 1.0 } else { index }
    }
}

/// Failed codewords (or bit errors), by sets and by independently drawn chunks of sets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overdispersion {
    set_codewords: u64,
    chunk_codewords: u64,
    sets: Groups,
    chunks: Groups,
}

impl Overdispersion {
    /// Counts for sets and chunks of the given numbers of codewords; 0 without chunks.
    pub(super) fn new(set_codewords: u64, chunk_codewords: u64) -> Self {
        Self { set_codewords, chunk_codewords, sets: Groups::default(), chunks: Groups::default() }
    }

    /// Adds a set.
    pub(super) fn push(&mut self, failed: u64) {
        self.sets.push(failed);
    }

    /// Adds a chunk, drawn independently.
    pub(super) fn merge(&mut self, chunk: &Self) {
        let Groups { count, sum, squares } = chunk.sets;
        self.sets.count += count;
        self.sets.sum += sum;
        self.sets.squares += squares;
        // a last, shorter one has a different spread
        if count * self.set_codewords == self.chunk_codewords {
            self.chunks.push(sum);
        }
    }

    /// Codewords that failed.
    pub(super) fn failed(&self) -> u64 {
        self.sets.sum
    }

    /// The 95 % interval of the codeword error ratio.
    ///
    /// ```text
    /// d = variance / binomial variance of the failed codewords of sets, or of chunks, whichever is more; 1 if below 1.2 and three of its
    ///     standard deviations
    /// Clopper-Pearson with k / d failed of n / d codewords, k / d rounded outwards
    /// ```
    ///
    /// # Reference
    ///
    /// L. Kish, *Survey Sampling*, 8.2: d is the design effect.
    pub(super) fn interval(&self) -> Interval {
        let excess =
            self.sets.excess(self.set_codewords).max(self.chunks.excess(self.chunk_codewords));
        let (failed, all) =
            (self.sets.sum as f64 / excess, (self.sets.count * self.set_codewords) as f64 / excess);
        let all = all as u64;
        let limits = |failed: f64| clopper_pearson((failed as u64).min(all), all, 0.95);
        Interval { low: limits(failed.floor()).low, high: limits(failed.ceil()).high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// Events that take `at_once` codewords of a set, of 256 sets a chunk.
    fn draw(seed: u64, chunks: usize, chance: f64, at_once: u64) -> Overdispersion {
        let mut rng = Seed::new(seed).named("scatter").rng();
        let mut all = Overdispersion::new(4, 1024);
        for _ in 0..chunks {
            let mut chunk = Overdispersion::new(4, 1024);
            (0..256).for_each(|_| chunk.push(if rng.uniform() < chance { at_once } else { 0 }));
            all.merge(&chunk);
        }
        all
    }

    /// Sets that fail as a whole know their ratio as sets, not as codewords; 95 % of 400 runs less
    /// 5 standard errors of 0.011.
    #[test]
    fn the_interval_holds_the_ratio_whether_codewords_fail_alone_or_together() {
        for at_once in [1, 2, 4] {
            let ratio = 1e-3 * at_once as f64 / 4.0;
            let inside = (0..400).filter(|&seed| {
                let Interval { low, high } = draw(seed, 100, 1e-3, at_once).interval();
                low <= ratio && ratio <= high
            });
            let share = inside.count() as f64 / 400.0;
            assert!(share > 0.95 - 5.0 * 0.011, "{at_once}: {share}");
        }
    }

    #[test]
    fn independent_codewords_have_their_exact_interval() {
        let scatter = draw(1, 100, 1e-3, 1);
        assert_eq!(scatter.interval(), clopper_pearson(scatter.failed(), 102_400, 0.95));
        let (none, all) = (draw(1, 10, 0.0, 1).interval(), draw(1, 10, 1.0, 4).interval());
        assert_eq!(
            (none, all),
            (clopper_pearson(0, 10_240, 0.95), clopper_pearson(10_240, 10_240, 0.95))
        );
        assert_eq!(Overdispersion::new(4, 1024).interval(), Interval { low: 0.0, high: 1.0 });
    }
}
