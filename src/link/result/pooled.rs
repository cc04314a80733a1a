//! Pooled error ratio of several lanes.

use crate::chain::Tally;
use crate::math::interval::{BlockCounts, Interval, count_interval};

/// One lane's count.
pub(crate) enum LaneErrors<'a> {
    /// Plain counts, whose interval is that of all such lanes together.
    Counted(&'a Tally),
    /// A count with an interval of its own: of importance sampling, or widened by the scatter of
    /// stored blocks.
    Weighted(LaneRatio),
}

/// Error ratio of a lane or of several, with its interval.
pub(crate) struct LaneRatio {
    pub(crate) bits: u64,
    /// Bit errors, or the weighted number of importance sampling.
    pub(crate) errors: f64,
    pub(crate) interval: Interval,
}

/// The pooled error ratio of several lanes and its 95 % interval. `None` when no bits were counted.
///
/// Lanes that are counted have the one interval of all their errors, each lane a stratum. The half
/// widths of other lanes are added to it in quadrature, weighted by bits: lanes differ and are not
/// draws of one ratio.
pub(crate) fn pooled<'a>(
    lanes: impl Iterator<Item = LaneErrors<'a>>,
) -> (Option<f64>, Option<Interval>) {
    let (mut counted, mut parts): (Vec<&Tally>, Vec<LaneRatio>) = Default::default();
    for lane in lanes {
        match lane {
            LaneErrors::Counted(tally) => counted.push(tally),
            LaneErrors::Weighted(ratio) => parts.push(ratio),
        }
    }
    parts.push(LaneRatio {
        bits: counted.iter().map(|tally| tally.bits()).sum(),
        errors: counted.iter().map(|tally| tally.bit_errors as f64).sum(),
        interval: Tally::pooled_interval(&counted).0,
    });
    parts.retain(|part| part.bits > 0);
    let bits: u64 = parts.iter().map(|part| part.bits).sum();
    let errors: f64 = parts.iter().map(|part| part.errors).sum();
    match parts.as_slice() {
        [] => (None, None),
        parts if errors == 0.0 && parts.iter().all(|part| part.interval.high >= 1.0) => {
            (None, None)
        }
        [part] => ((errors > 0.0).then(|| errors / bits as f64), Some(part.interval)),
        _ if errors == 0.0 => (None, Some(count_interval(&[BlockCounts::whole(bits, 0)], 0.95).0)),
        parts => (Some(errors / bits as f64), Some(in_quadrature(parts, bits, errors))),
    }
}

/// The half widths, weighted by bits, added in quadrature.
fn in_quadrature(parts: &[LaneRatio], bits: u64, errors: f64) -> Interval {
    let ber = errors / bits as f64;
    let half = |of: &dyn Fn(&LaneRatio, f64) -> f64| {
        let square = |part: &LaneRatio| {
            (part.bits as f64 / bits as f64 * of(part, part.errors / part.bits as f64)).powi(2)
        };
        parts.iter().map(square).sum::<f64>().sqrt()
    };
    Interval {
        low: (ber - half(&|part, own| own - part.interval.low)).max(0.0),
        high: (ber + half(&|part, own| part.interval.high - own)).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(errors: u64) -> Tally {
        Tally {
            symbols: 500_000,
            symbol_errors: errors,
            bit_errors: errors,
            block_errors: vec![errors / 10; 10],
            ..Tally::default()
        }
    }

    /// Eight lanes of 100 errors each are one lane of 800, exactly; and so are lanes of 10 and of
    /// 190 errors, whose difference is no uncertainty.
    #[test]
    fn lanes_are_pooled_as_one_count() {
        let all = Tally { symbols: 4_000_000, ..tally(800) };
        for lanes in [[100; 8], [10, 190, 10, 190, 10, 190, 10, 190]] {
            let lanes = lanes.map(tally);
            let (ber, interval) = pooled(lanes.iter().map(LaneErrors::Counted));
            assert_eq!((ber, interval), (Some(1e-4), Some(all.interval().0)));
        }
        let (ber, interval) = pooled([&tally(100)].into_iter().map(LaneErrors::Counted));
        assert_eq!((ber, interval), (Some(1e-4), Some(tally(100).interval().0)));
    }

    /// Without errors the upper end is that of all bits; without bits there is none.
    #[test]
    fn lanes_without_errors_are_bounded_by_all_their_bits() {
        let clean = [tally(0), tally(0)];
        let (ber, interval) = pooled(clean.iter().map(LaneErrors::Counted));
        let high = interval.unwrap().high;
        assert!(ber.is_none() && (high / (3.689 / 2e6) - 1.0).abs() < 1e-3, "{high:e}");
        assert_eq!(pooled([].into_iter()), (None, None));
        assert_eq!(pooled([&Tally::default()].into_iter().map(LaneErrors::Counted)), (None, None));
    }

    /// Weighted lanes keep their own intervals: two of 10 % each know their mean to 10 % / sqrt 2.
    #[test]
    fn weighted_lanes_are_added_in_quadrature() {
        let lane = || {
            LaneErrors::Weighted(LaneRatio {
                bits: 1_000_000,
                errors: 100.0,
                interval: Interval { low: 0.9e-4, high: 1.1e-4 },
            })
        };
        let (ber, interval) = pooled([lane(), lane()].into_iter());
        let half = 0.1e-4 / 2f64.sqrt();
        let Interval { low, high } = interval.unwrap();
        assert_eq!(ber, Some(1e-4));
        assert!((low - (1e-4 - half)).abs() < 1e-12 && (high - (1e-4 + half)).abs() < 1e-12);
    }
}
