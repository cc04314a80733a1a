//! Locating a pattern in a capture: its beginning, rate, polarity and coding.

use super::lag_search::{Alignment, CHUNK, LagSearch, PATTERN, gbd};
use super::located::{BitCoding, Candidate, Located};
use super::long_pattern::is_prbs31q;
use super::read::Capture;

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
/// A chunk of the capture is correlated with each pattern, in all codings of its bits; then the
/// clock is followed through the whole capture, which decides between places that look alike and
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
    let mut search = Search { capture, symbol_rate_hz, best: None, short: None };
    let (usual, others) = BitCoding::ALL.split_at(2);
    search.run(candidates, usual)?;
    // a wrong coding correlates to 0.8 at most, where two neighbouring levels are exchanged
    if search.best.as_ref().is_none_or(|best| best.0.score.abs() < SURE) {
        search.run(candidates, others)?;
    }
    let Search { best, short, .. } = search;
    let Some((found, candidate, coding)) = best else {
        return Err(nothing(capture, symbol_rate_hz, candidates, short));
    };
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
    let located = found.finish(candidate, coding, symbol_rate_hz)?;
    ascending(&capture.power_w, &located)?;
    Ok(located)
}

/// A search for the clearest pattern.
struct Search<'a> {
    capture: &'a Capture,
    symbol_rate_hz: f64,
    best: Option<(Alignment, &'a Candidate, BitCoding)>,
    /// Correlation and words of a pattern of which there is less than a period.
    short: Option<(f64, String)>,
}

impl<'a> Search<'a> {
    /// Tries the candidates in turn, each in these codings, until one is sure.
    fn run(&mut self, candidates: &'a [Candidate], codings: &[BitCoding]) -> Result<(), String> {
        let x = &self.capture.power_w;
        let repeats = if self.capture.interval_s.is_none() { repeats(x) } else { Vec::new() };
        for candidate in candidates {
            let period = candidate.levels.len() as f64;
            let rates: Vec<f64> = match self.capture.interval_s {
                Some(interval_s) => vec![1.0 / (interval_s * self.symbol_rate_hz)],
                None => repeats
                    .iter()
                    .map(|&k| x.len() as f64 / (k as f64 * period))
                    .filter(|&s| s >= SAMPLES_MIN)
                    .collect(),
            };
            for s in rates {
                if s < SAMPLES_MIN {
                    return Err(format!(
                        "has {s:.3} samples per symbol at {} GBd; must have at least 2: is its time in another unit? A header names it (time_ps)",
                        gbd(self.symbol_rate_hz)
                    ));
                }
                if (x.len() as f64) < period * s - 0.5 * s {
                    let held = x.len() as f64 / s / period;
                    let words = format!(
                        "holds {held:.2} of a period of {} ({} symbols)",
                        candidate.name,
                        candidate.levels.len()
                    );
                    let clear = correlation(x, s, candidate);
                    if clear > PATTERN && self.short.is_none() {
                        self.short = Some((clear, words));
                    }
                    continue;
                }
                codings.iter().for_each(|&coding| self.keep_best(s, candidate, coding));
            }
            if self.best.as_ref().is_some_and(|best| best.0.score.abs() >= SURE) {
                break;
            }
        }
        Ok(())
    }

    fn keep_best(&mut self, s: f64, candidate: &'a Candidate, coding: BitCoding) {
        let levels: Vec<u8> = candidate.levels.iter().map(|&level| coding.sent(level)).collect();
        let Some(found) = LagSearch::new(&self.capture.power_w, s, &levels).best() else { return };
        let least = self.best.as_ref().map_or(0.0, |best| best.0.score.abs() + 1e-3);
        if found.score.abs() > least {
            self.best = Some((found, candidate, coding));
        }
    }
}

/// Refuses a pattern whose levels do not ascend with the power: those of another pattern, or of
/// another coding.
fn ascending(x: &[f32], located: &Located) -> Result<(), String> {
    let n = located.levels.len();
    let mut sums = [(0.0, 0.0); 4];
    let symbols = (x.len() as f64 / located.samples_per_symbol) as usize;
    for k in 0..symbols {
        let at = ((k as f64 + located.delay_ui) * located.samples_per_symbol).round() as usize;
        let Some(&value) = x.get(at) else { continue };
        let sum = &mut sums[usize::from(located.levels[k % n])];
        *sum = (sum.0 + f64::from(value), sum.1 + 1.0);
    }
    let means = sums.map(|(sum, count)| sum / f64::max(count, 1.0));
    if means.is_sorted_by(|low, high| low < high) {
        return Ok(());
    }
    let part = |mean: f64| format!("{:.2}", (mean - means[0]) / (means[3] - means[0]));
    Err(format!(
        "correlates with {} to {:.2} only, and its levels do not ascend: 0 to 3 are at {} of the \
         outer two; must be a PAM4 signal of it: pattern.kind = \"file\" (measure: --pattern FILE) \
         names the levels that were sent",
        located.pattern,
        located.correlation,
        means.map(part).join(", ")
    ))
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

/// Reason why no pattern was found, and possible remedies.
fn nothing(
    capture: &Capture,
    symbol_rate_hz: f64,
    candidates: &[Candidate],
    short: Option<(f64, String)>,
) -> String {
    let names: Vec<&str> = candidates.iter().map(|c| c.name.as_str()).collect();
    let names = match names[..] {
        [ref first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    };
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
    if is_prbs31q(&capture.power_w, 1.0 / (interval_s * symbol_rate_hz)) {
        return "carries PRBS31Q, of which no capture holds a period; must be a short pattern, such \
                as PRBS13Q or SSPRQ"
            .to_owned();
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
