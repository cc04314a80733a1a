//! Error correction of the counted symbols, lane by lane and as a port.

use crate::chain::{BlockObserver, BlockView, Tally};
use crate::fec::inner::hard_decision_ber;
use crate::fec::{
    CodewordCounter, CodewordLayout, Coding, Decoding, ErrorPositions, striped, tail,
};
use crate::link::build::lane::Lane;
use crate::link::count::lane_fec::{CONFIDENCE, FecLane, LaneFec, bins, line};
use crate::link::result::figures::LaneResult;
use crate::link::result::port::FecResult;
use std::sync::Arc;

/// Observer that feeds the lanes' decisions to the FEC receivers, per lane and for the port.
pub(crate) struct FecStage {
    lines: Vec<Option<LaneFec>>,
    /// The lane of each count, and its segment there.
    counts: Vec<(usize, usize)>,
    port: Result<Port, Option<String>>,
}

/// All lanes with their codewords.
struct Port {
    coding: String,
    decoding: Decoding,
    counter: CodewordCounter,
    frame_octets: f64,
}

impl FecStage {
    /// For lanes with their predictions; the port only when they are all of its lanes, alike
    /// in their coding.
    pub(crate) fn new(lanes: &[FecLane<'_>]) -> Self {
        let layout = lanes.first().and_then(|(lane, ..)| layout(lane));
        let single_lane = layout.as_ref().and_then(|layout| layout.single_lane().ok());
        let lines: Vec<Option<LaneFec>> =
            lanes.iter().map(|lane| line(lane, single_lane.as_ref())).collect();
        let of_lane = |(index, (lane, ..)): (usize, &FecLane<'_>)| {
            let segments = if lane.straight.is_some() { lane.segments.len() } else { 1 };
            (0..segments).map(move |segment| (index, segment))
        };
        let counts = lanes.iter().enumerate().flat_map(of_lane).collect();
        let port = port(lanes, &lines, layout);
        FecStage { lines, counts, port }
    }

    /// Tally of what the last host of a lane decides, where modules decode the inner code.
    pub(crate) fn merged(&self, index: usize) -> Option<&Tally> {
        self.lines.get(index)?.as_ref()?.end()
    }

    /// Why the port has no codewords, where it has a coding.
    pub(crate) fn not_evaluated(&self) -> Option<String> {
        self.port.as_ref().err().cloned().flatten()
    }

    /// Leaves the port without codewords.
    pub(crate) fn refuse(&mut self, because: String) {
        if self.port.is_ok() {
            self.port = Err(Some(because));
        }
    }

    /// Adds the FEC counts of the `index`-th of the given lanes to its result.
    pub(crate) fn report_to(&self, index: usize, result: &mut LaneResult) {
        if let Some(line) = self.lines.get(index).and_then(Option::as_ref) {
            line.report_to(result);
        }
    }

    /// FEC result of the port; `ber` is its predicted (or, without a prediction, its counted) error
    /// ratio before an inner code.
    pub(crate) fn port(&self, ber: Option<f64>) -> Option<FecResult> {
        let Port { coding, decoding, counter, frame_octets } = self.port.as_ref().ok()?;
        let Coding { outer, codewords, inner, .. } = counter.layout().coding();
        let tally = counter.tally();
        let share = |count: u64, of: u64| (count > 0).then(|| count as f64 / of as f64);
        let pre_fec_ber = share(tally.pre_fec_errors, tally.bits);
        let mean = ber;
        let is_before = inner.is_some() && self.lines.iter().flatten().all(LaneFec::ends_coded);
        let ber = if is_before { pre_fec_ber.or(ber.map(hard_decision_ber)) } else { ber };
        let words = tally.histogram.codewords();
        let interval = (words > 0).then(|| counter.codeword_error_interval());
        let bits = (words > 0).then(|| counter.bit_error_interval());
        let extrapolated = counter.extrapolate(0.0, CONFIDENCE);
        let lost = |ratio: f64| {
            tail::ln_frame_loss_ratio(libm::log(ratio), outer, *codewords, *frame_octets)
                .exp()
                .min(1.0)
        };
        let analytic = ber.and_then(|ber| tail::random_errors(outer, ber).ok());
        let predicted = self.predicted(mean);
        Some(FecResult {
            coding: coding.clone(),
            decoding: *decoding,
            codewords: words,
            pre_fec_ber,
            pre_fec_ber_low: bits.map(|i| i.low),
            pre_fec_ber_high: bits.map(|i| i.high),
            fec_bins: bins(&tally.histogram),
            corrected_bits: tally.corrected_bits,
            uncorrectable: tally.uncorrectable,
            miscorrected: tally.miscorrected,
            post_fec_ber: share(tally.post_fec_errors, tally.bits),
            post_fec_ber_analytic: analytic.map(|tail| tail.post_fec_ber()),
            codeword_error_ratio: share(counter.failed(), words),
            codeword_error_ratio_low: interval.map(|i| i.low),
            codeword_error_ratio_high: interval.map(|i| i.high),
            codeword_error_ratio_analytic: analytic.map(|tail| tail.codeword_error_ratio()),
            codeword_error_ratio_predicted: predicted,
            codeword_error_ratio_extrapolated: extrapolated.map(|f| f.codeword_error_ratio),
            codeword_error_ratio_extrapolated_low: extrapolated.map(|f| f.interval.low),
            codeword_error_ratio_extrapolated_high: extrapolated.map(|f| f.interval.high),
            frame_loss_ratio: counter.frame_loss_ratio(*frame_octets).filter(|&ratio| ratio > 0.0),
            frame_loss_ratio_analytic: analytic.map(|tail| lost(tail.codeword_error_ratio())),
            frame_loss_ratio_extrapolated: extrapolated.map(|f| lost(f.codeword_error_ratio)),
            frame_loss_ratio_extrapolated_low: extrapolated.map(|f| lost(f.interval.low)),
            frame_loss_ratio_extrapolated_high: extrapolated.map(|f| lost(f.interval.high)),
        })
    }
}

impl FecStage {
    /// Predicted codeword error ratio of the port where phases of strong reflections stand still
    /// for a codeword, those of each lane on their own; `ber` is the mean over the lanes. `None`
    /// without such reflections.
    fn predicted(&self, ber: Option<f64>) -> Option<f64> {
        let lines: Vec<&LaneFec> = self.lines.iter().flatten().collect();
        let some = lines.iter().any(|line| line.over_reflections.is_some());
        let alone = lines.iter().all(|line| line.is_direct() && line.bursts.is_none());
        let first = lines.first().filter(|_| some && alone)?;
        let optical = lines.iter().map(|line| line.optical_ber).sum::<f64>() / lines.len() as f64;
        let others = ber? - optical;
        let states = |line: &&LaneFec| {
            let elsewhere = line.electrical_ber().unwrap_or(others);
            match &line.over_reflections {
                Some(_) => line.states(elsewhere),
                None => line.symbols(1.0, elsewhere).map(|share| vec![(share, 1.0)]),
            }
        };
        let all: Option<Vec<_>> = lines.iter().map(states).collect();
        all.map(|all| striped::codeword_error_ratio(first.outer(), &all))
    }
}

impl BlockObserver for FecStage {
    type Observation = Option<ErrorPositions>;

    fn observe(&self, count: usize, seen: &BlockView<'_>) -> Option<ErrorPositions> {
        let (lane, segment) = self.counts[count];
        self.lines[lane].as_ref().map(|line| line.read(segment, seen))
    }

    fn collect(&mut self, count: usize, found: Option<ErrorPositions>) {
        let (lane, segment) = self.counts[count];
        if let (Some(line), Some(read)) = (&mut self.lines[lane], found) {
            let read = line.take(segment, read);
            if let Ok(port) = &mut self.port {
                port.counter.push(line.number, read.symbols, &read.wrong);
            }
        }
    }
}

/// Codewords of the port: the sender's layout where a payload is sent.
fn layout(lane: &Lane) -> Option<Arc<CodewordLayout>> {
    match &lane.sender {
        Some(sender) => Some(sender.layout().clone()),
        None => lane.config.fec.chosen()?.build().ok(),
    }
}

fn port(
    lanes: &[FecLane<'_>],
    lines: &[Option<LaneFec>],
    layout: Option<Arc<CodewordLayout>>,
) -> Result<Port, Option<String>> {
    let (first, ..) = lanes.first().ok_or(None)?;
    let fec = &first.config.fec;
    let layout = layout.ok_or(None)?;
    let expected = layout.coding().lanes;
    let refused = |because: String| Err(Some(format!("no codewords of the port: {because}")));
    if lanes.len() != expected
        || lanes.iter().enumerate().any(|(number, (lane, ..))| lane.number != number)
    {
        return refused(format!(
            "{} has {expected} lanes, of which {} are decided",
            fec.coding,
            lanes.len().min(expected)
        ));
    }
    let unlike = |lane: &Lane| {
        lane.config.precodes() != first.config.precodes()
            || lane.sender.is_some() != first.sender.is_some()
    };
    if let Some((lane, ..)) = lanes.iter().find(|(lane, ..)| unlike(lane)) {
        return refused(format!(
            "lane {} has another pattern or precoder than lane {}",
            lane.number, first.number
        ));
    }
    if lines.iter().any(Option::is_none) {
        return refused(format!(
            "the inner code of {} decodes its own codewords only, pattern.kind = \"payload\"",
            fec.coding
        ));
    }
    let counter = CodewordCounter::new(layout, fec.decoding, first.sender.clone());
    Ok(Port {
        coding: fec.coding.clone(),
        decoding: fec.decoding,
        counter,
        frame_octets: fec.frame_octets,
    })
}
