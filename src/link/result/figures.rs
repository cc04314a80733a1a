//! Results of a link: flat structs, with the same names in JSON, in tables and as columns of a
//! sweep.

use crate::dsp::DetectorKind;
use crate::fibre::Corner;
use crate::link::describe::config::Config;
use crate::link::describe::counting_method::CountingMethod;
use crate::link::describe::module::ModuleKind;
use crate::link::describe::segments::SegmentKind;
use crate::link::result::clock::ClockResult;
use crate::link::result::compliant::CompliantMargin;
use crate::link::result::level_drives::LevelDrives;
use crate::link::result::limited_by::LimitedBy;
use crate::link::result::port::PortResult;
use crate::link::result::spec::SpecRow;
use crate::link::result::transmitter_used::TransmitterUsed;
use crate::link::result::verdict::CountVerdict;
use crate::math::interval::IntervalKind;
use crate::measured::FileRead;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Result of a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkResult {
    /// Version of the names of fields.
    pub schema: u32,
    /// Version of lightlane.
    pub version: String,
    /// Seed of all noise.
    pub seed: u64,
    /// Digest of the description that was run.
    pub config_hash: String,
    /// The merged description that was run. Its files are given by their paths; `files` has their
    /// digests.
    pub config: Box<Config>,
    /// Preset of the description, if any.
    pub preset: Option<String>,
    /// Keys that were changed from the preset, with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changed: BTreeMap<String, toml::Value>,
    /// Transmitter: its kind, or `custom`.
    pub transmitter: TransmitterUsed,
    /// Kind of module.
    pub module: ModuleKind,
    /// Symbol rate of a lane, GBd.
    pub symbol_rate_gbd: f64,
    /// Limit of the pre-FEC bit error ratio.
    pub limit_ber: f64,
    /// Lane by lane.
    pub lanes: Vec<LaneResult>,
    /// All lanes together.
    pub port: PortResult,
    /// Files of patterns and measured parts; those of a lane's patch are listed under `lane.N.`.
    pub files: Vec<FileRead>,
    /// The limits of the PMD with a verdict each; empty unless the transmitter was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spec: Vec<SpecRow>,
    /// Warnings that restrict the validity of the results.
    pub warnings: Vec<String>,
}

/// One lane. A figure that was not evaluated is absent (`null`), never a pass.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LaneResult {
    /// Number, from 0.
    pub lane: usize,
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
    /// How the interval was made.
    pub interval_kind: IntervalKind,
    /// Counting method: `chain`, `noise-only` or `importance`. Of the last, `bits` are those for
    /// which noise was drawn and `errors` the targets that were hit; the counted ratio is weighted,
    /// not their quotient.
    pub counted_by: CountingMethod,
    /// Why no errors were counted, here or at the limit.
    pub count_not_evaluated: Option<String>,
    /// Effective samples of importance sampling, (sum of weights)^2 / sum of their squares: the
    /// number of equally weighted hits with the same relative deviation.
    pub effective_samples: Option<f64>,
    /// Variance reduction of importance sampling: variance of plain counting over as many symbols,
    /// over the variance found.
    pub variance_reduction: Option<f64>,
    /// Semi-analytic bit error ratio.
    pub ber_semi_analytic: Option<f64>,
    /// Lower end of its 95 % interval over the symbols sent and trained on.
    pub ber_semi_analytic_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub ber_semi_analytic_high: Option<f64>,
    /// Why there is no semi-analytic ratio: the baseline wanders, the sampling phase moves far, or
    /// the errors of sequences are not rare.
    pub ber_semi_analytic_not_evaluated: Option<String>,
    /// Semi-analytic bit error ratio with ideal feedback. A bound rather than the receiver's own
    /// ratio: lower for a DFE, higher for an MLSE. Signal to noise ratio, levels, thresholds and
    /// noise shares of such a receiver are those with ideal feedback.
    pub ber_ideal_feedback: Option<f64>,
    /// Power of all light reflected twice over that of the signal, dB.
    pub multipath_interference_db: Option<f64>,
    /// Predicted bit error ratio of the optical segment that is not exceeded in 99 % of the phases
    /// of strong reflections, above -55 dB.
    pub ber_reflections_p99: Option<f64>,
    /// The same in the worst of the phases.
    pub ber_reflections_worst: Option<f64>,
    /// Whether the adaptation of the receiver settled; absent for training in closed form.
    pub converged: Option<bool>,
    /// True if 1 % of the symbols cause more than half of the errors; the result then depends on
    /// the pattern.
    pub pattern_limited: Option<bool>,
    /// Signal to noise ratio at the slicer, dB.
    pub snr_db: Option<f64>,
    /// The same from the counted blocks, dB.
    pub snr_counted_db: Option<f64>,
    /// Ratio of level mismatch at the slicer.
    pub rlm: Option<f64>,
    /// Outer optical modulation amplitude at TP2, dBm.
    pub oma_tp2_dbm: Option<f64>,
    /// Extinction ratio at TP2, dB.
    pub er_tp2_db: Option<f64>,
    /// Average power at TP2, dBm.
    pub launch_power_dbm: Option<f64>,
    /// Drives of the levels.
    #[serde(flatten)]
    pub levels: LevelDrives,
    /// Outer optical modulation amplitude at TP3, dBm.
    pub oma_tp3_dbm: Option<f64>,
    /// Extinction ratio at TP3, dB.
    pub er_tp3_db: Option<f64>,
    /// Average power at TP3, dBm.
    pub received_power_dbm: Option<f64>,
    /// Outer optical modulation amplitude at TP3 at which this lane just keeps the limit, with its
    /// own transmitter, dBm.
    pub sensitivity_oma_dbm: Option<f64>,
    /// Transmitter eye closure at TP2, dB; present, like the fields up to
    /// `rin_oma_intrinsic_db_per_hz`, only with `tdecq.enabled`.
    pub tecq_db: Option<f64>,
    /// Transmitter and dispersion eye closure after the test fibre, the worse of both extremes, dB.
    pub tdecq_db: Option<f64>,
    /// TDECQ - 10 log10(Ceq), the worse of both extremes, dB.
    pub tdecq_minus_ceq_db: Option<f64>,
    /// Ratio of level mismatch at TP2 (120D.3.1.2), after the reference filter.
    pub rlm_tp2: Option<f64>,
    /// Slower transition time from 20 to 80 % at TP2, after the reference filter, ps.
    pub transition_time_ps: Option<f64>,
    /// Overshoot at TP2, after the reference filter, % of the OMA.
    pub overshoot_percent: Option<f64>,
    /// Undershoot at TP2, after the reference filter, % of the OMA.
    pub undershoot_percent: Option<f64>,
    /// RIN relative to OMA as an instrument reads it: noise of laser, driver and converter with the
    /// modulation off, over the reference filter's band, dB/Hz.
    pub rin_oma_db_per_hz: Option<f64>,
    /// RIN relative to OMA, of the laser's intrinsic RIN alone over the same band, dB/Hz.
    pub rin_oma_intrinsic_db_per_hz: Option<f64>,
    /// Electrical eye closure at a linear module's input, after the host's channel, by the method
    /// of TECQ, dB.
    pub eecq_tp1a_db: Option<f64>,
    /// Electrical eye closure at a linear module's output, by the same method, dB.
    pub eecq_tp4_db: Option<f64>,
    /// Extra loss that brings the lane to the limit, dB; negative when the link misses it. Of an
    /// overloaded lane, which misses it for too much light, `-passes_from_loss_db`.
    pub loss_margin_db: Option<f64>,
    /// Lower end of its 95 % interval; absent where it is not counted.
    pub loss_margin_db_low: Option<f64>,
    /// Upper end.
    pub loss_margin_db_high: Option<f64>,
    /// Smaller loss margin of the corners of the fibre's dispersion, dB; present, like the corner,
    /// only with `simulation.corners`.
    pub corner_worst_loss_margin_db: Option<f64>,
    /// The corner of that margin: the most negative (`min`) or positive (`max`) dispersion.
    pub corner_worst: Option<Corner>,
    /// Loss margins with compliant transmitters.
    #[serde(flatten)]
    pub compliant: CompliantMargin,
    /// Why a counted margin is absent.
    pub loss_margin_not_evaluated: Option<String>,
    /// Lowest bit error ratio over all losses and up to 10 dB more power, when even that misses
    /// the limit.
    pub least_ber: Option<f64>,
    /// Less loss that brings the lane to the limit, dB: a limiting receiver is overloaded there.
    /// Absent without a prediction, or where no loss keeps the limit.
    pub overload_margin_db: Option<f64>,
    /// True where `overload_margin_db` is the gain up to the largest OMA of the PMD, and the limit
    /// is kept there.
    pub overload_margin_is_bound: bool,
    /// Of an overloaded lane, the extra loss from which it keeps the limit, dB.
    pub passes_from_loss_db: Option<f64>,
    /// The extra loss up to which it keeps the limit, dB.
    pub passes_to_loss_db: Option<f64>,
    /// Growth of the variances of all noises of the optical segment that brings the lane to the
    /// limit, the receiver trained anew, dB; negative when the link misses it. Absent without a
    /// prediction, or where interference alone misses the limit.
    pub snr_margin_db: Option<f64>,
    /// Largest contribution at the limit, or as the lane is where no loss meets it; `overload`
    /// where the overload margin is the smaller.
    pub limited_by: Option<LimitedBy>,
    /// Parts of the noise power at the slicer with the loss at which the limit is reached, largest
    /// first.
    pub noise_shares_at_limit: Vec<NoiseShare>,
    /// Bits compared at the power that meets the limit.
    pub bits_at_limit: u64,
    /// Bits wrong there.
    pub errors_at_limit: u64,
    /// Counted bit error ratio there; it should be the limit.
    pub ber_counted_at_limit: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ber_counted_at_limit_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub ber_counted_at_limit_high: Option<f64>,
    /// Effective samples of importance sampling there.
    pub effective_samples_at_limit: Option<f64>,
    /// Variance reduction of importance sampling there.
    pub variance_reduction_at_limit: Option<f64>,
    /// Semi-analytic bit error ratio there, on the blocks that were counted.
    pub ber_semi_analytic_at_limit: Option<f64>,
    /// Whether the two estimators agree within their intervals, here and at the limit; absent when
    /// they cannot be compared at either.
    pub estimators_agree: Option<bool>,
    /// True when the semi-analytic ratio keeps the limit, and the predicted codeword error ratio
    /// its own, or, without a prediction, when the whole interval of the counted ratio or of the
    /// margin does. Absent where an interval contains the limit.
    pub passes: Option<bool>,
    /// Why it does not pass: every limit that it misses, why there is no verdict, or why it was not
    /// evaluated; absent if it passes.
    pub reason: Option<String>,
    /// Share of wrong decisions that are followed by another wrong one, on the line; absent when no
    /// error was counted.
    pub burst_continuation: Option<f64>,
    /// Predicted burst continuation of a receiver with decision feedback.
    pub burst_continuation_predicted: Option<f64>,
    /// Longest run of wrong decisions, symbols.
    pub longest_burst: u64,
    /// Numbers of runs of 1, 2, .. wrong decisions; the 64th includes longer ones.
    pub burst_lengths: Vec<u64>,
    /// Predicted shares of runs of 1, 2, .. wrong decisions; the 16th includes longer ones. Empty
    /// for a slicer.
    pub burst_lengths_predicted: Vec<f64>,
    /// Burst continuation at the power that meets the limit.
    pub burst_continuation_at_limit: Option<f64>,
    /// Predicted burst continuation there.
    pub burst_continuation_predicted_at_limit: Option<f64>,
    /// Longest run of wrong decisions there, symbols.
    pub longest_burst_at_limit: u64,
    /// Numbers of runs of 1, 2, .. wrong decisions there.
    pub burst_lengths_at_limit: Vec<u64>,
    /// Counted bit error ratio after the inner code, where the coding has one; absent when no error
    /// was counted.
    pub ber_inner_counted: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ber_inner_counted_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub ber_inner_counted_high: Option<f64>,
    /// Codeword error ratio of the outer code, in closed form, if all lanes are as this one and its
    /// errors are independent: from the semi-analytic bit error ratio or, after an inner code, from
    /// the counted one. Where no error was counted there, from the ratio that hard decisions leave,
    /// an upper bound for soft ones. Zero below 1e-308.
    pub codeword_error_ratio_analytic: Option<f64>,
    /// Codeword error ratio of the outer code, if all lanes are as this one, of the semi-analytic
    /// bit error ratio with its predicted bursts; after an inner code, of independent errors at
    /// its input. Absent for bursts before an inner code, and where bursts of several segments mix.
    pub codeword_error_ratio_predicted: Option<f64>,
    /// Limit of that: of independent errors at the limit of the bit error ratio, after the inner
    /// code with soft decisions where there is one.
    pub codeword_error_ratio_limit: Option<f64>,
    /// What the counted codewords say of that limit.
    pub codeword_count_verdict: Option<CountVerdict>,
    /// Post-FEC bit error ratio in closed form, from the same bit error ratio.
    pub post_fec_ber_analytic: Option<f64>,
    /// Frame loss ratio in closed form, from the same bit error ratio.
    pub frame_loss_ratio_analytic: Option<f64>,
    /// Codewords carried by this lane alone, its symbols dealt to as many codewords as the port
    /// interleaves; the following fields refer to them. Annex 174A of P802.3dj is understood to
    /// count blocks of a lane this way (`assumed`: the text was not available).
    pub test_blocks: u64,
    /// Share of them that the outer code does not correct; absent when there was none.
    pub block_error_ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    pub block_error_ratio_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub block_error_ratio_high: Option<f64>,
    /// The same extrapolated from their histogram, with `fec.added_ber` of the rest of the link.
    pub block_error_ratio_extrapolated: Option<f64>,
    /// Lower end of its 95 % interval.
    pub block_error_ratio_extrapolated_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub block_error_ratio_extrapolated_high: Option<f64>,
    /// Bits that the outer code's decoder corrected in them.
    pub corrected_bits: u64,
    /// Test blocks that the decoder could not correct.
    pub uncorrectable_blocks: u64,
    /// Counted post-FEC bit error ratio; absent when no error was counted.
    pub post_fec_ber: Option<f64>,
    /// FEC bins: numbers of test blocks with 0, 1, .. symbol errors; the last one, with more than
    /// are corrected. Empty without a coding.
    pub fec_bins: Vec<u64>,
    /// Results of each segment, if a host is part of the link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentResult>,
    /// The slicer.
    pub slicer: Option<SlicerResult>,
    /// The clock, in stream mode.
    pub clock: ClockResult,
    /// Why the lane was not evaluated.
    pub not_evaluated: Option<String>,
}

/// One segment of a lane, from one decision point to the next, with the settings that an operator
/// would program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SegmentResult {
    /// Its two decision points.
    pub name: SegmentKind,
    /// Semi-analytic bit error ratio.
    pub ber_semi_analytic: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ber_semi_analytic_low: Option<f64>,
    /// Upper end.
    pub ber_semi_analytic_high: Option<f64>,
    /// Semi-analytic bit error ratio with past decisions assumed correct, of a receiver with
    /// feedback or sequence detection.
    pub ber_ideal_feedback: Option<f64>,
    /// Bits compared with the symbols at the segment's input.
    pub bits: u64,
    /// Bits wrong.
    pub errors: u64,
    /// Counted bit error ratio; absent when no error was seen.
    pub ber_counted: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ber_counted_low: Option<f64>,
    /// Upper end.
    pub ber_counted_high: Option<f64>,
    /// Limit of its bit error ratio, where the segment has one.
    pub limit_ber: Option<f64>,
    /// True when it keeps that limit.
    pub passes: Option<bool>,
    /// Signal to noise ratio at its slicer, dB.
    pub snr_db: Option<f64>,
    /// The clock of its receiver, in stream mode.
    pub clock: ClockResult,
    /// Loss of its electrical channel at half the symbol rate, packages and mismatch included, dB;
    /// of a linear lane, the channel before the module.
    pub channel_loss_db: Option<f64>,
    /// Taps of its electrical transmitter.
    pub tx_taps: Vec<f64>,
    /// Gain and low gain of a linear module's input equaliser, dB.
    pub input_ctle_db: Option<[f64; 2]>,
    /// Gain and low gain of its receiver's analogue equaliser, dB.
    pub ctle_db: Option<[f64; 2]>,
    /// Postcursors that its receiver's feedback subtracts, latest symbol first, full scale 1.
    pub rx_postcursors: Vec<f64>,
    /// Taps of its receiver's equaliser.
    pub rx_taps: Vec<f64>,
}

impl LaneResult {
    /// Bit errors counted here, or the weighted number of importance sampling.
    pub(crate) fn weighted_errors(&self) -> f64 {
        if self.counted_by == CountingMethod::Importance {
            self.ber_counted.unwrap_or(0.0) * self.bits as f64
        } else {
            self.errors as f64
        }
    }

    /// The same at the limit.
    pub(crate) fn weighted_errors_at_limit(&self) -> f64 {
        match self.counted_by {
            CountingMethod::Importance => {
                self.ber_counted_at_limit.unwrap_or(0.0) * self.bits_at_limit as f64
            }
            _ => self.errors_at_limit as f64,
        }
    }

    /// Error ratio compared with a limit: predicted or, without a prediction, counted, or the upper
    /// end of the count's interval.
    pub(crate) fn reported_ber(&self) -> Option<f64> {
        self.ber_semi_analytic
            .or(self.ber_counted)
            .or(self.ber_counted_high.filter(|_| self.ber_ideal_feedback.is_some()))
    }
}

impl SegmentResult {
    /// The same for a segment.
    pub(crate) fn reported_ber(&self) -> Option<f64> {
        self.ber_semi_analytic
            .or(self.ber_counted)
            .or(self.ber_counted_high.filter(|_| self.ber_ideal_feedback.is_some()))
    }
}

/// Levels, thresholds and taps at the slicer. Phase and taps are finite, as training accepts no
/// others; an estimate that is not finite is absent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlicerResult {
    /// Means of the four levels, full scale -1 .. 1.
    pub level_means: [Option<f64>; 4],
    /// Rms noise and interference around each level.
    pub level_sigmas: [Option<f64>; 4],
    /// Thresholds.
    pub thresholds: [Option<f64>; 3],
    /// Delay of the sampling instant after the transmitted symbol, symbol periods.
    pub delay_ui: f64,
    /// Taps of the equaliser.
    pub taps: Vec<f64>,
    /// Its detector.
    pub detector: DetectorKind,
    /// Taps of the feedback, or the response of the sequence detector after its leading 1; latest
    /// symbol first.
    pub postcursors: Vec<f64>,
    /// Shares of the noise variance, largest first.
    pub noise_shares: Vec<NoiseShare>,
    /// Share of ISI and crosstalk in the variance of noise and interference.
    pub interference_share: Option<f64>,
    /// Share of crosstalk alone in the same.
    pub crosstalk_share: Option<f64>,
}

/// Share of one source in the noise variance at the slicer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoiseShare {
    /// Noise source.
    pub source: String,
    /// Share, 0 to 1.
    pub share: Option<f64>,
}
