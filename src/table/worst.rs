//! Choice of the lane that is shown as the worst.

use super::metric::Better;

/// Rule for choosing one value of several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worst {
    /// The lowest value.
    Lowest,
    /// The highest value.
    Highest,
    /// The value furthest outside a range, or nearest to one of its ends.
    Outside([f64; 2]),
    /// The lowest value: neither direction is better and there is no range, so no value is worse
    /// than another.
    Unranked,
}

impl Worst {
    /// The rule of a metric. `range` is that of its target, which only [`Better::Neither`] needs.
    pub fn of(better: Better, range: Option<[f64; 2]>) -> Worst {
        match (better, range) {
            (Better::Higher, _) => Worst::Lowest,
            (Better::Lower, _) => Worst::Highest,
            (Better::Neither, Some(range)) => Worst::Outside(range),
            (Better::Neither, None) => Worst::Unranked,
        }
    }

    /// Grows as a value gets worse; infinite for a value that was not evaluated (NaN).
    pub fn cost(self, value: f64) -> f64 {
        match self {
            _ if value.is_nan() => f64::INFINITY,
            Worst::Lowest | Worst::Unranked => -value,
            Worst::Highest => value,
            Worst::Outside([low, high]) => (low - value).max(value - high),
        }
    }

    /// Adjective for the lane that is shown.
    pub fn word(self) -> &'static str {
        if self == Worst::Unranked { "lowest" } else { "worst" }
    }

    /// The worse of two values; NaN where one of them was not evaluated.
    pub fn of_two(self, a: f64, b: f64) -> f64 {
        match self {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            _ if self.cost(b) > self.cost(a) => b,
            _ => a,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_lowest_highest_or_furthest_outside() {
        let worst = |better, range| Worst::of(better, range).of_two(1.0, 3.0);
        assert_eq!(worst(Better::Higher, Some([5.0, 9.0])), 1.0);
        assert_eq!(worst(Better::Lower, Some([5.0, 9.0])), 3.0);
        assert_eq!(worst(Better::Neither, Some([0.0, 2.0])), 3.0);
        assert_eq!(worst(Better::Neither, Some([2.0, 9.0])), 1.0);
        assert_eq!(worst(Better::Neither, None), 1.0);
    }

    #[test]
    fn a_value_that_was_not_evaluated_is_the_worst() {
        for rule in [Worst::Lowest, Worst::Highest, Worst::Outside([0.0, 1.0])] {
            assert!(rule.of_two(f64::NAN, 2.0).is_nan() && rule.of_two(1.0, f64::NAN).is_nan());
            assert_eq!(rule.cost(f64::NAN), f64::INFINITY);
        }
    }
}
