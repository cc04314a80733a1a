//! A lane in stream mode: its blocks in order, segment by segment, with what each receiver hands
//! on.

use super::receiver;
use super::receiver::Receiver;
use crate::chain::counted::clock_reading::ClockReading;
use crate::chain::counted::lane::Count;
use crate::chain::counted::observer::Seen;
use crate::chain::counted::segment::Hop;
use crate::chain::counted::tally::{Counted, Tally};
use crate::chain::describe::clocking::Clocking;
use crate::chain::describe::not_evaluated::Refusal;
use crate::chain::run::levels::block_levels;
use crate::chain::run::streams::{Drawn, Draws};
use crate::chain::run::workspace::Worker;
use crate::dsp::slicer::{self, Decisions};
use crate::pattern::unprecode;
use crate::signal::{Ampere, Quantity};
use std::collections::VecDeque;

/// One segment between two blocks.
struct Segment {
    receiver: Receiver,
    /// Levels of the block before, of the block and of the one behind it.
    levels: Vec<u8>,
    /// The next block of levels to come, and the next to run; the warm-up's are below 0.
    given: i64,
    block: i64,
    /// What was counted of blocks that a later segment has not seen yet.
    counted: VecDeque<Tally>,
}

/// A lane between two blocks.
pub(crate) struct Stream {
    clocking: Clocking,
    segments: Vec<Segment>,
    /// Blocks before the first one that is scored.
    warm_up: i64,
    sent: Vec<u8>,
    plain: [Vec<u8>; 2],
    refusal: Option<Refusal>,
}

impl Stream {
    /// The state of a lane before its first block; nothing when it is not in stream mode.
    pub(crate) fn new(count: &Count<'_>) -> Option<Stream> {
        let of = |hop: &Hop<'_>| hop.plan.clocking;
        let clocking = count.hops.iter().find_map(of)?;
        let n = count.hops[0].plan.grid.symbols - 2 * clocking.guard;
        let own = |hop: &Hop<'_>| of(hop).unwrap_or(Clocking::ideal(clocking.guard));
        let symbols = count.hops.iter().map(|hop| own(hop).warm_up().1).max().unwrap_or(0);
        let warm_up = symbols.div_ceil(n as u64) as i64;
        let segment = |hop: &Hop<'_>| {
            let own = own(hop);
            assert_eq!(own.guard, clocking.guard, "segments of a lane have one guard");
            Segment {
                receiver: Receiver::new(hop.plan, hop.trained, own, -warm_up * n as i64),
                levels: vec![0; 3 * n],
                given: -warm_up,
                block: -warm_up,
                counted: VecDeque::new(),
            }
        };
        let segments = count.hops.iter().map(segment).collect();
        Some(Stream {
            clocking,
            segments,
            warm_up,
            sent: vec![0; n],
            plain: [vec![0; n], vec![0; n]],
            refusal: None,
        })
    }

    /// Symbols of a block that are scored.
    pub(crate) fn symbols(&self) -> u64 {
        self.sent.len() as u64
    }

    /// Adds what its clocks did; without a lock nothing of what was counted stays.
    pub(crate) fn tell(&self, counted: &mut Counted) {
        let clocks: Vec<ClockReading> =
            self.segments.iter().map(|segment| segment.receiver.reading()).collect();
        if let Some(refusal) = &self.refusal {
            *counted = Counted { refusal: Some(refusal.clone()), ..Counted::default() };
        }
        counted.clocks = clocks;
    }

    /// The last block.
    pub(crate) fn seen(&self) -> Seen<'_> {
        let receiver = &self.segments[self.segments.len() - 1].receiver;
        Seen { sent: &self.sent, values: &receiver.values, decided: &receiver.decided }
    }

    /// Runs the next block, the first time after the warm-up; nothing when a clock is not locked.
    pub(crate) fn next(&mut self, count: &Count<'_>, worker: &mut Worker) -> Option<Counted> {
        let last = self.segments.len() - 1;
        if self.refusal.is_some() {
            return None;
        }
        while self.segments[last].block < 0 {
            self.run(count, last, worker);
        }
        let block = self.segments[last].block;
        self.run(count, last, worker);
        if let Some(lost) = self.segments.iter().position(|segment| !segment.receiver.held()) {
            self.refusal = Some(self.why(count, lost, block));
            return None;
        }
        self.level(count, block);
        let hops: Vec<Tally> =
            self.segments.iter_mut().filter_map(|segment| segment.counted.pop_front()).collect();
        let mut end = self.compared(last, count.precoder);
        if last == 0 {
            return Some(Counted { end, hops: Vec::new(), ..Counted::default() });
        }
        // what the last slicer saw belongs to what it was given
        end.moments = hops[last].moments;
        Some(Counted { end, hops, ..Counted::default() })
    }

    fn why(&self, count: &Count<'_>, segment: usize, block: i64) -> Refusal {
        let reading = self.segments[segment].receiver.reading();
        let place = if self.segments.len() > 1 {
            format!("{}: ", count.hops[segment].name)
        } else {
            String::new()
        };
        Refusal::new(format!(
            "{place}the clock is not locked {}: {:.2} UI rms from the transmitter's, {} slips \
            forward, {} backward",
            if block == 0 {
                "after its warm-up".to_owned()
            } else {
                format!("any more in block {block}")
            },
            reading.phase_error_rms_ui,
            reading.slips_forward,
            reading.slips_backward
        ))
    }

    /// The levels that the transmitter sends in a block; the warm-up sends the first ones too.
    fn level(&mut self, count: &Count<'_>, block: i64) {
        let index = if block < 0 { block + self.warm_up } else { block };
        block_levels(
            count.pattern,
            count.precoder,
            count.first_symbol,
            index as u64,
            count.lane,
            &mut self.sent,
        );
    }

    /// Gives a segment its next block of levels: the transmitter's, or what the segment before it
    /// decides.
    fn give(&mut self, count: &Count<'_>, to: usize, worker: &mut Worker) {
        let n = self.sent.len();
        if to == 0 {
            self.level(count, self.segments[0].given);
        } else {
            self.run(count, to - 1, worker);
            let (before, behind) = self.segments.split_at_mut(to);
            behind[0].levels.copy_within(n.., 0);
            behind[0].levels[2 * n..].copy_from_slice(&before[to - 1].receiver.decided);
        }
        let segment = &mut self.segments[to];
        if to == 0 {
            segment.levels.copy_within(n.., 0);
            segment.levels[2 * n..].copy_from_slice(&self.sent);
        }
        if segment.given == -self.warm_up {
            // nothing stands before the first block: it follows itself
            segment.levels.copy_within(2 * n.., n);
        }
        segment.given += 1;
    }

    /// Runs a segment's next block, and whatever the segments before it must have decided first.
    fn run(&mut self, count: &Count<'_>, at: usize, worker: &mut Worker) {
        while self.segments[at].given < self.segments[at].block + 2 {
            self.give(count, at, worker);
        }
        let hop = &count.hops[at];
        let (segment, guard, n) = (&mut self.segments[at], self.clocking.guard, self.sent.len());
        let block = segment.block;
        if block == 0 {
            segment.receiver.begin_scoring();
        }
        let (run, streams, index) = if block < 0 {
            (
                count.run.named("warm-up"),
                hop.streams.named("warm-up"),
                (block + self.warm_up) as u64,
            )
        } else {
            (count.run, hop.streams, block as u64)
        };
        let draws =
            Draws { run, lane: streams, block: index, noise: index, what: Drawn::Everything };
        worker.fit(hop.plan);
        worker.front(
            hop.plan,
            &segment.levels[n - guard..2 * n + guard],
            &draws,
            hop.trained.attenuation,
        );
        worker.wave(hop.plan, hop.trained, &draws);
        worker.draw_converter(hop.plan, &draws);
        let block_of = receiver::Block {
            wave: Ampere::of_mut(&mut worker.real),
            first: block * n as i64 - guard as i64,
            scored: block * n as i64,
            noise: &worker.normals[..hop.plan.sampled()],
            jitter: &worker.slope[..hop.plan.sampled()],
        };
        segment.receiver.receive(&block_of);
        segment.block += 1;
        if block >= 0 && count.hops.len() > 1 {
            let (given, receiver) = (&segment.levels[n..2 * n], &segment.receiver);
            segment.counted.push_back(Tally::of(
                n,
                &slicer::compare(given, &receiver.decided, &receiver.values),
            ));
        }
    }

    /// Holds what a segment decided of its last block against what was sent, with the precoder
    /// undone on both sides.
    fn compared(&mut self, segment: usize, precoder: bool) -> Tally {
        let receiver = &self.segments[segment].receiver;
        let mut decisions = slicer::compare(&self.sent, &receiver.decided, &receiver.values);
        if precoder {
            // as in periodic mode: what stands before the block is taken as decided rightly, and
            // was 0 to the precoder
            let [plain, decided] = &mut self.plain;
            decided.copy_from_slice(&receiver.decided);
            plain.copy_from_slice(&self.sent);
            unprecode(decided, 0);
            unprecode(plain, 0);
            decisions = Decisions {
                moments: decisions.moments,
                ..slicer::compare(plain, decided, &receiver.values)
            };
        }
        let mut tally = Tally::of(self.sent.len(), &decisions);
        tally.bursts.push(&self.sent, &receiver.decided);
        tally
    }
}
