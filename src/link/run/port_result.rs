//! Result of all lanes together.

use crate::link::count::lanes::CountedLanes;
use crate::link::result::figures::LaneResult;
use crate::link::result::pooled::{LaneErrors, LaneRatio, pooled};
use crate::link::result::port::PortResult;
use crate::units::db_from_power_ratio;

/// All lanes together; `counted_lanes` are the numbers of those that were counted, in the order of
/// the counts.
pub(crate) fn port(
    lanes: &[LaneResult],
    counted_lanes: &[usize],
    here: &CountedLanes,
    at_limit: &CountedLanes,
) -> PortResult {
    let of_counts = || counted_lanes.iter().enumerate().map(|(index, &lane)| (index, &lanes[lane]));
    let (ber_counted, interval) = pooled(
        of_counts()
            .filter_map(|(index, lane)| counted(here, index, lane.bits, lane.weighted_errors())),
    );
    let (ber_counted_at_limit, interval_at_limit) =
        pooled(of_counts().filter_map(|(index, lane)| {
            counted(at_limit, index, lane.bits_at_limit, lane.weighted_errors_at_limit())
        }));
    let mean = |of: fn(&LaneResult) -> Option<f64>| {
        let all: Option<Vec<f64>> = lanes.iter().map(of).collect();
        all.filter(|all| !all.is_empty()).map(|all| all.iter().sum::<f64>() / all.len() as f64)
    };
    let ber_semi_analytic = mean(|l| l.ber_semi_analytic);
    let least = |of: &dyn Fn(&LaneResult) -> Option<f64>| {
        let all = lanes.iter().map(of).collect::<Option<Vec<_>>>();
        all.and_then(|all| all.into_iter().reduce(f64::min))
    };
    let worst = lanes.iter().max_by(|a, b| cost(a).total_cmp(&cost(b)));
    PortResult {
        bits: lanes.iter().map(|l| l.bits).sum(),
        errors: lanes.iter().map(|l| l.errors).sum(),
        ber_counted,
        ber_counted_low: interval.map(|i| i.low),
        ber_counted_high: interval.map(|i| i.high),
        ber_counted_at_limit,
        ber_counted_at_limit_low: interval_at_limit.map(|i| i.low),
        ber_counted_at_limit_high: interval_at_limit.map(|i| i.high),
        ber_semi_analytic,
        loss_margin_db: least(&|l| l.loss_margin_db),
        overload_margin_db: least(&|l| l.overload_margin_db),
        overload_margin_is_bound: lanes
            .iter()
            .min_by(|a, b| {
                let of = |l: &LaneResult| l.overload_margin_db.unwrap_or(f64::INFINITY);
                of(a).total_cmp(&of(b))
            })
            .is_some_and(|l| l.overload_margin_is_bound),
        snr_margin_db: least(&|l| l.snr_margin_db),
        worst_lane: worst.map(|l| l.lane),
        passes: lanes
            .iter()
            .map(|l| l.passes)
            .collect::<Option<Vec<_>>>()
            .map(|p| p.iter().all(|&p| p)),
        fec: here.fec.port(ber_semi_analytic.or(ber_counted)),
        fec_at_limit: at_limit
            .fec
            .port(mean(|l| l.ber_semi_analytic_at_limit.or(l.ber_counted_at_limit)))
            .filter(|fec| fec.codewords > 0),
        fec_not_evaluated: here.fec.not_evaluated(),
    }
}

/// The count of a lane whose result has bits.
fn counted(counts: &CountedLanes, index: usize, bits: u64, errors: f64) -> Option<LaneErrors<'_>> {
    let (tally, reported) = counts.tally(index).filter(|_| bits > 0)?;
    Some(if reported.is_plain() {
        LaneErrors::Counted(tally)
    } else {
        LaneErrors::Weighted(LaneRatio { bits, errors, interval: reported.interval })
    })
}

/// Orders lanes from best to worst, by margin or, without one, by error ratio.
fn cost(lane: &LaneResult) -> f64 {
    match (lane.loss_margin_db, lane.ber_semi_analytic) {
        (Some(loss_margin_db), _) => -loss_margin_db,
        (None, Some(ber)) if lane.least_ber.is_some() => {
            100.0 + db_from_power_ratio(ber.max(1e-300)) / 100.0
        }
        (None, Some(_)) => -1000.0,
        (None, None) if lane.not_evaluated.is_none() => 100.0 + lane.ber_counted.unwrap_or(0.0),
        (None, None) => f64::INFINITY,
    }
}
