//! An axis of a chart: linear on paper, with ticks at round numbers or at given ones.

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use std::ops::Range;

/// A linear axis with its own ticks, if any are given.
#[derive(Clone)]
pub(super) struct TickAxis {
    line: RangedCoordf64,
    marks: Vec<f64>,
}

impl TickAxis {
    /// Ticks at the `marks` within the range or, if there are none, at round numbers.
    pub(super) fn new(range: Range<f64>, marks: &[f64]) -> TickAxis {
        let marks =
            marks.iter().copied().filter(|mark| (range.start..=range.end).contains(mark)).collect();
        TickAxis { line: range.into(), marks }
    }
}

impl Ranged for TickAxis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.line.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match (self.marks.is_empty(), hint.weight().allow_light_points()) {
            (true, _) => self.line.key_points(hint),
            (false, false) => self.marks.clone(),
            (false, true) => Vec::new(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.line.range()
    }
}
