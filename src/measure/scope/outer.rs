//! Outer levels of a capture: settled runs, the longest runs, or as given.

use super::request::GivenLevels;
use super::trace::PatternPeriods;
use crate::measure::levels::{self, OuterLevels};
use serde::{Deserialize, Serialize};

/// Origin of the outer levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OuterSource {
    /// The settled runs that the clause names.
    #[default]
    SettledRuns,
    /// The longest runs that the pattern has.
    LongestRuns,
    /// Given.
    Given,
}

impl OuterSource {
    /// What sets OMA apart from that of the clause; `None` where nothing does.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            OuterSource::SettledRuns => None,
            OuterSource::LongestRuns => Some("of the longest runs"),
            OuterSource::Given => Some("as given"),
        }
    }
}

/// Outer levels with their origin.
#[derive(Clone, Copy)]
pub(super) struct Outer {
    pub(super) levels: OuterLevels,
    pub(super) source: OuterSource,
    /// Lengths of the longest runs of threes and zeros.
    pub(super) runs: (usize, usize),
}

impl Outer {
    /// Measured, or as given in this unit, W or V.
    pub(super) fn of(
        trace: &PatternPeriods,
        given: Option<GivenLevels>,
        unit: f64,
    ) -> Option<Outer> {
        let s = PatternPeriods::SAMPLES_PER_SYMBOL;
        let (waveform, sent, delay) = (&trace.waveform, &trace.levels, trace.delay);
        let longest = || levels::outer_of_longest_runs(waveform, s, sent, delay);
        if let Some(given) = given {
            let (measured, runs) = longest()?;
            let middle = 0.5 * (measured.three_w + measured.zero_w);
            let [zero_w, three_w] = match given {
                GivenLevels::Oma(oma) => [middle - 0.5 * unit * oma, middle + 0.5 * unit * oma],
                GivenLevels::Levels(levels) => levels.map(|level| unit * level),
            };
            let levels = OuterLevels { three_w, zero_w, ..measured };
            return Some(Outer { levels, source: OuterSource::Given, runs });
        }
        if let Some(levels) = levels::outer_at(waveform, s, sent, delay) {
            return Some(Outer { levels, source: OuterSource::SettledRuns, runs: (7, 6) });
        }
        let (levels, runs) = longest()?;
        Some(Outer { levels, source: OuterSource::LongestRuns, runs })
    }

    /// A note where the levels are not those of the clause.
    pub(super) fn note(&self) -> Option<String> {
        match self.source {
            OuterSource::SettledRuns => None,
            OuterSource::LongestRuns => Some(format!(
                "outer levels from runs of {} threes and {} zeros, the longest of this pattern, not \
                 from seven and six: levels that do not settle in them make OMA too small",
                self.runs.0, self.runs.1
            )),
            OuterSource::Given => Some("outer levels as given, not measured".to_owned()),
        }
    }
}
