//! Loss margins with transmitters that just comply with the limits of the PMD.

use crate::fibre::Corner;
use serde::{Deserialize, Serialize};

/// A transmitter that just complies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompliantTransmitter {
    /// That of the description, at the OMA of the law for its own TECQ and TDECQ.
    Own,
    /// The stressed receiver's source, its SECQ the largest TDECQ.
    StressedSource,
}

impl CompliantTransmitter {
    /// Name in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CompliantTransmitter::Own => "own transmitter",
            CompliantTransmitter::StressedSource => "stressed source",
        }
    }
}

/// A compliant transmitter and the largest loss of the channel, at a corner of dispersion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompliantCase {
    /// Transmitter.
    pub case: CompliantTransmitter,
    /// Corner of the fibre's dispersion.
    pub corner: Corner,
    /// Its TECQ or TDECQ, the larger, or its SECQ, dB.
    pub eye_closure_db: f64,
    /// Its OMA at TP2, which the law of the PMD gives, dBm.
    pub oma_tp2_dbm: f64,
    /// Extra loss to the limit, dB; absent where no loss keeps it.
    pub loss_margin_db: Option<f64>,
}

/// Loss margins of a lane with compliant transmitters; empty without
/// `simulation.worst_compliant`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompliantMargin {
    /// Smallest loss margin of the cases, dB; absent where one of them keeps the limit at no loss.
    pub compliant_loss_margin_db: Option<f64>,
    /// The case of that margin.
    pub compliant_worst: Option<String>,
    /// Why a case is missing.
    pub compliant_not_evaluated: Option<String>,
    /// Every case.
    #[serde(rename = "compliant", default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CompliantCase>,
}

impl CompliantMargin {
    /// The smallest margin of the cases. With a case missing, the others show a bound only: there
    /// is no figure.
    pub(crate) fn of(cases: Vec<CompliantCase>, not_evaluated: Option<String>) -> Self {
        let db = |case: &CompliantCase| case.loss_margin_db.unwrap_or(f64::NEG_INFINITY);
        let worst = cases.iter().min_by(|a, b| db(a).total_cmp(&db(b)));
        let worst = worst.filter(|_| not_evaluated.is_none());
        CompliantMargin {
            compliant_loss_margin_db: worst.and_then(|worst| worst.loss_margin_db),
            compliant_worst: worst
                .map(|worst| format!("{}, {}", worst.case.as_str(), worst.corner.name())),
            compliant_not_evaluated: not_evaluated,
            cases,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(case: CompliantTransmitter, loss_margin_db: Option<f64>) -> CompliantCase {
        let (eye_closure_db, oma_tp2_dbm) = (3.4, 1.5);
        CompliantCase { case, corner: Corner::Min, eye_closure_db, oma_tp2_dbm, loss_margin_db }
    }

    #[test]
    fn the_smallest_margin_counts_and_an_absent_one_is_the_smallest() {
        let [own, source] = [CompliantTransmitter::Own, CompliantTransmitter::StressedSource];
        let of = |db: Option<f64>, reason: Option<&str>| {
            let cases = vec![case(own, db), case(source, Some(1.5))];
            let found = CompliantMargin::of(cases, reason.map(str::to_owned));
            (found.compliant_loss_margin_db, found.compliant_worst)
        };
        assert_eq!(of(Some(2.0), None), (Some(1.5), Some("stressed source, min".to_owned())));
        assert_eq!(of(None, None), (None, Some("own transmitter, min".to_owned())));
        assert_eq!(of(Some(2.0), Some("no TDECQ")), (None, None));
    }
}
