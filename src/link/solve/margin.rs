//! Margin: the extra loss between TP2 and TP3 until the limit, the receiver trained anew at every
//! step.

use crate::chain::{Predictor, Trained, Workspace};
use crate::link::build::lane::Lane;
use crate::units::{db_from_power_ratio, power_ratio};

/// Range of losses in which the limit is searched, dB.
const DB_MIN: f64 = -10.0;
const DB_MAX: f64 = 60.0;
/// Largest loss tried for an overloaded receiver that has not kept the limit yet, dB.
const LIGHT_STEPS_DB: f64 = 20.0;
/// Distance from the limit at which the search ends, in ln of the bit error ratio: a thousandth of
/// a decibel.
const CLOSE: f64 = 0.003;
/// Distance between a kept and a missed loss at which the search ends, dB.
pub(super) const NARROW_DB: f64 = 0.002;
/// Accuracy of a margin, dB.
pub const MARGIN_WITHIN_DB: f64 = 0.001;
/// Largest number of solutions in a search.
const STEPS: usize = 30;

/// Result of a margin search.
pub(crate) enum LossMargin {
    /// Extra loss, and the receiver trained there.
    Found(f64, Box<Trained>),
    /// Smallest bit error ratio with up to 10 dB more power: the limit is never kept.
    Floor(f64),
    /// The limit is kept even with the largest loss.
    Beyond,
    /// It was not searched, with the reason.
    Uncounted(String),
}

/// A tried loss, dB, and ln of the error ratio over the limit, negative where the limit is kept.
#[derive(Clone, Copy)]
struct Tried {
    loss_db: f64,
    f: f64,
}

impl Lane {
    /// The extra loss that brings a trained optical segment to `limit_ber`, dB; `None` where the
    /// limit is never met or always kept.
    pub fn loss_margin_db(
        &self,
        predictor: &mut Predictor<'_>,
        workspace: &mut Workspace,
        trained: &Trained,
        limit_ber: f64,
    ) -> Option<f64> {
        match find(predictor, workspace, trained, limit_ber) {
            LossMargin::Found(loss_db, _) => Some(loss_db),
            _ => None,
        }
    }
}

/// Searches from a training at no extra loss.
pub(crate) fn find(
    predictor: &mut Predictor<'_>,
    workspace: &mut Workspace,
    start: &Trained,
    limit_ber: f64,
) -> LossMargin {
    let mut near = start.clone();
    let linear_receiver = predictor.linear_receiver();
    let found = search(limit_ber, linear_receiver, |loss_db| {
        let (trained, prediction) =
            predictor.try_at(workspace, power_ratio(-loss_db) as f32, &near).ok()?;
        near = trained;
        Some(prediction.ber)
    });
    found.map_or_else(|none| none, |loss_db| LossMargin::Found(loss_db, Box::new(near)))
}

/// The loss at which the error ratio (`None` where the receiver does not train) meets the limit, or
/// the reason for its absence.
pub(super) fn search(
    limit_ber: f64,
    linear_receiver: bool,
    mut ber_at: impl FnMut(f64) -> Option<f64>,
) -> Result<f64, LossMargin> {
    let mut least = f64::INFINITY;
    let (mut kept, mut missed): (Option<Tried>, Option<Tried>) = (None, None);
    let mut closest: [Option<Tried>; 2] = [None; 2];
    let mut loss_db = 0.0;
    for step in 0..STEPS {
        // a receiver that does not train has half of its bits wrong
        let f = (ber_at(loss_db).unwrap_or(0.5).max(1e-300) / limit_ber).ln();
        let narrow =
            matches!((kept, missed), (Some(k), Some(m)) if m.loss_db - k.loss_db < NARROW_DB);
        if f.abs() < CLOSE || narrow {
            return Ok(loss_db);
        }
        let tried = Tried { loss_db, f };
        // more power without improvement: an error floor
        let stuck = f > 0.0
            && kept.is_none()
            && missed.is_some_and(|m| loss_db < m.loss_db && f > m.f - 0.02);
        least = least.min(f);
        closest = match closest {
            [Some(first), _] if f.abs() < first.f.abs() => [Some(tried), Some(first)],
            [None, _] => [Some(tried), None],
            [first, Some(second)] if second.f.abs() < f.abs() => [first, Some(second)],
            [first, _] => [first, Some(tried)],
        };
        let straight = line(closest, limit_ber);
        if f < 0.0 {
            // misses at smaller losses were due to overload
            (kept, missed) = (Some(tried), missed.filter(|m| m.loss_db > loss_db));
        } else {
            missed = Some(tried);
        }
        loss_db = match (kept, missed) {
            // an overloaded receiver may need less optical power
            (None, _)
                if (stuck || loss_db <= DB_MIN || loss_db > 0.0)
                    && !linear_receiver
                    && loss_db < LIGHT_STEPS_DB =>
            {
                loss_db.max(0.0) + 2.0
            }
            (None, _) if stuck || loss_db <= DB_MIN || loss_db > 0.0 => {
                return Err(LossMargin::Floor(limit_ber * least.exp()));
            }
            (Some(kept), Some(missed)) => match straight
                .filter(|loss| step % 4 != 3 && *loss > kept.loss_db && *loss < missed.loss_db)
            {
                Some(loss_db) => loss_db,
                None => between(kept, missed, step),
            },
            (Some(_), None) if loss_db >= DB_MAX => return Err(LossMargin::Beyond),
            (Some(kept), None) => {
                let guess = kept.loss_db + 1.15 * q_db(kept.f, limit_ber).max(0.05);
                straight
                    .filter(|loss| (*loss - guess).abs() < 1.0 && *loss > kept.loss_db + NARROW_DB)
                    .unwrap_or(guess)
                    .min(DB_MAX)
            }
            _ => (loss_db - (0.6 * -loss_db).max(2.0)).max(DB_MIN),
        };
    }
    kept.map(|kept| kept.loss_db).ok_or(LossMargin::Floor(limit_ber * least.exp()))
}

/// Loss that would bring the error ratio to the limit if the noise did not depend on it, dB of
/// optical power.
fn q_db(f: f64, limit_ber: f64) -> f64 {
    let q = crate::math::gaussian::pam4_half_eye_from_ber;
    let ber = (limit_ber * f.exp()).max(1e-300);
    db_from_power_ratio(q(ber) / q(limit_ber))
}

/// Loss at which the line through two tried ones meets the limit, dB: the remainder after [`q_db`]
/// is almost linear in the loss.
fn line(closest: [Option<Tried>; 2], limit_ber: f64) -> Option<f64> {
    let [Some(a), Some(b)] = closest else { return None };
    let (left_a, left_b) = (q_db(a.f, limit_ber), q_db(b.f, limit_ber));
    let loss = a.loss_db - left_a * (b.loss_db - a.loss_db) / (left_b - left_a);
    loss.is_finite().then_some(loss)
}

/// A point between two of different sign: on the line through them, away from the ends, and
/// sometimes half way.
fn between(kept: Tried, missed: Tried, step: usize) -> f64 {
    let t = if step % 4 == 3 { 0.5 } else { (kept.f / (kept.f - missed.f)).clamp(0.02, 0.98) };
    kept.loss_db + t * (missed.loss_db - kept.loss_db)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::PlanCache;
    use crate::link::Config;
    use crate::math::gaussian::{pam4_ber, pam4_half_eye_from_ber};

    const LIMIT: f64 = 2.4e-4;

    /// Middle between a loss that keeps the limit and one that misses it; `None` when they are
    /// adjacent numbers.
    fn bisected(mut kept: f64, mut missed: f64, mut ber_at: impl FnMut(f64) -> f64) -> f64 {
        while missed - kept > 1e-9 {
            let middle = 0.5 * (kept + missed);
            if ber_at(middle) < LIMIT { kept = middle } else { missed = middle }
        }
        0.5 * (kept + missed)
    }

    /// A level step and thermal, shot and relative noise, in units of the step without extra loss.
    fn ber_of(thermal: f64, shot: f64, relative: f64, loss_db: f64) -> f64 {
        let a = power_ratio(-loss_db);
        pam4_ber(a / (thermal * thermal + shot * shot * a + relative * relative * a * a).sqrt())
    }

    /// The search ends where ln of the error ratio is within [`CLOSE`] of the limit's, or between
    /// two losses [`NARROW_DB`] apart. Per dB of q that logarithm falls by q^2 ln 10 / 10 or more
    /// (-d ln Q / dq is above q), 2.7 at this limit's q of 3.4; and q falls by a dB for each of
    /// loss times thermal noise's part of the noise, and by half of that times shot noise's.
    #[test]
    fn the_secant_ends_where_plain_bisection_does() {
        for (thermal, shot, relative) in [
            (0.1, 0.0, 0.0),
            (0.25, 0.01, 0.05),
            (0.01, 0.1, 0.0),
            (0.02, 0.05, 0.25),
            (1e-3, 0.0, 0.01),
            (0.8, 0.1, 0.1),
        ] {
            let mut tries = 0;
            let found = search(LIMIT, true, |loss_db| {
                tries += 1;
                Some(ber_of(thermal, shot, relative, loss_db))
            });
            let Ok(found) = found else {
                panic!("there is a margin of {thermal}, {shot}, {relative}")
            };
            let plain = bisected(-10.0, 60.0, |loss_db| ber_of(thermal, shot, relative, loss_db));
            let a = power_ratio(-plain);
            let noise = thermal * thermal + shot * shot * a + relative * relative * a * a;
            let per_db = (thermal * thermal + 0.5 * shot * shot * a) / noise;
            let q = pam4_half_eye_from_ber(LIMIT);
            let within = (CLOSE / (q * q * std::f64::consts::LN_10 / 10.0 * per_db)).max(NARROW_DB);
            assert!((found - plain).abs() < within, "{found} against {plain} dB, {within}");
            assert!(tries < STEPS, "it ends by itself: {tries}");
        }
    }

    #[test]
    fn a_limit_that_is_never_or_always_kept_has_no_margin() {
        let floor = ber_of(0.0, 0.0, 0.4, 0.0);
        assert!(matches!(
            search(LIMIT, true, |_| Some(floor)),
            Err(LossMargin::Floor(ber)) if (ber / floor - 1.0).abs() < 1e-12
        ));
        assert!(matches!(search(LIMIT, true, |_| Some(1e-9)), Err(LossMargin::Beyond)));
        assert!(matches!(
            search(LIMIT, true, |_| None),
            Err(LossMargin::Floor(ber)) if (ber - 0.5).abs() < 1e-12
        ));
    }

    /// The same of a lane's own error ratios, every one from the same training. Within [`CLOSE`] of
    /// the limit is a thousandth of a decibel where thermal noise is all, and below [`NARROW_DB`]
    /// as long as it is more than half of it.
    #[test]
    fn the_secant_ends_where_plain_bisection_does_on_a_lane() {
        let mut config = Config::default();
        config.simulation.block_symbols = 2048;
        let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
        let mut workspace = Workspace::new(&lane.optical().plan);
        let blocks = || lane.blocks(1, true);
        let mut predictor = Predictor::new(
            &lane.optical().plan,
            &lane.optical().dsp,
            lane.shared_seed,
            lane.lane_seed,
            blocks(),
            blocks(),
            &mut workspace,
        );
        let start = predictor.train(&mut workspace, 1.0, None).expect("it trains");
        let mut ber_at = |loss_db: f64| {
            predictor
                .try_at(&mut workspace, power_ratio(-loss_db) as f32, &start)
                .ok()
                .map(|(_, p)| p.ber)
        };
        let Ok(found) = search(LIMIT, true, &mut ber_at) else { panic!("there is a margin") };
        let plain = bisected(-10.0, 60.0, |loss_db| ber_at(loss_db).unwrap_or(0.5));
        let off = (ber_at(found).expect("it trains there") / LIMIT).ln();
        assert!(
            off.abs() < CLOSE && (found - plain).abs() < NARROW_DB,
            "{found} against {plain} dB, {off}"
        );
    }
}
