//! Metrics of error correction, of a lane by itself.

use crate::link::result::metrics::limit::LaneMetric;
use crate::link::result::verdict::CountVerdict;
use crate::table::{TakenAt, Unit};

/// As if all lanes were like this one, and of codewords that this lane carries alone.
pub(super) static LANE: &[LaneMetric] = &[
    LaneMetric::new(
        "ber_inner_counted",
        "counted BER after the inner code",
        Unit::Ratio,
        TakenAt::Fec,
        "Counted bit error ratio after the inner code; absent if no error was seen.",
        |l| l.ber_inner_counted.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "ber_inner_counted_low",
        "counted BER after the inner code, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.ber_inner_counted_low.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "ber_inner_counted_high",
        "counted BER after the inner code, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.ber_inner_counted_high.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "codeword_error_ratio_analytic",
        "codeword error ratio, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "Codeword error ratio of the outer code for independent errors, from the \
         predicted bit error ratio or the counted one after the inner code.",
        |l| l.codeword_error_ratio_analytic.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "codeword_error_ratio_predicted",
        "codeword error ratio, predicted",
        Unit::Ratio,
        TakenAt::Fec,
        "Codeword error ratio of the outer code for the predicted errors with their bursts.",
        |l| l.codeword_error_ratio_predicted.into(),
    )
    .error_ratio()
    .target(),
    LaneMetric::new(
        "codeword_error_ratio_limit",
        "codeword error ratio, limit",
        Unit::Ratio,
        TakenAt::Fec,
        "Its limit: that of independent errors at the limit of the pre-FEC BER, after an inner \
         code with soft decisions.",
        |l| l.codeword_error_ratio_limit.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "codeword_count_verdict",
        "verdict of counted codewords",
        Unit::Text,
        TakenAt::Fec,
        "What counted codewords say of that limit: `confirms`, `refutes` or `undecided`.",
        |l| l.codeword_count_verdict.map(CountVerdict::as_str).into(),
    ),
    LaneMetric::new(
        "post_fec_ber_analytic",
        "post-FEC BER, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "Bit error ratio after the outer code, on the same assumptions.",
        |l| l.post_fec_ber_analytic.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "frame_loss_ratio_analytic",
        "frame loss ratio, analytic",
        Unit::Ratio,
        TakenAt::Fec,
        "Share of lost frames, on the same assumptions.",
        |l| l.frame_loss_ratio_analytic.into(),
    )
    .error_ratio()
    .target(),
    LaneMetric::new(
        "test_blocks",
        "test blocks",
        Unit::Count,
        TakenAt::Fec,
        "Codewords that this lane carried alone.",
        |l| l.test_blocks.into(),
    ),
    LaneMetric::new(
        "block_error_ratio",
        "block error ratio",
        Unit::Ratio,
        TakenAt::Fec,
        "Share of test blocks that the outer code does not recover; absent if none \
         was seen.",
        |l| l.block_error_ratio.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "block_error_ratio_low",
        "block error ratio, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.block_error_ratio_low.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "block_error_ratio_high",
        "block error ratio, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.block_error_ratio_high.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "block_error_ratio_extrapolated",
        "block error ratio, extrapolated",
        Unit::Ratio,
        TakenAt::Fec,
        "Block error ratio extrapolated from the FEC bins, with `fec.added_ber` of \
         the rest of the link.",
        |l| l.block_error_ratio_extrapolated.into(),
    )
    .error_ratio()
    .target(),
    LaneMetric::new(
        "block_error_ratio_extrapolated_low",
        "block error ratio, extrapolated, lower end",
        Unit::Ratio,
        TakenAt::Fec,
        "Lower end of its 95 % interval.",
        |l| l.block_error_ratio_extrapolated_low.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "block_error_ratio_extrapolated_high",
        "block error ratio, extrapolated, upper end",
        Unit::Ratio,
        TakenAt::Fec,
        "Upper end of its 95 % interval.",
        |l| l.block_error_ratio_extrapolated_high.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "corrected_bits",
        "corrected bits",
        Unit::Count,
        TakenAt::Fec,
        "Bits corrected by the outer decoder in the test blocks.",
        |l| l.corrected_bits.into(),
    )
    .lower(),
    LaneMetric::new(
        "uncorrectable_blocks",
        "uncorrectable blocks",
        Unit::Count,
        TakenAt::Fec,
        "Test blocks that the outer decoder gave up.",
        |l| l.uncorrectable_blocks.into(),
    )
    .lower(),
    LaneMetric::new(
        "post_fec_ber",
        "post-FEC BER, counted",
        Unit::Ratio,
        TakenAt::Fec,
        "Counted bit error ratio after the outer code; absent if no error was seen.",
        |l| l.post_fec_ber.into(),
    )
    .error_ratio(),
];
