//! The counted estimator: Monte Carlo, with bits compared with the transmitted ones.

use super::lane::{Count, Stop};
use super::method::Method;
use super::observer::{BlockObserver, BlockView};
use super::stream::lane::Stream;
use super::tally::{LaneCount, Tally};
use crate::chain::run::levels::block_levels;
use crate::chain::run::workspace::Workspace;
use crate::chain::run::workspace_pool::WorkspacePool;
use crate::run_options::CancelToken;
use rayon::prelude::*;
use std::sync::Mutex;

/// Counts all lanes, in rounds, on rayon's current threads. `cancel` ends it after the current
/// block of each thread; a round that is cut short keeps its blocks up to the first missing one.
pub fn count<W: BlockObserver>(
    lanes: &[Count<'_>],
    stop: &Stop,
    workspaces: &WorkspacePool,
    observer: &mut W,
    cancel: &CancelToken,
) -> Vec<LaneCount> {
    let refused = |lane: &Count<'_>| {
        if let Method::NotEvaluated(not_evaluated) = lane.method {
            return Some(not_evaluated.clone());
        }
        let plans = || lane.segments.iter().map(|segment| segment.plan);
        let streamed = plans().any(|plan| plan.clocking.is_some());
        plans().filter(|_| streamed).find_map(|plan| plan.refuses_streaming())
    };
    let mut counted: Vec<LaneCount> = lanes
        .iter()
        .map(|lane| LaneCount { not_evaluated: refused(lane), ..LaneCount::default() })
        .collect();
    // a lane in stream mode is one work item per round, with its blocks in order
    let streams: Vec<Option<Mutex<Stream>>> = lanes
        .iter()
        .map(|lane| {
            Stream::new(lane).filter(|_| matches!(lane.method, Method::Chain)).map(Mutex::new)
        })
        .collect();
    let block_symbols = |l: usize| match &streams[l] {
        Some(stream) => stream.lock().expect("no holder panics").symbols(),
        None => lanes[l].block_symbols(),
    };
    let blind = |l: usize| matches!(lanes[l].method, Method::ImportanceSampling(_));
    loop {
        // block by block, since the lanes' data may be generated together
        let mut work: Vec<(u64, usize, u64)> = (0..lanes.len())
            .filter(|&l| {
                counted[l].end.bit_errors < stop.bit_errors && counted[l].not_evaluated.is_none()
            })
            .flat_map(|l| {
                let done = counted[l].end.block_errors.len() as u64;
                let symbols = lanes[l].symbols.unwrap_or(stop.symbols);
                let blocks = symbols.div_ceil(block_symbols(l));
                let end = blocks.min(done + stop.round_blocks);
                let each = if streams[l].is_some() { end.saturating_sub(done).max(1) } else { 1 };
                (done..end).step_by(each as usize).map(move |b| (b, l, each))
            })
            .collect();
        work.sort_unstable();
        if work.is_empty() || cancel.is_cancelled() {
            return counted;
        }
        let one = |&(b, l, blocks): &(u64, usize, u64)| {
            workspaces.with(lanes[l].segments[0].plan, |workspace| {
                if let Some(stream) = &streams[l] {
                    let mut stream = stream.lock().expect("no holder panics");
                    let next = |_| {
                        let counted = (!cancel.is_cancelled())
                            .then(|| stream.next(&lanes[l], workspace))
                            .flatten()?;
                        observer.advance(stream.symbols());
                        Some((counted, Some(observer.observe(l, &stream.view()))))
                    };
                    return (0..blocks).map_while(next).collect();
                }
                let counted = match lanes[l].method {
                    Method::Chain | Method::NotEvaluated(_) => one_block(&lanes[l], b, workspace),
                    Method::NoiseOnly(noise_only) => {
                        noise_only.one_block(&lanes[l].segments[0], lanes[l].precoder, b, workspace)
                    }
                    Method::ImportanceSampling(importance) => {
                        importance.one_block(lanes[l].segments[0].streams, b)
                    }
                };
                let seen = BlockView {
                    sent: workspace.sent(),
                    values: workspace.equalised(),
                    decided: workspace.decided(),
                };
                observer.advance(lanes[l].block_symbols());
                vec![(counted, (!blind(l)).then(|| observer.observe(l, &seen)))]
            })
        };
        let found: Vec<Option<Counted<W::Observation>>> =
            work.par_iter().map(|item| (!cancel.is_cancelled()).then(|| one(item))).collect();
        for (&(_, lane, _), blocks) in work.iter().zip(found) {
            // codewords of a port need the same blocks of all its lanes
            let Some(blocks) = blocks else { break };
            for (block, found) in blocks {
                counted[lane].merge(&block);
                if let Some(found) = found {
                    observer.collect(lane, found);
                }
            }
            if let Some(stream) = &streams[lane] {
                stream.lock().expect("no holder panics").report_to(&mut counted[lane]);
            }
        }
    }
}

/// Counted blocks in their order, with what was observed of them.
type Counted<O> = Vec<(LaneCount, Option<O>)>;

fn one_block(lane: &Count<'_>, block: u64, workspace: &mut Workspace) -> LaneCount {
    let (mut sent, mut given) = workspace.take_levels();
    block_levels(lane.pattern, lane.precoder, lane.first_symbol, block, lane.lane_seed, &mut sent);
    given.copy_from_slice(&sent);
    let last = lane.segments.len() - 1;
    let mut segments = Vec::new();
    for segment in &lane.segments[..last] {
        workspace.fit(segment.plan);
        let decisions = workspace.decisions(
            segment.plan,
            segment.trained,
            &given,
            &segment.keys(lane.shared_seed, block),
            false,
        );
        segments.push(Tally::of(given.len(), &decisions));
        given.copy_from_slice(workspace.decided());
    }
    let segment = &lane.segments[last];
    workspace.fit(segment.plan);
    let precoder = lane.precoder && last == 0;
    let mut decisions = workspace.decisions(
        segment.plan,
        segment.trained,
        &given,
        &segment.keys(lane.shared_seed, block),
        precoder,
    );
    if last > 0 {
        segments.push(Tally::of(given.len(), &decisions));
        let moments = decisions.moments;
        decisions = workspace.compared(&sent, lane.precoder);
        // slicer moments refer to the input of the last segment
        decisions.moments = moments;
    }
    workspace.keep_levels(sent, given);
    let mut end = Tally::of(workspace.sent().len(), &decisions);
    end.bursts.push(workspace.sent(), workspace.decided());
    LaneCount { end, segments, ..LaneCount::default() }
}
