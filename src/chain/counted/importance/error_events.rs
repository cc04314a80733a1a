//! Error events: directions and distances in the noise of a few symbols from which a decision is
//! wrong.

use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::trained::Trained;
use crate::chain::counted::noise_only::estimator::Stored;
use crate::chain::semi_analytic::autocorrelation::lagged;
use crate::dsp::LEVELS;
use crate::dsp::slicer::{Thresholds, level_moments};
use crate::math::gaussian::q_fast;

/// Longest error event of a sequence detector that is targeted, symbols, and the memory after it.
const LONGEST: usize = 6;

const MEMORY: usize = 2;

/// Symbols whose noise an error event uses.
pub(crate) const REACH: usize = LONGEST + MEMORY;

/// Share of the probability that is spread evenly, for poorly predicted events.
const EVENLY: f64 = 0.02;

/// Distance between levels of full scale.
const STEP: f32 = LEVELS[1] - LEVELS[0];

/// An error event at a symbol: `y`, standard normal without a shift, exceeds `distance`.
///
/// ```text
/// y = sum over j of direction[j] nu[k + j]
/// ```
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorEvent {
    pub(crate) direction: [f64; REACH],
    pub(crate) distance: f64,
    /// Its share of the draws.
    pub(crate) chance: f64,
}

impl ErrorEvent {
    /// Shift of `y`, which brings it to the threshold.
    pub(crate) fn shift(&self) -> f64 {
        self.distance.max(0.0)
    }
}

/// The error events of every symbol of stored blocks, found with ideal feedback.
pub(crate) struct ErrorEvents {
    /// Means of each block with ideal feedback.
    ideal: Vec<Vec<f32>>,
    /// Means of the levels at the slicer.
    levels: [f32; 4],
    thresholds: Thresholds,
    /// Postcursors of an error, for a sequence detector.
    postcursors: Option<Vec<f32>>,
    /// Autocorrelation of nu at the first lags.
    lags: [f64; REACH],
}

impl ErrorEvents {
    pub(crate) fn new(blocks: &[Stored], taps: &[f32], trained: &Trained) -> ErrorEvents {
        let ideal = |stored: &Stored| {
            let mut means = stored.means.clone();
            trained.feed_back(&stored.levels, &mut means);
            means
        };
        let ideal: Vec<Vec<f32>> = blocks.iter().map(ideal).collect();
        let sent: Vec<u8> = blocks.iter().flat_map(|b| b.levels.iter().copied()).collect();
        let levels = level_moments(&sent, &ideal.concat(), &vec![0.0; sent.len()])
            .map(|(mean, _)| mean as f32);
        let taps: Vec<f64> = taps.iter().map(|&h| f64::from(h)).collect();
        let lags = lagged(&taps, REACH).try_into().expect("as many lags as were asked");
        let postcursors = matches!(trained.detector, TrainedDetector::Mlse(..))
            .then(|| trained.postcursors.clone());
        ErrorEvents { ideal, levels, thresholds: trained.thresholds, postcursors, lags }
    }

    /// Fills `out` with the error events of symbol `k` of a block; returns the sum of their
    /// probabilities, an upper bound of that of an error's beginning there.
    pub(crate) fn of(
        &self,
        blocks: &[Stored],
        block: usize,
        k: usize,
        out: &mut Vec<ErrorEvent>,
    ) -> f64 {
        out.clear();
        let stored = &blocks[block];
        match &self.postcursors {
            None => {
                let (sent, mean) = (usize::from(stored.levels[k]), f64::from(self.ideal[block][k]));
                let deviation = f64::from(stored.deviations[k]);
                let mut event = |side: f64, threshold: f32| {
                    let mut direction = [0.0; REACH];
                    direction[0] = side;
                    out.push(ErrorEvent {
                        direction,
                        distance: side * (f64::from(threshold) - mean) / deviation,
                        chance: 0.0,
                    });
                };
                if sent > 0 {
                    event(-1.0, self.thresholds.0[sent - 1]);
                }
                if sent < 3 {
                    event(1.0, self.thresholds.0[sent]);
                }
            }
            Some(postcursors) => {
                for first in [-1i8, 1] {
                    self.sequences(stored, block, k, first, postcursors, out);
                }
            }
        }
        let mut total = 0.0;
        for event in out.iter_mut() {
            event.chance = tail(event.distance);
            total += event.chance;
        }
        let even = 1.0 / out.len() as f64;
        let normalised = |chance: f64| if total > 0.0 { chance / total } else { even };
        out.iter_mut().for_each(|event| {
            event.chance = (1.0 - EVENLY) * normalised(event.chance) + EVENLY * even
        });
        total
    }

    /// Errors of one level with alternating sign, which are the likeliest.
    ///
    /// ```text
    /// wrong when sum d[j] n[k + j] > sum d[j]^2 / 2 - sum d[j] r[k + j]
    /// d[j] = e[j] + sum over m of b[m] e[j - 1 - m]
    /// ```
    ///
    /// r is the deviation of the noiseless symbol from its level, b the postcursors, n the noise.
    fn sequences(
        &self,
        stored: &Stored,
        block: usize,
        k: usize,
        first: i8,
        postcursors: &[f32],
        out: &mut Vec<ErrorEvent>,
    ) {
        let n = stored.levels.len();
        let (mut d, mut side) = ([0f32; REACH], first);
        for length in 0..LONGEST {
            let sent = stored.levels[(k + length) % n];
            let Some(wrong) = sent.checked_add_signed(side).filter(|&wrong| wrong < 4) else {
                return;
            };
            d[length] += self.levels[usize::from(wrong)] - self.levels[usize::from(sent)];
            for (m, b) in postcursors.iter().enumerate() {
                d[length + 1 + m] += b * STEP * f32::from(side);
            }
            side = -side;
            let at = |j: usize| (k + j) % n;
            let mut direction: [f64; REACH] =
                std::array::from_fn(|j| f64::from(d[j] * stored.deviations[at(j)]));
            let needed = |j: usize| {
                f64::from(d[j])
                    * (f64::from(d[j]) / 2.0 - f64::from(self.off(block, stored, at(j))))
            };
            let square: f64 = (0..REACH)
                .map(|i| {
                    (0..REACH)
                        .map(|j| direction[i] * direction[j] * self.lags[i.abs_diff(j)])
                        .sum::<f64>()
                })
                .sum();
            let unit = 1.0 / square.max(f64::MIN_POSITIVE).sqrt();
            direction.iter_mut().for_each(|c| *c *= unit);
            out.push(ErrorEvent {
                direction,
                distance: unit * (0..REACH).map(needed).sum::<f64>(),
                chance: 0.0,
            });
        }
    }

    fn off(&self, block: usize, stored: &Stored, k: usize) -> f32 {
        self.ideal[block][k] - self.levels[usize::from(stored.levels[k])]
    }
}

/// Gaussian tail; beyond 38 sigma there is none.
fn tail(x: f64) -> f64 {
    match x {
        x if x > 38.0 => 0.0,
        x if x < 0.0 => 1.0 - tail(-x),
        x => q_fast(x),
    }
}
