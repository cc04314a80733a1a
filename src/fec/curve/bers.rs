//! Bit error ratios with logarithmic spacing.

use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;

/// Largest number of points of a curve.
const POINTS_MAX: usize = 1000;

/// Bit error ratios from one to another, with equal ratios between them: `1e-4:3e-3:9`, or one
/// alone, `2.4e-4`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bers {
    /// The first one.
    pub from: f64,
    /// The last one; unused for a single point.
    pub to: f64,
    /// Number of points.
    pub points: usize,
}

/// A text that is not a range of bit error ratios.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BersError {
    /// It has neither one part nor three.
    #[error("must be A:B:POINTS, such as 1e-4:3e-3:9, or one ratio")]
    Form,
    /// A part is not a number.
    #[error("{0} is not a number such as 2.4e-4")]
    Number(String),
    /// The last part is not a number of points.
    #[error("{0} points: must be a whole number from 1 to {POINTS_MAX}")]
    Points(String),
}

impl FromStr for Bers {
    type Err = BersError;

    fn from_str(text: &str) -> Result<Self, BersError> {
        let number =
            |part: &str| part.trim().parse::<f64>().map_err(|_| BersError::Number(part.to_owned()));
        match text.split(':').collect::<Vec<_>>()[..] {
            [ber] => number(ber).map(|ber| Self { from: ber, to: ber, points: 1 }),
            [from, to, points] => {
                let (from, to) = (number(from)?, number(to)?);
                let points =
                    points.trim().parse().map_err(|_| BersError::Points(points.to_owned()))?;
                Ok(Self { from, to, points })
            }
            _ => Err(BersError::Form),
        }
    }
}

impl Display for Bers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.points == 1 {
            write!(f, "{:e}", self.from)
        } else {
            write!(f, "{:e}:{:e}:{}", self.from, self.to, self.points)
        }
    }
}

impl Bers {
    /// Reports ends that are not bit error ratios above zero or in the wrong order, and numbers of
    /// points out of range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        if !(1..=POINTS_MAX).contains(&self.points) {
            problems.report(
                at,
                "ber",
                self,
                format!("{} points: must be from 1 to {POINTS_MAX}", self.points),
            );
        }
        for end in [self.from, self.to] {
            if !(end > 0.0 && end <= 0.5) {
                return problems.report(
                    at,
                    "ber",
                    self,
                    format!("{end:e} is not a bit error ratio: must be above 0, up to 0.5"),
                );
            }
        }
        if self.from > self.to {
            problems.report(
                at,
                "ber",
                self,
                "the first ratio is above the second: must be from low to high",
            );
        }
    }

    /// The ratios, in order.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        let Self { from, to, points } = *self;
        (0..points).map(move |i| match i {
            0 => from,
            i if i + 1 == points => to,
            i => from * libm::pow(to / from, i as f64 / (points - 1) as f64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_equal_ratios_and_exact_ends() {
        let values: Vec<f64> = "1e-5:1e-3:5".parse::<Bers>().unwrap().values().collect();
        assert_eq!((values[0], values[4], values.len()), (1e-5, 1e-3, 5));
        assert!(
            values.windows(2).all(|pair| (pair[1] / pair[0] / 10f64.sqrt() - 1.0).abs() < 1e-14)
        );
        assert_eq!("2.4e-4".parse::<Bers>().unwrap().values().collect::<Vec<_>>(), [2.4e-4]);
        assert_eq!("1e-4:3e-3:9".parse::<Bers>().unwrap().to_string(), "1e-4:3e-3:9");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (text, expected) in [
            ("1e-4:1e-3", "must be A:B:POINTS"),
            ("", " is not a number"),
            ("1e-4:x:3", "x is not a number"),
            ("1e-4:1e-3:2.5", "2.5 points: must be a whole number"),
            ("1e-4:1e-3:-1", "-1 points"),
        ] {
            let message = text.parse::<Bers>().unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
        for (text, expected) in [
            ("1e-3:1e-4:3", "ber = 1e-3:1e-4:3: the first ratio is above the second"),
            ("0:1e-4:3", "ber = 0e0:1e-4:3: 0e0 is not a bit error ratio"),
            ("1e-4:0.6:3", "6e-1 is not a bit error ratio"),
            ("nan", "NaN is not a bit error ratio"),
            ("1e-4:1e-3:0", "0 points: must be from 1 to 1000"),
            ("1e-4:1e-3:1001", "1001 points"),
        ] {
            let mut problems = Problems::new();
            text.parse::<Bers>().unwrap().check(&KeyPath::root(), &mut problems);
            assert!(problems.to_string().contains(expected), "{text}: {problems}");
            assert_eq!(problems.iter().count(), 1, "{text}: {problems}");
        }
    }
}
