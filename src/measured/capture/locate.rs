//! Locating a pattern in a capture: its beginning, rate and polarity.

use super::lag_search::{Alignment, CHUNK, LagSearch, PATTERN, gbd};
use super::located::{Candidate, Located};
use super::read::Capture;
use crate::pattern::gray;

/// Correlation above which no other rate is tried, and how much clearer another one must be.
const SURE: f64 = 0.8;
const CLEARER: f64 = 0.1;
/// Fewest samples per symbol: below, the waveform is not known between its samples.
const SAMPLES_MIN: f64 = 2.0;
/// Numbers of samples that are compared with those a period later, and of periods, for a capture
/// without times.
const SEEN: usize = 1 << 14;
const REPEATS_MAX: usize = 4096;
/// Ratios to the given rate that a refusal tries: a wrong preset, a rate in Gb/s.
const OTHER_RATES: [f64; 8] =
    [0.5, 2.0, 106.25 / 113.4375, 113.4375 / 106.25, 0.25, 4.0, 53.125 / 56.25, 56.25 / 53.125];

/// Finds one of `candidates` in a capture of `symbol_rate_hz`.
///
/// A chunk of the capture is correlated with each pattern, in both orders of bits; then the clock
/// is followed through the whole capture, which decides between places that look alike and
/// yields rate and drift. A capture without times is assumed to hold a whole number of periods.
///
/// # Errors
///
/// No pattern, less than a period, fewer than two samples per symbol, a rate that is another or
/// that drifts: the reason, to be written after the file's name.
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
                .filter(|&s| s >= SAMPLES_MIN)
                .collect(),
        }
    };
    let mut best: Option<(Alignment, &Candidate, bool)> = None;
    let mut short: Option<(f64, String)> = None;
    for candidate in candidates {
        for s in rates(candidate) {
            if s < SAMPLES_MIN {
                return Err(format!(
                    "has {s:.3} samples per symbol at {} GBd; must have at least 2: is its time in another unit? A header names it (time_ps)",
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
                let found = LagSearch::new(x, s, &levels_of(candidate, swapped)).best();
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
            // whole periods have the assumed rate
            let found = if capture.interval_s.is_none() { found.at_given_rate() } else { found };
            found.finish(candidate, swapped, symbol_rate_hz)
        }
        None => Err(nothing(capture, symbol_rate_hz, candidates, short)),
    }
}

/// Possible numbers of equal periods in a capture; one is always among them.
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
    let most = (x.len() / 512).clamp(1, REPEATS_MAX);
    (1..=most).filter(|&k| k == 1 || alike(k)).collect()
}

/// Levels with the bits of each symbol as given, or swapped.
fn levels_of(candidate: &Candidate, swapped: bool) -> Vec<u8> {
    let swap = |level: u8| {
        let (first, second) = gray::bits(level);
        gray::level(second, first)
    };
    candidate.levels.iter().map(|&level| if swapped { swap(level) } else { level }).collect()
}

/// Reason why no pattern was found, and possible remedies.
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
            "does not carry {names}, or {rate}; a column of time gives the rate, pattern.kind = \"file\" (measure: --pattern FILE) another pattern"
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

/// A rate with a clearer correlation than `here`.
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

/// Best correlation of the beginning of a capture with a pattern, 0 to 1.
fn correlation(x: &[f32], s: f64, candidate: &Candidate) -> f64 {
    if s < SAMPLES_MIN || (x.len() as f64) < CHUNK.min(candidate.levels.len()) as f64 * s {
        return 0.0;
    }
    LagSearch::new(x, s, &candidate.levels)
        .places()
        .first()
        .map_or(0.0, |place| place.correlation.abs())
}
