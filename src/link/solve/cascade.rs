//! Error ratios of decisions one after another.
//!
//! ```text
//! p = p1 (1 - p2) + p2 (1 - p1)
//! ```
//!
//! A bit that is decided wrong twice is right again; errors of the decisions are independent.

/// Bit error ratio after all decisions.
pub(crate) fn of_all(ratios: impl IntoIterator<Item = f64>) -> f64 {
    ratios.into_iter().fold(0.0, |before, own| before * (1.0 - own) + own * (1.0 - before))
}

/// Ratio of one more decision at which that of all is `limit`, given `spent` for the others;
/// `None` where they reach the limit on their own.
pub(crate) fn remainder(limit: f64, spent: f64) -> Option<f64> {
    (spent < limit).then(|| (limit - spent) / (1.0 - 2.0 * spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two and three decisions in closed form, (1 - product of (1 - 2 p)) / 2 for three; coins stay
    /// coins, and three poor segments whose ratios add up to 0.90 have 0.47. Sums of ratios are
    /// above by 2 p1 p2. Rounding: 1e-15.
    #[test]
    fn wrong_bits_that_are_decided_wrong_again_are_right() {
        let closed = |p: &[f64]| (1.0 - p.iter().map(|p| 1.0 - 2.0 * p).product::<f64>()) / 2.0;
        assert!((of_all([0.1, 0.2]) - 0.26).abs() < 1e-15);
        assert!((of_all([0.1, 0.2, 0.3]) - closed(&[0.1, 0.2, 0.3])).abs() < 1e-15);
        assert!((of_all([0.5, 0.3, 1e-9]) - 0.5).abs() < 1e-15);
        assert!((of_all([0.3, 0.35, 0.25]) - 0.47).abs() < 1e-15);
        assert!((of_all([1e-20, 3e-20]) / 4e-20 - 1.0).abs() < 1e-12);
        assert_eq!(of_all([]), 0.0);
    }

    /// The remainder makes the limit again; for small ratios it is the difference.
    #[test]
    fn what_is_left_of_a_limit_makes_the_limit() {
        for (limit, spent) in [(2.4e-4, 1e-5), (0.3, 0.2), (1e-3, 0.0)] {
            let left = remainder(limit, spent).expect("below the limit");
            assert!((of_all([spent, left]) / limit - 1.0).abs() < 1e-12);
        }
        assert!((remainder(0.26, 0.1).unwrap() - 0.2).abs() < 1e-15);
        assert_eq!(remainder(1e-5, 1e-5), None);
    }
}
