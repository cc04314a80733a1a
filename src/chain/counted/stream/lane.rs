//! A lane in stream mode: its blocks in order, segment by segment, with the state of each receiver.

use super::receiver;
use super::receiver::ClockedReceiver;
use crate::chain::counted::clock_reading::ClockReading;
use crate::chain::counted::lane::Count;
use crate::chain::counted::observer::BlockView;
use crate::chain::counted::segment::SegmentRun;
use crate::chain::counted::tally::{LaneCount, Tally};
use crate::chain::describe::clocking::Clocking;
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::run::levels::block_levels;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::chain::run::workspace::Workspace;
use crate::dsp::slicer::{self, DecisionErrors};
use crate::pattern::unprecode;
use std::collections::VecDeque;

/// One segment between two blocks.
struct SegmentState {
    receiver: ClockedReceiver,
    /// Levels of the previous, the current and the next block.
    levels: Vec<u8>,
    /// Numbers of the next block of levels and of the next block to run; negative in the warm-up.
    given: i64,
    block: i64,
    /// Counts of blocks that a later segment has not processed yet.
    counted: VecDeque<Tally>,
}

/// A lane between two blocks.
pub(crate) struct Stream {
    clocking: Clocking,
    segments: Vec<SegmentState>,
    /// Blocks before the first one that is scored.
    warm_up: i64,
    sent: Vec<u8>,
    plain: [Vec<u8>; 2],
    not_evaluated: Option<NotEvaluated>,
}

impl Stream {
    /// The state of a lane before its first block; `None` when it is not in stream mode.
    pub(crate) fn new(count: &Count<'_>) -> Option<Stream> {
        let of = |segment_run: &SegmentRun<'_>| segment_run.plan.clocking;
        let clocking = count.segments.iter().find_map(of)?;
        let n = count.segments[0].plan.grid.symbols - 2 * clocking.guard;
        let own = |segment_run: &SegmentRun<'_>| {
            of(segment_run).unwrap_or(Clocking::ideal(clocking.guard))
        };
        let symbols = count
            .segments
            .iter()
            .map(|segment_run| own(segment_run).warm_up().1)
            .max()
            .unwrap_or(0);
        let warm_up = symbols.div_ceil(n as u64) as i64;
        let segment = |segment_run: &SegmentRun<'_>| {
            let own = own(segment_run);
            assert_eq!(own.guard, clocking.guard, "segments of a lane have one guard");
            SegmentState {
                receiver: ClockedReceiver::new(
                    segment_run.plan,
                    segment_run.trained,
                    own,
                    -warm_up * n as i64,
                ),
                levels: vec![0; 3 * n],
                given: -warm_up,
                block: -warm_up,
                counted: VecDeque::new(),
            }
        };
        let segments = count.segments.iter().map(segment).collect();
        Some(Stream {
            clocking,
            segments,
            warm_up,
            sent: vec![0; n],
            plain: [vec![0; n], vec![0; n]],
            not_evaluated: None,
        })
    }

    /// Symbols of a block that are scored.
    pub(crate) fn symbols(&self) -> u64 {
        self.sent.len() as u64
    }

    /// Adds the readings of its clocks; without a lock the counts are dropped.
    pub(crate) fn report_to(&self, counted: &mut LaneCount) {
        let clocks: Vec<ClockReading> =
            self.segments.iter().map(|segment| segment.receiver.reading()).collect();
        if let Some(not_evaluated) = &self.not_evaluated {
            *counted =
                LaneCount { not_evaluated: Some(not_evaluated.clone()), ..LaneCount::default() };
        }
        counted.clocks = clocks;
    }

    /// The last block.
    pub(crate) fn view(&self) -> BlockView<'_> {
        let receiver = &self.segments[self.segments.len() - 1].receiver;
        BlockView { sent: &self.sent, values: &receiver.values, decided: &receiver.decided }
    }

    /// Runs the next block, the first time after the warm-up; `None` when a clock is not locked.
    pub(crate) fn next(
        &mut self,
        count: &Count<'_>,
        workspace: &mut Workspace,
    ) -> Option<LaneCount> {
        let last = self.segments.len() - 1;
        if self.not_evaluated.is_some() {
            return None;
        }
        while self.segments[last].block < 0 {
            self.run(count, last, workspace);
        }
        let block = self.segments[last].block;
        self.run(count, last, workspace);
        if let Some(lost) = self.segments.iter().position(|segment| !segment.receiver.held()) {
            self.not_evaluated = Some(self.why(count, lost, block));
            return None;
        }
        self.level(count, block);
        let segments: Vec<Tally> =
            self.segments.iter_mut().filter_map(|segment| segment.counted.pop_front()).collect();
        let mut end = self.compared(last, count.precoder);
        if last == 0 {
            return Some(LaneCount { end, segments: Vec::new(), ..LaneCount::default() });
        }
        // slicer moments refer to the input of the last segment
        end.moments = segments[last].moments;
        Some(LaneCount { end, segments, ..LaneCount::default() })
    }

    fn why(&self, count: &Count<'_>, segment: usize, block: i64) -> NotEvaluated {
        let reading = self.segments[segment].receiver.reading();
        let place = if self.segments.len() > 1 {
            format!("{}: ", count.segments[segment].name)
        } else {
            String::new()
        };
        NotEvaluated::new(format!(
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

    /// The transmitted levels of a block; the warm-up uses the first ones too.
    fn level(&mut self, count: &Count<'_>, block: i64) {
        let index = if block < 0 { block + self.warm_up } else { block };
        block_levels(
            count.pattern,
            count.precoder,
            count.first_symbol,
            index as u64,
            count.lane_seed,
            &mut self.sent,
        );
    }

    /// Gives a segment its next block of levels, from the transmitter or from the decisions of the
    /// segment before.
    fn give(&mut self, count: &Count<'_>, to: usize, workspace: &mut Workspace) {
        let n = self.sent.len();
        if to == 0 {
            self.level(count, self.segments[0].given);
        } else {
            self.run(count, to - 1, workspace);
            let (earlier, later) = self.segments.split_at_mut(to);
            later[0].levels.copy_within(n.., 0);
            later[0].levels[2 * n..].copy_from_slice(&earlier[to - 1].receiver.decided);
        }
        let segment = &mut self.segments[to];
        if to == 0 {
            segment.levels.copy_within(n.., 0);
            segment.levels[2 * n..].copy_from_slice(&self.sent);
        }
        if segment.given == -self.warm_up {
            // no block precedes the first one, which is repeated instead
            segment.levels.copy_within(2 * n.., n);
        }
        segment.given += 1;
    }

    /// Runs a segment's next block, after the necessary blocks of the segments before it.
    fn run(&mut self, count: &Count<'_>, at: usize, workspace: &mut Workspace) {
        while self.segments[at].given < self.segments[at].block + 2 {
            self.give(count, at, workspace);
        }
        let segment_run = &count.segments[at];
        let (segment, guard, n) = (&mut self.segments[at], self.clocking.guard, self.sent.len());
        let block = segment.block;
        if block == 0 {
            segment.receiver.begin_scoring();
        }
        let (run, streams, index) = if block < 0 {
            (
                count.shared_seed.named("warm-up"),
                segment_run.streams.named("warm-up"),
                (block + self.warm_up) as u64,
            )
        } else {
            (count.shared_seed, segment_run.streams, block as u64)
        };
        let keys = StreamKeys {
            shared_seed: run,
            lane_seed: streams,
            block: index,
            noise: index,
            selection: NoiseSelection::All,
        };
        workspace.fit(segment_run.plan);
        workspace.run_to_detector(
            segment_run.plan,
            &segment.levels[n - guard..2 * n + guard],
            &keys,
            segment_run.trained.transmission,
        );
        let inputs = workspace.sampler_inputs(segment_run.plan, segment_run.trained, &keys);
        let block_of = receiver::Block {
            wave: inputs.wave,
            first: block * n as i64 - guard as i64,
            scored: block * n as i64,
            noise: inputs.noise,
            jitter: inputs.jitter,
        };
        segment.receiver.receive(&block_of);
        segment.block += 1;
        if block >= 0 && count.segments.len() > 1 {
            let (given, receiver) = (&segment.levels[n..2 * n], &segment.receiver);
            segment.counted.push_back(Tally::of(
                n,
                &slicer::compare(given, &receiver.decided, &receiver.values),
            ));
        }
    }

    /// Compares a segment's decisions of its last block with the transmitted symbols, with the
    /// precoder undone on both sides.
    fn compared(&mut self, segment: usize, precoder: bool) -> Tally {
        let receiver = &self.segments[segment].receiver;
        let mut decisions = slicer::compare(&self.sent, &receiver.decided, &receiver.values);
        if precoder {
            // as in periodic mode: the symbol before the block counts as decided correctly, and is
            // 0 for the precoder
            let [plain, decided] = &mut self.plain;
            decided.copy_from_slice(&receiver.decided);
            plain.copy_from_slice(&self.sent);
            unprecode(decided, 0);
            unprecode(plain, 0);
            decisions = DecisionErrors {
                moments: decisions.moments,
                ..slicer::compare(plain, decided, &receiver.values)
            };
        }
        let mut tally = Tally::of(self.sent.len(), &decisions);
        tally.bursts.push(&self.sent, &receiver.decided);
        tally
    }
}
