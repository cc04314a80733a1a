//! Margin: the extra loss between TP2 and TP3 until the limit, the receiver trained anew at every step.

use crate::chain::{Predictor, Trained, Worker};
use crate::units::{db_from_power_ratio, power_ratio};

/// Losses between which the limit is looked for, dB.
const LEAST_DB: f64 = -10.0;
const MOST_DB: f64 = 60.0;
/// Distance from the limit at which the search ends, in ln of the bit error ratio: a few thousandths of a decibel.
const CLOSE: f64 = 0.01;
/// Solves at the most.
const STEPS: usize = 20;

/// What a search found.
pub(super) enum Margin {
    /// Extra loss, and the receiver trained there.
    Found(f64, Box<Trained>),
    /// Smallest bit error ratio at any power: the limit is never kept.
    Floor(f64),
    /// The limit is kept even with the most loss.
    Beyond,
}

/// Searches from a training and its bit error ratio at no extra loss.
pub(super) fn find(predictor: &mut Predictor<'_>, worker: &mut Worker, start: &Trained, limit_ber: f64) -> Margin {
    let mut near = start.clone();
    let mut solve = |loss_db: f64| -> Option<(f64, Trained)> {
        let (trained, prediction) = predictor.try_at(worker, power_ratio(-loss_db) as f32, &near).ok()?;
        near = trained.clone();
        Some(((prediction.ber.max(1e-300) / limit_ber).ln(), trained))
    };
    // f falls below zero where the limit is kept
    let Some((f0, trained)) = solve(0.0) else { return Margin::Floor(0.5) };
    if f0.abs() < CLOSE {
        return Margin::Found(0.0, Box::new(trained));
    }
    let (mut low, mut high): (Option<(f64, f64)>, Option<(f64, f64)>) = (None, None);
    let mut at = (0.0, f0);
    for step in 0..STEPS {
        if at.1 < 0.0 {
            low = Some(at)
        } else {
            high = Some(at)
        }
        let next_db = match (low, high) {
            (Some(low), Some(high)) => between(low, high, step),
            (Some((db, f)), None) if db < MOST_DB => (db + (q_db(f, limit_ber)).max(0.3) * 1.15).min(MOST_DB),
            (Some(_), None) => return Margin::Beyond,
            (None, Some((db, _))) if db > LEAST_DB => (db - 2.0f64.max(0.6 * (0.0 - db))).max(LEAST_DB),
            (None, _) => return Margin::Floor(limit_ber * at.1.exp()),
        };
        let Some((f, trained)) = solve(next_db) else {
            at = (next_db, (0.5 / limit_ber).ln());
            continue;
        };
        if f.abs() < CLOSE {
            return Margin::Found(next_db, Box::new(trained));
        }
        // a bit error ratio that no longer falls with power is a floor
        if f > 0.0 && high.is_some_and(|(db, last)| next_db < db && f > last - 0.02) && low.is_none() {
            return Margin::Floor(limit_ber * f.exp());
        }
        at = (next_db, f);
    }
    match (low, high) {
        (Some((a, _)), Some((b, _))) if b - a < 0.05 => match solve(0.5 * (a + b)) {
            Some((_, trained)) => Margin::Found(0.5 * (a + b), Box::new(trained)),
            None => Margin::Floor(0.5),
        },
        (_, Some((_, f))) => Margin::Floor(limit_ber * f.exp()),
        _ => Margin::Beyond,
    }
}

/// Loss that would bring the error ratio to the limit if the noise stayed as it is, dB of optical power.
fn q_db(f: f64, limit_ber: f64) -> f64 {
    let q = crate::math::gaussian::pam4_half_eye_from_ber;
    let ber = (limit_ber * f.exp()).max(1e-300);
    db_from_power_ratio(q(ber) / q(limit_ber))
}

/// A point between two whose signs differ: on the line through them, kept away from the ends; half way now and then.
fn between((a, fa): (f64, f64), (b, fb): (f64, f64), step: usize) -> f64 {
    let t = (fa / (fa - fb)).clamp(0.02, 0.98);
    if step % 4 == 3 { 0.5 * (a + b) } else { a + t * (b - a) }
}
