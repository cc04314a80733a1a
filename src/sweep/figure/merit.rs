//! The figure of merit that a figure shows.

use super::words::spoken;
use super::{Scale, Spacing};
use crate::error::{Error, Path, Problems, Result};
use crate::link::nearest;
use crate::sweep::Row;

/// Columns of a row that are no number, and the lane's own.
const NO_NUMBER: [&str; 10] = [
    "lane",
    "pattern_limited",
    "estimators_agree",
    "converged",
    "passes",
    "refusal",
    "margin_refusal",
    "ber_semi_analytic_refusal",
    "counted_by",
    "count_refusal",
];

/// Which way a figure of merit is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Such as a margin.
    Higher,
    /// Such as an error ratio.
    Lower,
}

impl Better {
    /// The worse of two; where one was not evaluated (NaN), nothing is known.
    pub fn worse(self, a: f64, b: f64) -> f64 {
        match self {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Better::Higher => a.min(b),
            Better::Lower => a.max(b),
        }
    }
}

/// A numeric column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merit {
    name: String,
    column: usize,
}

impl Merit {
    /// The column of a name.
    ///
    /// # Errors
    ///
    /// A name that no numeric column has.
    pub fn named(name: &str) -> Result<Merit> {
        let columns = Row::figures();
        let numbers =
            columns.iter().enumerate().filter(|(_, name)| !NO_NUMBER.contains(&name.as_str()));
        if let Some((column, name)) = numbers.clone().find(|(_, column)| *column == name) {
            return Ok(Merit { name: name.clone(), column });
        }
        let near = nearest(name, numbers.map(|(_, name)| name.as_str()));
        let remedy = match (near, NO_NUMBER.contains(&name)) {
            (_, true) => {
                "is no number; margin_db is drawn, snr_db or any ber_.. of a row".to_owned()
            }
            (Some(near), false) => format!("no such figure in a row, did you mean {near}?"),
            (None, false) => {
                "no such figure in a row; margin_db is drawn, snr_db or any ber_.. of it".to_owned()
            }
        };
        let mut problems = Problems::new();
        problems.report(&Path::root(), "figure", name.replace(char::is_control, " "), remedy);
        Err(Error::Input(problems))
    }

    /// Which way it is better.
    pub fn better(&self) -> Better {
        let counts = ["errors", "corrected_bits", "uncorrectable"];
        if self.is_ratio() || counts.iter().any(|count| self.name.starts_with(count)) {
            Better::Lower
        } else {
            Better::Higher
        }
    }

    /// Its value in a row; NaN when it was not evaluated.
    pub fn of(&self, row: &Row) -> f64 {
        row.figures[self.column].as_f64().unwrap_or(f64::NAN)
    }

    /// How a figure shows it: error ratios over decades.
    pub(super) fn scale(&self) -> Scale {
        let (quantity, unit) = spoken(&self.name);
        Scale {
            quantity,
            unit,
            spacing: if self.is_ratio() { Spacing::Logarithmic } else { Spacing::Linear },
        }
    }

    /// What it is held against: no margin left, or the limit of the link.
    pub(super) fn limit(&self, limit_ber: Option<f64>) -> Option<f64> {
        match self.name.as_str() {
            "margin_db" => Some(0.0),
            // what is held against it is the ratio ahead of all codes
            name if name == "floor_ber"
                || name.starts_with("ber_") && !name.starts_with("ber_inner") =>
            {
                limit_ber
            }
            _ => None,
        }
    }

    fn is_ratio(&self) -> bool {
        self.name.starts_with("ber_")
            || self.name == "floor_ber"
            || self.name.starts_with("post_fec_ber")
            || self.name.contains("_ratio")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_is_told_the_nearest() {
        assert_eq!(Merit::named("margin_db").map(|m| m.better()).unwrap(), Better::Higher);
        let of = |name: &str| {
            Merit::named(name)
                .map(|m| (m.better(), m.scale().spacing, m.limit(Some(1e-4)).is_some()))
                .unwrap()
        };
        assert_eq!(of("ber_counted"), (Better::Lower, Spacing::Logarithmic, true));
        for name in [
            "ber_inner_counted",
            "post_fec_ber_closed",
            "codeword_error_ratio_closed",
            "frame_loss_ratio_closed",
            "block_error_ratio",
        ] {
            assert_eq!(of(name), (Better::Lower, Spacing::Logarithmic, false), "{name}");
        }
        assert_eq!(of("uncorrectable_blocks"), (Better::Lower, Spacing::Linear, false));
        for (name, expected) in [
            ("margin", "figure = margin: no such figure in a row, did you mean margin_db?"),
            ("ber_semianalytic", "did you mean ber_semi_analytic?"),
            ("passes", "figure = passes: is no number"),
            ("", "margin_db is drawn"),
        ] {
            let said = Merit::named(name).unwrap_err().to_string();
            assert!(said.contains(expected), "{name}: {said}");
        }
    }

    #[test]
    fn what_was_not_evaluated_is_worse_than_nothing_and_better_than_nothing() {
        assert_eq!((Better::Higher.worse(1.0, 2.0), Better::Lower.worse(1.0, 2.0)), (1.0, 2.0));
        assert!(
            Better::Higher.worse(f64::NAN, 2.0).is_nan()
                && Better::Lower.worse(1.0, f64::NAN).is_nan()
        );
    }
}
