//! The errors of a feedback equaliser as a Markov chain, in closed form.

use super::dfe::DfeErrors;
use crate::math::gaussian::q;
use crate::pattern::gray::BIT_ERRORS;

/// Errors of a decision: -3 to 3 levels.
const STATES: usize = 7;
/// The state without an error.
const RIGHT: usize = 3;
/// Steps from a correct decision to the stationary state: it is approached by a factor of 0.75 or
/// less per step, and 0.75^600 is below 1e-74.
const STEPS: usize = 600;
/// Half eyes over sigma that a [`DfeErrors`] may have.
const EYES: (f64, f64) = (0.1, 20.0);
/// Bisections of a search over a range of 20, down to rounding.
const HALVINGS: usize = 60;

/// The chain over e = decided - sent, levels sent at random.
///
/// ```text
/// P(d | l, e) = share of the noise between the thresholds of d around l - b e
/// pi(e') = sum over e, l of pi(e) P(l + e' | l, e) / 4
/// BER    = sum over e, l, d of pi(e) P(d | l, e) / 4  bit errors(l, d) / 2
/// ```
#[derive(Clone, Debug)]
pub(super) struct MarkovChain {
    /// `joint[e + 3][l][d]`: the share of decisions after an error e with l sent and d decided.
    joint: [[[f64; 4]; 4]; STATES],
}

impl MarkovChain {
    pub(super) fn new(dfe: &DfeErrors) -> Self {
        let joint = std::array::from_fn(|state| {
            let error = state as f64 - RIGHT as f64;
            std::array::from_fn(|level| {
                let mean = level as f64 - dfe.tap * error;
                let edge = |at: f64| (at - mean) * 2.0 * dfe.half_eye_over_sigma;
                std::array::from_fn(|decided| {
                    let low =
                        if decided == 0 { f64::NEG_INFINITY } else { edge(decided as f64 - 0.5) };
                    let high =
                        if decided == 3 { f64::INFINITY } else { edge(decided as f64 + 0.5) };
                    0.25 * between(low, high)
                })
            })
        });
        Self { joint }
    }

    /// Shares of pairs of transmitted and decided level after an error.
    pub(super) fn after_error(&self, error: i8) -> &[[f64; 4]; 4] {
        &self.joint[(error + RIGHT as i8) as usize]
    }

    /// Stationary probability of every state.
    fn stationary(&self) -> [f64; STATES] {
        let mut step = [[0.0; STATES]; STATES];
        for (joint, row) in self.joint.iter().zip(&mut step) {
            for (level, shares) in joint.iter().enumerate() {
                for (decided, share) in shares.iter().enumerate() {
                    row[RIGHT + decided - level] += share;
                }
            }
        }
        let mut share = [0.0; STATES];
        share[RIGHT] = 1.0;
        for _ in 0..STEPS {
            let next: [f64; STATES] = std::array::from_fn(|to| {
                (0..STATES).map(|from| share[from] * step[from][to]).sum()
            });
            let sum: f64 = next.iter().sum();
            share = next.map(|s| s / sum);
        }
        share
    }

    fn mean_ber(&self) -> f64 {
        let wrong = |joint: &[[f64; 4]; 4]| -> f64 {
            let bits = BIT_ERRORS.iter().flatten().map(|&errors| f64::from(errors) / 2.0);
            joint.iter().flatten().zip(bits).map(|(share, bits)| share * bits).sum()
        };
        self.stationary().iter().zip(&self.joint).map(|(share, joint)| share * wrong(joint)).sum()
    }
}

/// Probability of a standard normal between two limits, without cancellation in either tail.
fn between(low: f64, high: f64) -> f64 {
    if low >= 0.0 {
        q(low) - q(high)
    } else if high <= 0.0 {
        q(-high) - q(-low)
    } else {
        1.0 - q(-low) - q(high)
    }
}

impl DfeErrors {
    /// The bit error ratio over a long time, levels sent at random: that of a Markov chain over the
    /// slicer's error.
    ///
    /// ```text
    /// pi(e') = sum over e, l of pi(e) P(l + e' | l, e) / 4,    BER = sum over e, l, d of pi(e) P(d | l, e) / 8 bit errors(l, d)
    /// ```
    ///
    /// ```
    /// use lightlane::{fec::errors::DfeErrors, math::gaussian::pam4_ber};
    /// let without_tap = DfeErrors { tap: 0.0, half_eye_over_sigma: 3.0 }.mean_ber();
    /// assert!((without_tap / pam4_ber(3.0) - 1.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn mean_ber(&self) -> f64 {
        MarkovChain::new(self).mean_ber()
    }

    /// The equaliser with this tap at the noise that gives a bit error ratio; `None` if that is out
    /// of reach for 0.1 to 20 half eyes over sigma.
    #[must_use]
    pub fn with_ber(tap: f64, ber: f64) -> Option<Self> {
        let at = |half_eye_over_sigma: f64| Self { tap, half_eye_over_sigma };
        let (mut noisy, mut quiet) = EYES;
        if !(at(quiet).mean_ber() <= ber && ber <= at(noisy).mean_ber()) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (noisy + quiet);
            if at(middle).mean_ber() > ber {
                noisy = middle;
            } else {
                quiet = middle;
            }
        }
        Some(at(0.5 * (noisy + quiet)))
    }

    /// The lowest and the highest bit error ratio possible with [`DfeErrors::with_ber`] for a tap.
    #[must_use]
    pub fn bers(tap: f64) -> (f64, f64) {
        let at = |half_eye_over_sigma: f64| Self { tap, half_eye_over_sigma }.mean_ber();
        (at(EYES.1), at(EYES.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::errors::source::ErrorModel;
    use crate::math::gaussian::pam4_ber;
    use crate::seed::Seed;

    #[test]
    fn every_decision_is_some_level_and_one_tap_of_zero_is_pam4() {
        for (tap, x) in [(0.0, 3.0), (1.0, 5.0), (-0.7, 0.5), (0.3, 20.0)] {
            let chain = MarkovChain::new(&DfeErrors { tap, half_eye_over_sigma: x });
            for joint in &chain.joint {
                let sum: f64 = joint.iter().flatten().sum();
                assert!((sum - 1.0).abs() < 1e-14, "{tap} {x}: {sum}");
            }
        }
        for x in [0.5, 2.0, 4.0, 8.0] {
            let found = DfeErrors { tap: 0.0, half_eye_over_sigma: x }.mean_ber();
            assert!((found / pam4_ber(x) - 1.0).abs() < 1e-12, "{x}: {found:e}");
        }
    }

    /// Small noise, a tap of one: a burst begins with 1.5 Q and goes on with 3/4, so it has four
    /// symbol errors of one bit each.
    #[test]
    fn a_tap_of_one_makes_four_errors_of_one() {
        let x = 6.0;
        let found = DfeErrors { tap: 1.0, half_eye_over_sigma: x }.mean_ber();
        assert!((found / (4.0 * 1.5 * q(x) / 2.0) - 1.0).abs() < 1e-6, "{found:e}");
    }

    #[test]
    fn the_noise_of_a_ratio_gives_the_ratio() {
        for tap in [-1.0, 0.0, 0.5, 0.7, 1.0] {
            for ber in [1e-60, 1e-15, 2.4e-4, 3e-3, 0.1, 0.3] {
                let found = DfeErrors::with_ber(tap, ber).unwrap().mean_ber();
                assert!((found / ber - 1.0).abs() < 1e-10, "{tap} {ber}: {found:e}");
            }
            assert!(
                DfeErrors::with_ber(tap, 0.5).is_none()
                    && DfeErrors::with_ber(tap, f64::NAN).is_none()
            );
        }
    }

    /// The equaliser, symbol by symbol, against its chain: 200 blocks of 20 000 symbols know the
    /// ratio and its scatter, |z| < 5.
    #[test]
    fn the_equaliser_makes_the_ratio_of_its_chain() {
        for (tap, ber) in [(0.5, 3e-3), (0.7, 1e-2), (1.0, 3e-3), (-1.0, 0.1)] {
            let dfe = DfeErrors::with_ber(tap, ber).unwrap();
            let mut source = ErrorModel::Dfe(dfe).build(Seed::new(1).named("chain")).unwrap();
            let mut rng = Seed::new(9).named("levels").rng();
            let ratios: Vec<f64> = (0..200)
                .map(|_| {
                    let sent: Vec<u8> = (0..20_000).map(|_| (rng.next_u64() >> 62) as u8).collect();
                    let mut decided = sent.clone();
                    source.corrupt(&mut decided);
                    let wrong = sent
                        .iter()
                        .zip(&decided)
                        .map(|(&s, &d)| u64::from(BIT_ERRORS[usize::from(s)][usize::from(d)]));
                    wrong.sum::<u64>() as f64 / 40_000.0
                })
                .collect();
            let mean = ratios.iter().sum::<f64>() / 200.0;
            let error =
                (ratios.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / 199.0 / 200.0).sqrt();
            assert!((mean - ber).abs() < 5.0 * error, "{tap}: {mean:e} +- {error:e}, not {ber:e}");
        }
    }
}
