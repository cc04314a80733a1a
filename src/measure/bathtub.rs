//! Eye openings at a probability: contours, bathtubs, heights, widths.

use crate::math::gaussian_tail_sums::tails;

/// Cells of a histogram of one level at one instant.
const CELLS: usize = 1024;
/// Least standard deviation of noise (fraction of the range); less is raised to it and draws a
/// vertical edge.
const SIGMA_MIN: f64 = 1e-6;
/// Bisections of an edge's amplitude.
const BISECTIONS: usize = 50;

/// The three eyes of a periodic noiseless waveform with Gaussian noise on each level.
///
/// ```text
/// errors of eye e at instant t and threshold v, per symbol:
/// E(v, t) = sum over levels <= e of Q((v - y) / sigma) + sum over levels > e of Q((y - v) / sigma),   over all symbols
/// ```
///
/// Eye 0 is the lowest. Instants are samples of the waveform, from half a symbol period before the
/// middle of the symbols to half a period after it.
pub struct Eyes {
    /// Samples by instant and level.
    histograms: Vec<[Vec<f32>; 4]>,
    low: f64,
    step: f64,
    sigma: [f64; 4],
    symbols: f64,
}

/// Opening of one eye at a probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening {
    /// Height between the inner edges at the best instant, in the waveform's unit.
    pub height: f64,
    /// Width: span of the instants with error ratios below the probability, symbol periods.
    pub width_ui: f64,
    /// Amplitude in the middle of the height.
    pub threshold: f64,
    /// The best instant, symbol periods from the middle of the symbols.
    pub instant_ui: f64,
}

impl Eyes {
    /// Sorts one period; its symbols have their middles at `k samples_per_symbol + delay`, noise
    /// has `sigma` by level.
    ///
    /// `None` when the waveform is not one period of the levels, not finite, or constant.
    pub fn new(
        waveform: &[f32],
        samples_per_symbol: usize,
        levels: &[u8],
        delay: f64,
        sigma: [f64; 4],
    ) -> Option<Eyes> {
        let m = waveform.len();
        if m == 0
            || m != levels.len() * samples_per_symbol
            || !waveform.iter().all(|y| y.is_finite())
            || levels.iter().any(|&l| l > 3)
        {
            return None;
        }
        let (low, high) = waveform.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &y| {
            (a.min(f64::from(y)), b.max(f64::from(y)))
        });
        let step = (high - low) / (CELLS - 1) as f64;
        if step <= 0.0 || !delay.is_finite() || !sigma.iter().all(|s| *s >= 0.0 && s.is_finite()) {
            return None;
        }
        let first = (delay - samples_per_symbol as f64 / 2.0).round().rem_euclid(m as f64) as usize;
        let mut histograms = vec![[(); 4].map(|()| vec![0f32; CELLS]); samples_per_symbol];
        for (k, &level) in levels.iter().enumerate() {
            for (i, histograms) in histograms.iter_mut().enumerate() {
                let at =
                    (f64::from(waveform[(k * samples_per_symbol + first + i) % m]) - low) / step;
                let cell = (at as usize).min(CELLS - 2);
                let place = (at - cell as f64) as f32;
                histograms[usize::from(level)][cell] += 1.0 - place;
                histograms[usize::from(level)][cell + 1] += place;
            }
        }
        let sigma = sigma.map(|s| s.max(SIGMA_MIN * (high - low)));
        Some(Eyes { histograms, low, step, sigma, symbols: levels.len() as f64 })
    }

    /// Samples per symbol period: instants.
    pub fn instants(&self) -> usize {
        self.histograms.len()
    }

    /// Time of an instant from the middle of the symbols, symbol periods.
    pub fn instant_ui(&self, instant: usize) -> f64 {
        instant as f64 / self.instants() as f64 - 0.5
    }

    /// Errors per symbol from below (samples of the lower levels above `v`) and from above.
    fn sides(&self, eye: usize, instant: usize, v: f64) -> [f64; 2] {
        let mut sides = [0.0; 2];
        for (level, histogram) in self.histograms[instant % self.instants()].iter().enumerate() {
            let below = level <= eye;
            let (first, step) =
                if below { (v - self.low, -self.step) } else { (self.low - v, self.step) };
            sides[usize::from(!below)] +=
                tails(histogram, first, step, self.sigma[level]).crossing / self.symbols;
        }
        sides
    }

    /// Vertical bathtub: errors of one eye per symbol at an instant and a threshold.
    pub fn errors(&self, eye: usize, instant: usize, threshold: f64) -> f64 {
        self.sides(eye, instant, threshold).iter().sum()
    }

    /// Horizontal bathtub: errors of one eye per symbol at every instant.
    pub fn across(&self, eye: usize, threshold: f64) -> Vec<f64> {
        (0..self.instants()).map(|instant| self.errors(eye, instant, threshold)).collect()
    }

    /// Inner edges of one eye at an instant: the amplitude above which the lower levels, and below
    /// which the upper levels, lie with `probability` per symbol. The eye is open where the first
    /// is below the second.
    pub fn edges(&self, eye: usize, instant: usize, probability: f64) -> [f64; 2] {
        let most = self.sigma.iter().copied().fold(0.0, f64::max);
        let ends = (self.low - 40.0 * most, self.low + self.step * CELLS as f64 + 40.0 * most);
        [0, 1].map(|side| {
            let (mut low, mut high) = ends;
            for _ in 0..BISECTIONS {
                let middle = 0.5 * (low + high);
                // errors from below fall with v, those from above rise
                if (self.sides(eye, instant, middle)[side] > probability) == (side == 0) {
                    low = middle
                } else {
                    high = middle
                }
            }
            0.5 * (low + high)
        })
    }

    /// Contour of one eye: its inner edges at every instant.
    pub fn contour(&self, eye: usize, probability: f64) -> Vec<[f64; 2]> {
        (0..self.instants()).map(|instant| self.edges(eye, instant, probability)).collect()
    }

    /// Height and width of one eye at a probability; `None` when it is closed.
    pub fn opening(&self, eye: usize, probability: f64) -> Option<Opening> {
        let contour = self.contour(eye, probability);
        let height = |i: usize| contour[i][1] - contour[i][0];
        let best = (0..contour.len()).max_by(|&a, &b| height(a).total_cmp(&height(b)))?;
        if height(best) <= 0.0 {
            return None;
        }
        let threshold = 0.5 * (contour[best][0] + contour[best][1]);
        let width_ui =
            width(&self.across(eye, threshold), best, probability) / self.instants() as f64;
        Some(Opening {
            height: height(best),
            width_ui,
            threshold,
            instant_ui: self.instant_ui(best),
        })
    }

    /// Smallest height of the three eyes over the largest, at a probability; 0 when one is closed.
    pub fn linearity(&self, probability: f64) -> f64 {
        let heights = [0, 1, 2].map(|eye| self.opening(eye, probability).map_or(0.0, |o| o.height));
        let largest = heights.iter().copied().fold(0.0, f64::max);
        if largest > 0.0 {
            heights.iter().copied().fold(f64::INFINITY, f64::min) / largest
        } else {
            0.0
        }
    }
}

/// Instants, with parts, about `best` at which errors stay below the probability: on the line of
/// their logarithms.
fn width(errors: &[f64], best: usize, probability: f64) -> f64 {
    let excess = |i: usize| (errors[i].max(f64::MIN_POSITIVE) / probability).ln();
    if excess(best) > 0.0 {
        return 0.0;
    }
    let side = |indices: &mut dyn Iterator<Item = usize>| {
        let (mut last, mut length) = (best, 0.0);
        for i in indices {
            if excess(i) > 0.0 {
                return length + excess(last) / (excess(last) - excess(i));
            }
            length += 1.0;
            last = i;
        }
        length
    };
    side(&mut (best + 1..errors.len())) + side(&mut (0..best).rev())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::{q, q_inverse};

    const LEVELS: [u8; 8] = [0, 3, 1, 2, 2, 1, 3, 0];

    fn rectangular(s: usize) -> Vec<f32> {
        (0..LEVELS.len() * s).map(|i| f32::from(LEVELS[i / s])).collect()
    }

    /// Levels 0, 1, 2, 3 evenly, sigma 0.05: a quarter of the symbols on either side of each
    /// threshold, next to it.
    #[test]
    fn a_gaussian_bathtub_is_q_and_its_height_the_inverse() {
        let eyes =
            Eyes::new(&rectangular(16), 16, &LEVELS, 7.5, [0.05; 4]).expect("it is one period");
        for v in [1.3, 1.5, 1.7] {
            let expected = 0.25 * (q((v - 1.0) / 0.05) + q((2.0 - v) / 0.05));
            assert!((eyes.errors(1, 8, v) / expected - 1.0).abs() < 1e-6, "{v}");
        }
        for probability in [1e-3, 1e-6, 1e-12] {
            for eye in 0..3 {
                let opening = eyes.opening(eye, probability).expect("it is open");
                let expected = 1.0 - 0.1 * q_inverse(4.0 * probability);
                assert!((opening.height - expected).abs() < 1e-6, "{opening:?}, {expected}");
                assert!((opening.threshold - eye as f64 - 0.5).abs() < 1e-6);
            }
            assert!((eyes.linearity(probability) - 1.0).abs() < 1e-5);
        }
        assert!(
            Eyes::new(&rectangular(16), 16, &LEVELS, 7.5, [0.3; 4])
                .expect("it is one period")
                .opening(1, 1e-6)
                .is_none()
        );
    }

    /// A sine of one period in two symbols: at each instant its distance from the threshold is
    /// known; between 64 instants the line of logarithms is good to a few hundredths of an instant.
    #[test]
    fn the_horizontal_bathtub_of_a_sine_is_q_of_its_height() {
        let (s, levels) = (64, [0u8, 3]);
        let wave: Vec<f32> = (0..2 * s)
            .map(|i| 1.5 - 1.5 * (std::f32::consts::PI * (i as f32) / s as f32).sin())
            .collect();
        let eyes =
            Eyes::new(&wave, s, &levels, s as f64 / 2.0, [0.2; 4]).expect("it is one period");
        for (i, errors) in eyes.across(1, 1.5).iter().enumerate() {
            let half = 1.5 * (std::f64::consts::PI * i as f64 / s as f64).sin();
            assert!((errors / q(half / 0.2) - 1.0).abs() < 2e-3, "{i}: {errors}");
        }
        let opening = eyes.opening(1, 1e-3).expect("it is open");
        let edge = (0.2 * q_inverse(1e-3) / 1.5).asin() / std::f64::consts::PI;
        assert!((opening.width_ui - (1.0 - 2.0 * edge)).abs() < 2e-3, "{opening:?}");
        assert!(opening.instant_ui.abs() < 0.02);
    }

    #[test]
    fn what_is_no_period_has_no_eyes() {
        assert!(Eyes::new(&[], 8, &[], 0.0, [0.1; 4]).is_none());
        assert!(Eyes::new(&[1.0; 16], 8, &[0, 3], 0.0, [0.1; 4]).is_none());
        assert!(Eyes::new(&[1.0, f32::NAN], 1, &[0, 3], 0.0, [0.1; 4]).is_none());
    }
}
