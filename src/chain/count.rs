//! The counted estimator: Monte Carlo, bits compared with what was sent.

use super::stream::{ClockReading, Stream};
use super::{Draws, Method, Plan, Refusal, Trained, Weighted, Worker, worker::Drawn};
use crate::dsp::bursts::Bursts;
use crate::dsp::slicer::{self, Decisions};
use crate::math::interval::{Interval, block_bootstrap, clopper_pearson, dispersion_index};
use crate::pattern::{SymbolSource, precode, unprecode};
use crate::seed::Seed;
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// When to stop counting; decided between rounds only, so that no thread count changes the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Blocks of a lane before the next look.
    pub round_blocks: u64,
    /// Symbols of a lane at the most, rounded up to whole blocks.
    pub symbols: u64,
    /// Errors of a lane that are enough.
    pub bit_errors: u64,
}

/// A segment of a lane: from what drives symbols to what decides them.
#[derive(Clone, Copy)]
pub struct Hop<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Its chain.
    pub plan: &'a Plan,
    /// Its receiver.
    pub trained: &'a Trained,
    /// Its own streams.
    pub streams: Seed,
}

impl Hop<'_> {
    fn draws(&self, run: Seed, block: u64) -> Draws<'static> {
        Draws { run, lane: self.streams, block, noise: block, what: Drawn::Everything }
    }
}

/// One lane to count.
pub struct Count<'a> {
    /// Its segments, one or more of the same grid: each sends on what the one before it decided.
    pub hops: Vec<Hop<'a>>,
    /// Its data.
    pub pattern: &'a SymbolSource,
    /// Absolute index of its first symbol.
    pub first_symbol: u64,
    /// True when the transmitter precodes.
    pub precoder: bool,
    /// Streams of what lanes share.
    pub run: Seed,
    /// The lane's streams: its data.
    pub lane: Seed,
    /// Which estimator counts it; all but the chain's look at the first segment alone.
    pub method: Method<'a>,
}

impl Count<'_> {
    fn block_symbols(&self) -> u64 {
        match self.method {
            Method::Chain | Method::Refused(_) => self.hops[0].plan.grid.symbols as u64,
            Method::Replay(replay) => replay.block_symbols() as u64,
            Method::Rare(rare) => rare.block_symbols(),
        }
    }
}

/// What was counted of a lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    /// From its first to its last segment; of rare events, what was simulated and hit, as it is
    /// ahead of weighting.
    pub end: Tally,
    /// The error ratio of rare events.
    pub weighted: Option<Weighted>,
    /// Segment by segment, each against what it was given; empty where there is only one.
    pub hops: Vec<Tally>,
    /// What the clock of each segment did, in stream mode.
    pub clocks: Vec<ClockReading>,
    /// Why nothing is counted: a clock that is not locked has no error ratio.
    pub refusal: Option<Refusal>,
}

impl Counted {
    fn merge(&mut self, next: &Counted) {
        self.end.merge(&next.end);
        if let Some(next) = &next.weighted {
            self.weighted.get_or_insert_default().merge(next);
        }
        self.hops.resize_with(next.hops.len(), Tally::default);
        self.hops.iter_mut().zip(&next.hops).for_each(|(tally, next)| tally.merge(next));
    }
}

/// What was counted of symbols.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Symbols compared.
    pub symbols: u64,
    /// Symbols decided wrongly.
    pub symbol_errors: u64,
    /// Bits wrong.
    pub bit_errors: u64,
    /// Symbol errors of each block, in order.
    pub block_errors: Vec<u64>,
    /// Count, sum and sum of squares at the slicer by level.
    pub moments: [[f64; 3]; 4],
    /// Runs of wrong decisions on the line, ahead of undoing a precoder; a block's end ends them.
    /// Counted from a lane's first to its last segment.
    pub bursts: Bursts,
}

/// Square length over length of bursts from which errors no longer pass as independent.
const BURSTY: f64 = 1.2;

impl Tally {
    pub(super) fn of(symbols: usize, decisions: &Decisions) -> Tally {
        let Decisions { symbol_errors, bit_errors, moments } = *decisions;
        Tally {
            symbols: symbols as u64,
            symbol_errors,
            bit_errors,
            block_errors: vec![symbol_errors],
            moments,
            bursts: Bursts::default(),
        }
    }

    /// Adds what came next; floats too are the same whatever the split, for the order is the
    /// blocks'.
    pub fn merge(&mut self, next: &Tally) {
        self.symbols += next.symbols;
        self.symbol_errors += next.symbol_errors;
        self.bit_errors += next.bit_errors;
        self.block_errors.extend_from_slice(&next.block_errors);
        for (m, n) in self.moments.iter_mut().flatten().zip(next.moments.iter().flatten()) {
            *m += n;
        }
        self.bursts.merge(&next.bursts);
    }

    /// Variance of the count over that of as many independent errors, by the bursts that were seen:
    /// mean square length over mean length, or, where a precoder leaves other errors than the
    /// line's, errors a burst.
    fn clustering(&self) -> f64 {
        let (wrong, bursts) = (self.bursts.wrong() as f64, self.bursts.bursts() as f64);
        if bursts == 0.0 {
            1.0
        } else if self.symbol_errors == self.bursts.wrong() {
            self.bursts.deviation().powi(2) / wrong
        } else {
            self.symbol_errors as f64 / bursts
        }
    }

    /// Bits compared.
    pub fn bits(&self) -> u64 {
        2 * self.symbols
    }

    /// Bit error ratio; zero when nothing was seen.
    pub fn ber(&self) -> f64 {
        self.bit_errors as f64 / self.bits().max(1) as f64
    }

    /// Signal to noise ratio at the slicer, dB; absent until every level was seen.
    pub fn snr_db(&self) -> Option<f64> {
        let seen = self.moments.iter().all(|m| m[0] > 0.0);
        let level = |[n, z, z2]: [f64; 3]| (z / n, (z2 / n - (z / n).powi(2)).max(0.0).sqrt());
        seen.then(|| crate::dsp::slicer::snr_db(&self.moments.map(level)))
    }

    /// 95 % interval of the bit error ratio, and which kind.
    ///
    /// Clopper-Pearson on symbols while errors are independent (variance over mean of the blocks'
    /// counts below 1.2, and three of its standard deviations), else a bootstrap over at least 30
    /// blocks; brought to bits by the bits seen wrong per wrong symbol. Errors that come in bursts
    /// are as many fewer as bursts scatter the count more.
    pub fn interval(&self) -> (Interval, &'static str) {
        if self.symbols == 0 {
            return (Interval { low: 0.0, high: 1.0 }, "none");
        }
        let bits_per_symbol = if self.symbol_errors == 0 {
            1.0
        } else {
            self.bit_errors as f64 / self.symbol_errors as f64
        };
        let blocks = self.block_errors.len() as u64;
        let chance = 3.0 * (2.0 / (blocks.max(2) - 1) as f64).sqrt();
        let (interval, kind) = if dispersion_index(&self.block_errors) < 1.2 + chance || blocks < 30
        {
            match self.clustering() {
                clustering if clustering > BURSTY => {
                    let apart = |count: u64| (count as f64 / clustering).round() as u64;
                    (
                        clopper_pearson(apart(self.symbol_errors), apart(self.symbols), 0.95),
                        "clopper-pearson, bursts",
                    )
                }
                _ => (clopper_pearson(self.symbol_errors, self.symbols, 0.95), "clopper-pearson"),
            }
        } else {
            (
                block_bootstrap(&self.block_errors, self.symbols / blocks, 0.95, 1, 2000),
                "block-bootstrap",
            )
        };
        let to_bits = bits_per_symbol / 2.0;
        (Interval { low: interval.low * to_bits, high: (interval.high * to_bits).min(1.0) }, kind)
    }
}

/// Workers that wait for their next block.
#[derive(Default)]
pub struct Workers(Mutex<Vec<Worker>>);

impl Workers {
    /// Runs `work` with a worker for `plan`'s grid, made when none is idle.
    pub fn with<R>(&self, plan: &Plan, work: impl FnOnce(&mut Worker) -> R) -> R {
        let idle = {
            let mut idle = self.0.lock().expect("no holder panics");
            idle.iter().position(|w| w.grid == plan.grid()).map(|i| idle.swap_remove(i))
        };
        let mut worker = idle.unwrap_or_else(|| Worker::new(plan));
        worker.fit(plan);
        let result = work(&mut worker);
        let mut idle = self.0.lock().expect("no holder panics");
        // a sweep over grids would pile up workers that nobody asks for again
        if idle.len() >= 2 * rayon::current_num_threads() {
            idle.remove(0);
        }
        idle.push(worker);
        drop(idle);
        result
    }
}

/// A block that was counted.
pub struct Seen<'a> {
    /// The levels on the line.
    pub sent: &'a [u8],
    /// What the slicer saw of them.
    pub values: &'a [f32],
    /// What it decided.
    pub decided: &'a [u8],
}

/// Who else looks at every block that is counted.
pub trait Witness: Sync {
    /// What is kept of a block.
    type Found: Send;

    /// Looks at a block of a lane; blocks come in any order, on any thread. Rare events are no
    /// blocks.
    fn look(&self, lane: usize, seen: &Seen<'_>) -> Self::Found;

    /// Takes what was found, each lane's blocks in their order.
    fn take(&mut self, lane: usize, found: Self::Found);
}

/// Nobody looks.
impl Witness for () {
    type Found = ();

    fn look(&self, _: usize, _: &Seen<'_>) {}

    fn take(&mut self, _: usize, (): ()) {}
}

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
                    Method::Replay(replay) => replay.one_block(&lanes[l], b, worker),
                    Method::Rare(rare) => rare.one_block(&lanes[l], b),
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

/// The levels of a block: the window of the pattern, precoded when asked.
pub fn block_levels(
    pattern: &SymbolSource,
    precoder: bool,
    first_symbol: u64,
    block: u64,
    lane: Seed,
    out: &mut [u8],
) {
    pattern.fill(first_symbol.wrapping_add(block.wrapping_mul(out.len() as u64)), lane, out);
    if precoder {
        precode(out, 0);
    }
}

impl Worker {
    /// Runs one block through a trained chain and decides it.
    pub fn decisions(
        &mut self,
        plan: &Plan,
        trained: &Trained,
        sent: &[u8],
        draws: &Draws<'_>,
        precoder: bool,
    ) -> Decisions {
        self.front(plan, sent, draws, trained.attenuation);
        self.sample(plan, trained, draws);
        self.equalise(plan, trained, draws);
        self.decide(trained, sent);
        self.compared(sent, precoder)
    }

    /// Holds what was decided of a block against what was sent, with the precoder undone on both
    /// sides.
    pub(super) fn compared(&mut self, sent: &[u8], precoder: bool) -> Decisions {
        let mut decisions = slicer::compare(sent, &self.decided, &self.equalised);
        if precoder {
            // what stands before the block is taken as decided rightly, and was 0 to the precoder
            let before = 0;
            let (mut decided, mut plain) =
                (std::mem::take(&mut self.decided_plain), std::mem::take(&mut self.plain));
            decided.copy_from_slice(&self.decided);
            unprecode(&mut decided, before);
            plain.copy_from_slice(sent);
            unprecode(&mut plain, before);
            let moments = decisions.moments;
            decisions = Decisions { moments, ..slicer::compare(&plain, &decided, &self.equalised) };
            (self.decided_plain, self.plain) = (decided, plain);
        }
        decisions
    }
}
