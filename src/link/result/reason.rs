//! Reason why a lane does not pass.

use super::figures::LaneResult;
use super::limited_by::LimitedBy;

impl LaneResult {
    /// A lane whose description is refused: it fails without figures, and the problems are the
    /// reason.
    pub(crate) fn refused(lane: usize, because: &str) -> LaneResult {
        LaneResult {
            lane,
            passes: Some(false),
            not_evaluated: Some(because.to_owned()),
            reason: Some(because.to_owned()),
            ..LaneResult::default()
        }
    }

    /// A lane that a run was stopped before: no figures and no verdict.
    pub(crate) fn stopped(lane: usize) -> LaneResult {
        let passes = None;
        LaneResult { passes, ..LaneResult::refused(lane, "stopped before it was evaluated") }
    }

    /// Why the lane does not pass a limit of the pre-FEC bit error ratio: every limit that it
    /// misses with its largest contribution, or why there is no verdict. `None` if it passes.
    pub(crate) fn reason_for(&self, limit_ber: f64) -> Option<String> {
        if let Some(because) = &self.not_evaluated {
            return Some(because.clone());
        }
        match self.passes {
            Some(true) => None,
            Some(false) => Some(self.missed(limit_ber)),
            None => Some(self.undecided(limit_ber)),
        }
    }

    /// The limits that it misses.
    fn missed(&self, limit_ber: f64) -> String {
        let failing = self.segments.iter().filter(|segment| segment.passes == Some(false));
        let mut parts: Vec<String> = failing
            .filter_map(|segment| Some((segment.name, segment.limit_ber?)))
            .map(|(name, limit)| format!("{name} above its pre-FEC BER limit of {limit:e}"))
            .collect();
        if let Some(ber) = self.reported_ber().filter(|&ber| ber > limit_ber) {
            parts.push(format!("pre-FEC BER of {ber:.1e} above the limit of {limit_ber:e}"));
        }
        parts.extend(self.missed_by_codewords());
        if let Some(db) = self.passes_from_loss_db {
            parts.push(format!("overload, passes from {db:.2} dB more loss on"));
        }
        if let Some(ber) = self.least_ber {
            parts.push(format!("no power reaches the limit, lowest pre-FEC BER {ber:.1e}"));
        }
        if parts.is_empty() {
            parts.push(format!("misses the pre-FEC BER limit of {limit_ber:e}"));
        }
        if let Some(limited_by) = self.limited_by.filter(|by| *by != LimitedBy::Overload) {
            parts.push(format!("limited by {}", limited_by.as_str()));
        }
        parts.join("; ")
    }

    /// Its codewords, where they miss their limit.
    pub(crate) fn missed_by_codewords(&self) -> Option<String> {
        let limit = self.codeword_error_ratio_limit?;
        let lost = self.block_error_ratio_low.is_some_and(|low| low > limit);
        match self.codeword_error_ratio_predicted {
            Some(ratio) if ratio > limit => {
                Some(format!("codeword error ratio of {ratio:.1e} above the limit of {limit:.1e}"))
            }
            _ if lost => {
                Some(format!("more uncorrectable codewords than the limit of {limit:.1e} allows"))
            }
            _ => None,
        }
    }

    /// Why there is no verdict.
    fn undecided(&self, limit_ber: f64) -> String {
        if self.estimators_agree == Some(false) {
            return "predicted and counted error ratio disagree beyond their intervals".to_owned();
        }
        let absent = [
            &self.ber_semi_analytic_not_evaluated,
            &self.count_not_evaluated,
            &self.loss_margin_not_evaluated,
        ];
        let mut parts: Vec<String> = absent.into_iter().flatten().cloned().collect();
        if self.ber_counted_high.is_some() {
            parts.push(format!(
                "the interval of the counted ratio holds the limit of {limit_ber:e}"
            ));
        }
        if parts.is_empty() {
            parts.push(format!("no error ratio to compare with the limit of {limit_ber:e}"));
        }
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: f64 = 2.4e-4;

    fn reason(lane: LaneResult) -> Option<String> {
        lane.reason_for(LIMIT)
    }

    #[test]
    fn a_lane_that_passes_has_no_reason_and_every_other_one_has() {
        let lane = LaneResult { passes: Some(true), ..LaneResult::default() };
        assert_eq!(reason(lane.clone()), None);
        let failing = LaneResult { passes: Some(false), ..lane.clone() };
        assert_eq!(reason(failing).unwrap(), "misses the pre-FEC BER limit of 2.4e-4");
        let undecided = LaneResult { passes: None, ..lane.clone() };
        assert_eq!(
            reason(undecided.clone()).unwrap(),
            "no error ratio to compare with the limit of 2.4e-4"
        );
        let disagree = LaneResult { estimators_agree: Some(false), ..undecided };
        assert!(reason(disagree).unwrap().starts_with("predicted and counted"));
        let dark = LaneResult { not_evaluated: Some("no light".to_owned()), ..lane };
        assert_eq!(reason(dark).unwrap(), "no light");
        let refused = LaneResult::refused(3, "lanes = 0: must be from 1");
        assert_eq!(refused.reason, reason(refused.clone()));
        assert_eq!((refused.lane, refused.passes), (3, Some(false)));
    }

    #[test]
    fn a_lane_that_fails_names_every_limit_that_it_misses() {
        let lane = LaneResult {
            passes: Some(false),
            ber_semi_analytic: Some(3.14e-4),
            codeword_error_ratio_predicted: Some(2e-11),
            codeword_error_ratio_limit: Some(8.2e-13),
            limited_by: Some(LimitedBy::Thermal),
            ..LaneResult::default()
        };
        assert_eq!(
            reason(lane.clone()).unwrap(),
            "pre-FEC BER of 3.1e-4 above the limit of 2.4e-4; \
             codeword error ratio of 2.0e-11 above the limit of 8.2e-13; limited by thermal"
        );
        let lost = LaneResult {
            ber_semi_analytic: Some(1e-4),
            codeword_error_ratio_predicted: None,
            block_error_ratio_low: Some(1e-4),
            ..lane.clone()
        };
        assert!(reason(lost).unwrap().starts_with("more uncorrectable codewords"));
        let overloaded = LaneResult {
            passes_from_loss_db: Some(1.5),
            limited_by: Some(LimitedBy::Overload),
            ..lane
        };
        assert!(
            reason(overloaded).unwrap().ends_with("overload, passes from 1.50 dB more loss on")
        );
    }
}
