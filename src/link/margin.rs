//! Margin: the extra loss between TP2 and TP3 until the limit, the receiver trained anew at every step.

use super::Lane;
use crate::chain::{Predictor, Trained, Worker};
use crate::units::{db_from_power_ratio, power_ratio};

/// Losses between which the limit is looked for, dB.
const LEAST_DB: f64 = -10.0;
const MOST_DB: f64 = 60.0;
/// Most loss tried for an overloaded receiver that has not kept the limit yet, dB.
const LIGHT_STEPS_DB: f64 = 20.0;
/// Distance from the limit at which the search ends, in ln of the bit error ratio: a thousandth of a decibel.
const CLOSE: f64 = 0.003;
/// Distance between a kept and a missed loss at which it ends too, dB.
const NARROW_DB: f64 = 0.002;
/// How far a margin that was found may lie from the true one, dB.
pub const MARGIN_WITHIN_DB: f64 = 0.001;
/// Solves at the most.
const STEPS: usize = 30;

/// What a search found.
pub(super) enum Margin {
    /// Extra loss, and the receiver trained there.
    Found(f64, Box<Trained>),
    /// Smallest bit error ratio with up to 10 dB more power: the limit is never kept.
    Floor(f64),
    /// The limit is kept even with the most loss.
    Beyond,
    /// It was not searched, and why.
    Uncounted(String),
}

/// A loss that was tried: dB, and ln of the error ratio over the limit, below zero where the limit is kept.
#[derive(Clone, Copy)]
struct Tried {
    loss_db: f64,
    f: f64,
}

impl Lane {
    /// The extra loss that brings a trained lane of optics alone to `limit_ber`, dB; nothing where the limit is never met or always kept.
    pub fn margin_db(&self, predictor: &mut Predictor<'_>, worker: &mut Worker, trained: &Trained, limit_ber: f64) -> Option<f64> {
        match find(predictor, worker, trained, limit_ber) {
            Margin::Found(loss_db, _) => Some(loss_db),
            _ => None,
        }
    }
}

/// Searches from a training at no extra loss.
pub(super) fn find(predictor: &mut Predictor<'_>, worker: &mut Worker, start: &Trained, limit_ber: f64) -> Margin {
    let mut near = start.clone();
    let mut least = f64::INFINITY;
    let (mut kept, mut missed): (Option<Tried>, Option<Tried>) = (None, None);
    let mut closest: [Option<Tried>; 2] = [None; 2];
    let mut loss_db = 0.0;
    for step in 0..STEPS {
        // a receiver that does not train decides nothing: half of its bits are wrong
        let mut f = (0.5 / limit_ber).ln();
        if let Ok((trained, prediction)) = predictor.try_at(worker, power_ratio(-loss_db) as f32, &near) {
            f = (prediction.ber.max(1e-300) / limit_ber).ln();
            near = trained;
        }
        let narrow = matches!((kept, missed), (Some(k), Some(m)) if m.loss_db - k.loss_db < NARROW_DB);
        if f.abs() < CLOSE || narrow {
            return Margin::Found(loss_db, Box::new(near));
        }
        let tried = Tried { loss_db, f };
        // more power that no longer helps has met a floor
        let stuck = f > 0.0 && kept.is_none() && missed.is_some_and(|m| loss_db < m.loss_db && f > m.f - 0.02);
        least = least.min(f);
        closest = match closest {
            [Some(first), _] if f.abs() < first.f.abs() => [Some(tried), Some(first)],
            [None, _] => [Some(tried), None],
            [first, Some(second)] if second.f.abs() < f.abs() => [first, Some(second)],
            [first, _] => [first, Some(tried)],
        };
        let straight = line(closest, limit_ber);
        if f < 0.0 {
            // what missed with less loss than this was overload
            (kept, missed) = (Some(tried), missed.filter(|m| m.loss_db > loss_db));
        } else {
            missed = Some(tried);
        }
        loss_db = match (kept, missed) {
            // an overloaded receiver may want less light
            (None, _) if (stuck || loss_db <= LEAST_DB || loss_db > 0.0) && !predictor.linear_receiver() && loss_db < LIGHT_STEPS_DB => {
                loss_db.max(0.0) + 2.0
            }
            (None, _) if stuck || loss_db <= LEAST_DB || loss_db > 0.0 => return Margin::Floor(limit_ber * least.exp()),
            (Some(kept), Some(missed)) => match straight.filter(|loss| step % 4 != 3 && *loss > kept.loss_db && *loss < missed.loss_db) {
                Some(loss_db) => loss_db,
                None => between(kept, missed, step),
            },
            (Some(_), None) if loss_db >= MOST_DB => return Margin::Beyond,
            (Some(kept), None) => {
                let guess = kept.loss_db + 1.15 * q_db(kept.f, limit_ber).max(0.05);
                straight.filter(|loss| (*loss - guess).abs() < 1.0 && *loss > kept.loss_db + NARROW_DB).unwrap_or(guess).min(MOST_DB)
            }
            _ => (loss_db - (0.6 * -loss_db).max(2.0)).max(LEAST_DB),
        };
    }
    match kept {
        Some(kept) => Margin::Found(kept.loss_db, Box::new(near)),
        None => Margin::Floor(limit_ber * least.exp()),
    }
}

/// Loss that would bring the error ratio to the limit if the noise stayed as it is, dB of optical power.
fn q_db(f: f64, limit_ber: f64) -> f64 {
    let q = crate::math::gaussian::pam4_half_eye_from_ber;
    let ber = (limit_ber * f.exp()).max(1e-300);
    db_from_power_ratio(q(ber) / q(limit_ber))
}

/// Where the line through two that were tried meets the limit, dB: what [`q_db`] leaves is almost straight in the loss.
fn line(closest: [Option<Tried>; 2], limit_ber: f64) -> Option<f64> {
    let [Some(a), Some(b)] = closest else { return None };
    let (left_a, left_b) = (q_db(a.f, limit_ber), q_db(b.f, limit_ber));
    let loss = a.loss_db - left_a * (b.loss_db - a.loss_db) / (left_b - left_a);
    loss.is_finite().then_some(loss)
}

/// A point between two whose signs differ: on the line through them, kept away from the ends; half way now and then.
fn between(kept: Tried, missed: Tried, step: usize) -> f64 {
    let t = if step % 4 == 3 { 0.5 } else { (kept.f / (kept.f - missed.f)).clamp(0.02, 0.98) };
    kept.loss_db + t * (missed.loss_db - kept.loss_db)
}
