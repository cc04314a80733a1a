//! Scale of a figure's axis in drawing coordinates: positions of values, ticks and their labels.

use super::text;
use crate::chart::{AxisScale, ScaleKind};
use std::ops::Range;

/// Decade of the smallest ratio that is drawn where there are larger ones; it also stands for zero.
const DECADE_MIN: f64 = -15.0;
const ZERO_DECADE: f64 = -300.0;
/// Number of characters that fit along an axis.
const LETTERS_MAX: usize = 62;

/// A scale with its range in drawing coordinates, which are decades where it is logarithmic.
pub(super) struct ScaledAxis<'a> {
    scale: &'a AxisScale,
    pub(super) range: Range<f64>,
    pub(super) marks: Vec<f64>,
}

impl AxisScale {
    /// Its name with its unit.
    pub(super) fn label(&self) -> String {
        if self.unit.is_empty() {
            self.quantity.clone()
        } else {
            format!("{} ({})", self.quantity, self.unit)
        }
    }

    /// A value with its unit.
    pub(super) fn value(&self, value: f64) -> String {
        let number = match self.kind {
            ScaleKind::Logarithmic => text::ratio(value),
            _ => text::decimals(value, digits(value)),
        };
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }

    /// A value in drawing coordinates.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.kind {
            ScaleKind::Logarithmic if value.is_nan() => value,
            ScaleKind::Logarithmic if value <= 0.0 => ZERO_DECADE,
            ScaleKind::Logarithmic => value.log10().max(ZERO_DECADE),
            _ => value,
        }
    }

    /// Lowest and highest finite position of some values; ratios below the smallest one that is
    /// drawn are at its position.
    pub(super) fn extent(&self, values: impl Iterator<Item = f64>) -> Option<Range<f64>> {
        let places = values.map(|value| self.place(value)).filter(|place| place.is_finite());
        let extent = places.fold(None, |extent: Option<Range<f64>>, place| {
            Some(
                extent
                    .map_or(place..place, |extent| extent.start.min(place)..extent.end.max(place)),
            )
        })?;
        let cut = self.kind == ScaleKind::Logarithmic
            && extent.end > DECADE_MIN
            && extent.start < DECADE_MIN;
        Some(if cut { DECADE_MIN..extent.end } else { extent })
    }
}

impl<'a> ScaledAxis<'a> {
    /// Exactly a range, with about `ticks` ticks.
    pub(super) fn exact(scale: &'a AxisScale, range: Range<f64>, ticks: usize) -> ScaledAxis<'a> {
        let range =
            if range.end > range.start { range } else { range.start - 0.5..range.end + 0.5 };
        let marks = marks(scale, &range, ticks);
        ScaledAxis { scale, range, marks }
    }

    /// A range extended to the next ticks.
    pub(super) fn roomy(scale: &'a AxisScale, range: Range<f64>, ticks: usize) -> ScaledAxis<'a> {
        match scale.kind {
            ScaleKind::Categories(_) => {
                ScaledAxis::exact(scale, range.start - 0.5..range.end + 0.5, ticks)
            }
            ScaleKind::Linear => {
                let width = range.end - range.start;
                let room = if width > 0.0 { 0.04 * width } else { range.end.abs().max(1.0) * 0.1 };
                let (low, high) = (range.start - room, range.end + room);
                let step = step(high - low, ticks);
                ScaledAxis::exact(
                    scale,
                    (low / step).floor() * step..(high / step).ceil() * step,
                    ticks,
                )
            }
            // at least a decade, so that there are labelled ticks
            ScaleKind::Logarithmic if range.end - range.start < 1.5 => {
                let room =
                    (0.5 * (1.0 - range.end + range.start)).max(0.1 * (range.end - range.start));
                ScaledAxis::exact(scale, range.start - room..range.end + room, ticks)
            }
            ScaleKind::Logarithmic => {
                let top = (range.end + 0.1).ceil();
                // a ratio is at most 1
                ScaledAxis::exact(
                    scale,
                    (range.start - 0.1).floor()..if range.end <= 0.0 { top.min(0.0) } else { top },
                    ticks,
                )
            }
        }
    }

    /// Label of a tick.
    pub(super) fn format(&self, place: f64) -> String {
        match &self.scale.kind {
            ScaleKind::Categories(names) => {
                names.get(place.round() as usize).map_or_else(String::new, |name| {
                    shortened(name, (LETTERS_MAX / names.len()).max(6))
                })
            }
            ScaleKind::Linear => {
                let step = match self.marks[..] {
                    [first, second, ..] => second - first,
                    _ => 1.0,
                };
                text::decimals(place, digits(step))
            }
            ScaleKind::Logarithmic => {
                let decade = (place + 1e-9).floor();
                let first = 10f64.powf(place - decade).round();
                if self.range.start >= -3.1 && self.range.end <= 4.1 {
                    return text::decimals(first * 10f64.powf(decade), (-decade).max(0.0) as usize);
                }
                let power = text::power_of_ten(decade as i32);
                if first == 1.0 { power } else { format!("{first}×{power}") }
            }
        }
    }
}

/// Round values within a range.
fn marks(scale: &AxisScale, range: &Range<f64>, ticks: usize) -> Vec<f64> {
    let width = range.end - range.start;
    let whole = |step: f64| {
        let (first, last) =
            ((range.start / step - 1e-6).ceil() as i64, (range.end / step + 1e-6).floor() as i64);
        (first..=last).map(|i| i as f64 * step).collect::<Vec<_>>()
    };
    match &scale.kind {
        ScaleKind::Categories(names) => (0..names.len()).map(|i| i as f64).collect(),
        ScaleKind::Linear => whole(step(width, ticks)),
        ScaleKind::Logarithmic if width > 2.5 => whole(
            [1.0, 2.0, 5.0]
                .into_iter()
                .find(|s| width / s <= ticks as f64)
                .unwrap_or(step(width, ticks)),
        ),
        // within a few decades, several ticks in each
        ScaleKind::Logarithmic => {
            let parts: &[f64] =
                if width < 1.1 { &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0] } else { &[1.0, 2.0, 5.0] };
            let decades = range.start.floor() as i64..=range.end.floor() as i64;
            let places = decades
                .flat_map(|decade| parts.iter().map(move |part| decade as f64 + part.log10()));
            places.filter(|place| (range.start - 1e-6..=range.end + 1e-6).contains(place)).collect()
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten that cuts a width into about `ticks` parts, not more.
pub(super) fn step(width: f64, ticks: usize) -> f64 {
    let exact = width / ticks.max(1) as f64;
    let decade = 10f64.powf(exact.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|part| part * decade)
        .find(|step| *step >= exact * (1.0 - 1e-9))
        .unwrap_or(10.0 * decade)
}

/// Decimals that distinguish multiples of a step.
fn digits(step: f64) -> usize {
    (0..9)
        .find(|&digits| {
            (step * 10f64.powi(digits)).fract().abs() < 1e-6
                || (step * 10f64.powi(digits)).fract().abs() > 1.0 - 1e-6
        })
        .unwrap_or(9) as usize
}

/// Shortens a name that is too long for a tick to its end.
fn shortened(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= most {
        name.to_owned()
    } else {
        format!("…{}", letters[letters.len() - most + 1..].iter().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(kind: ScaleKind) -> AxisScale {
        AxisScale { quantity: "x".into(), unit: String::new(), kind }
    }

    fn ticks(scale: &AxisScale, range: Range<f64>) -> Vec<String> {
        let side = ScaledAxis::exact(scale, range, 8);
        side.marks.iter().map(|&mark| side.format(mark)).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let linear = scale(ScaleKind::Linear);
        assert_eq!(ticks(&linear, 0.0..2.0), ["0.0", "0.5", "1.0", "1.5", "2.0"]);
        assert_eq!(ticks(&linear, -2.0..6.0), ["−2", "−1", "0", "1", "2", "3", "4", "5", "6"]);
        assert_eq!(ticks(&linear, -150.0..-130.0), ["−150", "−145", "−140", "−135", "−130"]);
        let decades = scale(ScaleKind::Logarithmic);
        assert_eq!(ticks(&decades, -2.0..1.0), ["0.01", "0.1", "1", "10"]);
        assert_eq!(ticks(&decades, 0.0..0.91), ["1", "2", "3", "4", "5", "6", "8"]);
        assert_eq!(
            ticks(&decades, -5.0..-3.0),
            ["10⁻⁵", "2×10⁻⁵", "5×10⁻⁵", "10⁻⁴", "2×10⁻⁴", "5×10⁻⁴", "10⁻³"]
        );
        assert_eq!(ticks(&decades, -15.0..-1.0).len(), 7);
        assert_eq!(
            ticks(&scale(ScaleKind::Categories(vec!["EML".into(), "MZM".into()])), 0.0..1.0),
            ["EML", "MZM"]
        );
    }

    #[test]
    fn a_ratio_of_nothing_lies_below_the_smallest_that_is_drawn() {
        let decades = scale(ScaleKind::Logarithmic);
        assert_eq!(decades.extent([1e-30, 0.0, f64::NAN, 1e-2].into_iter()), Some(-15.0..-2.0));
        assert_eq!(decades.extent([1e-30, 1e-20].into_iter()).map(|e| e.end), Some(-20.0));
        let narrow = ScaledAxis::roomy(&decades, -3.62..-3.62, 8);
        assert!(narrow.marks.len() > 3, "a single ratio stands among others: {:?}", narrow.marks);
        assert_eq!(decades.extent([f64::NAN].into_iter()), None);
        assert_eq!(
            (
                ScaledAxis::roomy(&decades, -4.2..-0.02, 8).range,
                ScaledAxis::roomy(&decades, -4.2..0.95, 8).range
            ),
            (-5.0..0.0, -5.0..2.0)
        );
    }
}
