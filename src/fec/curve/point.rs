//! A point of a curve, predicted and counted.

use super::channel::CurveChannel;
use super::count::CountedPoint;
use crate::fec::extrapolate::extrapolate;
use crate::fec::histogram::SymbolErrorHistogram;
use crate::fec::layout::CodewordLayout;
use crate::fec::tail::{self, SHORTEST_FRAME_OCTETS};
use crate::math::interval::count_interval;
use serde::{Deserialize, Serialize};

/// Confidence of all intervals.
const CONFIDENCE: f64 = 0.95;

/// Results at one bit error ratio; `None` where not evaluated.
///
/// *Analytic* results are for random errors: each bit at the outer code is in error
/// independently with the same probability. That probability is `pre_fec_ber`, or the counted ratio
/// where an inner decoder or the inverse precoder comes first.
///
/// An uncorrected codeword is one detected as uncorrectable or changed to another codeword. Where
/// bursts make the codewords of a set fail together, the interval is that of correspondingly fewer
/// independent codewords, see [`count_interval`]; otherwise it is Clopper-Pearson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Bit error ratio at the slicer, as requested.
    pub pre_fec_ber: f64,
    /// Results that exist only with an inner code.
    #[serde(flatten)]
    pub inner: Option<InnerPoint>,
    /// Codeword error ratio, closed form for random errors.
    pub codeword_error_ratio_analytic: Option<f64>,
    /// Codeword error ratio counted; absent when every codeword was corrected.
    pub codeword_error_ratio_counted: Option<f64>,
    /// Lower end of its 95 % interval.
    pub codeword_error_ratio_low: Option<f64>,
    /// Upper end.
    pub codeword_error_ratio_high: Option<f64>,
    /// Codeword error ratio extrapolated from the histogram of symbol errors, see [`extrapolate`];
    /// absent where more than a tenth is uncorrected.
    pub codeword_error_ratio_extrapolated: Option<f64>,
    /// Lower end of its 95 % interval.
    pub codeword_error_ratio_extrapolated_low: Option<f64>,
    /// Upper end.
    pub codeword_error_ratio_extrapolated_high: Option<f64>,
    /// Post-FEC bit error ratio, closed form for random errors.
    pub post_fec_ber_analytic: Option<f64>,
    /// Post-FEC bit error ratio, counted.
    pub post_fec_ber_counted: Option<f64>,
    /// Frame loss ratio for frames of 64 octets, closed form for random errors, with the
    /// interleaving of the coding.
    pub frame_loss_ratio_analytic: Option<f64>,
    /// Bit error ratio at the slicer, as counted.
    pub pre_fec_ber_counted: Option<f64>,
    /// Codewords counted.
    pub codewords: u64,
    /// Of these, given up.
    pub uncorrectable: u64,
    /// Of these, changed to a codeword that was not sent.
    pub miscorrected: u64,
    /// Codewords by their symbol errors; no column of a table.
    #[serde(skip)]
    pub bins: Option<SymbolErrorHistogram>,
}

/// Results that exist only with an inner code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InnerPoint {
    /// Bit error ratio after the inner decoder.
    // a point without this key has no inner code: `null` and a missing key differ
    #[serde(deserialize_with = "Option::deserialize")]
    pub inner_ber_counted: Option<f64>,
    /// Share of the outer code's symbols with an error after the inner decoder; a codeword beyond
    /// t has t + 1 of them.
    #[serde(default)]
    pub inner_symbol_error_ratio_counted: Option<f64>,
}

impl CurvePoint {
    pub(super) fn new(
        pre_fec_ber: f64,
        layout: &CodewordLayout,
        channel: &CurveChannel,
        counted: &CountedPoint,
    ) -> Self {
        let (coding, tally) = (layout.coding(), &counted.tally);
        let codewords = tally.histogram.codewords();
        let ratio = |errors: u64, of: u64| (errors > 0).then(|| errors as f64 / of as f64);
        let entering = ratio(tally.pre_fec_errors, tally.bits);
        let analytic = if channel.is_changed() { entering } else { Some(pre_fec_ber) };
        let analytic = analytic.and_then(|ber| tail::random_errors(&coding.outer, ber).ok());
        let lost = analytic.map(|tail| {
            tail.ln_frame_loss_ratio(&coding.outer, coding.codewords, SHORTEST_FRAME_OCTETS)
        });
        let interval = (codewords > 0)
            .then(|| count_interval(std::slice::from_ref(&counted.failed), CONFIDENCE).0);
        let extrapolated = extrapolate(&tally.histogram, CONFIDENCE);
        Self {
            pre_fec_ber,
            inner: coding.inner.is_some().then_some(InnerPoint {
                inner_ber_counted: entering,
                inner_symbol_error_ratio_counted: Some(
                    tally.histogram.moments().0 / tally.histogram.symbols() as f64,
                )
                .filter(|&ratio| ratio > 0.0),
            }),
            codeword_error_ratio_analytic: analytic.map(|tail| tail.codeword_error_ratio()),
            codeword_error_ratio_counted: ratio(counted.failed.errors(), codewords),
            codeword_error_ratio_low: interval.map(|interval| interval.low),
            codeword_error_ratio_high: interval.map(|interval| interval.high),
            codeword_error_ratio_extrapolated: extrapolated
                .map(|extrapolated| extrapolated.codeword_error_ratio),
            codeword_error_ratio_extrapolated_low: extrapolated
                .map(|extrapolated| extrapolated.interval.low),
            codeword_error_ratio_extrapolated_high: extrapolated
                .map(|extrapolated| extrapolated.interval.high),
            post_fec_ber_analytic: analytic.map(|tail| tail.post_fec_ber()),
            post_fec_ber_counted: ratio(tally.post_fec_errors, tally.bits),
            // for ratios that are not small the sum counts some frames twice
            frame_loss_ratio_analytic: lost.map(|ln| libm::exp(ln).min(1.0)),
            pre_fec_ber_counted: ratio(counted.slicer.errors, counted.slicer.bits),
            codewords,
            uncorrectable: tally.uncorrectable,
            miscorrected: tally.miscorrected,
            bins: (codewords > 0).then(|| tally.histogram.clone()),
        }
    }
}
