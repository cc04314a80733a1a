//! Light that returns into a laser.

use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use serde::{Deserialize, Serialize};

/// Rise of a laser's RIN with the light that returns into it, by a table.
///
/// # Limits
///
/// The returned light is given, not taken from the reflections of the link; power, wavelength and
/// linewidth stay; coherence collapse is what the table says of RIN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LaserFeedback {
    /// Power that returns into the laser over the power that it emits, dB; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_db: Option<f64>,
    /// Ratios of the table, dB, ascending.
    pub table_ratio_db: Vec<f64>,
    /// Rise of the RIN at each, dB; constant beyond the ends.
    pub table_rin_rise_db: Vec<f64>,
}

impl Default for LaserFeedback {
    fn default() -> Self {
        LaserFeedback {
            ratio_db: None,
            // lasers without isolator tolerate -35 to -25 dB, assumed
            table_ratio_db: vec![-50.0, -40.0, -35.0, -30.0, -25.0, -20.0],
            table_rin_rise_db: vec![0.0, 0.5, 1.5, 4.0, 9.0, 15.0],
        }
    }
}

impl LaserFeedback {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        if let Some(ratio_db) = self.ratio_db {
            problems.range(at, "ratio_db", ratio_db, -120.0..=0.0);
        }
        let [ratios, rises] = [&self.table_ratio_db, &self.table_rin_rise_db];
        let ascends = ratios.windows(2).all(|pair| pair[0] < pair[1]);
        if ratios.len() < 2 || !ascends || ratios.iter().any(|db| !(-200.0..=0.0).contains(db)) {
            let remedy = "must be two or more ascending ratios from -200 to 0 dB";
            problems.report(at, "table_ratio_db", format!("{ratios:?}"), remedy);
        }
        if rises.len() != ratios.len() || rises.iter().any(|db| !(0.0..=100.0).contains(db)) {
            let remedy =
                format!("must be {} rises from 0 to 100 dB, one for each ratio", ratios.len());
            problems.report(at, "table_rin_rise_db", format!("{rises:?}"), remedy);
        }
    }

    /// Rise of the RIN, dB; none of a table that is out of its range.
    pub(super) fn rise_db(&self) -> f64 {
        let mut problems = Problems::new();
        self.check(&KeyPath::root(), &mut problems);
        let Some(ratio_db) = self.ratio_db.filter(|_| problems.is_empty()) else { return 0.0 };
        Monotone::new(self.table_ratio_db.clone(), self.table_rin_rise_db.clone()).at(ratio_db)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rise_is_the_table_s_at_its_points_and_beyond_its_ends() {
        let mut feedback = LaserFeedback::default();
        assert_eq!(feedback.rise_db(), 0.0);
        for (ratio_db, rise_db) in [(-60.0, 0.0), (-35.0, 1.5), (-30.0, 4.0), (-10.0, 15.0)] {
            feedback.ratio_db = Some(ratio_db);
            assert!((feedback.rise_db() - rise_db).abs() < 1e-12, "{ratio_db}");
        }
        feedback.table_rin_rise_db.pop();
        let mut problems = Problems::new();
        feedback.check(&KeyPath::root(), &mut problems);
        assert!(!problems.is_empty());
    }
}
