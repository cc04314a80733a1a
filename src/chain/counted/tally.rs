//! Counts of symbols, bits and blocks.

use super::clock_reading::ClockReading;
use super::importance::weighted::Weighted;
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::dsp::bursts::Bursts;
use crate::dsp::slicer::DecisionErrors;
use crate::math::interval::{BlockCounts, Interval, IntervalKind, count_interval};

/// Counts of one lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneCount {
    /// Tally from its first to its last segment; with importance sampling, symbols simulated and
    /// targets hit, before weighting.
    pub end: Tally,
    /// Error ratio of importance sampling.
    pub weighted: Option<Weighted>,
    /// Tally of each segment against its input; empty for a single segment.
    pub segments: Vec<Tally>,
    /// Clock reading of each segment, in stream mode.
    pub clocks: Vec<ClockReading>,
    /// Reason for the absence of counts, such as a clock without lock.
    pub not_evaluated: Option<NotEvaluated>,
}

impl LaneCount {
    pub(crate) fn merge(&mut self, next: &LaneCount) {
        self.end.merge(&next.end);
        if let Some(next) = &next.weighted {
            self.weighted.get_or_insert_default().merge(next);
        }
        self.segments.resize_with(next.segments.len(), Tally::default);
        self.segments.iter_mut().zip(&next.segments).for_each(|(tally, next)| tally.merge(next));
    }
}

/// Counts of symbols and bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Symbols compared.
    pub symbols: u64,
    /// Symbols decided wrongly.
    pub symbol_errors: u64,
    /// Bits wrong.
    pub bit_errors: u64,
    /// Symbol errors of each block, in order.
    pub block_errors: Vec<u64>,
    /// Count, sum and sum of squares at the slicer by level.
    pub moments: [[f64; 3]; 4],
    /// Runs of wrong decisions on the line, before undoing a precoder; a block's end ends them.
    /// Counted from a lane's first to its last segment.
    pub bursts: Bursts,
}

impl Tally {
    pub(crate) fn of(symbols: usize, decisions: &DecisionErrors) -> Tally {
        let DecisionErrors { symbol_errors, bit_errors, moments } = *decisions;
        Tally {
            symbols: symbols as u64,
            symbol_errors,
            bit_errors,
            block_errors: vec![symbol_errors],
            moments,
            bursts: Bursts::default(),
        }
    }

    /// Adds later counts; the order is that of the blocks, so that floats do not depend on the
    /// division of work.
    pub fn merge(&mut self, next: &Tally) {
        self.symbols += next.symbols;
        self.symbol_errors += next.symbol_errors;
        self.bit_errors += next.bit_errors;
        self.block_errors.extend_from_slice(&next.block_errors);
        for (m, n) in self.moments.iter_mut().flatten().zip(next.moments.iter().flatten()) {
            *m += n;
        }
        self.bursts.merge(&next.bursts);
    }

    /// Variance of the count over that of as many independent errors, from the bursts found: mean
    /// square length over mean length or, with a precoder, errors per burst.
    fn clustering(&self) -> f64 {
        let (wrong, bursts) = (self.bursts.wrong() as f64, self.bursts.bursts() as f64);
        if bursts == 0.0 {
            1.0
        } else if self.symbol_errors == self.bursts.wrong() {
            self.bursts.deviation().powi(2) / wrong
        } else {
            self.symbol_errors as f64 / bursts
        }
    }

    /// Bits compared.
    pub fn bits(&self) -> u64 {
        2 * self.symbols
    }

    /// Bit error ratio; zero when no bit was compared.
    pub fn ber(&self) -> f64 {
        self.bit_errors as f64 / self.bits().max(1) as f64
    }

    /// Signal to noise ratio at the slicer, dB; absent until every level was seen.
    pub fn snr_db(&self) -> Option<f64> {
        let seen = self.moments.iter().all(|m| m[0] > 0.0);
        let level = |[n, z, z2]: [f64; 3]| (z / n, (z2 / n - (z / n).powi(2)).max(0.0).sqrt());
        seen.then(|| crate::dsp::slicer::snr_db(&self.moments.map(level)))
    }

    /// 95 % interval of the bit error ratio, and its kind: [`Tally::pooled_interval`] of this one
    /// alone.
    pub fn interval(&self) -> (Interval, IntervalKind) {
        Tally::pooled_interval(std::slice::from_ref(&self))
    }

    /// 95 % interval of the bit error ratio of several tallies, such as those of a port's lanes,
    /// and its kind: [`count_interval`] of their symbols, each tally a stratum, converted to bits
    /// by the mean number of bit errors per symbol error.
    pub fn pooled_interval(tallies: &[&Tally]) -> (Interval, IntervalKind) {
        let strata: Vec<BlockCounts> = tallies.iter().map(|tally| tally.symbol_counts()).collect();
        let symbol_errors: u64 = strata.iter().map(BlockCounts::errors).sum();
        let bit_errors: u64 = tallies.iter().map(|tally| tally.bit_errors).sum();
        let (interval, kind) = count_interval(&strata, 0.95);
        if kind == IntervalKind::None {
            return (interval, kind);
        }
        let bits_per_symbol =
            if symbol_errors == 0 { 1.0 } else { bit_errors as f64 / symbol_errors as f64 };
        let to_bits = bits_per_symbol / 2.0;
        (Interval { low: interval.low * to_bits, high: (interval.high * to_bits).min(1.0) }, kind)
    }

    /// Symbol errors by blocks, with the variance of the bursts found.
    fn symbol_counts(&self) -> BlockCounts {
        BlockCounts::equal(self.symbols, &self.block_errors).clustered(self.clustering())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(blocks: usize, symbol_errors: u64, bit_errors: u64) -> Tally {
        Tally {
            symbols: 8192 * blocks as u64,
            symbol_errors: symbol_errors * blocks as u64,
            bit_errors: bit_errors * blocks as u64,
            block_errors: vec![symbol_errors; blocks],
            ..Tally::default()
        }
    }

    /// Lanes of constant, different ratios have the interval of one tally with all their symbols;
    /// one lane has its own.
    #[test]
    fn pooled_lanes_have_the_interval_of_their_sum() {
        let (good, bad) = (tally(16, 1, 1), tally(16, 20, 21));
        let sum = Tally {
            symbols: good.symbols + bad.symbols,
            symbol_errors: 336,
            bit_errors: 352,
            block_errors: vec![21; 16],
            ..Tally::default()
        };
        assert_eq!(Tally::pooled_interval(&[&good, &bad]), sum.interval());
        assert_eq!(Tally::pooled_interval(&[&bad]), bad.interval());
        assert_eq!(bad.interval().1, IntervalKind::ClopperPearson);
        assert_eq!(Tally::pooled_interval(&[]).1, IntervalKind::None);
    }
}
