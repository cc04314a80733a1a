//! Metrics of all lanes together, and of the error correction of the port.

use crate::link::result::port::{FecResult, PortResult};
use crate::table::{Metric, TakenAt, Unit};

/// A metric of a port.
pub type PortMetric = Metric<PortResult>;

/// A metric of the error correction of a port.
pub type FecMetric = Metric<FecResult>;

/// Metrics of a port, in the order of the fields of [`PortResult`].
pub static PORT_METRICS: &[PortMetric] = &[
    PortMetric::new("bits", "bits", Unit::Count, TakenAt::Port, "Bits compared.", |l| {
        l.bits.into()
    }),
    PortMetric::new("errors", "bit errors", Unit::Count, TakenAt::Port, "Bit errors.", |l| {
        l.errors.into()
    })
    .lower(),
    PortMetric::new(
        "ber_counted",
        "counted BER",
        Unit::Ratio,
        TakenAt::Port,
        "Counted bit error ratio of all lanes; absent if no error was seen.",
        |l| l.ber_counted.into(),
    )
    .error_ratio()
    .target(),
    PortMetric::new(
        "ber_counted_low",
        "counted BER, lower end",
        Unit::Ratio,
        TakenAt::Port,
        "Lower end of its 95 % interval.",
        |l| l.ber_counted_low.into(),
    )
    .error_ratio(),
    PortMetric::new(
        "ber_counted_high",
        "counted BER, upper end",
        Unit::Ratio,
        TakenAt::Port,
        "Upper end of its 95 % interval.",
        |l| l.ber_counted_high.into(),
    )
    .error_ratio(),
    PortMetric::new(
        "ber_counted_at_limit",
        "counted BER at the limit",
        Unit::Ratio,
        TakenAt::Port,
        "Counted bit error ratio of all lanes, each at the power that meets its limit.",
        |l| l.ber_counted_at_limit.into(),
    )
    .error_ratio()
    .target(),
    PortMetric::new(
        "ber_counted_at_limit_low",
        "counted BER at the limit, lower end",
        Unit::Ratio,
        TakenAt::Port,
        "Lower end of its 95 % interval.",
        |l| l.ber_counted_at_limit_low.into(),
    )
    .error_ratio(),
    PortMetric::new(
        "ber_counted_at_limit_high",
        "counted BER at the limit, upper end",
        Unit::Ratio,
        TakenAt::Port,
        "Upper end of its 95 % interval.",
        |l| l.ber_counted_at_limit_high.into(),
    )
    .error_ratio(),
    PortMetric::new(
        "ber_semi_analytic",
        "semi-analytic BER",
        Unit::Ratio,
        TakenAt::Port,
        "Mean of the predicted bit error ratios of the lanes.",
        |l| l.ber_semi_analytic.into(),
    )
    .error_ratio(),
    PortMetric::new(
        "loss_margin_db",
        "loss margin",
        Unit::Db,
        TakenAt::Port,
        "Smallest margin of a lane.",
        |l| l.loss_margin_db.into(),
    )
    .higher(),
    PortMetric::new(
        "overload_margin_db",
        "overload margin",
        Unit::Db,
        TakenAt::Port,
        "Smallest overload margin of a lane.",
        |l| l.overload_margin_db.into(),
    )
    .higher(),
    PortMetric::new(
        "overload_margin_is_bound",
        "overload margin is a bound",
        Unit::Flag,
        TakenAt::Port,
        "True where the smallest overload margin is a bound.",
        |l| l.overload_margin_is_bound.into(),
    ),
    PortMetric::new(
        "snr_margin_db",
        "SNR margin",
        Unit::Db,
        TakenAt::Port,
        "Smallest SNR margin of a lane.",
        |l| l.snr_margin_db.into(),
    )
    .higher(),
    PortMetric::new(
        "worst_lane",
        "worst lane",
        Unit::Index,
        TakenAt::Port,
        "Lane of the smallest margin, or of the largest bit error ratio.",
        |l| l.worst_lane.into(),
    ),
    PortMetric::new(
        "passes",
        "passes",
        Unit::Flag,
        TakenAt::Port,
        "True if every lane passes.",
        |l| l.passes.into(),
    ),
    PortMetric::new(
        "fec_not_evaluated",
        "reason for no FEC figures",
        Unit::Text,
        TakenAt::Port,
        "Reason for the absence of codewords of the port, where it has a coding.",
        |l| l.fec_not_evaluated.clone().into(),
    ),
];

/// Metrics of error correction, in the order of the fields of [`FecResult`].
pub static FEC_METRICS: &[FecMetric] = &[
    FecMetric::new("coding", "coding", Unit::Text, TakenAt::Fec, "Coding.", |l| {
        l.coding.clone().into()
    }),
    FecMetric::new(
        "decoding",
        "decoding",
        Unit::Text,
        TakenAt::Fec,
        "Use of a decoder: whether codewords were decoded.",
        |l| serde_json::to_value(l.decoding).unwrap_or_default(),
    ),
    FecMetric::new(
        "codewords",
        "codewords",
        Unit::Count,
        TakenAt::Fec,
        "Whole codewords counted.",
        |l| l.codewords.into(),
    ),
    FecMetric::new(
        "pre_fec_ber",
        "pre-FEC BER",
        Unit::Ratio,
        TakenAt::Fec,
        "Bit error ratio before the outer code.",
        |l| l.pre_fec_ber.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "pre_fec_ber_low",
        "pre-FEC BER, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.pre_fec_ber_low.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "pre_fec_ber_high",
        "pre-FEC BER, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.pre_fec_ber_high.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "corrected_bits",
        "corrected bits",
        Unit::Count,
        TakenAt::Fec,
        "Bits changed by the outer decoder.",
        |l| l.corrected_bits.into(),
    )
    .lower(),
    FecMetric::new(
        "uncorrectable",
        "uncorrectable codewords",
        Unit::Count,
        TakenAt::Fec,
        "Codewords that the outer decoder gave up.",
        |l| l.uncorrectable.into(),
    )
    .lower()
    .target(),
    FecMetric::new(
        "miscorrected",
        "miscorrected codewords",
        Unit::Count,
        TakenAt::Fec,
        "Codewords that the outer decoder changed to others.",
        |l| l.miscorrected.into(),
    )
    .lower(),
    FecMetric::new(
        "post_fec_ber",
        "post-FEC BER, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "Counted bit error ratio after the outer code.",
        |l| l.post_fec_ber.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "post_fec_ber_analytic",
        "post-FEC BER, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "The same for independent errors.",
        |l| l.post_fec_ber_analytic.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio",
        "codeword error ratio, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "Share of codewords that were not recovered: given up, or changed to others.",
        |l| l.codeword_error_ratio.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_low",
        "codeword error ratio, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.codeword_error_ratio_low.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_high",
        "codeword error ratio, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.codeword_error_ratio_high.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_analytic",
        "codeword error ratio, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "The same for independent errors.",
        |l| l.codeword_error_ratio_analytic.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_predicted",
        "codeword error ratio, predicted",
        Unit::Ratio,
        TakenAt::Fec,
        "The same with the phases of strong reflections, which stand still for a codeword, each \
         lane's on its own; absent without such reflections.",
        |l| l.codeword_error_ratio_predicted.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_extrapolated",
        "codeword error ratio, extrapolated",
        Unit::Ratio,
        TakenAt::Fec,
        "The same extrapolated from the FEC bins.",
        |l| l.codeword_error_ratio_extrapolated.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_extrapolated_low",
        "codeword error ratio, extrapolated, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.codeword_error_ratio_extrapolated_low.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "codeword_error_ratio_extrapolated_high",
        "codeword error ratio, extrapolated, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.codeword_error_ratio_extrapolated_high.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "frame_loss_ratio",
        "frame loss ratio, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "Share of frames of `fec.frame_octets` that were lost.",
        |l| l.frame_loss_ratio.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "frame_loss_ratio_analytic",
        "frame loss ratio, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "The same for independent errors.",
        |l| l.frame_loss_ratio_analytic.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "frame_loss_ratio_extrapolated",
        "frame loss ratio, extrapolated",
        Unit::Ratio,
        TakenAt::Fec,
        "The same extrapolated from the FEC bins.",
        |l| l.frame_loss_ratio_extrapolated.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "frame_loss_ratio_extrapolated_low",
        "frame loss ratio, extrapolated, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.frame_loss_ratio_extrapolated_low.into(),
    )
    .error_ratio(),
    FecMetric::new(
        "frame_loss_ratio_extrapolated_high",
        "frame loss ratio, extrapolated, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.frame_loss_ratio_extrapolated_high.into(),
    )
    .error_ratio(),
];
