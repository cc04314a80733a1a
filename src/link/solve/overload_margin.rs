//! Overload margin: the gain until a limiting receiver misses the limit.

use super::margin::{LossMargin, NARROW_DB};
use crate::chain::{Predictor, Trained, Workspace};
use crate::units::power_ratio;

/// The other side of a lane's margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum OverloadMargin {
    /// Gain to the limit, dB.
    Found(f64),
    /// The limit is kept up to this gain, dB: the largest OMA of the PMD.
    Bound(f64),
    /// Overloaded as it is: the limit is kept from this loss on, dB.
    Overloaded(f64),
}

/// Searches the gain from a training at no extra loss, with the result of the search for the loss;
/// `None` where no loss and no gain keeps the limit. `largest_db` is the gain to the PMD's largest
/// OMA.
pub(crate) fn find(
    predictor: &mut Predictor<'_>,
    workspace: &mut Workspace,
    start: &Trained,
    limit_ber: f64,
    loss: &LossMargin,
    largest_db: f64,
) -> Option<OverloadMargin> {
    let largest_db = largest_db.max(0.0);
    let highest_db = match loss {
        LossMargin::Found(db, _) => *db,
        LossMargin::Beyond => 0.0,
        LossMargin::Floor(_) | LossMargin::Uncounted(_) => return None,
    };
    if predictor.linear_receiver() {
        return Some(OverloadMargin::Bound(largest_db));
    }
    let mut keeps = keeps(predictor, workspace, start, limit_ber);
    let kept_now = keeps(0.0);
    if !kept_now && highest_db > 0.0 {
        // missed at no loss, kept just below the largest
        let kept = kept_below(highest_db, &mut keeps)?;
        return Some(OverloadMargin::Overloaded(edge(0.0, kept, &mut keeps)));
    }
    if keeps(-largest_db) {
        return Some(OverloadMargin::Bound(largest_db));
    }
    let kept = if kept_now { 0.0 } else { kept_below(highest_db, &mut keeps)? };
    Some(OverloadMargin::Found(-edge(-largest_db, kept, &mut keeps)))
}

/// The loss from which an overloaded lane keeps the limit, dB, given the largest one at which it
/// does; `None` where it keeps the limit without extra loss.
pub(crate) fn passes_from_db(
    predictor: &mut Predictor<'_>,
    workspace: &mut Workspace,
    start: &Trained,
    limit_ber: f64,
    highest_db: f64,
) -> Option<f64> {
    if predictor.linear_receiver() || highest_db <= 0.0 {
        return None;
    }
    let mut keeps = keeps(predictor, workspace, start, limit_ber);
    if keeps(0.0) {
        return None;
    }
    let kept_db = kept_below(highest_db, &mut keeps)?;
    Some(edge(0.0, kept_db, &mut keeps))
}

/// Whether a lane keeps the limit with an extra loss, dB, each receiver trained from the one
/// before.
fn keeps<'a>(
    predictor: &'a mut Predictor<'_>,
    workspace: &'a mut Workspace,
    start: &Trained,
    limit_ber: f64,
) -> impl FnMut(f64) -> bool {
    let mut near = start.clone();
    move |loss_db: f64| {
        let tried = predictor.try_at(workspace, power_ratio(-loss_db) as f32, &near);
        let Ok((trained, prediction)) = tried else { return false };
        near = trained;
        prediction.ber <= limit_ber
    }
}

/// A loss below the largest one at which the limit is kept.
fn kept_below(highest_db: f64, keeps: &mut impl FnMut(f64) -> bool) -> Option<f64> {
    [0.01, 0.1, 0.5].into_iter().map(|below_db| highest_db - below_db).find(|&db| keeps(db))
}

/// The loss between one that misses the limit and a larger one that keeps it at which it is met.
fn edge(mut missed_db: f64, mut kept_db: f64, keeps: &mut impl FnMut(f64) -> bool) -> f64 {
    while kept_db - missed_db > NARROW_DB {
        let middle_db = 0.5 * (missed_db + kept_db);
        if keeps(middle_db) { kept_db = middle_db } else { missed_db = middle_db }
    }
    kept_db
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::PlanCache;
    use crate::link::Config;
    use crate::link::build::lane::Lane;
    use crate::receiver::{LargeSignal, Limiting};

    #[test]
    fn the_edge_lies_where_the_limit_is_met() {
        let mut tries = 0;
        let found = edge(-8.0, 2.0, &mut |loss_db| {
            tries += 1;
            loss_db > -3.217
        });
        assert!((found + 3.217).abs() <= NARROW_DB && tries == 13, "{found} in {tries}");
        assert_eq!(kept_below(6.0, &mut |loss_db| loss_db < 5.95), Some(5.9));
        assert_eq!(kept_below(6.0, &mut |_| false), None);
    }

    /// Gain control holds the distortion, and noise that grows with the swing settles at a fixed
    /// ratio to it: without an end of the control no gain is too much. With one the output grows
    /// from 0.8 mA on, and a gain is found at which the limit is missed.
    #[test]
    fn a_gain_control_that_ends_has_a_finite_overload_margin() {
        let margin = |transimpedance_min_kohm: Option<f64>| {
            let mut config = Config::default();
            config.simulation.block_symbols = 2048;
            config.lanes = 1;
            config.receiver.tia.limiting = Limiting::Tanh;
            config.receiver.tia.large_signal = LargeSignal {
                output_vpp: Some(0.4),
                transimpedance_min_kohm,
                thd_percent: Some(3.0),
                thd_at_ma_pp: Some(0.4),
                noise_knee_ma_pp: Some(0.5),
            };
            let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
            let mut workspace = Workspace::new(&lane.optical().plan);
            let mut predictor = Predictor::new(
                &lane.optical().plan,
                &lane.optical().dsp,
                lane.shared_seed,
                lane.lane_seed,
                lane.blocks(1, true),
                lane.blocks(1, true),
                &mut workspace,
            );
            let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
            let kept = LossMargin::Beyond;
            find(&mut predictor, &mut workspace, &trained, 2.4e-4, &kept, 15.0)
        };
        let (endless, ending) = (margin(None), margin(Some(0.5)));
        assert_eq!(endless, Some(OverloadMargin::Bound(15.0)));
        let Some(OverloadMargin::Found(db)) = ending else { panic!("{ending:?}") };
        assert!(db > 2.0 && db < 15.0, "{db}");
    }
}
