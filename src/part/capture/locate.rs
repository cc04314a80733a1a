//! Where in its pattern a capture begins, at which rate it runs, which way up it is.

use super::Capture;
use crate::math::fft::{Planner, RealFft, bins};
use crate::pattern::gray;
use crate::units::giga;
use num_complex::Complex32;

/// Symbols of the first search, and of every look at the clock after it.
const CHUNK: usize = 1024;
const LOOK: usize = 512;
/// Looks at the clock at the most; the first ones follow each other closely.
const MOST_LOOKS: usize = 192;
const CLOSE_LOOKS: usize = 64;
/// Correlation of symbols with their samples that is a pattern's: chance alone reaches 5 /
/// sqrt(512) = 0.2.
const PATTERN: f64 = 0.45;
/// Correlation above which no other rate is tried, and how much clearer another one must be.
const SURE: f64 = 0.8;
const CLEARER: f64 = 0.1;
/// Steps of a symbol in which its sampling phase is looked for.
const PHASES: usize = 4;
/// Places that the first search hands on: parts of a pattern may repeat.
const PLACES: usize = 12;
/// Distance of the clock from a constant rate that is no constant rate, symbols.
const DRIFT: f64 = 0.25;
/// A change of rate over the whole capture that cannot be told from none, symbols.
const STEADY: f64 = 0.03;
/// Largest distance of the rate from the one given.
const MOST_PPM: f64 = 1000.0;
/// Fewest samples per symbol: below, the waveform is not known between its samples.
const LEAST_SAMPLES: f64 = 2.0;
/// Samples that are compared with those a period later, and periods at the most, where no time is
/// told.
const SEEN: usize = 1 << 14;
const MOST_REPEATS: usize = 4096;
/// Rates, of the one given, that a refusal tries: a wrong preset, a rate in Gb/s.
const OTHER_RATES: [f64; 8] =
    [0.5, 2.0, 106.25 / 113.4375, 113.4375 / 106.25, 0.25, 4.0, 53.125 / 56.25, 56.25 / 53.125];

/// A pattern that a capture may carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name in messages.
    pub name: String,
    /// One period of levels 0 to 3.
    pub levels: Vec<u8>,
}

/// What was found in a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Name of the pattern.
    pub pattern: String,
    /// One period of the levels sent, as the light has them (3 is bright), the first in the
    /// capture's first symbol.
    pub levels: Vec<u8>,
    /// True when light was darkest where the pattern is highest.
    pub inverted: bool,
    /// True when the two bits of each symbol stand in the other order.
    pub swapped: bool,
    /// Samples per symbol, by the capture's own clock.
    pub samples_per_symbol: f64,
    /// Where in its symbol a level is best told, 0 to 1; sample 0 lies at 0.
    pub delay_ui: f64,
    /// Distance of its symbol rate from the one given, in parts per million; zero when there was
    /// none.
    pub off_ppm: f64,
    /// Mean correlation of symbols with their samples, 0 to 1.
    pub correlation: f64,
}

impl Located {
    /// What was found, in words, with so many periods of it.
    pub fn found(&self, periods: usize) -> String {
        let mut words = format!(
            "{periods} period{} of {} ({} symbols)",
            if periods == 1 { "" } else { "s" },
            self.pattern,
            self.levels.len()
        );
        words += &format!(
            ", {:.3} samples per symbol, {:+.1} ppm, correlation {:.3}",
            self.samples_per_symbol, self.off_ppm, self.correlation
        );
        words += if self.inverted { ", inverted" } else { "" };
        words + if self.swapped { ", bits of each symbol swapped" } else { "" }
    }
}

/// Finds one of `candidates` in a capture of `symbol_rate_hz`.
///
/// A chunk of the capture is correlated with each pattern, in both orders of bits; then the clock
/// is followed through the whole capture, which decides between places that look alike and tells
/// rate and drift. Without times the capture is taken for a whole number of periods.
///
/// # Errors
///
/// No pattern, less than a period, fewer than two samples per symbol, a rate that is another or
/// that drifts: the reason, to be written behind the file's name.
pub fn locate(
    capture: &Capture,
    symbol_rate_hz: f64,
    candidates: &[Candidate],
) -> Result<Located, String> {
    let x = &capture.power_w;
    let repeats = if capture.interval_s.is_none() { repeats(x) } else { Vec::new() };
    let rates = |candidate: &Candidate| -> Vec<f64> {
        let period = candidate.levels.len() as f64;
        match capture.interval_s {
            Some(interval_s) => vec![1.0 / (interval_s * symbol_rate_hz)],
            None => repeats
                .iter()
                .map(|&k| x.len() as f64 / (k as f64 * period))
                .filter(|&s| s >= LEAST_SAMPLES)
                .collect(),
        }
    };
    let mut best: Option<(Found, &Candidate, bool)> = None;
    let mut short: Option<(f64, String)> = None;
    for candidate in candidates {
        for s in rates(candidate) {
            if s < LEAST_SAMPLES {
                return Err(format!(
                    "has {s:.3} samples per symbol at {} GBd; must have at least 2: is its time in another unit, which a header tells (time_ps)?",
                    gbd(symbol_rate_hz)
                ));
            }
            if (x.len() as f64) < candidate.levels.len() as f64 * s - 0.5 * s {
                let held = x.len() as f64 / s / candidate.levels.len() as f64;
                let words = format!(
                    "holds {held:.2} of a period of {} ({} symbols)",
                    candidate.name,
                    candidate.levels.len()
                );
                short = short.or(Some((correlation(x, s, candidate), words))
                    .filter(|(clear, _)| *clear > PATTERN));
                continue;
            }
            for swapped in [false, true] {
                let found = Search::new(x, s, &levels_of(candidate, swapped)).best();
                if let Some(found) = found.filter(|f| {
                    best.as_ref().is_none_or(|(b, ..)| f.score.abs() > b.score.abs() + 1e-3)
                }) {
                    best = Some((found, candidate, swapped));
                }
            }
        }
    }
    match best {
        Some((found, candidate, swapped)) => {
            if let Some(interval_s) = capture.interval_s.filter(|_| found.score.abs() < SURE)
                && let Some(words) = another_rate(
                    capture,
                    interval_s,
                    symbol_rate_hz,
                    candidates,
                    found.score.abs() + CLEARER,
                )
            {
                return Err(words);
            }
            // whole periods have the rate that they were taken for
            let slope = if capture.interval_s.is_none() { 0.0 } else { found.slope };
            Found { slope, ..found }.finish(candidate, swapped, symbol_rate_hz)
        }
        None => Err(nothing(capture, symbol_rate_hz, candidates, short)),
    }
}

/// In how many equal parts a capture looks the same in each; one is always among them.
fn repeats(x: &[f32]) -> Vec<usize> {
    let count = SEEN.min(x.len());
    let alike = |k: usize| {
        let shift = (x.len() as f64 / k as f64).round() as usize;
        let (mut xy, mut x1, mut y1, mut xx, mut yy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for i in 0..count {
            let (a, b) = (f64::from(x[i]), f64::from(x[(i + shift) % x.len()]));
            (xy, x1, y1, xx, yy) = (xy + a * b, x1 + a, y1 + b, xx + a * a, yy + b * b);
        }
        let n = count as f64;
        let spread = ((xx - x1 * x1 / n) * (yy - y1 * y1 / n)).max(f64::MIN_POSITIVE).sqrt();
        (xy - x1 * y1 / n) / spread > PATTERN
    };
    let most = (x.len() / 512).clamp(1, MOST_REPEATS);
    (1..=most).filter(|&k| k == 1 || alike(k)).collect()
}

fn gbd(rate_hz: f64) -> String {
    let gbd = (rate_hz / giga(1.0) * 1e6).round() / 1e6;
    gbd.to_string()
}

/// Levels with the bits of each symbol as they are, or in the other order.
fn levels_of(candidate: &Candidate, swapped: bool) -> Vec<u8> {
    let swap = |level: u8| {
        let (first, second) = gray::bits(level);
        gray::level(second, first)
    };
    candidate.levels.iter().map(|&level| if swapped { swap(level) } else { level }).collect()
}

/// Why nothing was found, and what might be right.
fn nothing(
    capture: &Capture,
    symbol_rate_hz: f64,
    candidates: &[Candidate],
    short: Option<(f64, String)>,
) -> String {
    let names: Vec<&str> = candidates.iter().map(|c| c.name.as_str()).collect();
    let names = names.join(" or ");
    let Some(interval_s) = capture.interval_s else {
        let rate = if capture.power_w.len()
            < 2 * candidates.iter().map(|c| c.levels.len()).min().unwrap_or(0)
        {
            "is too short for two samples in each symbol"
        } else {
            "is not a whole number of periods"
        };
        return format!(
            "does not carry {names}, or {rate}; a column of time tells the rate, pattern.kind = \"file\" (measure: --pattern FILE) another pattern"
        );
    };
    // every second symbol of a pattern may look like the pattern, but not as clearly
    let here = short.as_ref().map_or(PATTERN, |(clear, _)| *clear);
    if let Some(words) = another_rate(capture, interval_s, symbol_rate_hz, candidates, here) {
        return words;
    }
    if let Some((_, short)) = short {
        return format!("{short}; must hold a whole one");
    }
    format!(
        "does not carry {names} at {} GBd; must be one whole period or more of it; pattern.kind = \"file\" (measure: --pattern FILE) names another pattern's levels",
        gbd(symbol_rate_hz)
    )
}

/// The rate at which a pattern is there more clearly than `here`.
fn another_rate(
    capture: &Capture,
    interval_s: f64,
    symbol_rate_hz: f64,
    candidates: &[Candidate],
    here: f64,
) -> Option<String> {
    let tried = OTHER_RATES
        .into_iter()
        .flat_map(|factor| candidates.iter().map(move |candidate| (factor, candidate)));
    let clear = |factor: f64, candidate| {
        correlation(&capture.power_w, 1.0 / (interval_s * symbol_rate_hz * factor), candidate)
    };
    let other = tried.map(|(factor, candidate)| (clear(factor, candidate), factor, candidate));
    let (_, factor, candidate) =
        other.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(clear, ..)| *clear > here)?;
    let (rate, given) = (gbd(symbol_rate_hz * factor), gbd(symbol_rate_hz));
    Some(format!(
        "carries {} at {rate} GBd, not at {given}: the symbol rate or the unit of time is another",
        candidate.name
    ))
}

/// How clearly the beginning of a capture is somewhere in a pattern, 0 to 1.
fn correlation(x: &[f32], s: f64, candidate: &Candidate) -> f64 {
    if s < LEAST_SAMPLES || (x.len() as f64) < CHUNK.min(candidate.levels.len()) as f64 * s {
        return 0.0;
    }
    Search::new(x, s, &candidate.levels)
        .places()
        .first()
        .map_or(0.0, |place| place.correlation.abs())
}

/// A place where the pattern might begin.
#[derive(Clone, Copy)]
struct Place {
    lag: usize,
    /// Delay of the symbols' samples, symbols.
    delay: f64,
    correlation: f64,
}

/// A place, followed through the capture.
struct Found {
    lag: usize,
    levels: Vec<u8>,
    samples_per_symbol: f64,
    score: f64,
    delay: f64,
    slope: f64,
    drift: f64,
}

struct Search<'a> {
    x: &'a [f32],
    s: f64,
    levels: &'a [u8],
    mean: f64,
    deviation: f64,
}

impl<'a> Search<'a> {
    fn new(x: &'a [f32], s: f64, levels: &'a [u8]) -> Self {
        let n = levels.len() as f64;
        let mean = levels.iter().map(|&l| f64::from(l)).sum::<f64>() / n;
        let square = levels.iter().map(|&l| (f64::from(l) - mean).powi(2)).sum::<f64>() / n;
        Search { x, s, levels, mean, deviation: square.sqrt().max(f64::MIN_POSITIVE) }
    }

    /// Power at symbol `t`, straight between samples.
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
    fn places(&self) -> Vec<Place> {
        let n = self.levels.len();
        let count = CHUNK.min(n).min((self.x.len() as f64 / self.s) as usize);
        let fft = RealFft::new(&mut Planner::default(), n);
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
        let mut places: Vec<Place> = Vec::new();
        for lag in order.into_iter().take(8 * PLACES) {
            // a neighbour is the same place, one symbol of delay away
            let apart = |p: &Place| (lag + n - p.lag) % n > 2 && (p.lag + n - lag) % n > 2;
            if places.len() < PLACES && places.iter().all(apart) {
                places.push(Place { lag, delay: best[lag].1, correlation: best[lag].0 });
            }
        }
        places
    }

    /// The place that holds through the whole capture.
    fn best(&self) -> Option<Found> {
        let places = self.places().into_iter().filter(|place| place.correlation.abs() > PATTERN);
        let followed =
            places.map(|place| self.follow(place)).filter(|found| found.score.abs() > PATTERN);
        followed.max_by(|a, b| a.score.abs().total_cmp(&b.score.abs()))
    }

    /// Follows the clock: the delay of best correlation, look by look, and the straight line
    /// through all of them.
    fn follow(&self, place: Place) -> Found {
        let n = self.levels.len();
        let count = LOOK.min(n);
        let all = ((self.x.len() as f64 / self.s) as usize).saturating_sub(count + 2);
        let close = count * CLOSE_LOOKS;
        let stride = (all.saturating_sub(close) / (MOST_LOOKS - CLOSE_LOOKS)).max(count);
        let starts = (0..=all.min(close)).step_by(count).chain((close + 1..=all).step_by(stride));
        let mut line = Line::default();
        let (mut score, mut looks) = (0.0, Vec::new());
        for first in starts {
            let expected = if looks.len() < 2 { place.delay } else { line.at(first as f64) };
            let (delay, correlation) = self.look(first, count, place, expected);
            // what does not correlate tells no time
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
        Found {
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
    fn look(&self, first: usize, count: usize, place: Place, expected: f64) -> (f64, f64) {
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
        (expected + (middle(&values, top) - 5.0) * step, values[top])
    }
}

/// The middle between the places where values have fallen to half of their top: steep where a top
/// may be flat, as that of rectangular symbols is.
fn middle(values: &[f64], top: usize) -> f64 {
    let part = |i: usize| values[i] / values[top] - 0.5;
    let crossing = |inner: usize, outer: usize| {
        let on = part(inner) / (part(inner) - part(outer));
        inner as f64 + on * (outer as f64 - inner as f64)
    };
    let left = (0..top).rev().find(|&i| part(i) <= 0.0).map(|i| crossing(i + 1, i));
    let right = (top + 1..values.len()).find(|&i| part(i) <= 0.0).map(|i| crossing(i - 1, i));
    match (left, right) {
        (Some(left), Some(right)) => 0.5 * (left + right),
        _ => top as f64,
    }
}

impl Found {
    fn finish(
        self,
        candidate: &Candidate,
        swapped: bool,
        symbol_rate_hz: f64,
    ) -> Result<Located, String> {
        let off_ppm = 0.0 - self.slope * 1e6; // never -0
        if self.drift > DRIFT {
            return Err(format!(
                "carries {}, but its symbols wander {:.2} UI from a constant rate; must be captured with the pattern's clock, or in one record",
                candidate.name, self.drift
            ));
        }
        if off_ppm.abs() > MOST_PPM {
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
            swapped,
            samples_per_symbol: self.samples_per_symbol * (1.0 + self.slope),
            delay_ui: self.delay - whole,
            off_ppm,
            correlation: self.score.abs(),
        })
    }
}

/// A straight line through points, by least squares.
#[derive(Default)]
struct Line {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

impl Line {
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
