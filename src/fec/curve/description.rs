//! The description of a curve.

use super::bers::Bers;
use super::burst::Burst;
use super::scheme::Scheme;
use crate::error::{KeyPath, Problems};
use crate::fec::coding::Coding;
use serde::{Deserialize, Serialize};

/// Highest bit error ratio before an inner code; above it, a quarter of all symbols is in error.
const INNER_BER_MAX: f64 = 0.4;
/// Largest number of codewords of a point.
const CODEWORDS_MAX: u64 = 1 << 50;

/// Codeword error ratio against bit error ratio.
///
/// Without an inner code, bit errors at the slicer follow [`Burst`], and with [`Coding::precoder`]
/// the precoding of the decisions is undone. With an inner code, the slicer values are those of
/// PAM4 in white noise, with soft decoding.
///
/// ```
/// use lightlane::fec::curve::{FecCurve, RunOptions, Scheme};
/// let coding = Scheme::Kp4.on("800gbase-df").unwrap();
/// let curve = FecCurve { coding, ber: "2e-3:3e-3:2".parse().unwrap(), codewords: 10_000, ..FecCurve::default() };
/// let points = curve.build()?.run(&RunOptions::default());
/// let analytic = points[1].codeword_error_ratio_analytic;
/// let high = points[1].codeword_error_ratio_high;
/// assert!(analytic.unwrap() > 0.1 && high.unwrap() > 0.1);
/// # Ok::<(), lightlane::Error>(())
/// ```
///
/// # Limits
///
/// Levels are drawn only where errors occur, uniform and independent, as any k of the n symbols of
/// a codeword are. All lanes have the same bit error ratio. An uncorrectable codeword is left as
/// received or changed to another codeword, which is counted separately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FecCurve {
    /// The codes, and the layout of their codewords.
    pub coding: Coding,
    /// The bit error ratios at the slicer.
    pub ber: Bers,
    /// Correlation of errors.
    pub burst: Burst,
    /// Maximum number of codewords per point, rounded up to whole sets; 0 counts nothing.
    pub codewords: u64,
    /// Uncorrected codewords after which a point is done; tested between rounds.
    pub errors: u64,
    /// Seed of all random numbers.
    pub seed: u64,
}

impl Default for FecCurve {
    fn default() -> Self {
        Self {
            coding: Scheme::Kp4.on(Scheme::Kp4.usual_coding()).expect("it ships"),
            ber: Bers { from: 1e-4, to: 3e-3, points: 10 },
            burst: Burst::None,
            codewords: 1_000_000,
            errors: 100,
            seed: 1,
        }
    }
}

impl FecCurve {
    /// Reports every parameter that is out of its range or contradicts another.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.coding.check(&at.key("coding"), problems);
        self.ber.check(at, problems);
        if !(1..=1000).contains(&self.ber.points) {
            return;
        }
        self.burst.check(self.ber.values(), at, problems);
        if self.codewords > CODEWORDS_MAX {
            problems.report(
                at,
                "codewords",
                self.codewords,
                format!("must be from 0 to {CODEWORDS_MAX}"),
            );
        }
        if self.errors == 0 {
            problems.report(at, "errors", self.errors, "must be at least 1");
        }
        if self.coding.inner.is_some() {
            self.check_inner(at, problems);
        }
    }

    fn check_inner(&self, at: &KeyPath, problems: &mut Problems) {
        if self.burst != Burst::None {
            problems.report(
                at,
                "burst",
                self.burst,
                "must be none with an inner code: its soft decisions are those of white noise",
            );
        }
        if self.coding.precoder {
            problems.report(
                at,
                "precoder",
                "",
                "must be off with an inner code: its soft decisions are taken before the precoder's inverse",
            );
        }
        if self.codewords == 0 {
            problems.report(
                at,
                "codewords",
                0,
                "must be at least 1 with an inner code: the ratio after it is known by counting only",
            );
        }
        if let Some(ber) = self.ber.values().find(|ber| *ber > INNER_BER_MAX && *ber <= 0.5) {
            problems.report(
                at,
                "ber",
                self.ber,
                format!("{ber:e} is too much for an inner code: must be up to {INNER_BER_MAX}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(curve: FecCurve) -> String {
        curve.build().err().map_or(String::new(), |error| error.to_string())
    }

    #[test]
    fn a_curve_survives_toml() {
        let curve = FecCurve { burst: "dfe:0.7".parse().unwrap(), ..FecCurve::default() };
        assert_eq!(toml::from_str(&toml::to_string(&curve).unwrap()), Ok(curve));
        assert!(
            toml::from_str::<FecCurve>("burst = 'dfe:much'")
                .unwrap_err()
                .to_string()
                .contains("is not a number")
        );
    }

    #[test]
    fn contradictions_are_named() {
        let inner = FecCurve {
            coding: Scheme::Kp4Inner.on("1.6tbase-dr8-2").unwrap(),
            ..FecCurve::default()
        };
        assert_eq!(message(inner.clone()), "");
        assert!(
            message(FecCurve { burst: Burst::Dfe { tap: 1.0 }, ..inner.clone() })
                .starts_with("burst = dfe:1: must be none with an inner code")
        );
        assert!(
            message(FecCurve {
                coding: Coding { precoder: true, ..inner.coding.clone() },
                ..inner.clone()
            })
            .starts_with("precoder: must be off")
        );
        assert!(
            message(FecCurve { codewords: 0, ..inner.clone() })
                .starts_with("codewords = 0: must be at least 1")
        );
        assert!(
            message(FecCurve { ber: "0.45".parse().unwrap(), ..inner })
                .starts_with("ber = 4.5e-1: 4.5e-1 is too much")
        );
        assert_eq!(
            message(FecCurve { errors: 0, ..FecCurve::default() }),
            "errors = 0: must be at least 1"
        );
        assert!(
            message(FecCurve { codewords: u64::MAX, ..FecCurve::default() })
                .contains("must be from 0 to")
        );
        assert_eq!(
            message(FecCurve {
                ber: Bers { from: 1.0, to: 2.0, points: usize::MAX },
                ..FecCurve::default()
            })
            .lines()
            .count(),
            2
        );
    }
}
