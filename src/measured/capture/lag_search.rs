//! Search for the place in a pattern at which a capture begins, tracked through the whole capture.

use super::located::{BitCoding, Candidate, Located};
use crate::math::fft::{RealFft, bins};
use crate::units::giga;
use num_complex::Complex32;

/// Symbols of the first search, and of every later measurement of the clock.
pub(super) const CHUNK: usize = 1024;
const LOOK: usize = 512;
/// Largest number of measurements of the clock; the first ones are closely spaced.
const TRIALS_MAX: usize = 192;
const CLOSE_LOOKS: usize = 64;
/// Correlation of symbols with their samples from which a pattern is found: chance alone reaches 5
/// / sqrt(512) = 0.2.
pub(super) const PATTERN: f64 = 0.45;
/// Steps per symbol of the search for the sampling phase.
const PHASES: usize = 4;
/// Number of candidate places after the first search: parts of a pattern may repeat.
const PLACES: usize = 12;
/// Deviation of the clock from a constant rate above which the capture is refused, symbols.
const DRIFT: f64 = 0.25;
/// A change of rate over the whole capture that cannot be distinguished from none, symbols.
const STEADY: f64 = 0.03;
/// Largest distance of the rate from the one given.
const PPM_MAX: f64 = 1000.0;

/// A candidate place of the pattern's beginning.
#[derive(Clone, Copy)]
pub(super) struct LagCandidate {
    lag: usize,
    /// Delay of the symbols' samples, symbols.
    delay: f64,
    pub(super) correlation: f64,
}

/// A place, tracked through the capture.
pub(super) struct Alignment {
    lag: usize,
    levels: Vec<u8>,
    samples_per_symbol: f64,
    pub(super) score: f64,
    delay: f64,
    slope: f64,
    drift: f64,
}

pub(super) struct LagSearch<'a> {
    x: &'a [f32],
    s: f64,
    levels: &'a [u8],
    mean: f64,
    deviation: f64,
}

impl<'a> LagSearch<'a> {
    pub(super) fn new(x: &'a [f32], s: f64, levels: &'a [u8]) -> Self {
        let n = levels.len() as f64;
        let mean = levels.iter().map(|&l| f64::from(l)).sum::<f64>() / n;
        let square = levels.iter().map(|&l| (f64::from(l) - mean).powi(2)).sum::<f64>() / n;
        LagSearch { x, s, levels, mean, deviation: square.sqrt().max(f64::MIN_POSITIVE) }
    }

    /// Power at symbol `t`, linearly interpolated.
    fn at(&self, t: f64) -> f32 {
        let u = (t * self.s).clamp(0.0, (self.x.len() - 1) as f64);
        let i = (u as usize).min(self.x.len().saturating_sub(2));
        let part = (u - i as f64) as f32;
        self.x[i] + part * (self.x[(i + 1).min(self.x.len() - 1)] - self.x[i])
    }

    /// Samples of a run of symbols, and the root of their energy about the mean.
    fn run(&self, first: f64, count: usize) -> (Vec<f32>, f64) {
        let mut y: Vec<f32> = (0..count).map(|k| self.at(first + k as f64)).collect();
        let mean = y.iter().sum::<f32>() / count as f32;
        y.iter_mut().for_each(|y| *y -= mean);
        let energy = y.iter().map(|&y| f64::from(y).powi(2)).sum::<f64>();
        (y, energy.sqrt().max(f64::MIN_POSITIVE))
    }

    /// The best places of the first chunk in the pattern.
    pub(super) fn places(&self) -> Vec<LagCandidate> {
        let n = self.levels.len();
        let count = CHUNK.min(n).min((self.x.len() as f64 / self.s) as usize);
        let fft = RealFft::shared(n);
        let mut scratch = vec![Complex32::default(); fft.scratch()];
        let (mut pattern, mut chunk) =
            (vec![Complex32::default(); bins(n)], vec![Complex32::default(); bins(n)]);
        let mut levels: Vec<f32> =
            self.levels.iter().map(|&l| (f64::from(l) - self.mean) as f32).collect();
        fft.forward(&mut levels, &mut pattern, &mut scratch);
        let mut best = vec![(0f64, 0f64); n];
        for phase in 0..PHASES {
            let delay = phase as f64 / PHASES as f64;
            let (mut y, energy) = self.run(delay, count);
            y.resize(n, 0.0);
            fft.forward(&mut y, &mut chunk, &mut scratch);
            chunk.iter_mut().zip(&pattern).for_each(|(y, a)| *y = y.conj() * a);
            let mut correlation = vec![0f32; n];
            fft.inverse(&mut chunk, &mut correlation, &mut scratch);
            let unit = 1.0 / (n as f64 * energy * self.deviation * (count as f64).sqrt());
            for (best, c) in best.iter_mut().zip(&correlation) {
                let c = f64::from(*c) * unit;
                if c.abs() > best.0.abs() {
                    *best = (c, delay);
                }
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| best[b].0.abs().total_cmp(&best[a].0.abs()));
        let mut places: Vec<LagCandidate> = Vec::new();
        for lag in order.into_iter().take(8 * PLACES) {
            // a neighbour is the same place, one symbol of delay away
            let apart = |p: &LagCandidate| (lag + n - p.lag) % n > 2 && (p.lag + n - lag) % n > 2;
            if places.len() < PLACES && places.iter().all(apart) {
                places.push(LagCandidate { lag, delay: best[lag].1, correlation: best[lag].0 });
            }
        }
        places
    }

    /// The place that is consistent with the whole capture.
    pub(super) fn best(&self) -> Option<Alignment> {
        let places = self.places().into_iter().filter(|place| place.correlation.abs() > PATTERN);
        let followed =
            places.map(|place| self.follow(place)).filter(|found| found.score.abs() > PATTERN);
        followed.max_by(|a, b| a.score.abs().total_cmp(&b.score.abs()))
    }

    /// Tracks the clock: the delays of best correlation along the capture, and the straight line
    /// through them.
    fn follow(&self, place: LagCandidate) -> Alignment {
        let n = self.levels.len();
        let count = LOOK.min(n);
        let all = ((self.x.len() as f64 / self.s) as usize).saturating_sub(count + 2);
        let close = count * CLOSE_LOOKS;
        let stride = (all.saturating_sub(close) / (TRIALS_MAX - CLOSE_LOOKS)).max(count);
        let starts = (0..=all.min(close)).step_by(count).chain((close + 1..=all).step_by(stride));
        let mut line = ClockFit::default();
        let (mut score, mut looks) = (0.0, Vec::new());
        for first in starts {
            let expected = if looks.len() < 2 { place.delay } else { line.at(first as f64) };
            let (delay, correlation) = self.look(first, count, place, expected);
            // a measurement without correlation gives no delay
            if correlation.abs() > PATTERN {
                line.push(first as f64, delay);
            }
            score += correlation;
            looks.push((first as f64, delay));
        }
        let drift =
            looks.iter().map(|&(at, delay)| (delay - line.at(at)).abs()).fold(0.0, f64::max);
        let symbols = self.x.len() as f64 / self.s;
        let slope = if (line.slope() * symbols).abs() < STEADY { 0.0 } else { line.slope() };
        Alignment {
            lag: place.lag,
            levels: self.levels.to_vec(),
            samples_per_symbol: self.s,
            score: score / looks.len() as f64,
            delay: line.at(0.0),
            slope,
            drift,
        }
    }

    /// Delay and correlation of a run of symbols near an expected delay.
    fn look(&self, first: usize, count: usize, place: LagCandidate, expected: f64) -> (f64, f64) {
        let n = self.levels.len();
        let sign = place.correlation.signum();
        let at = |delay: f64| {
            let (y, energy) = self.run(first as f64 + delay, count);
            let level = |k: usize| f64::from(self.levels[(place.lag + first + k) % n]) - self.mean;
            let product = y.iter().enumerate().map(|(k, &y)| f64::from(y) * level(k)).sum::<f64>();
            product / (energy * self.deviation * (count as f64).sqrt())
        };
        let step = 1.0 / PHASES as f64;
        let values: Vec<f64> = (-5..=5).map(|i| at(expected + f64::from(i) * step)).collect();
        let top = (1..values.len() - 1)
            .max_by(|&a, &b| (sign * values[a]).total_cmp(&(sign * values[b])))
            .unwrap_or(5);
        (expected + (centre(&values, top) - 5.0) * step, values[top])
    }
}

/// The centre of the values about their top, weighted by their fourth power: it moves steadily with
/// them, where a threshold jumps when an echo of half the signal just reaches it or not, and is
/// sharp where a top is flat, as that of rectangular symbols is.
fn centre(values: &[f64], top: usize) -> f64 {
    let weight = |value: f64| (value / values[top]).max(0.0).powi(4);
    let (sum, moment) = values.iter().enumerate().fold((0.0, 0.0), |(sum, moment), (i, &value)| {
        (sum + weight(value), moment + weight(value) * i as f64)
    });
    moment / sum
}

impl Alignment {
    /// The same place at the rate given.
    pub(super) fn at_given_rate(self) -> Self {
        Alignment { slope: 0.0, ..self }
    }

    pub(super) fn finish(
        self,
        candidate: &Candidate,
        coding: BitCoding,
        symbol_rate_hz: f64,
    ) -> Result<Located, String> {
        let off_ppm = 0.0 - self.slope * 1e6; // never -0
        if self.drift > DRIFT {
            return Err(format!(
                "carries {}, but its symbols wander {:.2} UI from a constant rate; must be captured with the pattern's clock, or in one record",
                candidate.name, self.drift
            ));
        }
        if off_ppm.abs() > PPM_MAX {
            let rate = gbd(symbol_rate_hz * (1.0 + off_ppm * 1e-6));
            return Err(format!(
                "carries {} at {rate} GBd, {off_ppm:.0} ppm from the symbol rate given",
                candidate.name
            ));
        }
        let n = self.levels.len();
        let whole = self.delay.floor();
        let lag = (self.lag as i64 - whole as i64).rem_euclid(n as i64) as usize;
        let inverted = self.score < 0.0;
        let level = |k: usize| {
            let level = self.levels[(lag + k) % n];
            if inverted { 3 - level } else { level }
        };
        Ok(Located {
            pattern: candidate.name.clone(),
            levels: (0..n).map(level).collect(),
            inverted,
            coding,
            samples_per_symbol: self.samples_per_symbol * (1.0 + self.slope),
            delay_ui: self.delay - whole,
            off_ppm,
            correlation: self.score.abs(),
        })
    }
}

/// A straight line through points, by least squares.
#[derive(Default)]
struct ClockFit {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

impl ClockFit {
    fn push(&mut self, x: f64, y: f64) {
        self.n += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
    }

    fn slope(&self) -> f64 {
        let spread = self.n * self.xx - self.x * self.x;
        if spread > 0.0 { (self.n * self.xy - self.x * self.y) / spread } else { 0.0 }
    }

    fn at(&self, x: f64) -> f64 {
        (self.y + self.slope() * (self.n * x - self.x)) / self.n.max(1.0)
    }
}

/// A rate as messages show it, GBd.
pub(super) fn gbd(rate_hz: f64) -> String {
    let gbd = (rate_hz / giga(1.0) * 1e6).round() / 1e6;
    gbd.to_string()
}
