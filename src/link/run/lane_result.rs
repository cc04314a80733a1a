//! Result of a lane, from its solution and its counts.

use crate::chain::{Prediction, Share, Tally, TrainedDetector};
use crate::link::count::lanes::CountedLanes;
use crate::link::result::clock::ClockResult;
use crate::link::result::figures::{LaneResult, NoiseShare, SegmentResult, SlicerResult};
use crate::link::result::level_drives::LevelDrives;
use crate::link::result::limited_by::LimitedBy;
use crate::link::result::verdict::judged;
use crate::link::run::agreement::agree;
use crate::link::run::segment_result;
use crate::link::solve::budget::EFFECTIVE_SAMPLES_MIN;
use crate::link::solve::clock;
use crate::link::solve::lane::{LaneSolution, PredictedBer, SolvedLane};
use crate::link::solve::margin::LossMargin;
use crate::link::solve::overload_margin::OverloadMargin;
use crate::link::solve::segment::SolvedSegment;
use crate::measure::levels::rlm;
use crate::units::dbm_from_watt;

/// Result of the `index`-th lane that was run.
pub(crate) fn lane_result(
    index: usize,
    solved: &SolvedLane,
    here: &CountedLanes,
    at_limit: &CountedLanes,
) -> LaneResult {
    let mut result = without_reason(index, solved, here, at_limit);
    result.reason = result.reason_for(solved.lane.config.limit_ber());
    result
}

/// The same without the reason of its verdict.
fn without_reason(
    index: usize,
    solved: &SolvedLane,
    here: &CountedLanes,
    at_limit: &CountedLanes,
) -> LaneResult {
    let mut result = LaneResult { lane: solved.lane.number, ..LaneResult::default() };
    add_test_points(&mut result, solved);
    let solution = match &solved.solution {
        Ok(solution) => solution,
        Err(not_evaluated) => {
            result.not_evaluated = Some(not_evaluated.because.clone());
            return result;
        }
    };
    result.segments = segment_result::results(
        &solved.lane,
        &solution.segments,
        here.segments(index),
        here.clocks(index),
    );
    result.slicer = Some(slicer(solution.optical()));
    let clock = here.clocks(index).get(solution.optical_index);
    result.clock = clock.map_or_else(ClockResult::default, |clock| {
        let predicted = solution.optical().prediction.phase_error_rms_ui;
        ClockResult::of(clock, predicted, solved.lane.config.symbol_rate_gbd)
    });
    result.counted_by = solved.lane.config.simulation.count;
    let uncounted = solution.counter.not_evaluated().or(solution.counter_at_limit.not_evaluated());
    result.count_not_evaluated = uncounted.map(|not_evaluated| {
        format!("not counted by {}: {}", result.counted_by.name(), not_evaluated.because)
    });
    let not_evaluated =
        here.not_evaluated(index).filter(|_| solution.counter.not_evaluated().is_none());
    if let Some(not_evaluated) = not_evaluated {
        // a clock without a lock has no phase to predict for
        result.not_evaluated = Some(not_evaluated.because.clone());
        return result;
    }
    add_prediction(&mut result, solved, solution);
    add_margin(&mut result, solution);
    result.corner_worst = solved.worst_corner.map(|worst| worst.corner);
    result.corner_worst_loss_margin_db = solved.worst_corner.and_then(|worst| worst.loss_margin_db);
    result.compliant.clone_from(&solved.compliant);
    let limit_ber = solved.lane.config.limit_ber();
    let agreements = [
        add_count(&mut result, index, limit_ber, solution, here),
        add_count_at_limit(&mut result, index, solved, solution, at_limit),
    ];
    let mut agreements = agreements.into_iter().flatten().peekable();
    result.estimators_agree = agreements.peek().is_some().then(|| agreements.all(|agrees| agrees));
    // if both estimators miss the limit, the lane fails even if they disagree
    let missed_by_both =
        result.passes == Some(false) && result.ber_counted_low.is_some_and(|low| low > limit_ber);
    if result.estimators_agree == Some(false) && !missed_by_both {
        result.passes = None;
    }
    here.correct(index, &mut result);
    result
}

/// Levels at TP2 and TP3, and the transmitter's measurement, if there is one.
fn add_test_points(result: &mut LaneResult, solved: &SolvedLane) {
    if let Some(tp2) = solved.tp2 {
        result.oma_tp2_dbm = Some(tp2.oma_dbm());
        result.er_tp2_db = Some(tp2.extinction_ratio_db());
        result.launch_power_dbm = Some(tp2.average_dbm());
    }
    if let Some(levels) = solved.lane.adjusted_levels() {
        result.levels = LevelDrives::of(levels);
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
        result.rin_oma_intrinsic_db_per_hz = tx.rin_oma_intrinsic_db_per_hz;
    }
}

/// Semi-analytic figures, and the verdict that follows from them.
fn add_prediction(result: &mut LaneResult, solved: &SolvedLane, solution: &LaneSolution) {
    let SolvedSegment { trained, prediction } = solution.optical();
    let predicted = solution.whole(prediction);
    result.ber_semi_analytic_not_evaluated.clone_from(&solution.no_prediction);
    result.ber_ideal_feedback = predicted.ber_ideal_feedback;
    result.multipath_interference_db = solved.lane.config.fibre.multipath_interference_db();
    if solution.no_prediction.is_none() {
        result.ber_semi_analytic = Some(predicted.ber);
        if let Some(over) = &prediction.over_reflections {
            let at = |relative: f64| Some((relative * prediction.ber).min(0.5));
            result.ber_reflections_p99 = at(over.percent_99());
            result.ber_reflections_worst = at(over.worst());
        }
        result.ber_semi_analytic_low = Some(predicted.interval.low);
        result.ber_semi_analytic_high = Some(predicted.interval.high);
        let passes = predicted.ber <= solved.lane.config.limit_ber();
        result.passes = with_segments(Some(passes), &result.segments);
    }
    add_predicted_bursts(result, solution);
    result.converged = trained.convergence.map(|end| end.reached());
    // a phase that moves far has other levels than the trained one
    if solution.no_prediction.is_none() || clock::no_prediction(&solved.lane).is_none() {
        result.pattern_limited = Some(prediction.pattern_limited);
        result.snr_db = Some(prediction.snr_db);
    }
    result.rlm = Some(rlm(prediction.levels.map(|(mean, _)| mean)));
}

/// Bursts that feedback causes, here and at the limit; only where no other segment adds its own.
fn add_predicted_bursts(result: &mut LaneResult, solution: &LaneSolution) {
    if solution.segments.len() > 1 || solution.no_prediction.is_some() {
        return;
    }
    if let Some(bursts) = &solution.optical().prediction.bursts {
        result.burst_continuation_predicted = finite(bursts.continuation);
        result.burst_lengths_predicted.clone_from(&bursts.shares);
    }
    let at_limit = solution.at_limit.as_ref().and_then(|prediction| prediction.bursts.as_ref());
    result.burst_continuation_predicted_at_limit =
        at_limit.and_then(|bursts| finite(bursts.continuation));
}

/// A lane passes when it keeps the limit of the link and each of its segments keeps its own, if it
/// has one.
fn with_segments(whole: Option<bool>, segments: &[SegmentResult]) -> Option<bool> {
    let limited = segments.iter().filter(|segment| segment.limit_ber.is_some());
    let mut verdicts = limited.map(|segment| segment.passes).chain([whole]);
    // one failed limit decides, even if others are unknown
    if verdicts.clone().any(|passes| passes == Some(false)) {
        return Some(false);
    }
    verdicts.all(|passes| passes.is_some()).then_some(true)
}

/// The margin, or the reason for its absence.
fn add_margin(result: &mut LaneResult, solution: &LaneSolution) {
    [result.loss_margin_db_low, result.loss_margin_db_high] =
        solution.margins.loss_interval.map_or([None; 2], |interval| interval.map(Some));
    match &solution.margins.loss {
        LossMargin::Found(db, _) => {
            result.loss_margin_db = Some(*db);
            result.sensitivity_oma_dbm = result.oma_tp3_dbm.map(|dbm| dbm - db);
        }
        LossMargin::Floor(ber) => result.least_ber = Some(*ber),
        LossMargin::Uncounted(because) => result.loss_margin_not_evaluated = Some(because.clone()),
        LossMargin::Beyond => {}
    }
    result.snr_margin_db = solution.margins.snr_db;
    result.overload_margin_is_bound =
        matches!(solution.margins.overload, Some(OverloadMargin::Bound(_)));
    match solution.margins.overload {
        Some(OverloadMargin::Found(db) | OverloadMargin::Bound(db)) => {
            result.overload_margin_db = Some(db);
        }
        Some(OverloadMargin::Overloaded(from_db)) => {
            result.passes_from_loss_db = Some(from_db);
            result.passes_to_loss_db = result.loss_margin_db;
            result.loss_margin_db = Some(-from_db);
            result.overload_margin_db = Some(-from_db);
        }
        None => {}
    }
    result.limited_by = limited_by(result, solution);
    result.noise_shares_at_limit = solution.at_limit.as_ref().map_or(vec![], noise_shares);
}

/// The slicer's input and the settings of the receiver.
fn slicer(SolvedSegment { trained, prediction }: &SolvedSegment) -> SlicerResult {
    let postcursors = match &trained.detector {
        TrainedDetector::Mlse(response, _) => response.postcursors(),
        _ => &trained.postcursors,
    };
    SlicerResult {
        level_means: prediction.levels.map(|(mean, _)| finite(mean)),
        level_sigmas: prediction.levels.map(|(_, sigma)| finite(sigma)),
        thresholds: trained.thresholds.0.map(|threshold| finite(f64::from(threshold))),
        delay_ui: trained.delay_ui,
        taps: trained.taps.iter().map(|&w| f64::from(w)).collect(),
        detector: trained.detector.kind(),
        postcursors: postcursors.iter().map(|&b| f64::from(b)).collect(),
        noise_shares: noise_shares(prediction),
        interference_share: finite(prediction.interference_share),
        crosstalk_share: finite(prediction.crosstalk_share),
    }
}

/// Counted figures at the operating point, and whether prediction and count agree.
fn add_count(
    result: &mut LaneResult,
    index: usize,
    limit_ber: f64,
    solution: &LaneSolution,
    here: &CountedLanes,
) -> Option<bool> {
    let (tally, counted) = here.tally(index)?;
    let interval = counted.interval;
    result.bits = counted.bits;
    // with hosts in the link, the last slicer is not that of the optical segment
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
        let prediction = &solution.optical().prediction;
        let of_light = here.decisions_of_light(index, solution.optical_index);
        return of_light.map_or_else(
            || agree(&counted, solution.whole(prediction)),
            |counted| agree(&counted, PredictedBer::of(prediction)),
        );
    }
    // the count alone judges, where its interval lies on one side of the limit
    let few = counted.effective_samples.is_some_and(|samples| samples < EFFECTIVE_SAMPLES_MIN);
    let verdict = (tally.symbols > 0 && !few)
        .then(|| judged([interval.low, interval.high], limit_ber))
        .flatten();
    result.passes = with_segments(verdict.or(judged_by_margin(result)), &result.segments);
    None
}

/// Whether a margin keeps the limit, if all of its interval lies on one side.
fn judged_by_margin(result: &LaneResult) -> Option<bool> {
    if result.least_ber.is_some() {
        return Some(false);
    }
    // a predicted margin has no interval
    let margin_db = result.loss_margin_db?;
    let [low_db, high_db] =
        [result.loss_margin_db_low, result.loss_margin_db_high].map(|db| db.unwrap_or(margin_db));
    judged([-high_db, -low_db], 0.0)
}

/// Counted figures at the loss that reaches the limit, and whether prediction and count agree.
fn add_count_at_limit(
    result: &mut LaneResult,
    index: usize,
    solved: &SolvedLane,
    solution: &LaneSolution,
    at_limit: &CountedLanes,
) -> Option<bool> {
    let (tally, counted) = at_limit.tally(index)?;
    let predicted = solution.whole(solution.at_limit.as_ref()?);
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
    if predicted.refused || clock::no_prediction(&solved.lane).is_some() {
        return None;
    }
    result.ber_semi_analytic_at_limit = Some(predicted.ber);
    let of_light = at_limit.decisions_of_light(index, solution.optical_index);
    of_light.map_or_else(
        || agree(&counted, predicted),
        |counted| agree(&counted, PredictedBer::of(solution.at_limit.as_ref()?)),
    )
}

/// Largest contribution at the limit, or where the lane is when no loss meets it.
fn limited_by(result: &LaneResult, solution: &LaneSolution) -> Option<LimitedBy> {
    let overload_db = result.overload_margin_db.filter(|_| !result.overload_margin_is_bound);
    if overload_db.is_some_and(|db| result.loss_margin_db.is_some_and(|loss_db| db <= loss_db)) {
        return Some(LimitedBy::Overload);
    }
    let prediction = solution.at_limit.as_ref().unwrap_or(&solution.optical().prediction);
    let noises = prediction.shares.iter().map(|share| (share.class.origin, share.share));
    let crosstalk = prediction.crosstalk_share.min(prediction.interference_share);
    LimitedBy::largest(noises, crosstalk, prediction.interference_share - crosstalk)
}

/// Parts of the noise power at the slicer.
fn noise_shares(prediction: &Prediction) -> Vec<NoiseShare> {
    let share = |s: &Share| NoiseShare { source: s.id.name.clone(), share: finite(s.share) };
    prediction.shares.iter().map(share).collect()
}

/// The number if it is finite, as JSON requires.
fn finite(x: f64) -> Option<f64> {
    Some(x).filter(|x| x.is_finite())
}

/// Share of wrong decisions followed by another one, longest burst, and numbers of bursts of 1, 2,
/// .. symbols up to it.
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
