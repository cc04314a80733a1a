//! The figure of merit that a figure shows.

use super::row::lane_columns;
use crate::chart::labels::key_label;
use crate::chart::{AxisScale, ScaleKind};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::link::nearest;
use crate::table::Better;

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

/// A numeric column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MetricColumn {
    name: String,
    pub(super) column: usize,
}

impl MetricColumn {
    /// The column of a name.
    ///
    /// # Errors
    ///
    /// A name that no numeric column has.
    pub(super) fn named(name: &str) -> Result<MetricColumn> {
        let columns = lane_columns();
        let numbers =
            columns.iter().enumerate().filter(|(_, name)| !NO_NUMBER.contains(&name.as_str()));
        if let Some((column, name)) = numbers.clone().find(|(_, column)| *column == name) {
            return Ok(MetricColumn { name: name.clone(), column });
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
        problems.report(&KeyPath::root(), "figure", name.replace(char::is_control, " "), remedy);
        Err(Error::Input(problems))
    }

    /// Which way it is better.
    pub(super) fn better(&self) -> Better {
        let counts = ["errors", "corrected_bits", "uncorrectable"];
        if self.is_ratio() || counts.iter().any(|count| self.name.starts_with(count)) {
            Better::Lower
        } else {
            Better::Higher
        }
    }

    /// How a figure shows it: error ratios over decades.
    pub(super) fn scale(&self) -> AxisScale {
        let (quantity, unit) = key_label(&self.name);
        let quantity =
            quantity.replace("semi analytic", "semi-analytic").replace("post FEC", "post-FEC");
        let kind = if self.is_ratio() { ScaleKind::Logarithmic } else { ScaleKind::Linear };
        AxisScale { quantity, unit: unit.to_owned(), kind }
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
        assert_eq!(MetricColumn::named("margin_db").map(|m| m.better()).unwrap(), Better::Higher);
        let of = |name: &str| {
            MetricColumn::named(name)
                .map(|m| (m.better(), m.scale().kind, m.limit(Some(1e-4)).is_some()))
                .unwrap()
        };
        assert_eq!(of("ber_counted"), (Better::Lower, ScaleKind::Logarithmic, true));
        for name in [
            "ber_inner_counted",
            "post_fec_ber_closed",
            "codeword_error_ratio_closed",
            "frame_loss_ratio_closed",
            "block_error_ratio",
        ] {
            assert_eq!(of(name), (Better::Lower, ScaleKind::Logarithmic, false), "{name}");
        }
        assert_eq!(of("uncorrectable_blocks"), (Better::Lower, ScaleKind::Linear, false));
        for (name, expected) in [
            ("margin", "figure = margin: no such figure in a row, did you mean margin_db?"),
            ("ber_semianalytic", "did you mean ber_semi_analytic?"),
            ("passes", "figure = passes: is no number"),
            ("", "margin_db is drawn"),
        ] {
            let said = MetricColumn::named(name).unwrap_err().to_string();
            assert!(said.contains(expected), "{name}: {said}");
        }
    }
}
