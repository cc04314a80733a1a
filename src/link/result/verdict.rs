//! Verdicts of intervals on limits.

use serde::{Deserialize, Serialize};

/// Factor by which an extrapolated ratio is too high at most, for bursts of one or two symbols.
const EXTRAPOLATED_HIGH: f64 = 2.0;

/// What counted codewords say of the limit of the codeword error ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CountVerdict {
    /// The interval that is extrapolated from their histogram keeps the limit.
    Confirms,
    /// More of them failed than the limit allows, or the extrapolated interval lies above it.
    Refutes,
    /// The interval contains the limit, or there is none.
    Undecided,
}

impl CountVerdict {
    /// Name in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            CountVerdict::Confirms => "confirms",
            CountVerdict::Refutes => "refutes",
            CountVerdict::Undecided => "undecided",
        }
    }

    /// Of failed codewords beyond the limit, and of the extrapolated interval.
    pub(crate) fn of(lost: bool, extrapolated: Option<(f64, f64)>, limit: f64) -> CountVerdict {
        match extrapolated {
            _ if lost => CountVerdict::Refutes,
            Some((_, high)) if high <= limit => CountVerdict::Confirms,
            Some((low, _)) if low > EXTRAPOLATED_HIGH * limit => CountVerdict::Refutes,
            _ => CountVerdict::Undecided,
        }
    }
}

/// Whether a counted error ratio keeps the limit; absent unless all of its interval lies on one
/// side.
pub(crate) fn judged([low, high]: [f64; 2], limit: f64) -> Option<bool> {
    if high <= limit { Some(true) } else { (low > limit).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_codewords_confirm_refute_or_cannot_decide() {
        use CountVerdict::*;
        for (lost, extrapolated, expected) in [
            (false, None, Undecided),
            (false, Some((1e-15, 1e-13)), Confirms),
            (false, Some((1e-15, 1e-11)), Undecided),
            (false, Some((1e-12, 1e-11)), Undecided),
            (false, Some((2e-12, 1e-11)), Refutes),
            (true, Some((1e-15, 1e-13)), Refutes),
        ] {
            let found = CountVerdict::of(lost, extrapolated, 8.2e-13);
            assert_eq!(found, expected);
            assert_eq!(serde_json::to_value(found).unwrap(), found.as_str());
        }
    }
}
