//! Error correction of the counted symbols, lane by lane and as a port.

use crate::chain::{BlockObserver, BlockView, OverPhase, OverReflections, Prediction, Tally};
use crate::fec::inner::{Chase, Soft, hard_decision_ber};
use crate::fec::reed_solomon::Code;
use crate::fec::{
    Bursts, CodewordCounter, CodewordLayout, Coding, Decoding, ErrorExtractor, ErrorPositions,
    SymbolErrorHistogram, after_inner, striped, symbol_error_ratio_after_inner, tail,
};
use crate::link::build::lane::Lane;
use crate::link::result::figures::LaneResult;
use crate::link::result::port::FecResult;
use crate::link::result::verdict::CountVerdict;
use crate::pattern::gray::BIT_ERRORS;
use std::sync::Arc;

/// Confidence of every interval.
const CONFIDENCE: f64 = 0.95;

/// Observer that feeds the lanes' decisions to the FEC receivers, per lane and for the port.
pub(crate) struct FecStage {
    lines: Vec<Option<LaneFec>>,
    port: Result<Port, Option<String>>,
}

/// All lanes with their codewords.
struct Port {
    coding: String,
    decoding: Decoding,
    counter: CodewordCounter,
    frame_octets: f64,
}

/// One lane, with the codewords that it carries alone.
struct LaneFec {
    number: usize,
    reader: ErrorExtractor,
    /// Error of the last decision, for the precoder's inverse.
    carried: u8,
    single_lane: CodewordCounter,
    /// Payload after the inner code.
    payload: Tally,
    frame_octets: f64,
    added_ber: f64,
    limit_ber: f64,
    /// Predicted shares of bursts of 1, 2, .. symbols.
    bursts: Option<Vec<f64>>,
    /// Bit error ratios at the phases of a receiver whose phase moves.
    over_phase: Option<OverPhase>,
    /// How the ratio depends on the phases of strong reflections.
    over_reflections: Option<OverReflections>,
    /// Predicted bit error ratio of the optical segment.
    optical_ber: f64,
    /// Lanes over which a codeword is striped.
    port_lanes: usize,
}

impl FecStage {
    /// For lanes with their predictions; the port only when they are all of its lanes, alike
    /// in their coding.
    pub(crate) fn new(lanes: &[(&Lane, &Prediction)]) -> Self {
        let layout = lanes.first().and_then(|(lane, _)| layout(lane));
        let single_lane = layout.as_ref().and_then(|layout| layout.single_lane().ok());
        let lines: Vec<Option<LaneFec>> = lanes
            .iter()
            .map(|(lane, prediction)| line(lane, prediction, single_lane.as_ref()))
            .collect();
        let port = port(lanes, &lines, layout);
        FecStage { lines, port }
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
        let ber = if inner.is_some() { pre_fec_ber.or(ber.map(hard_decision_ber)) } else { ber };
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
        let elsewhere = ber? - optical;
        let states = |line: &&LaneFec| match &line.over_reflections {
            Some(_) => line.states(elsewhere),
            None => line.symbols(1.0, elsewhere).map(|share| vec![(share, 1.0)]),
        };
        let all: Option<Vec<_>> = lines.iter().map(states).collect();
        all.map(|all| striped::codeword_error_ratio(first.outer(), &all))
    }
}

impl BlockObserver for FecStage {
    type Observation = Option<ErrorPositions>;

    fn observe(&self, lane: usize, seen: &BlockView<'_>) -> Option<ErrorPositions> {
        self.lines[lane].as_ref().map(|line| line.reader.read(seen.sent, seen.values, seen.decided))
    }

    fn collect(&mut self, lane: usize, found: Option<ErrorPositions>) {
        if let (Some(line), Some(mut read)) = (&mut self.lines[lane], found) {
            line.carried = read.join(line.carried);
            line.take(&read);
            if let Ok(port) = &mut self.port {
                port.counter.push(line.number, read.symbols, &read.wrong);
            }
        }
    }
}

/// FEC stage of one lane; `None` without a coding, or with an inner code that its symbols do not
/// carry.
///
/// A lane by itself carries no whole codewords of the port: it gets those of a port whose lanes are
/// all like it. `first_lane` is their layout for the first lane; lanes with its coding share it.
fn line(
    lane: &Lane,
    prediction: &Prediction,
    first_lane: Option<&Arc<CodewordLayout>>,
) -> Option<LaneFec> {
    let fec = &lane.config.fec;
    let coding = fec.chosen()?;
    let reader = match &coding.inner {
        Some(inner) => {
            lane.sender.as_ref()?;
            let [means, sigmas] = [
                prediction.levels.map(|(mean, _)| mean as f32),
                prediction.levels.map(|(_, sigma)| sigma as f32),
            ];
            ErrorExtractor::Inner(
                inner.decoder,
                Soft::new(means, sigmas).ok()?,
                inner.interleaved_blocks,
            )
        }
        None if lane.config.precodes() => ErrorExtractor::Precoded,
        None => ErrorExtractor::Plain,
    };
    let port_lanes = coding.lanes;
    let coding = coding.single_lane();
    let layout = match first_lane {
        Some(layout) if *layout.coding() == coding => layout.clone(),
        _ => coding.build().ok()?,
    };
    let single_lane = CodewordCounter::new(layout, fec.decoding, None);
    let (frame_octets, added_ber) = (fec.frame_octets, fec.added_ber);
    Some(LaneFec {
        number: lane.number,
        reader,
        carried: 0,
        single_lane,
        payload: Tally::default(),
        frame_octets,
        added_ber,
        limit_ber: lane.config.limit_ber(),
        bursts: prediction.bursts.as_ref().map(|bursts| bursts.shares.clone()),
        over_phase: prediction.over_phase,
        over_reflections: prediction.over_reflections.clone(),
        optical_ber: prediction.ber,
        port_lanes,
    })
}

/// Codewords of the port: the sender's layout where a payload is sent.
fn layout(lane: &Lane) -> Option<Arc<CodewordLayout>> {
    match &lane.sender {
        Some(sender) => Some(sender.layout().clone()),
        None => lane.config.fec.chosen()?.build().ok(),
    }
}

fn port(
    lanes: &[(&Lane, &Prediction)],
    lines: &[Option<LaneFec>],
    layout: Option<Arc<CodewordLayout>>,
) -> Result<Port, Option<String>> {
    let (first, _) = lanes.first().ok_or(None)?;
    let fec = &first.config.fec;
    let layout = layout.ok_or(None)?;
    let expected = layout.coding().lanes;
    let refused = |because: String| Err(Some(format!("no codewords of the port: {because}")));
    if lanes.len() != expected
        || lanes.iter().enumerate().any(|(number, (lane, _))| lane.number != number)
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
    if let Some((lane, _)) = lanes.iter().find(|(lane, _)| unlike(lane)) {
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

fn bins(histogram: &SymbolErrorHistogram) -> Vec<u64> {
    histogram.bins().iter().copied().chain([histogram.overflow()]).collect()
}

impl LaneFec {
    fn take(&mut self, read: &ErrorPositions) {
        let wrong_bits = read
            .wrong
            .iter()
            .map(|wrong| u64::from(BIT_ERRORS[usize::from(wrong.sent)][usize::from(wrong.decided)]))
            .sum();
        let symbol_errors = read.wrong.len() as u64;
        self.payload.merge(&Tally {
            symbols: read.symbols,
            symbol_errors,
            bit_errors: wrong_bits,
            block_errors: vec![symbol_errors],
            ..Tally::default()
        });
        self.single_lane.push(0, read.symbols, &read.wrong);
    }

    fn report_to(&self, result: &mut LaneResult) {
        let Coding { outer, codewords, .. } = self.single_lane.layout().coding();
        let tally = self.single_lane.tally();
        let mut ber = result.ber_semi_analytic.or(result.ber_counted);
        if matches!(self.reader, ErrorExtractor::Inner(..)) {
            let (interval, _) = self.payload.interval();
            let counted = (self.payload.bit_errors > 0).then(|| self.payload.ber());
            ber = counted.or(ber.map(hard_decision_ber));
            result.ber_inner_counted = counted;
            result.ber_inner_counted_low = (self.payload.symbols > 0).then_some(interval.low);
            result.ber_inner_counted_high = (self.payload.symbols > 0).then_some(interval.high);
        }
        if let Some(analytic) = ber.and_then(|ber| tail::random_errors(outer, ber).ok()) {
            result.codeword_error_ratio_analytic = Some(analytic.codeword_error_ratio());
            result.post_fec_ber_analytic = Some(analytic.post_fec_ber());
            result.frame_loss_ratio_analytic = Some(
                analytic.ln_frame_loss_ratio(outer, *codewords, self.frame_octets).exp().min(1.0),
            );
        }
        self.predict(result);
        let words = tally.histogram.codewords();
        result.test_blocks = words;
        if words == 0 {
            return;
        }
        let share = |count: u64, of: u64| (count > 0).then(|| count as f64 / of as f64);
        let interval = self.single_lane.codeword_error_interval();
        result.block_error_ratio = share(self.single_lane.failed(), words);
        result.block_error_ratio_low = Some(interval.low);
        result.block_error_ratio_high = Some(interval.high);
        if let Some(extrapolated) =
            self.single_lane.extrapolate(symbol_ratio(outer, self.added_ber), CONFIDENCE)
        {
            result.block_error_ratio_extrapolated = Some(extrapolated.codeword_error_ratio);
            result.block_error_ratio_extrapolated_low = Some(extrapolated.interval.low);
            result.block_error_ratio_extrapolated_high = Some(extrapolated.interval.high);
        }
        result.corrected_bits = tally.corrected_bits;
        result.uncorrectable_blocks = tally.uncorrectable;
        result.post_fec_ber = share(tally.post_fec_errors, tally.bits);
        result.fec_bins = bins(&tally.histogram);
        self.judge(result);
    }

    /// Codeword error ratio of the predicted bit errors with their bursts, and its limit: that of
    /// independent errors at the limit of the bit error ratio, both after the inner code where
    /// there is one. A phase that moves stands still during a codeword: the mean is over it. No
    /// prediction for bursts before an inner code, or where bursts of several segments mix.
    fn predict(&self, result: &mut LaneResult) {
        let Some(ber) = result.ber_semi_analytic else { return };
        let bursts = self.bursts.as_deref();
        let one_segment = result.segments.len() <= 1;
        let inner = matches!(self.reader, ErrorExtractor::Inner(..));
        if bursts.is_some() && !one_segment && !inner {
            return;
        }
        let at = |ber: f64| match &self.reader {
            ErrorExtractor::Inner(..) if bursts.is_some() || !one_segment => None,
            ErrorExtractor::Inner(decoder, ..) => self.after_inner_code(*decoder, ber, 0.0),
            ErrorExtractor::Plain if bursts.is_none() => self.independent(ber),
            reader => {
                let precoded = matches!(reader, ErrorExtractor::Precoded);
                let shares = bursts.unwrap_or(&[1.0]);
                self.single_lane.layout().codeword_error_ratio(&Bursts { ber, shares, precoded })
            }
        };
        // other segments add what they add on average
        let elsewhere = ber - self.optical_ber;
        let at_phases = || match &self.over_phase {
            None => at(ber),
            Some(over) => over.mean_of(|own| at((own + elsewhere).clamp(0.0, 0.5))),
        };
        // of a port whose lanes are all alike, each with phases of its own
        let states = self.states(elsewhere).filter(|_| bursts.is_none() && self.is_direct());
        result.codeword_error_ratio_predicted = match states {
            Some(states) => {
                Some(striped::codeword_error_ratio(self.outer(), &vec![states; self.port_lanes]))
            }
            None => at_phases(),
        };
        result.codeword_error_ratio_limit = self.limit(0.0);
        if let (Some(ratio), Some(limit), Some(true)) = (
            result.codeword_error_ratio_predicted,
            result.codeword_error_ratio_limit,
            result.passes,
        ) {
            result.passes = Some(ratio <= limit);
        }
    }

    fn outer(&self) -> &Code {
        &self.single_lane.layout().coding().outer
    }

    /// True without a precoder, whose errors come in pairs.
    fn is_direct(&self) -> bool {
        !matches!(self.reader, ErrorExtractor::Precoded)
    }

    /// Shares of wrong symbols of the outer code in the states of strong reflections, with their
    /// probabilities; `elsewhere` is the bit error ratio of the other segments. `None` without
    /// strong reflections.
    fn states(&self, elsewhere: f64) -> Option<Vec<(f64, f64)>> {
        let states = self.over_reflections.as_ref()?.states().iter();
        states
            .map(|&(relative, weight)| Some((self.symbols(relative, elsewhere)?, weight)))
            .collect()
    }

    /// Share of wrong symbols of the outer code at this part of the optical segment's mean ratio.
    fn symbols(&self, relative: f64, elsewhere: f64) -> Option<f64> {
        let ber = (relative * self.optical_ber + elsewhere).clamp(0.0, 0.5);
        match self.reader {
            ErrorExtractor::Inner(decoder, ..) => symbol_error_ratio_after_inner(decoder, ber),
            _ => Some(symbol_ratio(self.outer(), ber)),
        }
    }

    /// Codeword error ratio of independent errors at the limit of the bit error ratio, with those
    /// of the rest of the link before the outer code. An inner code is decoded with soft decisions,
    /// as the limit before it supposes.
    fn limit(&self, added_ber: f64) -> Option<f64> {
        match self.reader {
            ErrorExtractor::Inner(..) => {
                self.after_inner_code(Chase::SOFT, self.limit_ber, added_ber)
            }
            _ => self.independent(self.limit_ber + added_ber),
        }
    }

    /// Codeword error ratio of independent bit errors at the outer code.
    fn independent(&self, ber: f64) -> Option<f64> {
        let tail = tail::random_errors(&self.single_lane.layout().coding().outer, ber);
        tail.ok().map(|tail| tail.codeword_error_ratio())
    }

    /// The same of independent bit errors before the inner code.
    fn after_inner_code(&self, decoder: Chase, ber: f64, added_ber: f64) -> Option<f64> {
        let outer = &self.single_lane.layout().coding().outer;
        after_inner(outer, decoder, ber, added_ber).map(|tail| tail.codeword_error_ratio())
    }

    /// What the counted codewords say of the limit: a lane that loses codewords fails.
    fn judge(&self, result: &mut LaneResult) {
        let Some(limit) = result.codeword_error_ratio_limit else { return };
        let lost = result.block_error_ratio_low.is_some_and(|low| low > limit);
        let verdict = CountVerdict::of(
            lost,
            result
                .block_error_ratio_extrapolated_low
                .zip(result.block_error_ratio_extrapolated_high),
            self.limit(self.added_ber).unwrap_or(limit),
        );
        result.codeword_count_verdict = Some(verdict);
        if lost && result.passes == Some(true) {
            result.passes = Some(false);
        }
    }
}

/// Symbol error ratio for independent bit errors.
fn symbol_ratio(code: &Code, ber: f64) -> f64 {
    -libm::expm1(f64::from(code.symbol_bits()) * libm::log1p(-ber))
}
