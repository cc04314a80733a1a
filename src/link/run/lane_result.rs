//! The result of a lane, from its solution and its counts.

use crate::chain::{Tally, TrainedDetector};
use crate::link::count::lanes::CountedLanes;
use crate::link::result::clock::ClockResult;
use crate::link::result::figures::{LaneResult, NoiseShare, SlicerResult};
use crate::link::result::verdict::{judged, judged_by_margin};
use crate::link::run::agreement::agree;
use crate::link::run::segment_result;
use crate::link::solve::budget::EFFECTIVE_SAMPLES_MIN;
use crate::link::solve::clock;
use crate::link::solve::lane::SolvedLane;
use crate::link::solve::margin::LossMargin;
use crate::link::solve::segment::SolvedSegment;
use crate::measure::levels::rlm;
use crate::units::dbm_from_watt;

/// The result of lane `index` of those that were run.
pub(crate) fn lane_result(
    index: usize,
    solved: &SolvedLane,
    here: &CountedLanes,
    at_limit: &CountedLanes,
) -> LaneResult {
    let config = &solved.lane.config;
    let mut result = LaneResult { lane: solved.lane.number, ..LaneResult::default() };
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
    if let Some(tx) = &solved.tx {
        result.tecq_db = tx.tecq_db;
        result.tdecq_db = tx.tdecq_db;
        result.tdecq_minus_ceq_db = tx.tdecq_minus_ceq_db;
        result.eecq_tp1a_db = tx.eecq_tp1a_db;
        result.eecq_tp4_db = tx.eecq_tp4_db;
        result.rlm_tp2 = tx.rlm;
        result.transition_time_ps = tx.transition_time_ps;
        result.overshoot_percent = tx.overshoot_percent;
        result.undershoot_percent = tx.undershoot_percent;
        result.rin_oma_db_per_hz = tx.rin_oma_db_per_hz;
    }
    let solution = match &solved.solution {
        Ok(solution) => solution,
        Err(not_evaluated) => {
            result.not_evaluated = Some(not_evaluated.because.clone());
            return result;
        }
    };
    let SolvedSegment { trained, prediction } = solution.optical();
    let limit_ber = config.limit_ber();
    let predicted = solution.whole(prediction);
    let clock_moves = clock::no_prediction(&solved.lane).is_some();
    result.ber_semi_analytic_not_evaluated.clone_from(&solution.no_prediction);
    result.segments = segment_result::results(
        &solved.lane,
        &solution.segments,
        here.segments(index),
        here.clocks(index),
    );
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
    if predicted.ideal_feedback {
        result.ber_ideal_feedback = Some(predicted.ber);
    }
    if solution.no_prediction.is_none() {
        result.ber_semi_analytic = Some(predicted.ber);
        result.ber_semi_analytic_low = Some(predicted.interval.low);
        result.ber_semi_analytic_high = Some(predicted.interval.high);
        result.passes = both(Some(predicted.ber <= limit_ber));
    }
    result.converged = trained.convergence.map(|end| end.reached());
    // with a clock that moves, what is predicted for a fixed phase is not this lane's
    if solution.no_prediction.is_none() || !clock_moves {
        result.pattern_limited = Some(prediction.pattern_limited);
        result.snr_db = Some(prediction.snr_db);
    }
    result.rlm = Some(rlm(prediction.levels.map(|(mean, _)| mean)));
    [result.loss_margin_db_low, result.loss_margin_db_high] =
        solution.margin_interval.map_or([None; 2], |interval| interval.map(Some));
    match &solution.margin {
        LossMargin::Found(db, _) => {
            result.loss_margin_db = Some(*db);
            result.sensitivity_oma_dbm = result.oma_tp3_dbm.map(|dbm| dbm - db);
        }
        LossMargin::Floor(ber) => result.floor_ber = Some(*ber),
        LossMargin::Uncounted(because) => result.loss_margin_not_evaluated = Some(because.clone()),
        LossMargin::Beyond => {}
    }
    result.slicer = Some(SlicerResult {
        level_means: prediction.levels.map(|(mean, _)| finite(mean)),
        level_sigmas: prediction.levels.map(|(_, sigma)| finite(sigma)),
        thresholds: trained.thresholds.0.map(|threshold| finite(f64::from(threshold))),
        delay_ui: trained.delay_ui,
        taps: trained.taps.iter().map(|&w| f64::from(w)).collect(),
        detector: trained.detector.kind(),
        postcursors: match &trained.detector {
            TrainedDetector::Mlse(response, _) => response.postcursors(),
            _ => &trained.postcursors,
        }
        .iter()
        .map(|&b| f64::from(b))
        .collect(),
        noise_shares: prediction
            .shares
            .iter()
            .map(|s| NoiseShare { source: s.id.name.clone(), share: finite(s.share) })
            .collect(),
        interference_share: finite(prediction.interference_share),
    });
    let mut verdicts = Vec::new();
    let (clock, not_evaluated) =
        (here.clocks(index).get(solution.optical_index), here.not_evaluated(index));
    result.clock = clock.map_or_else(ClockResult::default, |clock| {
        ClockResult::of(clock, solved.lane.config.symbol_rate_gbd)
    });
    result.counted_by = config.simulation.count;
    let uncounted = solution.counter.not_evaluated().or(solution.counter_at_limit.not_evaluated());
    result.count_not_evaluated = uncounted.map(|not_evaluated| {
        format!("not counted by {}: {}", result.counted_by.name(), not_evaluated.because)
    });
    if let Some(not_evaluated) =
        not_evaluated.filter(|_| solution.counter.not_evaluated().is_none())
    {
        result.not_evaluated = Some(not_evaluated.because.clone());
        result.passes = None;
        return result;
    }
    if let Some((tally, counted)) = here.tally(index) {
        let interval = counted.interval;
        result.bits = counted.bits;
        // where hosts are part of the link, the last slicer is not that of the light
        let optical = here.segments(index).get(solution.optical_index);
        result.snr_counted_db = optical.and_then(Tally::snr_db);
        result.errors = counted.errors;
        result.interval_kind = counted.kind;
        result.ber_counted = counted.ber;
        (result.effective_samples, result.variance_reduction) =
            (counted.effective_samples, counted.variance_reduction);
        result.ber_counted_low = (tally.symbols > 0).then_some(interval.low);
        result.ber_counted_high = (tally.symbols > 0).then_some(interval.high);
        (result.burst_continuation, result.longest_burst, result.burst_lengths) = bursts(tally);
        if solution.no_prediction.is_none() {
            verdicts.extend(agree(&counted, predicted));
        } else {
            // the count alone judges, where its interval lies on one side of the limit
            let few =
                counted.effective_samples.is_some_and(|samples| samples < EFFECTIVE_SAMPLES_MIN);
            let here = if tally.symbols > 0 && !few {
                judged([interval.low, interval.high], limit_ber)
            } else {
                None
            };
            result.passes = both(here.or(judged_by_margin(&result)));
        }
    }
    if let (Some((tally, counted)), Some(prediction)) = (at_limit.tally(index), &solution.at_limit)
    {
        let interval = counted.interval;
        result.bits_at_limit = counted.bits;
        (
            result.burst_continuation_at_limit,
            result.longest_burst_at_limit,
            result.burst_lengths_at_limit,
        ) = bursts(tally);
        result.errors_at_limit = counted.errors;
        result.ber_counted_at_limit = counted.ber;
        (result.effective_samples_at_limit, result.variance_reduction_at_limit) =
            (counted.effective_samples, counted.variance_reduction);
        result.ber_counted_at_limit_low = (tally.symbols > 0).then_some(interval.low);
        result.ber_counted_at_limit_high = (tally.symbols > 0).then_some(interval.high);
        let predicted = solution.whole(prediction);
        if solution.no_prediction.is_none() {
            result.ber_semi_analytic_at_limit = Some(predicted.ber);
            verdicts.extend(agree(&counted, predicted));
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

/// A number that JSON can write.
fn finite(x: f64) -> Option<f64> {
    Some(x).filter(|x| x.is_finite())
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
