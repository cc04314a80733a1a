//! The counted estimator: Monte Carlo, bits compared with what was sent.

use super::lane::{Count, Stop};
use super::method::Method;
use super::observer::{Seen, Witness};
use super::stream::lane::Stream;
use super::tally::{Counted, Tally};
use crate::chain::run::levels::block_levels;
use crate::chain::run::workspace::Worker;
use crate::chain::run::workspace_pool::Workers;
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Counts all lanes, in rounds, on rayon's current threads. `cancelled` ends it after the round in
/// hand.
pub fn count<W: Witness>(
    lanes: &[Count<'_>],
    stop: &Stop,
    workers: &Workers,
    witness: &mut W,
    cancelled: &AtomicBool,
) -> Vec<Counted> {
    let refused = |lane: &Count<'_>| {
        if let Method::Refused(refusal) = lane.method { Some(refusal.clone()) } else { None }
    };
    let mut counted: Vec<Counted> =
        lanes.iter().map(|lane| Counted { refusal: refused(lane), ..Counted::default() }).collect();
    // a lane in stream mode is one item of work a round, its blocks in order
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
    let blind = |l: usize| matches!(lanes[l].method, Method::Rare(_));
    loop {
        // block by block, for what lanes send may be made for all of them at once
        let mut work: Vec<(u64, usize, u64)> = (0..lanes.len())
            .filter(|&l| {
                counted[l].end.bit_errors < stop.bit_errors && counted[l].refusal.is_none()
            })
            .flat_map(|l| {
                let done = counted[l].end.block_errors.len() as u64;
                let blocks = stop.symbols.div_ceil(block_symbols(l));
                let end = blocks.min(done + stop.round_blocks);
                let each = if streams[l].is_some() { end.saturating_sub(done).max(1) } else { 1 };
                (done..end).step_by(each as usize).map(move |b| (b, l, each))
            })
            .collect();
        work.sort_unstable();
        if work.is_empty() || cancelled.load(Ordering::Relaxed) {
            return counted;
        }
        let one = |&(b, l, blocks): &(u64, usize, u64)| {
            workers.with(lanes[l].hops[0].plan, |worker| {
                if let Some(stream) = &streams[l] {
                    let mut stream = stream.lock().expect("no holder panics");
                    let next = |_| {
                        stream
                            .next(&lanes[l], worker)
                            .map(|counted| (counted, Some(witness.look(l, &stream.seen()))))
                    };
                    return (0..blocks).map_while(next).collect();
                }
                let counted = match lanes[l].method {
                    Method::Chain | Method::Refused(_) => one_block(&lanes[l], b, worker),
                    Method::Replay(replay) => {
                        replay.one_block(&lanes[l].hops[0], lanes[l].precoder, b, worker)
                    }
                    Method::Rare(rare) => rare.one_block(lanes[l].hops[0].streams, b),
                };
                let seen = Seen {
                    sent: &worker.sent,
                    values: &worker.equalised,
                    decided: &worker.decided,
                };
                vec![(counted, (!blind(l)).then(|| witness.look(l, &seen)))]
            })
        };
        let found: Vec<Vec<(Counted, Option<W::Found>)>> = work.par_iter().map(one).collect();
        for (&(_, lane, _), blocks) in work.iter().zip(found) {
            for (block, found) in blocks {
                counted[lane].merge(&block);
                if let Some(found) = found {
                    witness.take(lane, found);
                }
            }
            if let Some(stream) = &streams[lane] {
                stream.lock().expect("no holder panics").tell(&mut counted[lane]);
            }
        }
    }
}

fn one_block(lane: &Count<'_>, block: u64, worker: &mut Worker) -> Counted {
    let (mut sent, mut given) =
        (std::mem::take(&mut worker.sent), std::mem::take(&mut worker.given));
    block_levels(lane.pattern, lane.precoder, lane.first_symbol, block, lane.lane, &mut sent);
    given.copy_from_slice(&sent);
    let last = lane.hops.len() - 1;
    let mut hops = Vec::new();
    for hop in &lane.hops[..last] {
        worker.fit(hop.plan);
        let decisions =
            worker.decisions(hop.plan, hop.trained, &given, &hop.draws(lane.run, block), false);
        hops.push(Tally::of(given.len(), &decisions));
        given.copy_from_slice(&worker.decided);
    }
    let hop = &lane.hops[last];
    worker.fit(hop.plan);
    let precoder = lane.precoder && last == 0;
    let mut decisions =
        worker.decisions(hop.plan, hop.trained, &given, &hop.draws(lane.run, block), precoder);
    if last > 0 {
        hops.push(Tally::of(given.len(), &decisions));
        let moments = decisions.moments;
        decisions = worker.compared(&sent, lane.precoder);
        // what the last slicer saw belongs to what it was given
        decisions.moments = moments;
    }
    (worker.sent, worker.given) = (sent, given);
    let mut end = Tally::of(worker.sent.len(), &decisions);
    end.bursts.push(&worker.sent, &worker.decided);
    Counted { end, hops, ..Counted::default() }
}
