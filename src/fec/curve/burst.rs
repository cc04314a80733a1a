//! Correlation of errors, by name.

use crate::error::{KeyPath, Problems};
use crate::fec::errors::dfe::DfeErrors;
use crate::fec::errors::gilbert_elliott::GilbertElliott;
use crate::fec::errors::source::ErrorModel;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;

/// Default bit error ratio of the bad state.
const BER_BAD: f64 = 0.25;
/// Mean lengths of the good state, PAM4 symbols.
const GOOD_SYMBOLS: (f64, f64) = (1.0, 1e12);

/// Correlation of errors at any bit error ratio: `none`, `ge:SYMBOLS`, `ge:SYMBOLS:BER_BAD`,
/// `dfe:TAP`.
///
/// ```text
/// ge     a bad state of SYMBOLS PAM4 symbols on average, wrong bits with BER_BAD in it and none outside:
///        mean length of the good state = SYMBOLS (BER_BAD / BER - 1)
/// dfe    the noise that makes the ratio, see DfeErrors::with_ber
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Burst {
    /// Independent bit errors.
    None,
    /// Two states, the good one free of errors.
    GilbertElliott {
        /// Mean length of the bad state, PAM4 symbols.
        bad_symbols: f64,
        /// Bit error ratio of the bad state.
        ber_bad: f64,
    },
    /// A feedback equaliser in white noise.
    Dfe {
        /// Its tap, over the main cursor.
        tap: f64,
    },
}

/// A text that does not describe bursts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BurstError {
    /// It has none of the forms.
    #[error(
        "must be none, ge:SYMBOLS or ge:SYMBOLS:BER_BAD, such as ge:20:0.25, or dfe:TAP, such as dfe:0.7"
    )]
    Form,
    /// A part is not a number.
    #[error("'{0}' is not a number")]
    Number(String),
}

impl FromStr for Burst {
    type Err = BurstError;

    fn from_str(text: &str) -> Result<Self, BurstError> {
        let number = |part: &str| {
            part.trim().parse::<f64>().map_err(|_| BurstError::Number(part.trim().to_owned()))
        };
        match text.split(':').collect::<Vec<_>>()[..] {
            ["none"] => Ok(Self::None),
            ["ge", symbols] => {
                Ok(Self::GilbertElliott { bad_symbols: number(symbols)?, ber_bad: BER_BAD })
            }
            ["ge", symbols, ber] => {
                Ok(Self::GilbertElliott { bad_symbols: number(symbols)?, ber_bad: number(ber)? })
            }
            ["dfe", tap] => Ok(Self::Dfe { tap: number(tap)? }),
            _ => Err(BurstError::Form),
        }
    }
}

impl Display for Burst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::GilbertElliott { bad_symbols, ber_bad } => {
                write!(f, "ge:{bad_symbols}:{ber_bad}")
            }
            Self::Dfe { tap } => write!(f, "dfe:{tap}"),
        }
    }
}

impl TryFrom<String> for Burst {
    type Error = BurstError;

    fn try_from(text: String) -> Result<Self, BurstError> {
        text.parse()
    }
}

impl From<Burst> for String {
    fn from(burst: Burst) -> Self {
        burst.to_string()
    }
}

impl Burst {
    /// Reports numbers out of their range, and those of `bers` that are out of reach of the burst.
    pub fn check(&self, bers: impl Iterator<Item = f64>, at: &KeyPath, problems: &mut Problems) {
        let mut in_range = |name: &str, value: f64, low: f64, high: f64| {
            let is_in = (low..=high).contains(&value);
            if !is_in {
                problems.report(
                    at,
                    "burst",
                    self,
                    format!("{name} is {value}: must be from {low} to {high}"),
                );
            }
            is_in
        };
        let is_good = match *self {
            Self::None => true,
            Self::GilbertElliott { bad_symbols, ber_bad } => {
                in_range("the bad state's mean length", bad_symbols, 1.0, 1e6)
                    & in_range("the bad state's ratio", ber_bad, 1e-6, 0.5)
            }
            Self::Dfe { tap } => in_range("the tap", tap, -1.0, 1.0),
        };
        if !is_good {
            return;
        }
        let (least, most) = self.reach();
        let beyond =
            bers.filter(|ber| *ber > 0.0 && *ber <= 0.5).find(|ber| !(least..=most).contains(ber));
        if let Some(ber) = beyond {
            let side = if ber > most {
                format!("up to {}", shown(most))
            } else {
                format!("from {least:.1e}")
            };
            problems.report(
                at,
                "burst",
                self,
                format!("makes no bit error ratio of {}: it makes {side}", shown(ber)),
            );
        }
    }

    /// The lowest and the highest bit error ratio possible with it.
    #[must_use]
    pub fn reach(&self) -> (f64, f64) {
        match *self {
            Self::None => (0.0, 0.5),
            Self::GilbertElliott { bad_symbols, ber_bad } => {
                let with = |good: f64| ber_bad * bad_symbols / (bad_symbols + good);
                (with(GOOD_SYMBOLS.1), with(GOOD_SYMBOLS.0))
            }
            Self::Dfe { tap } => DfeErrors::bers(tap),
        }
    }

    /// Errors of this kind at a bit error ratio; `None` beyond [`Burst::reach`].
    #[must_use]
    pub fn errors(&self, ber: f64) -> Option<ErrorModel> {
        let (least, most) = self.reach();
        if !(least..=most).contains(&ber) {
            return None;
        }
        Some(match *self {
            Self::None => ErrorModel::Independent { ber },
            Self::GilbertElliott { bad_symbols, ber_bad } => {
                let good_symbols =
                    (bad_symbols * (ber_bad / ber - 1.0)).clamp(GOOD_SYMBOLS.0, GOOD_SYMBOLS.1);
                ErrorModel::GilbertElliott(GilbertElliott {
                    ber_good: 0.0,
                    ber_bad,
                    good_symbols,
                    bad_symbols,
                })
            }
            Self::Dfe { tap } => ErrorModel::Dfe(DfeErrors::with_ber(tap, ber)?),
        })
    }
}

/// A ratio as shown in a message.
fn shown(ber: f64) -> String {
    if ber >= 0.01 { format!("{}", (ber * 1e4).round() / 1e4) } else { format!("{ber:.2e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(burst: &str, ber: f64) -> String {
        let mut problems = Problems::new();
        burst.parse::<Burst>().unwrap().check([ber].into_iter(), &KeyPath::root(), &mut problems);
        problems.to_string()
    }

    #[test]
    fn a_burst_is_its_name() {
        for (text, burst) in [
            ("none", Burst::None),
            ("ge:20:0.25", Burst::GilbertElliott { bad_symbols: 20.0, ber_bad: 0.25 }),
            ("dfe:-0.7", Burst::Dfe { tap: -0.7 }),
        ] {
            assert_eq!(text.parse(), Ok(burst));
            assert_eq!(burst.to_string(), text);
            assert_eq!(
                serde_json::from_str::<Burst>(&serde_json::to_string(&burst).unwrap()).unwrap(),
                burst
            );
        }
        assert_eq!("ge:20".parse::<Burst>(), "ge:20:0.25".parse());
        for text in ["", "dfe", "ge", "ge:1:2:3", "both:1", "none:1"] {
            assert_eq!(text.parse::<Burst>(), Err(BurstError::Form), "{text}");
        }
        assert_eq!("dfe:x".parse::<Burst>().unwrap_err().to_string(), "'x' is not a number");
    }

    #[test]
    fn a_burst_that_cannot_be_is_told_what_could() {
        assert_eq!(message("dfe:2", 1e-3), "burst = dfe:2: the tap is 2: must be from -1 to 1");
        assert_eq!(
            message("ge:0", 1e-3),
            "burst = ge:0:0.25: the bad state's mean length is 0: must be from 1 to 1000000"
        );
        assert_eq!(
            message("ge:4:0.01", 0.02),
            "burst = ge:4:0.01: makes no bit error ratio of 0.02: it makes up to 8.00e-3"
        );
        assert!(
            message("dfe:1", 0.5).contains("makes no bit error ratio of 0.5: it makes up to 0.4"),
            "{}",
            message("dfe:1", 0.5)
        );
        assert!(message("ge:20", 1e-30).contains("it makes from 5.0e-12"));
        assert_eq!(
            message("dfe:nan", 1e-3),
            "burst = dfe:NaN: the tap is NaN: must be from -1 to 1"
        );
        assert_eq!(message("ge:20", 0.2), "");
    }

    #[test]
    fn the_mean_of_the_states_is_the_ratio_that_was_asked_for() {
        for ber in [1e-9, 2.4e-4, 0.05] {
            let Some(ErrorModel::GilbertElliott(channel)) =
                "ge:30:0.3".parse::<Burst>().unwrap().errors(ber)
            else {
                panic!("{ber}")
            };
            assert!((channel.mean_ber() / ber - 1.0).abs() < 1e-12, "{ber}");
        }
        assert!("dfe:0.7".parse::<Burst>().unwrap().errors(0.5).is_none());
    }
}
