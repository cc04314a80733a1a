//! What is said of a lane and of the port, from what was solved and counted.

use super::clock;
use super::clock::ClockResult;
use super::counting::Told;
use super::margin::Margin;
use super::result::{Counted, LaneResult, NoiseShare, PortResult, Slicer, pooled};
use super::run::{CountedLanes, FEWEST_EFFECTIVE, Foreseen, Solved};
use super::segment;
use crate::chain::{Decider, Tally};
use crate::measure::levels::rlm;
use crate::units::{db_from_power_ratio, dbm_from_watt};

/// The result of lane `index` of those that were run.
pub(super) fn lane_result(
    index: usize,
    solved: &Solved,
    here: &CountedLanes,
    at_limit: &CountedLanes,
) -> LaneResult {
    let config = &solved.lane.config;
    let mut result =
        LaneResult { lane: solved.lane.number, interval_kind: "none", ..LaneResult::default() };
    if let Some(tp2) = solved.tp2 {
        result.oma_tp2_dbm = Some(tp2.oma_dbm());
        result.er_tp2_db = Some(tp2.extinction_ratio_db());
        result.launch_power_dbm = Some(tp2.average_dbm());
    }
    if let Some(tp3) = solved.tp3 {
        result.oma_tp3_dbm = Some(tp3.oma_dbm());
        result.er_tp3_db = Some(tp3.extinction_ratio_db());
        result.received_power_dbm = Some(dbm_from_watt(tp3.average_w));
    }
    if let Some(transmitted) = &solved.transmitted {
        result.tecq_db = transmitted.tecq_db;
        result.tdecq_db = transmitted.tdecq_db;
        result.tdecq_minus_ceq_db = transmitted.tdecq_minus_ceq_db;
        result.eecq_tp1a_db = transmitted.eecq_tp1a_db;
        result.eecq_tp4_db = transmitted.eecq_tp4_db;
        result.rlm_tp2 = transmitted.rlm;
        result.transition_time_ps = transmitted.transition_time_ps;
        result.overshoot_percent = transmitted.overshoot_percent;
        result.undershoot_percent = transmitted.undershoot_percent;
        result.rin_oma_db_per_hz = transmitted.rin_oma_db_per_hz;
    }
    let receiver = match &solved.receiver {
        Ok(receiver) => receiver,
        Err(refusal) => {
            result.refusal = Some(refusal.because.clone());
            return result;
        }
    };
    let prediction = &receiver.prediction;
    let limit_ber = config.limit_ber();
    let foreseen = receiver.whole(prediction);
    let clock_moves = clock::unforeseen(&solved.lane).is_some();
    result.ber_semi_analytic_refusal.clone_from(&receiver.unforeseen);
    let [ahead, behind] = receiver
        .electrical
        .each_ref()
        .map(|part| part.as_ref().map(|part| (&part.trained, &part.prediction)));
    let parts: Vec<_> =
        ahead.into_iter().chain([(&receiver.trained, prediction)]).chain(behind).collect();
    result.segments = segment::results(config, &parts, here.segments(index), here.clocks(index));
    // a link keeps its limit, and so does every segment that has one of its own
    let limited = || {
        result
            .segments
            .iter()
            .filter(|segment| segment.limit_ber.is_some())
            .map(|segment| segment.passes)
    };
    let segments_pass = if limited().any(|passes| passes == Some(false)) {
        Some(false)
    } else {
        limited().all(|p| p.is_some()).then_some(true)
    };
    // a miss is a miss, whatever else is not known
    let both = |whole: Option<bool>| match (whole, segments_pass) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (whole, segments) => Some(whole? && segments?),
    };
    if foreseen.ideal_feedback {
        result.ber_ideal_feedback = Some(foreseen.ber);
    }
    if receiver.unforeseen.is_none() {
        result.ber_semi_analytic = Some(foreseen.ber);
        result.ber_semi_analytic_low = Some(foreseen.interval.low);
        result.ber_semi_analytic_high = Some(foreseen.interval.high);
        result.passes = both(Some(foreseen.ber <= limit_ber));
    }
    result.converged = receiver.trained.convergence.map(|end| end.reached());
    // with a clock that moves, what is foreseen of a fixed phase is not this lane's
    if receiver.unforeseen.is_none() || !clock_moves {
        result.pattern_limited = Some(prediction.pattern_limited);
        result.snr_db = Some(prediction.snr_db);
    }
    result.rlm = Some(rlm(prediction.levels.map(|(mean, _)| mean)));
    [result.margin_db_low, result.margin_db_high] =
        receiver.margin_interval.map_or([None; 2], |interval| interval.map(Some));
    match &receiver.margin {
        Margin::Found(db, _) => {
            result.margin_db = Some(*db);
            result.sensitivity_oma_dbm = result.oma_tp3_dbm.map(|dbm| dbm - db);
        }
        Margin::Floor(ber) => result.floor_ber = Some(*ber),
        Margin::Uncounted(because) => result.margin_refusal = Some(because.clone()),
        Margin::Beyond => {}
    }
    let thresholds = receiver.trained.thresholds.0.map(f64::from);
    result.slicer = Some(Slicer {
        level_means: prediction.levels.map(|(mean, _)| mean),
        level_sigmas: prediction.levels.map(|(_, sigma)| sigma),
        thresholds,
        delay_ui: receiver.trained.delay_ui,
        taps: receiver.trained.taps.iter().map(|&w| f64::from(w)).collect(),
        decider: match receiver.trained.decider {
            Decider::Slicer => "slicer",
            Decider::Dfe => "dfe",
            Decider::Mlse(..) => "mlse",
        },
        postcursors: match &receiver.trained.decider {
            Decider::Mlse(response, _) => response.postcursors(),
            _ => &receiver.trained.postcursors,
        }
        .iter()
        .map(|&b| f64::from(b))
        .collect(),
        noise_shares: prediction
            .shares
            .iter()
            .map(|s| NoiseShare { entity: s.entity.clone(), share: s.share })
            .collect(),
        interference_share: prediction.interference_share,
    });
    let mut verdicts = Vec::new();
    let (clock, refusal) =
        (here.clocks(index).get(usize::from(solved.lane.ahead.is_some())), here.refusal(index));
    result.clock = clock.map_or_else(ClockResult::default, |clock| {
        ClockResult::of(clock, solved.lane.config.symbol_rate_gbd)
    });
    result.counted_by = config.simulation.count;
    let uncounted = receiver.engine.refusal().or(receiver.engine_at_limit.refusal());
    result.count_refusal = uncounted
        .map(|refusal| format!("not counted by {}: {}", result.counted_by.name(), refusal.because));
    if let Some(refusal) = refusal.filter(|_| receiver.engine.refusal().is_none()) {
        result.refusal = Some(refusal.because.clone());
        result.passes = None;
        return result;
    }
    if let Some((tally, told)) = here.tally(index) {
        let interval = told.interval;
        result.bits = told.bits;
        // where hosts are part of the link, the last slicer is not that of the light
        let light = usize::from(solved.lane.ahead.is_some());
        result.snr_counted_db = here.segments(index).get(light).and_then(Tally::snr_db);
        result.errors = told.errors;
        result.interval_kind = told.kind;
        result.ber_counted = told.ber;
        (result.effective_samples, result.gain) = (told.effective_samples, told.gain);
        result.ber_counted_low = (tally.symbols > 0).then_some(interval.low);
        result.ber_counted_high = (tally.symbols > 0).then_some(interval.high);
        (result.burst_continuation, result.longest_burst, result.burst_lengths) = bursts(tally);
        if receiver.unforeseen.is_none() {
            verdicts.extend(agree(&told, foreseen));
        } else {
            // the count alone judges, where its interval lies on one side of the limit
            let few = told.effective_samples.is_some_and(|samples| samples < FEWEST_EFFECTIVE);
            let here = if tally.symbols > 0 && !few {
                judged([interval.low, interval.high], limit_ber)
            } else {
                None
            };
            result.passes = both(here.or(judged_by_margin(&result)));
        }
    }
    if let (Some((tally, told)), Some(prediction)) = (at_limit.tally(index), &receiver.at_limit) {
        let interval = told.interval;
        result.bits_at_limit = told.bits;
        (
            result.burst_continuation_at_limit,
            result.longest_burst_at_limit,
            result.burst_lengths_at_limit,
        ) = bursts(tally);
        result.errors_at_limit = told.errors;
        result.ber_counted_at_limit = told.ber;
        (result.effective_samples_at_limit, result.gain_at_limit) =
            (told.effective_samples, told.gain);
        result.ber_counted_at_limit_low = (tally.symbols > 0).then_some(interval.low);
        result.ber_counted_at_limit_high = (tally.symbols > 0).then_some(interval.high);
        let foreseen = receiver.whole(prediction);
        if receiver.unforeseen.is_none() {
            result.ber_semi_analytic_at_limit = Some(foreseen.ber);
            verdicts.extend(agree(&told, foreseen));
        }
    }
    result.estimators_agree = (!verdicts.is_empty()).then(|| verdicts.iter().all(|&v| v));
    // a miss by both is a miss, however far they are apart
    let missed_by_both =
        result.passes == Some(false) && result.ber_counted_low.is_some_and(|low| low > limit_ber);
    if result.estimators_agree == Some(false) && !missed_by_both {
        result.passes = None;
    }
    here.correct(index, &mut result);
    result
}

/// Whether a counted error ratio keeps the limit, where all of its interval lies on one side.
pub(super) fn judged([low, high]: [f64; 2], limit: f64) -> Option<bool> {
    if high <= limit { Some(true) } else { (low > limit).then_some(false) }
}

/// The same of a counted margin.
fn judged_by_margin(result: &LaneResult) -> Option<bool> {
    if result.floor_ber.is_some() {
        return Some(false);
    }
    judged([-result.margin_db_high?, -result.margin_db_low?], 0.0)
}

/// Share of wrong decisions that go on, the longest burst, and bursts of 1, 2, .. symbols up to it.
fn bursts(tally: &Tally) -> (Option<f64>, u64, Vec<u64>) {
    let lengths = &tally.bursts.lengths()[1..];
    let lengths =
        lengths[..lengths.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1)].to_vec();
    (
        (tally.bursts.wrong() > 0).then(|| tally.bursts.continuation()),
        tally.bursts.longest(),
        lengths,
    )
}

/// Whether a count and a prediction agree, where either has at least ten errors: the logarithm of
/// their ratio lies within the intervals of both, widened from two to four standard deviations so
/// that chance does not cry wolf, and 3 % of model.
fn agree(told: &Told, foreseen: Foreseen) -> Option<bool> {
    if foreseen.ideal_feedback {
        return None;
    }
    let Foreseen { ber, interval: foreseen, .. } = foreseen;
    // rare events that were not hit say nothing of the ratio
    let expected = if told.effective_samples.is_some() { 0.0 } else { ber * told.bits as f64 };
    if told.errors < 10 && expected < 10.0 {
        return None;
    }
    let Some(seen) = told.ber.filter(|_| ber > 0.0) else { return Some(false) };
    let half = |low: f64, high: f64| (high / low.max(1e-300)).ln() / 2.0;
    let counted = half(told.interval.low, told.interval.high);
    let predicted = half(foreseen.low, foreseen.high);
    Some((seen / ber).ln().abs() < 2.0 * counted.hypot(predicted) + 0.03)
}

/// All lanes together.
pub(super) fn port(
    lanes: &[LaneResult],
    here: &CountedLanes,
    at_limit: &CountedLanes,
) -> PortResult {
    let of_lane = |l: &LaneResult| Counted {
        bits: l.bits,
        errors: l.weighted_errors(),
        low: l.ber_counted_low.unwrap_or(0.0),
        high: l.ber_counted_high.unwrap_or(1.0),
    };
    let (ber_counted, interval) = pooled(lanes.iter().map(of_lane));
    let mean = |of: fn(&LaneResult) -> Option<f64>| {
        let all: Option<Vec<f64>> = lanes.iter().map(of).collect();
        all.filter(|all| !all.is_empty()).map(|all| all.iter().sum::<f64>() / all.len() as f64)
    };
    let ber_semi_analytic = mean(|l| l.ber_semi_analytic);
    let worst = lanes.iter().max_by(|a, b| badness(a).total_cmp(&badness(b)));
    PortResult {
        bits: lanes.iter().map(|l| l.bits).sum(),
        errors: lanes.iter().map(|l| l.errors).sum(),
        ber_counted,
        ber_counted_low: interval.map(|i| i.low),
        ber_counted_high: interval.map(|i| i.high),
        ber_semi_analytic,
        margin_db: lanes
            .iter()
            .map(|l| l.margin_db)
            .collect::<Option<Vec<_>>>()
            .and_then(|m| m.into_iter().reduce(f64::min)),
        worst_lane: worst.map(|l| l.lane),
        passes: lanes
            .iter()
            .map(|l| l.passes)
            .collect::<Option<Vec<_>>>()
            .map(|p| p.iter().all(|&p| p)),
        fec: here.corrected.port(ber_semi_analytic.or(ber_counted)),
        fec_at_limit: at_limit
            .corrected
            .port(mean(|l| l.ber_semi_analytic_at_limit.or(l.ber_counted_at_limit)))
            .filter(|fec| fec.codewords > 0),
        fec_refusal: here.corrected.refusal(),
    }
}

/// Orders lanes from best to worst: margin where there is one, else the error ratio.
fn badness(lane: &LaneResult) -> f64 {
    match (lane.margin_db, lane.ber_semi_analytic) {
        (Some(margin_db), _) => -margin_db,
        (None, Some(ber)) if lane.floor_ber.is_some() => {
            100.0 + db_from_power_ratio(ber.max(1e-300)) / 100.0
        }
        (None, Some(_)) => -1000.0,
        (None, None) if lane.refusal.is_none() => 100.0 + lane.ber_counted.unwrap_or(0.0),
        (None, None) => f64::INFINITY,
    }
}
