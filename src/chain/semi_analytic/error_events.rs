//! Error events of a sequence detector that matter for its error ratio.

use crate::math::gaussian::q;

/// Longest event, symbols: three of four symbols allow an error to go on, 0.75^40 is 1e-5.
const LONGEST: usize = 40;
/// Part of the probability of all events below which one is left out.
const NEGLIGIBLE: f64 = 1e-4;
/// Half eyes over sigma between which events are chosen: below, errors are not rare; above, fewer
/// would do.
const HALF_EYES: (f64, f64) = (3.0, 4.0);

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

    fn turned(&self) -> Event {
        Event { errors: self.errors.iter().map(|e| -e).collect() }
    }
}

/// Search for events, their first error upwards.
struct Search<'a> {
    response: Vec<f64>,
    autocorrelation: &'a [f64],
    half_eye: f64,
    /// Most that the colour may add to the variance along a direction.
    gain: f64,
    /// Weight below which an event is left out.
    least: f64,
    found: Vec<(f64, Event)>,
}

/// The events of a response 1 + a D, in noise with this autocorrelation.
pub(crate) fn events(postcursors: &[f64], autocorrelation: &[f64], half_eye: f64) -> Vec<Event> {
    let response: Vec<f64> = [1.0].iter().chain(postcursors).copied().collect();
    let mut search = Search {
        response,
        autocorrelation,
        half_eye: half_eye.clamp(HALF_EYES.0, HALF_EYES.1),
        gain: 1.0 + 2.0 * autocorrelation.iter().skip(1).map(|r| r.abs()).sum::<f64>(),
        least: 0.0,
        found: Vec::new(),
    };
    search.least = NEGLIGIBLE * search.weight(&[1]);
    search.extend(&mut vec![1], 0.0);
    let total: f64 = search.found.iter().map(|(weight, _)| weight).sum();
    let kept = search.found.into_iter().filter(|(weight, _)| *weight > NEGLIGIBLE * total);
    kept.flat_map(|(_, event)| [event.turned(), event]).collect()
}

impl Search<'_> {
    /// What the errors leave in sample `j`.
    fn left(&self, errors: &[i8], j: usize) -> f64 {
        let terms = self.response.iter().enumerate().filter(|(m, _)| *m <= j);
        terms.map(|(m, h)| h * f64::from(errors.get(j - m).copied().unwrap_or(0))).sum()
    }

    /// Expected symbol errors of an event with levels at random, per start.
    fn weight(&self, errors: &[i8]) -> f64 {
        let c: Vec<f64> =
            (0..errors.len() + self.response.len() - 1).map(|j| self.left(errors, j)).collect();
        let square = |lag: usize| c.iter().zip(&c[lag..]).map(|(a, b)| a * b).sum::<f64>();
        let lags = self.autocorrelation.iter().enumerate().skip(1).take(c.len() - 1);
        let variance = square(0) + lags.map(|(lag, r)| 2.0 * r * square(lag)).sum::<f64>();
        let distance = square(0) / variance.max(1e-12).sqrt();
        let wrong = errors.iter().filter(|&&e| e != 0).count();
        wrong as f64 * 0.75f64.powi(wrong as i32) * q(distance * self.half_eye)
    }

    /// Adds an event if it matters, and follows it by one symbol; `energy` is that of the samples
    /// before its last error.
    fn extend(&mut self, errors: &mut Vec<i8>, energy: f64) {
        let memory = self.response.len() - 1;
        if errors.last() != Some(&0) {
            let weight = self.weight(errors);
            if weight > self.least {
                self.found.push((weight, Event { errors: errors.clone() }));
            }
        } else if errors.iter().rev().take(memory).all(|&e| e == 0) {
            return; // the paths have merged
        }
        let energy = energy + self.left(errors, errors.len() - 1).powi(2);
        let wrong = errors.iter().filter(|&&e| e != 0).count();
        let most = LONGEST as f64
            * 0.75f64.powi(wrong as i32)
            * q((energy / self.gain).sqrt() * self.half_eye);
        if most < self.least || errors.len() == LONGEST {
            return;
        }
        for error in [0, 1, -1] {
            errors.push(error);
            self.extend(errors, energy);
            errors.pop();
        }
    }
}
