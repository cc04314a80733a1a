//! Counting all lanes, as they are and at the limit.

use crate::chain::{
    BlockObserver, BlockView, ClockReading, Count, LaneCount, Method, NotEvaluated, Prediction,
    Stop, Tally, Trained, WorkspacePool, count,
};
use crate::link::count::fec_stage::FecStage;
use crate::link::count::reported::CountedBer;
use crate::link::describe::simulation::Simulation;
use crate::link::result::figures::LaneResult;
use crate::link::solve::budget::ROUND_BLOCKS;
use crate::link::solve::lane::{LaneSolution, SolvedLane};
use crate::link::solve::margin::LossMargin;
use crate::link::solve::method::LaneCounter;
use crate::link::solve::segment::SolvedSegment;
use crate::link::solve::work::WorkMeter;
use crate::run_options::CancelToken;

/// Counts of all lanes with some receiver, and the FEC stage after them.
pub(crate) struct CountedLanes {
    counted: Vec<Option<LaneCount>>,
    /// Factors by which the error ratio of the stored blocks of each lane may differ from that of
    /// its pattern.
    scatter: Vec<Option<[f64; 2]>>,
    /// Index of each lane among those with a receiver.
    places: Vec<Option<usize>>,
    pub(crate) fec: FecStage,
}

impl CountedLanes {
    /// Tally of a lane, from its first to its last segment, and its error ratio.
    pub(crate) fn tally(&self, lane: usize) -> Option<(&Tally, CountedBer)> {
        self.counted[lane]
            .as_ref()
            .map(|counted| (&counted.end, CountedBer::of(counted, self.scatter[lane])))
    }

    /// Tallies of a lane's segments, where it has several; a weighted count has none.
    pub(crate) fn segments(&self, lane: usize) -> &[Tally] {
        let plain = self.counted[lane].as_ref().filter(|counted| counted.weighted.is_none());
        plain.map_or(&[], |counted| match counted.segments.as_slice() {
            [] => std::slice::from_ref(&counted.end),
            segments => segments,
        })
    }

    /// Error ratio of the decisions of a lane's light, where modules decode an inner code: what
    /// that leaves depends on more than the ratio, which is what the estimators share.
    pub(crate) fn decisions_of_light(&self, lane: usize, optical: usize) -> Option<CountedBer> {
        self.fec.merged(self.places[lane]?)?;
        let tally = self.counted[lane].as_ref()?.segments.get(optical)?;
        let end = tally.clone();
        Some(CountedBer::of(&LaneCount { end, ..LaneCount::default() }, None))
    }

    /// Readings of the clocks of a lane's segments, in stream mode.
    pub(crate) fn clocks(&self, lane: usize) -> &[ClockReading] {
        self.counted[lane].as_ref().map_or(&[], |counted| &counted.clocks)
    }

    /// Why no errors were counted on a lane.
    pub(crate) fn not_evaluated(&self, lane: usize) -> Option<&NotEvaluated> {
        self.counted[lane].as_ref().and_then(|counted| counted.not_evaluated.as_ref())
    }

    /// Adds the FEC counts of a lane to its result.
    pub(crate) fn correct(&self, lane: usize, result: &mut LaneResult) {
        if let Some(place) = self.places[lane] {
            self.fec.report_to(place, result);
        }
    }
}

/// Counts every lane as it is, and with the power at which it meets the limit.
pub(crate) fn count_both(
    solved: &[SolvedLane],
    workspaces: &WorkspacePool,
    work: &WorkMeter<'_>,
    cancel: &CancelToken,
    simulation: &Simulation,
) -> [CountedLanes; 2] {
    let here = count_all(solved, workspaces, (work, cancel), simulation.symbols, |r| {
        let SolvedSegment { trained, prediction } = r.optical();
        Some((trained, prediction, &r.counter))
    });
    let at_limit =
        count_all(solved, workspaces, (work, cancel), simulation.symbols_at_limit, |r| {
            match (&r.margins.loss, &r.at_limit) {
                (LossMargin::Found(_, trained), Some(prediction)) => {
                    Some((trained, prediction, &r.counter_at_limit))
                }
                _ => None,
            }
        });
    [here, at_limit]
}

/// The FEC stage, with a report of each block's work.
struct Watched<'a> {
    fec: &'a mut FecStage,
    work: &'a WorkMeter<'a>,
}

impl BlockObserver for Watched<'_> {
    type Observation = <FecStage as BlockObserver>::Observation;

    fn observe(&self, lane: usize, seen: &BlockView<'_>) -> Self::Observation {
        self.fec.observe(lane, seen)
    }

    fn collect(&mut self, lane: usize, found: Self::Observation) {
        self.fec.collect(lane, found);
    }

    fn advance(&self, symbols: u64) {
        self.work.add(symbols);
    }
}

/// The count of a lane from those of its segments, where each is counted on its own; `end` is what
/// its last host decides.
fn joined(mut counts: Vec<LaneCount>, end: Option<&Tally>) -> LaneCount {
    let Some(end) = end else { return counts.remove(0) };
    LaneCount {
        end: end.clone(),
        weighted: None,
        clocks: counts.iter().flat_map(|count| count.clocks.clone()).collect(),
        not_evaluated: counts.iter().find_map(|count| count.not_evaluated.clone()),
        segments: counts.into_iter().map(|count| count.end).collect(),
    }
}

/// Counts every lane for which `receiver` gives one.
fn count_all<'a>(
    solved: &'a [SolvedLane],
    workspaces: &WorkspacePool,
    (work, cancel): (&WorkMeter<'_>, &CancelToken),
    symbols: u64,
    receiver: impl Fn(&'a LaneSolution) -> Option<(&'a Trained, &'a Prediction, &'a LaneCounter)>,
) -> CountedLanes {
    let ready: Vec<Option<(&Trained, &Prediction, &LaneCounter)>> =
        solved.iter().map(|s| s.solution.as_ref().ok().and_then(&receiver)).collect();
    let able = || {
        let ready = solved.iter().zip(&ready);
        ready.filter_map(|(s, ready)| {
            ready.map(|(trained, prediction, counter)| (&s.lane, trained, prediction, counter))
        })
    };
    let electrical: Vec<Vec<&Trained>> = solved
        .iter()
        .filter_map(|s| s.solution.as_ref().ok().filter(|r| receiver(r).is_some()))
        .map(LaneSolution::electrical_receivers)
        .collect();
    // a lane of unlike rates has a count for each segment
    let of_lanes: Vec<Vec<Count<'_>>> = able()
        .zip(&electrical)
        .map(|((lane, trained, _, counter), electrical)| {
            lane.counts(trained, electrical, counter.method(), symbols)
        })
        .collect();
    let mut fec = FecStage::new(
        &able()
            .zip(
                solved
                    .iter()
                    .filter_map(|s| s.solution.as_ref().ok().filter(|r| receiver(r).is_some())),
            )
            .map(|((lane, _, prediction, _), solution)| {
                (lane, prediction, solution.electrical_ber())
            })
            .collect::<Vec<_>>(),
    );
    let stop = Stop { round_blocks: ROUND_BLOCKS, symbols, bit_errors: u64::MAX };
    // a lane without a receiver, or one that is not counted, is no work
    let uncounted =
        |lane: &&Vec<Count<'_>>| lane.iter().any(|c| matches!(c.method, Method::NotEvaluated(_)));
    let idle = solved.len() - of_lanes.len() + of_lanes.iter().filter(uncounted).count();
    work.add(idle as u64 * symbols);
    let sizes: Vec<usize> = of_lanes.iter().map(Vec::len).collect();
    let lanes: Vec<Count<'_>> = of_lanes.into_iter().flatten().collect();
    let counted = count(&lanes, &stop, workspaces, &mut Watched { fec: &mut fec, work }, cancel);
    let mut each = counted.into_iter();
    let counted: Vec<LaneCount> = sizes
        .iter()
        .enumerate()
        .map(|(lane, &size)| joined(each.by_ref().take(size).collect(), fec.merged(lane)))
        .collect();
    if let Some((counted, (lane, ..))) =
        counted.iter().zip(able()).find(|(counted, _)| counted.not_evaluated.is_some())
    {
        let because = &counted.not_evaluated.as_ref().expect("just found").because;
        fec.refuse(format!("no codewords of the port: lane {}: {because}", lane.number));
    }
    if able().any(|(.., counter)| matches!(counter, LaneCounter::Importance(_))) {
        fec.refuse(
            "no codewords of the port: importance sampling simulates single bursts, not blocks of symbols"
                .to_owned(),
        );
    }
    let mut counted = counted.into_iter();
    let mut places = 0..;
    CountedLanes {
        counted: ready.iter().map(|ready| ready.and_then(|_| counted.next())).collect(),
        scatter: ready
            .iter()
            .map(|ready| ready.and_then(|(_, prediction, counter)| counter.scatter(prediction)))
            .collect(),
        places: ready.iter().map(|ready| ready.and_then(|_| places.next())).collect(),
        fec,
    }
}
