//! Result of all lanes together, and of their error correction.

use crate::fec::Decoding;
use serde::{Deserialize, Serialize};

/// All lanes together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PortResult {
    /// Bits compared.
    pub bits: u64,
    /// Bits wrong.
    pub errors: u64,
    /// Counted bit error ratio; absent when no error was seen.
    pub ber_counted: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ber_counted_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub ber_counted_high: Option<f64>,
    /// Counted bit error ratio of all lanes each at the power that meets its limit.
    pub ber_counted_at_limit: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ber_counted_at_limit_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub ber_counted_at_limit_high: Option<f64>,
    /// Mean of the lanes' semi-analytic bit error ratios.
    pub ber_semi_analytic: Option<f64>,
    /// Smallest margin, dB.
    pub loss_margin_db: Option<f64>,
    /// Smallest overload margin of a lane, dB.
    pub overload_margin_db: Option<f64>,
    /// True where that is a bound.
    pub overload_margin_is_bound: bool,
    /// Smallest SNR margin of a lane, dB.
    pub snr_margin_db: Option<f64>,
    /// Lane of the smallest margin, or of the largest bit error ratio.
    pub worst_lane: Option<usize>,
    /// True when every lane passes.
    pub passes: Option<bool>,
    /// Results of the port's error correction; absent without a coding, and unless all of its lanes
    /// were counted.
    pub fec: Option<FecResult>,
    /// The same with every lane at the power that meets its limit.
    pub fec_at_limit: Option<FecResult>,
    /// Why there are none although there is a coding.
    pub fec_not_evaluated: Option<String>,
}

/// Error correction of a port: counted, analytic and extrapolated figures.
///
/// *Analytic* ratios assume independent errors, *extrapolated* ones follow from the FEC bins, all
/// others are counted; a counted ratio is absent without an event. Ratios are zero below 1e-308.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FecResult {
    /// The coding.
    pub coding: String,
    /// Whether codewords were decoded.
    pub decoding: Decoding,
    /// Complete codewords.
    pub codewords: u64,
    /// Bit error ratio before the outer code.
    pub pre_fec_ber: Option<f64>,
    /// Lower end of its 95 % interval, wider where errors within a set are correlated.
    pub pre_fec_ber_low: Option<f64>,
    /// Upper end.
    pub pre_fec_ber_high: Option<f64>,
    /// FEC bins: numbers of codewords with 0, 1, .. symbol errors; the last one, with more than are
    /// corrected.
    pub fec_bins: Vec<u64>,
    /// Bits changed by the outer decoder.
    pub corrected_bits: u64,
    /// Codewords that the outer decoder could not correct.
    pub uncorrectable: u64,
    /// Codewords that the outer decoder changed to other codewords.
    pub miscorrected: u64,
    /// Post-FEC bit error ratio.
    pub post_fec_ber: Option<f64>,
    /// The same, analytic.
    pub post_fec_ber_analytic: Option<f64>,
    /// Share of codewords not recovered: uncorrectable or miscorrected.
    pub codeword_error_ratio: Option<f64>,
    /// Lower end of its 95 % interval, wider where failures within a set are correlated.
    pub codeword_error_ratio_low: Option<f64>,
    /// Upper end.
    pub codeword_error_ratio_high: Option<f64>,
    /// The same, analytic.
    pub codeword_error_ratio_analytic: Option<f64>,
    /// The same where phases of strong reflections stand still for a codeword, predicted.
    pub codeword_error_ratio_predicted: Option<f64>,
    /// The same, extrapolated.
    pub codeword_error_ratio_extrapolated: Option<f64>,
    /// Lower end of its 95 % interval.
    pub codeword_error_ratio_extrapolated_low: Option<f64>,
    /// Upper end.
    pub codeword_error_ratio_extrapolated_high: Option<f64>,
    /// Share of frames of `fec.frame_octets` that were lost.
    pub frame_loss_ratio: Option<f64>,
    /// The same, analytic.
    pub frame_loss_ratio_analytic: Option<f64>,
    /// The same, extrapolated.
    pub frame_loss_ratio_extrapolated: Option<f64>,
    /// Lower end of its 95 % interval.
    pub frame_loss_ratio_extrapolated_low: Option<f64>,
    /// Upper end.
    pub frame_loss_ratio_extrapolated_high: Option<f64>,
}
