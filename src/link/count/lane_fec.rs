//! Error correction of one lane, with the codewords that it carries alone.

use crate::chain::{BlockView, OverPhase, OverReflections, Prediction, Tally};
use crate::fec::inner::{Chase, Soft, hard_decision_ber};
use crate::fec::reed_solomon::Code;
use crate::fec::{
    Bursts, CodewordCounter, CodewordLayout, Coding, ErrorExtractor, ErrorPositions, MergedErrors,
    SymbolError, SymbolErrorHistogram, after_inner, striped, symbol_error_ratio_after_inner, tail,
};
use crate::link::build::lane::Lane;
use crate::link::result::figures::LaneResult;
use crate::link::result::verdict::CountVerdict;
use crate::pattern::gray::BIT_ERRORS;
use std::sync::Arc;

/// Confidence of every interval.
pub(super) const CONFIDENCE: f64 = 0.95;

/// One lane, with the codewords that it carries alone.
pub(super) struct LaneFec {
    pub(super) number: usize,
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
    pub(super) bursts: Option<Vec<f64>>,
    /// Bit error ratios at the phases of a receiver whose phase moves.
    over_phase: Option<OverPhase>,
    /// How the ratio depends on the phases of strong reflections.
    pub(super) over_reflections: Option<OverReflections>,
    /// Predicted bit error ratio of the optical segment.
    pub(super) optical_ber: f64,
    /// Lanes over which a codeword is striped.
    port_lanes: usize,
    /// Where modules decode the inner code.
    merged: Option<Merged>,
}

/// The payload that the last host decides, where modules decode the inner code.
struct Merged {
    errors: MergedErrors,
    /// Index of the light among the segments.
    optical: usize,
    tally: Tally,
    /// Predicted bit error ratio of the electrical segments.
    electrical_ber: f64,
}

/// A lane of the stage: its build, the prediction of its light, the predicted bit error ratio of
/// its electrical segments.
pub(crate) type FecLane<'a> = (&'a Lane, &'a Prediction, f64);

/// FEC stage of one lane; `None` without a coding, or with an inner code that its symbols do not
/// carry.
///
/// A lane by itself carries no whole codewords of the port: it gets those of a port whose lanes are
/// all like it. `first_lane` is their layout for the first lane; lanes with its coding share it.
pub(super) fn line(
    &(lane, prediction, electrical_ber): &FecLane<'_>,
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
        merged: merged(lane, electrical_ber),
    })
}

fn merged(lane: &Lane, electrical_ber: f64) -> Option<Merged> {
    let sender = lane.sender.as_ref().filter(|_| lane.straight.is_some())?;
    let is_coded = lane.segments.iter().map(|segment| segment.kind.has_light()).collect();
    let errors = MergedErrors::new(sender.layout(), is_coded);
    Some(Merged { errors, optical: lane.optical_index(), tally: Tally::default(), electrical_ber })
}

impl LaneFec {
    /// The payload errors of a block of a segment.
    pub(super) fn read(&self, segment: usize, seen: &BlockView<'_>) -> ErrorPositions {
        let is_electrical = self.merged.as_ref().is_some_and(|merged| merged.optical != segment);
        let reader = if is_electrical { &ErrorExtractor::Plain } else { &self.reader };
        reader.read(seen.sent, seen.values, seen.decided)
    }

    /// Tally of what the last host decides, where modules decode the inner code.
    pub(super) fn end(&self) -> Option<&Tally> {
        self.merged.as_ref().map(|merged| &merged.tally)
    }

    /// Predicted bit error ratio of the electrical segments, where modules decode the inner code.
    pub(super) fn electrical_ber(&self) -> Option<f64> {
        self.merged.as_ref().map(|merged| merged.electrical_ber)
    }

    /// Takes the next block of a segment; returns the next errors at the outer code.
    pub(super) fn take(&mut self, segment: usize, mut read: ErrorPositions) -> ErrorPositions {
        if self.merged.as_ref().is_none_or(|merged| merged.optical == segment) {
            self.carried = read.join(self.carried);
            self.payload.merge(&tally(&read));
        }
        if let Some(merged) = &mut self.merged {
            merged.errors.push(segment, &read);
            read = merged.errors.take();
            if read.symbols > 0 {
                merged.tally.merge(&tally(&read));
            }
        }
        self.single_lane.push(0, read.symbols, &read.wrong);
        read
    }

    /// True if the last decision of the lane is before the inner code, which has one.
    pub(super) fn ends_coded(&self) -> bool {
        matches!(self.reader, ErrorExtractor::Inner(..)) && self.merged.is_none()
    }

    pub(super) fn report_to(&self, result: &mut LaneResult) {
        let Coding { outer, codewords, .. } = self.single_lane.layout().coding();
        let tally = self.single_lane.tally();
        let mut ber = result.ber_semi_analytic.or(result.ber_counted);
        if matches!(self.reader, ErrorExtractor::Inner(..)) {
            let (interval, _) = self.payload.interval();
            let counted = (self.payload.bit_errors > 0).then(|| self.payload.ber());
            if self.merged.is_none() {
                ber = counted.or(ber.map(hard_decision_ber));
            }
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
        let one_segment = result.segments.len() <= 1 || self.merged.is_some();
        let inner = matches!(self.reader, ErrorExtractor::Inner(..));
        if bursts.is_some() && !one_segment && !inner {
            return;
        }
        let at = |ber: f64| match &self.reader {
            ErrorExtractor::Inner(..) if bursts.is_some() || !one_segment => None,
            ErrorExtractor::Inner(decoder, ..) => {
                let added = self.merged.as_ref().map_or(0.0, |merged| merged.electrical_ber);
                self.after_inner_code(*decoder, ber, added)
            }
            ErrorExtractor::Plain if bursts.is_none() => self.independent(ber),
            reader => {
                let precoded = matches!(reader, ErrorExtractor::Precoded);
                let shares = bursts.unwrap_or(&[1.0]);
                self.single_lane.layout().codeword_error_ratio(&Bursts { ber, shares, precoded })
            }
        };
        // other segments add what they add on average, here or after the inner code
        let (ber, elsewhere) = match &self.merged {
            None => (ber, ber - self.optical_ber),
            Some(_) => (self.optical_ber, 0.0),
        };
        let at_phases = || match &self.over_phase {
            None => at(ber),
            Some(over) => over.mean_of(|own| at((own + elsewhere).clamp(0.0, 0.5))),
        };
        // of a port whose lanes are all alike, each with phases of its own
        let at_host = self.merged.as_ref().map_or(elsewhere, |merged| merged.electrical_ber);
        let states = self.states(at_host).filter(|_| bursts.is_none() && self.is_direct());
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

    pub(super) fn outer(&self) -> &Code {
        &self.single_lane.layout().coding().outer
    }

    /// True without a precoder, whose errors come in pairs.
    pub(super) fn is_direct(&self) -> bool {
        !matches!(self.reader, ErrorExtractor::Precoded)
    }

    /// Shares of wrong symbols of the outer code in the states of strong reflections, with their
    /// probabilities; `elsewhere` is the bit error ratio of the other segments. `None` without
    /// strong reflections.
    pub(super) fn states(&self, elsewhere: f64) -> Option<Vec<(f64, f64)>> {
        let states = self.over_reflections.as_ref()?.states().iter();
        states
            .map(|&(relative, weight)| Some((self.symbols(relative, elsewhere)?, weight)))
            .collect()
    }

    /// Share of wrong symbols of the outer code at this part of the optical segment's mean ratio.
    pub(super) fn symbols(&self, relative: f64, elsewhere: f64) -> Option<f64> {
        if let (ErrorExtractor::Inner(decoder, ..), Some(_)) = (&self.reader, &self.merged) {
            let optical = (relative * self.optical_ber).min(0.5);
            let decoded = symbol_error_ratio_after_inner(*decoder, optical)?;
            return Some(1.0 - (1.0 - decoded) * (1.0 - symbol_ratio(self.outer(), elsewhere)));
        }
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
            ErrorExtractor::Inner(..) if self.merged.is_none() => {
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

/// Tally of the payload of a block.
fn tally(read: &ErrorPositions) -> Tally {
    let bit_errors = |wrong: &SymbolError| {
        u64::from(BIT_ERRORS[usize::from(wrong.sent)][usize::from(wrong.decided)])
    };
    let symbol_errors = read.wrong.len() as u64;
    Tally {
        symbols: read.symbols,
        symbol_errors,
        bit_errors: read.wrong.iter().map(bit_errors).sum(),
        block_errors: vec![symbol_errors],
        ..Tally::default()
    }
}

pub(super) fn bins(histogram: &SymbolErrorHistogram) -> Vec<u64> {
    histogram.bins().iter().copied().chain([histogram.overflow()]).collect()
}
