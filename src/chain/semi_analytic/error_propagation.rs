//! Decision errors of a feedback equaliser: a Markov chain over the errors that it feeds back.

use super::expected_bursts::{BURST_LENGTHS, ExpectedBursts};
use super::noise_memory::{DecidedNoise, MEMORY, NextNoise, NoiseMemory, PastNoise};
use crate::dsp::LEVELS;
use crate::dsp::slicer::Thresholds;
use crate::math::gaussian::q_fast;
use crate::pattern::gray::BIT_ERRORS;
use std::f64::consts::TAU;

/// Taps whose errors are followed; what later ones feed back wrongly is left out.
pub(crate) const TAPS_FOLLOWED: usize = 3;
/// Part of the mean symbol error ratio below which an event is left out: a few dozen states of that
/// weight add less than a thousandth.
const NEGLIGIBLE: f64 = 1e-5;
/// Symbols before the block from which the chain starts: the longest bursts end within them.
const RUN_IN: usize = 64;

/// Errors of the last decisions in levels, decided less sent, latest first.
type Errors = [i8; TAPS_FOLLOWED];

/// A receiver's feedback and the noise that its decisions see.
///
/// The chain runs along the block, so that each decision has its own mean and variance. A state is
/// the errors of the last decisions; it carries a Gaussian law of the noise of the last symbols,
/// with the mean and the covariance that the decisions so far leave it.
///
/// ```text
/// z = mean(k) + sigma(k) nu - sum over j of b(j) D e(j),    D the distance of the levels
/// P(d | e) = share of the law of nu for which z lies between the thresholds of d
/// weight'(d - sent, e ..) += weight(e ..) P(d | e)
/// ```
///
/// # Limits
///
/// Errors that lie further back than [`TAPS_FOLLOWED`] decisions are forgotten. The noise after a
/// decision is the cut Gaussian's in mean and covariance alone; one colour at every symbol.
///
/// # Reference
///
/// C. A. Belfiore, J. H. Park, *Decision feedback equalization*, Proc. IEEE 67 (1979), error
/// propagation.
pub(crate) struct ErrorPropagation<'a> {
    /// Shift of the next symbols by an error of one level.
    shifts: [f64; TAPS_FOLLOWED],
    /// Errors that a state holds.
    depth: usize,
    thresholds: [f64; 3],
    noise: &'a NoiseMemory,
    /// True if the transmitter precodes: an error then affects two symbols.
    precoder: bool,
}

/// Symbols of a block at the slicer, with feedback that is never wrong.
#[derive(Clone, Copy)]
pub(crate) struct IdealBlock<'a> {
    pub(crate) sent: &'a [u8],
    pub(crate) means: &'a [f32],
    pub(crate) variances: &'a [f32],
    /// Expected bit errors of each symbol, and what they would be in Gaussian noise.
    pub(crate) errors: &'a [f64],
    pub(crate) gaussian: &'a [f64],
}

/// One state of the chain.
#[derive(Clone, Copy)]
struct State {
    errors: Errors,
    weight: f64,
    /// Parts of the weight by the symbols of the open burst, the last ones with longer ones.
    lengths: [f64; BURST_LENGTHS],
    /// Weighted sums of the means and of the products of the past noise.
    mean: [f64; MEMORY],
    product: [[f64; MEMORY]; MEMORY],
}

/// A decision, its probability and what it says of the noise.
#[derive(Clone, Copy)]
struct Outcome {
    error: i8,
    probability: f64,
    noise: DecidedNoise,
}

impl<'a> ErrorPropagation<'a> {
    /// For feedback `taps`, latest symbol first; `None` if they feed back nothing.
    pub(crate) fn new(
        taps: &[f32],
        thresholds: Thresholds,
        noise: &'a NoiseMemory,
        precoder: bool,
    ) -> Option<ErrorPropagation<'a>> {
        let step = f64::from(LEVELS[1] - LEVELS[0]);
        let mut shifts = [0.0; TAPS_FOLLOWED];
        shifts.iter_mut().zip(taps).for_each(|(shift, &b)| *shift = f64::from(b) * step);
        let thresholds = thresholds.0.map(f64::from);
        let last = taps.iter().rposition(|&b| b != 0.0)?;
        let depth = (last + 1).min(TAPS_FOLLOWED);
        Some(ErrorPropagation { shifts, depth, thresholds, noise, precoder })
    }

    /// Expected bit errors of each symbol of a periodic block, and its bursts.
    pub(crate) fn run(&self, block: &IdealBlock<'_>, errors: &mut [f64]) -> ExpectedBursts {
        let n = block.sent.len();
        let floor = NEGLIGIBLE * block.errors.iter().sum::<f64>() / n as f64;
        let mut bursts = ExpectedBursts::default();
        let (mut states, mut next): (Vec<State>, Vec<State>) = (Vec::new(), Vec::new());
        let run_in = RUN_IN.min(n);
        for (k, counts) in (n - run_in..n).map(|k| (k, false)).chain((0..n).map(|k| (k, true))) {
            next.clear();
            let mut expected = 0.0;
            // errors of the noise alone that the states account for
            let mut own = 0.0;
            let mut seen = ExpectedBursts::default();
            for state in states.iter().filter(|state| state.weight > floor) {
                let [all, noise] = self.after_errors(block, k, state, &mut next, &mut seen);
                expected += all;
                own += noise;
            }
            let (alone, gaussian) = (block.errors[k], block.gaussian[k]);
            let own = if alone == gaussian { own } else { own * alone / gaussian.max(1e-300) };
            let first = (alone - own).max(0.0);
            if first > floor {
                self.after_none(block, k, first / gaussian.max(1e-300), &mut next, &mut seen);
            }
            if counts {
                errors[k] = expected + first;
                bursts.add(&seen);
            }
            std::mem::swap(&mut states, &mut next);
        }
        bursts
    }

    /// Follows a state by one decision; its expected bit errors, and those of its noise alone, if
    /// the feedback were right.
    fn after_errors(
        &self,
        block: &IdealBlock<'_>,
        k: usize,
        state: &State,
        next: &mut Vec<State>,
        bursts: &mut ExpectedBursts,
    ) -> [f64; 2] {
        let past = state.past();
        let law = self.noise.next(&past);
        let fed_back: f64 =
            state.errors.iter().zip(&self.shifts).map(|(&e, shift)| f64::from(e) * shift).sum();
        let mut expected = 0.0;
        for outcome in self.outcomes(block, k, fed_back, &law).into_iter().flatten() {
            let weight = state.weight * outcome.probability;
            expected += weight * self.bits(block, k, state.errors[0], outcome.error);
            let [first, second, _] = state.errors;
            let mut errors = [outcome.error, first, second];
            errors[self.depth..].fill(0);
            let mut lengths = [0.0; BURST_LENGTHS];
            if outcome.error != 0 {
                bursts.symbol_errors += weight;
                if first == 0 {
                    lengths[0] = weight;
                    bursts.reached[0] += weight;
                } else {
                    for (length, part) in state.lengths.iter().enumerate() {
                        let part = part * outcome.probability;
                        let longer = (length + 1).min(BURST_LENGTHS - 1);
                        lengths[longer] += part;
                        if length + 1 < BURST_LENGTHS {
                            bursts.reached[longer] += part;
                        }
                    }
                }
            }
            if errors != [0; TAPS_FOLLOWED] {
                let noise = law.decided(&past, outcome.noise);
                State::add(next, errors, weight, &lengths, &noise);
            }
        }
        [expected, state.weight * self.alone(block, k, &law)]
    }

    /// Expected bit errors of a symbol with right feedback in a noise of this law.
    fn alone(&self, block: &IdealBlock<'_>, k: usize, law: &NextNoise) -> f64 {
        let sigma = f64::from(block.variances[k].max(1e-30)).sqrt();
        let middle = f64::from(block.means[k]) + sigma * law.mean;
        let scale = 1.0 / (sigma * law.variance.max(1e-12).sqrt());
        let sent = usize::from(block.sent[k]);
        let [low, between, high] = std::array::from_fn(|j| {
            let x = (self.thresholds[j] - middle) * scale;
            q_fast(if sent <= j { x } else { -x })
        });
        // for an outer level, passing the far threshold restores a bit
        (if sent == 3 { -low } else { low }) + between + if sent == 0 { -high } else { high }
    }

    /// Follows the state without errors by a wrong decision.
    fn after_none(
        &self,
        block: &IdealBlock<'_>,
        k: usize,
        weight: f64,
        next: &mut Vec<State>,
        bursts: &mut ExpectedBursts,
    ) {
        let past = &self.noise.stationary;
        let law = self.noise.next(past);
        for outcome in self.outcomes(block, k, 0.0, &law).into_iter().flatten() {
            if outcome.error != 0 {
                let weight = weight * outcome.probability;
                let mut lengths = [0.0; BURST_LENGTHS];
                lengths[0] = weight;
                bursts.symbol_errors += weight;
                bursts.reached[0] += weight;
                let noise = law.decided(past, outcome.noise);
                State::add(next, [outcome.error, 0, 0], weight, &lengths, &noise);
            }
        }
    }

    /// The decisions on a symbol with a wrong feedback; `None` where there is next to none.
    fn outcomes(
        &self,
        block: &IdealBlock<'_>,
        k: usize,
        fed_back: f64,
        law: &NextNoise,
    ) -> [Option<Outcome>; 4] {
        let sigma = f64::from(block.variances[k].max(1e-30)).sqrt();
        let deviation = law.variance.max(1e-12).sqrt();
        let middle = f64::from(block.means[k]) - fed_back + sigma * law.mean;
        let scale = 1.0 / (sigma * deviation);
        let edges = self.thresholds.map(|t| (t - middle) * scale);
        let above = edges.map(q_fast);
        let below = edges.map(|x| q_fast(-x));
        let density = edges.map(|x| (-0.5 * x * x).exp() / TAU.sqrt());
        let sent = block.sent[k] as i8;
        std::array::from_fn(|d| {
            let share = match d {
                0 => below[0],
                3 => above[2],
                _ if edges[d - 1] >= 0.0 => above[d - 1] - above[d],
                _ if edges[d] <= 0.0 => below[d] - below[d - 1],
                _ => 1.0 - below[d - 1] - above[d],
            };
            // density and first moment at the lower less those at the upper edge
            let at = |j: Option<usize>| {
                j.filter(|j| *j < 3).map_or((0.0, 0.0), |j| (density[j], edges[j] * density[j]))
            };
            let (low, high) = (at(d.checked_sub(1)), at(Some(d)));
            if share < 1e-280 {
                return None;
            }
            let mean = (low.0 - high.0) / share;
            let narrowing = (1.0 + (low.1 - high.1) / share - mean * mean).clamp(0.0, 1.0);
            Some(Outcome {
                error: d as i8 - sent,
                probability: share,
                noise: DecidedNoise { mean: law.mean + deviation * mean, narrowing },
            })
        })
    }

    /// Bit errors of symbol k after an error of the decision before.
    fn bits(&self, block: &IdealBlock<'_>, k: usize, before: i8, error: i8) -> f64 {
        let sent = block.sent[k];
        let (plain, wrong) = if self.precoder {
            let n = block.sent.len();
            ((sent + block.sent[(k + n - 1) % n]) % 4, error + before)
        } else {
            (sent, error)
        };
        let decided = (plain as i8 + wrong).rem_euclid(4);
        f64::from(BIT_ERRORS[usize::from(plain)][decided as usize])
    }
}

impl State {
    /// Adds to the state of these errors, or makes it.
    fn add(
        states: &mut Vec<State>,
        errors: Errors,
        weight: f64,
        lengths: &[f64; BURST_LENGTHS],
        noise: &PastNoise,
    ) {
        let at = states.iter().position(|state| state.errors == errors).unwrap_or_else(|| {
            states.push(State {
                errors,
                weight: 0.0,
                lengths: [0.0; BURST_LENGTHS],
                mean: [0.0; MEMORY],
                product: [[0.0; MEMORY]; MEMORY],
            });
            states.len() - 1
        });
        let state = &mut states[at];
        state.weight += weight;
        state.lengths.iter_mut().zip(lengths).for_each(|(sum, part)| *sum += part);
        for i in 0..MEMORY {
            state.mean[i] += weight * noise.mean[i];
            for j in 0..MEMORY {
                state.product[i][j] +=
                    weight * (noise.covariance[i][j] + noise.mean[i] * noise.mean[j]);
            }
        }
    }

    /// Law of the noise of the last symbols.
    fn past(&self) -> PastNoise {
        let mean = self.mean.map(|sum| sum / self.weight);
        PastNoise {
            mean,
            covariance: std::array::from_fn(|i| {
                std::array::from_fn(|j| self.product[i][j] / self.weight - mean[i] * mean[j])
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::q;
    use crate::math::normals;
    use crate::seed::Seed;

    fn random_levels(count: usize) -> Vec<u8> {
        let mut rng = Seed::new(3).named("levels").rng();
        (0..count).map(|_| (rng.next_u64() >> 62) as u8).collect()
    }

    /// Expected bit errors of a symbol that is decided alone, by its tails.
    fn alone(sent: &[u8], means: &[f32], variances: &[f32]) -> Vec<f64> {
        let mut out = vec![0.0; sent.len()];
        Thresholds::MIDDLE.expected_of_all(sent, means, variances, &mut out);
        out
    }

    fn ideal_block<'a>(
        sent: &'a [u8],
        means: &'a [f32],
        variances: &'a [f32],
        errors: &'a [f64],
    ) -> IdealBlock<'a> {
        IdealBlock { sent, means, variances, errors, gaussian: errors }
    }

    fn level(symbol: u8) -> f32 {
        LEVELS[usize::from(symbol)]
    }

    /// One tap in white noise after equal eyes.
    ///
    /// ```text
    /// continuation c = 0.75 [Q((1 - 2 b) x) + Q((1 + 2 b) x)],    SER = p / (1 - c + p),    p = 1.5 Q(x)
    /// ```
    ///
    /// b 0.64, x 3.6: 0.632, and 2.387e-4 becomes 6.49e-4. The closed form leaves out errors of two
    /// levels, Q((3 - 2 b) x) = 3e-10. Random levels have a share of inner ones that is off by
    /// 1/sqrt(n), 0.3 %; an error follows two or three of them: three deviations are 2 %.
    #[test]
    fn one_tap_in_white_noise_multiplies_errors_as_the_closed_form_says() {
        let sent = random_levels(1 << 17);
        for (b, x) in [(0.64, 3.6), (0.3, 3.0), (-0.5, 4.0), (0.64, 6.0)] {
            let sigma = (1.0 / 3.0 / x) as f32;
            let means: Vec<f32> = sent.iter().map(|&s| level(s)).collect();
            let variances = vec![sigma * sigma; sent.len()];
            let noise = NoiseMemory::new(&[1.0, 0.0, 0.0, 0.0, 0.0]);
            let ideal = alone(&sent, &means, &variances);
            let block = ideal_block(&sent, &means, &variances, &ideal);
            let chain =
                ErrorPropagation::new(&[b as f32], Thresholds::MIDDLE, &noise, false).unwrap();
            let mut errors = vec![0.0; sent.len()];
            let bursts = chain.run(&block, &mut errors);
            let n = sent.len() as f64;
            let c = 0.75 * (q((1.0 - 2.0 * b) * x) + q((1.0 + 2.0 * b) * x));
            let p = 1.5 * q(x);
            let expected = p / (1.0 - c + p);
            let (ser, ber) = (bursts.symbol_errors / n, errors.iter().sum::<f64>() / n);
            assert!((ser / expected - 1.0).abs() < 0.02, "{b} {x}: {ser:e} {expected:e}");
            assert!((ber / expected - 1.0).abs() < 0.02, "{b} {x}: {ber:e} {expected:e}");
            assert!((bursts.continuation().unwrap() - c).abs() < 5e-3);
            let shares = bursts.shares();
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for length in 1..8 {
                let geometric = (1.0 - c) * c.powi(length - 1);
                assert!((shares[length as usize - 1] - geometric).abs() < 5e-3, "{length}");
            }
        }
    }

    #[test]
    fn feedback_of_nothing_has_no_chain() {
        let noise = NoiseMemory::new(&[1.0]);
        assert!(ErrorPropagation::new(&[0.0, 0.0], Thresholds::MIDDLE, &noise, false).is_none());
        assert!(ErrorPropagation::new(&[], Thresholds::MIDDLE, &noise, false).is_none());
    }

    /// A receiver symbol by symbol: bit errors a bit, and the continuation of symbol errors.
    struct Counted {
        errors: u64,
        wrong: u64,
        continued: u64,
        symbols: u64,
    }

    /// Levels with the next symbol's interference, noise through `colour`, feedback of `taps`.
    fn simulated(
        sent: &[u8],
        means: &[f32],
        sigma: f32,
        colour: &[f32],
        taps: &[f32],
        precoder: bool,
        passes: u64,
    ) -> Counted {
        let n = sent.len();
        let mut counted = Counted { errors: 0, wrong: 0, continued: 0, symbols: 0 };
        let mut white = vec![0.0; n + colour.len()];
        let (mut past, mut before) = ([0.0f32; 8], false);
        let (mut last, mut last_sent) = (sent[n - 1], sent[n - 1]);
        for pass in 0..passes {
            normals::fill(&mut Seed::new(5).named("noise").index(pass).rng(), &mut white);
            for k in 0..n {
                let noise: f32 = colour.iter().enumerate().map(|(i, h)| h * white[k + i]).sum();
                let wrong: f32 = taps.iter().zip(&past).map(|(b, e)| b * e).sum();
                let z = means[k] + sigma * noise - wrong;
                let mut decided = [0];
                Thresholds::MIDDLE.levels(&[z], &mut decided);
                past.copy_within(..7, 1);
                past[0] = level(decided[0]) - level(sent[k]);
                let is_wrong = decided[0] != sent[k];
                counted.continued += u64::from(is_wrong && before);
                counted.wrong += u64::from(is_wrong);
                let [s, d] = if precoder {
                    [(sent[k] + last_sent) % 4, (decided[0] + last) % 4]
                } else {
                    [sent[k], decided[0]]
                };
                counted.errors += u64::from(BIT_ERRORS[usize::from(s)][usize::from(d)]);
                (before, last, last_sent) = (is_wrong, decided[0], sent[k]);
            }
            counted.symbols += n as u64;
        }
        counted
    }

    /// Coloured noise, interference of the next symbol and up to three taps: against the receiver
    /// symbol by symbol, ln of the ratio within 3 % and four deviations of a count in bursts.
    #[test]
    fn the_chain_makes_the_errors_that_are_counted() {
        let sent = random_levels(16_384);
        let n = sent.len();
        let means: Vec<f32> =
            (0..n).map(|k| level(sent[k]) + 0.03 * level(sent[(k + 1) % n])).collect();
        for (taps, colour, half_eye, precoder) in [
            (&[0.64][..], &[1.0][..], 3.1, false),
            (&[0.64], &[1.0, -0.3], 3.2, false),
            (&[0.64], &[1.0, -0.3], 3.2, true),
            (&[0.85], &[1.0, -0.5, 0.2], 3.4, false),
            (&[0.6, 0.25, 0.12], &[1.0, -0.35, 0.15], 3.3, false),
            (&[0.5, -0.3], &[1.0, 0.3, -0.2, 0.1], 3.2, false),
            (&[-0.4], &[1.0, 0.4], 3.2, true),
        ] {
            let energy: f32 = colour.iter().map(|h| h * h).sum();
            let unit: Vec<f32> = colour.iter().map(|h| h / energy.sqrt()).collect();
            let r: Vec<f64> = (0..=8)
                .map(|lag| {
                    let pairs = unit.iter().zip(unit.iter().skip(lag));
                    pairs.map(|(a, b)| f64::from(a * b)).sum()
                })
                .collect();
            let sigma = 1.0 / 3.0 / half_eye;
            let variances = vec![sigma * sigma; n];
            let ideal = alone(&sent, &means, &variances);
            let block = ideal_block(&sent, &means, &variances, &ideal);
            let noise = NoiseMemory::new(&r);
            let chain = ErrorPropagation::new(taps, Thresholds::MIDDLE, &noise, precoder).unwrap();
            let mut errors = vec![0.0; n];
            let bursts = chain.run(&block, &mut errors);
            let ber = errors.iter().sum::<f64>() / (2 * n) as f64;
            let counted = simulated(&sent, &means, sigma, &unit, taps, precoder, 256);
            let found = counted.errors as f64 / (2 * counted.symbols) as f64;
            let continued = counted.continued as f64 / counted.wrong as f64;
            let expected = bursts.continuation().unwrap();
            // variance over mean of geometric bursts
            let spread = ((1.0 + continued) / (1.0 - continued) / counted.wrong as f64).sqrt();
            assert!(counted.wrong > 4000);
            assert!((ber / found).ln().abs() < 0.03 + 4.0 * spread, "{taps:?} {colour:?}");
            assert!((expected - continued).abs() < 0.02 + 2.0 * spread, "{taps:?} {colour:?}");
        }
    }
}
