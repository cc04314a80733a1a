//! A counted error ratio and its interval.

use crate::chain::LaneCount;
use crate::math::interval::{Interval, IntervalKind};

/// A counted error ratio, weighted or not.
pub(crate) struct CountedBer {
    pub(crate) bits: u64,
    pub(crate) errors: u64,
    /// Absent when no error was counted.
    pub(crate) ber: Option<f64>,
    pub(crate) interval: Interval,
    pub(crate) kind: IntervalKind,
    /// Error ratio of importance sampling.
    pub(crate) effective_samples: Option<f64>,
    pub(crate) variance_reduction: Option<f64>,
}

impl CountedBer {
    /// The error ratio of a count; `scatter` are the factors by which its blocks may differ from
    /// their pattern.
    pub(crate) fn of(counted: &LaneCount, scatter: Option<[f64; 2]>) -> CountedBer {
        let tally = &counted.end;
        let (bits, errors) = (tally.bits(), tally.bit_errors);
        let (interval, kind) =
            counted.weighted.map_or_else(|| tally.interval(), |weighted| weighted.interval());
        let ber = counted.weighted.map_or_else(|| tally.ber(), |weighted| weighted.ber());
        let (interval, kind) = scatter.map_or((interval, kind), |scatter| {
            (widened(interval, ber, scatter), IntervalKind::CountAndStoredBlocks)
        });
        CountedBer {
            bits,
            errors,
            ber: (errors > 0).then_some(ber),
            interval,
            kind,
            effective_samples: counted.weighted.map(|weighted| weighted.effective_samples()),
            variance_reduction: counted.weighted.and_then(|weighted| weighted.variance_reduction()),
        }
    }

    /// True if its interval is that of the errors counted, neither weighted nor widened.
    pub(crate) fn is_plain(&self) -> bool {
        use IntervalKind::{BlockBootstrap, ClopperPearson, ClopperPearsonBursts};
        matches!(self.kind, ClopperPearson | ClopperPearsonBursts | BlockBootstrap)
    }
}

/// An interval widened by a second, independent scatter of the ratio's logarithm, each end by
/// itself.
fn widened(interval: Interval, ratio: f64, [low, high]: [f64; 2]) -> Interval {
    if ratio <= 0.0 {
        return Interval { low: interval.low * low, high: (interval.high * high).min(1.0) };
    }
    let side = |end: f64, scatter: f64| (end / ratio).ln().hypot(scatter.ln());
    let below = if interval.low > 0.0 { ratio * (-side(interval.low, low)).exp() } else { 0.0 };
    Interval { low: below, high: (ratio * side(interval.high, high).exp()).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_add_as_squares_of_logarithms_and_an_end_at_zero_stays() {
        let both = widened(
            Interval { low: 1e-3 / 1.03f64.exp(), high: 1e-3 * 0.3f64.exp() },
            1e-3,
            [1.0, 0.4f64.exp()],
        );
        assert!(
            (both.high / (1e-3 * 0.5f64.exp()) - 1.0).abs() < 1e-12
                && (both.low / (1e-3 * (-1.03f64).exp()) - 1.0).abs() < 1e-12
        );
        let unseen = widened(Interval { low: 0.0, high: 1e-6 }, 0.0, [0.5, 2.0]);
        assert_eq!((unseen.low, unseen.high), (0.0, 2e-6));
    }
}
