//! Error events of a sequence detector that matter for its error ratio.

use crate::math::gaussian::q;

/// Longest event, symbols: three of four symbols allow an error to go on, 0.75^40 is 1e-5.
const LONGEST: usize = 40;
/// Part of the most likely single error below which an event is not looked for.
const NEGLIGIBLE: f64 = 1e-4;
/// Part of all errors that the least likely events have together, which are left out.
const LEFT_OUT: f64 = 3e-3;
/// Half eyes over sigma between which events are chosen: below, errors are not rare; above, fewer
/// would do.
const HALF_EYES: (f64, f64) = (3.0, 4.0);
/// Beginnings of events that are followed at most: responses that hardly tell sequences apart have
/// more, and no prediction that is worth its time.
const FOLLOWED: usize = 200_000;

/// Errors of one level of consecutive symbols, wrong less right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) errors: Vec<i8>,
}

impl Event {
    /// Wrong symbols.
    pub(crate) fn symbol_errors(&self) -> f64 {
        self.errors.iter().filter(|&&e| e != 0).count() as f64
    }

    pub(crate) fn turned(&self) -> Event {
        Event { errors: self.errors.iter().map(|e| -e).collect() }
    }
}

/// Distances of events at the samples of a response, in noise with an autocorrelation, in levels of
/// equal steps and noise.
#[derive(Clone, Debug)]
pub(crate) struct EventMetric {
    response: Vec<f64>,
    /// By lag in symbols, of which the first is 1.
    autocorrelation: Vec<f64>,
}

impl EventMetric {
    pub(crate) fn new(postcursors: &[f64], autocorrelation: &[f64]) -> EventMetric {
        let response = [1.0].iter().chain(postcursors).copied().collect();
        EventMetric { response, autocorrelation: autocorrelation.to_vec() }
    }

    /// Sample `j` of the errors.
    fn sample(&self, errors: &[i8], j: usize) -> f64 {
        let terms = self.response.iter().enumerate().filter(|(m, _)| *m <= j);
        terms.map(|(m, h)| h * f64::from(errors.get(j - m).copied().unwrap_or(0))).sum()
    }

    /// The errors through the response.
    pub(crate) fn samples(&self, errors: &[i8]) -> Vec<f64> {
        (0..errors.len() + self.response.len() - 1).map(|j| self.sample(errors, j)).collect()
    }

    /// Covariance of the noise along two events' samples, the second `later` symbols later.
    pub(crate) fn covariance(&self, a: &[f64], b: &[f64], later: isize) -> f64 {
        let mut sum = 0.0;
        for (i, a) in a.iter().enumerate() {
            for (j, b) in b.iter().enumerate() {
                let lag = (i as isize - j as isize - later).unsigned_abs();
                sum += a * b * self.autocorrelation.get(lag).copied().unwrap_or(0.0);
            }
        }
        sum
    }

    /// Expected symbol errors of an event with levels at random, per start.
    pub(crate) fn weight(&self, errors: &[i8], half_eye: f64) -> f64 {
        let samples = self.samples(errors);
        let energy: f64 = samples.iter().map(|c| c * c).sum();
        let variance = self.covariance(&samples, &samples, 0);
        let distance = energy / variance.max(1e-12).sqrt();
        let wrong = errors.iter().filter(|&&e| e != 0).count();
        wrong as f64 * 0.75f64.powi(wrong as i32) * q(distance * half_eye)
    }

    /// Most that the colour may add to the variance along a direction.
    fn gain(&self) -> f64 {
        1.0 + 2.0 * self.autocorrelation.iter().skip(1).map(|r| r.abs()).sum::<f64>()
    }
}

/// Search for events, their first error upwards.
struct Search<'a> {
    metric: &'a EventMetric,
    half_eye: f64,
    gain: f64,
    /// Weight below which an event is left out.
    least: f64,
    followed: usize,
    found: Vec<(f64, Event)>,
}

/// The events that make the errors of a detector; each is followed by its opposite.
pub(crate) fn events(metric: &EventMetric, half_eye: f64) -> Vec<Event> {
    let half_eye = half_eye.clamp(HALF_EYES.0, HALF_EYES.1);
    let mut search = Search {
        metric,
        half_eye,
        gain: metric.gain(),
        least: NEGLIGIBLE * metric.weight(&[1], half_eye),
        followed: 0,
        found: Vec::new(),
    };
    search.extend(&mut vec![1], 0.0);
    let mut found = search.found;
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut left = found.iter().map(|(weight, _)| weight).sum::<f64>();
    let needed = LEFT_OUT * left;
    let kept = found.into_iter().take_while(|(weight, _)| {
        let wanted = left > needed;
        left -= weight;
        wanted
    });
    kept.flat_map(|(_, event)| [event.clone(), event.turned()]).collect()
}

impl Search<'_> {
    /// Adds an event if it matters, and follows it by one symbol; `energy` is that of the samples
    /// before its last error.
    fn extend(&mut self, errors: &mut Vec<i8>, energy: f64) {
        let memory = self.metric.response.len() - 1;
        self.followed += 1;
        if errors.last() != Some(&0) {
            let weight = self.metric.weight(errors, self.half_eye);
            if weight > self.least {
                self.found.push((weight, Event { errors: errors.clone() }));
            }
        } else if errors.iter().rev().take(memory).all(|&e| e == 0) {
            return; // the paths have merged
        }
        let energy = energy + self.metric.sample(errors, errors.len() - 1).powi(2);
        let wrong = errors.iter().filter(|&&e| e != 0).count();
        let most = LONGEST as f64
            * 0.75f64.powi(wrong as i32)
            * q((energy / self.gain).sqrt() * self.half_eye);
        if most < self.least || errors.len() == LONGEST || self.followed > FOLLOWED {
            return;
        }
        for error in [0, 1, -1] {
            errors.push(error);
            self.extend(errors, energy);
            errors.pop();
        }
    }
}
