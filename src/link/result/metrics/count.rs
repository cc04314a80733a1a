//! Metrics of counted and predicted errors: here, at the limit, bursts.

use crate::link::result::metrics::limit::{LaneMetric, pre_fec_ber};
use crate::table::{TakenAt, Unit};

/// Counted and predicted error ratios of the lane as it is.
pub(super) static HERE: &[LaneMetric] = &[
    LaneMetric::new(
        "lane",
        "lane",
        Unit::Index,
        TakenAt::Decisions,
        "Number of the lane, from 0.",
        |l| l.lane.into(),
    ),
    LaneMetric::new("bits", "bits", Unit::Count, TakenAt::Decisions, "Bits compared.", |l| {
        l.bits.into()
    }),
    LaneMetric::new(
        "errors",
        "bit errors",
        Unit::Count,
        TakenAt::Decisions,
        "Bit errors; with importance sampling, target hits.",
        |l| l.errors.into(),
    )
    .lower(),
    LaneMetric::new(
        "ber_counted",
        "counted BER",
        Unit::Ratio,
        TakenAt::Decisions,
        "Counted bit error ratio before error correction; absent if no error was seen.",
        |l| l.ber_counted.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "ber_counted_low",
        "counted BER, lower end",
        Unit::Ratio,
        TakenAt::Decisions,
        "Lower end of its 95 % interval.",
        |l| l.ber_counted_low.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "ber_counted_high",
        "counted BER, upper end",
        Unit::Ratio,
        TakenAt::Decisions,
        "Upper end of its 95 % interval.",
        |l| l.ber_counted_high.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "counted_by",
        "counting method",
        Unit::Text,
        TakenAt::Decisions,
        "Counting method.",
        |l| serde_json::to_value(l.counted_by).unwrap_or_default(),
    ),
    LaneMetric::new(
        "count_not_evaluated",
        "reason for no count",
        Unit::Text,
        TakenAt::Decisions,
        "Reason why the method did not count, here or at the limit.",
        |l| l.count_not_evaluated.clone().into(),
    ),
    LaneMetric::new(
        "effective_samples",
        "effective samples",
        Unit::Ratio,
        TakenAt::Decisions,
        "Equally weighted hits that would give the same accuracy, with importance \
         sampling.",
        |l| l.effective_samples.into(),
    )
    .higher(),
    LaneMetric::new(
        "variance_reduction",
        "variance reduction",
        Unit::Ratio,
        TakenAt::Decisions,
        "Variance of plain counting over as many symbols, over the variance seen, \
         with importance sampling.",
        |l| l.variance_reduction.into(),
    )
    .higher(),
    LaneMetric::new(
        "ber_semi_analytic",
        "semi-analytic BER",
        Unit::Ratio,
        TakenAt::Decisions,
        "Predicted bit error ratio before error correction.",
        |l| l.ber_semi_analytic.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber)
    .target(),
    LaneMetric::new(
        "ber_semi_analytic_low",
        "semi-analytic BER, lower end",
        Unit::Ratio,
        TakenAt::Decisions,
        "Lower end of its 95 % interval over the symbols sent and trained on.",
        |l| l.ber_semi_analytic_low.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "ber_semi_analytic_high",
        "semi-analytic BER, upper end",
        Unit::Ratio,
        TakenAt::Decisions,
        "Upper end of its 95 % interval.",
        |l| l.ber_semi_analytic_high.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "ber_semi_analytic_not_evaluated",
        "reason for no prediction",
        Unit::Text,
        TakenAt::Decisions,
        "Reason for an absent prediction, where the baseline wanders, the phase moves far, or \
         errors of sequences are not rare.",
        |l| l.ber_semi_analytic_not_evaluated.clone().into(),
    ),
    LaneMetric::new(
        "ber_ideal_feedback",
        "BER with ideal feedback",
        Unit::Ratio,
        TakenAt::Decisions,
        "Predicted bit error ratio with past decisions assumed correct, of a receiver \
         that uses them: lower than its own with decision feedback, higher with sequences.",
        |l| l.ber_ideal_feedback.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "multipath_interference_db",
        "multipath interference",
        Unit::Db,
        TakenAt::Tp3,
        "Power of all light reflected twice over that of the signal.",
        |l| l.multipath_interference_db.into(),
    )
    .lower(),
    LaneMetric::new(
        "ber_reflections_p99",
        "BER, 99 % of reflections' phases",
        Unit::Ratio,
        TakenAt::Decisions,
        "Predicted bit error ratio of the optical segment that is not exceeded in 99 % of the \
         phases of reflections above -55 dB; absent without such reflections.",
        |l| l.ber_reflections_p99.into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "ber_reflections_worst",
        "BER, worst phases of reflections",
        Unit::Ratio,
        TakenAt::Decisions,
        "The same in the worst of the phases, in which all reflections are aligned.",
        |l| l.ber_reflections_worst.into(),
    )
    .error_ratio(),
];

/// Counted and predicted error ratios at the power that meets the limit, and the verdicts.
pub(super) static AT_LIMIT: &[LaneMetric] = &[
    LaneMetric::new(
        "bits_at_limit",
        "bits at the limit",
        Unit::Count,
        TakenAt::Decisions,
        "Bits compared at the limit.",
        |l| l.bits_at_limit.into(),
    ),
    LaneMetric::new(
        "errors_at_limit",
        "bit errors at the limit",
        Unit::Count,
        TakenAt::Decisions,
        "Bit errors at the limit.",
        |l| l.errors_at_limit.into(),
    )
    .lower(),
    LaneMetric::new(
        "ber_counted_at_limit",
        "counted BER at the limit",
        Unit::Ratio,
        TakenAt::Decisions,
        "Counted bit error ratio at the limit, which it should equal.",
        |l| l.ber_counted_at_limit.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "ber_counted_at_limit_low",
        "counted BER at the limit, lower end",
        Unit::Ratio,
        TakenAt::Decisions,
        "Lower end of its 95 % interval.",
        |l| l.ber_counted_at_limit_low.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "ber_counted_at_limit_high",
        "counted BER at the limit, upper end",
        Unit::Ratio,
        TakenAt::Decisions,
        "Upper end of its 95 % interval.",
        |l| l.ber_counted_at_limit_high.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "effective_samples_at_limit",
        "effective samples at the limit",
        Unit::Ratio,
        TakenAt::Decisions,
        "Effective samples of importance sampling at the limit.",
        |l| l.effective_samples_at_limit.into(),
    )
    .higher(),
    LaneMetric::new(
        "variance_reduction_at_limit",
        "variance reduction at the limit",
        Unit::Ratio,
        TakenAt::Decisions,
        "Variance reduction of importance sampling at the limit.",
        |l| l.variance_reduction_at_limit.into(),
    )
    .higher(),
    LaneMetric::new(
        "ber_semi_analytic_at_limit",
        "semi-analytic BER at the limit",
        Unit::Ratio,
        TakenAt::Decisions,
        "Predicted bit error ratio at the limit, on the counted blocks.",
        |l| l.ber_semi_analytic_at_limit.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "estimators_agree",
        "estimators agree",
        Unit::Flag,
        TakenAt::Decisions,
        "True if both estimators agree within their intervals wherever both have a \
         figure.",
        |l| l.estimators_agree.into(),
    ),
    LaneMetric::new(
        "passes",
        "passes",
        Unit::Flag,
        TakenAt::Decisions,
        "True if the limits of pre-FEC BER and predicted codeword error ratio are kept.",
        |l| l.passes.into(),
    ),
    LaneMetric::new(
        "reason",
        "reason for not passing",
        Unit::Text,
        TakenAt::Decisions,
        "Reason why the lane does not pass: limits missed, no verdict, or not evaluated.",
        |l| l.reason.clone().into(),
    ),
];

/// Runs of consecutive decision errors.
pub(super) static BURSTS: &[LaneMetric] = &[
    LaneMetric::new(
        "burst_continuation",
        "burst continuation",
        Unit::Ratio,
        TakenAt::Decisions,
        "Share of decision errors whose next decision is wrong as well.",
        |l| l.burst_continuation.into(),
    )
    .lower(),
    LaneMetric::new(
        "burst_continuation_predicted",
        "predicted burst continuation",
        Unit::Ratio,
        TakenAt::Decisions,
        "Burst continuation as predicted, with decision feedback or sequence detection.",
        |l| l.burst_continuation_predicted.into(),
    )
    .lower(),
    LaneMetric::new(
        "longest_burst",
        "longest burst",
        Unit::Count,
        TakenAt::Decisions,
        "Longest run of decision errors, symbols.",
        |l| l.longest_burst.into(),
    )
    .lower(),
    LaneMetric::new(
        "burst_continuation_at_limit",
        "burst continuation at the limit",
        Unit::Ratio,
        TakenAt::Decisions,
        "Burst continuation at the limit.",
        |l| l.burst_continuation_at_limit.into(),
    )
    .lower(),
    LaneMetric::new(
        "burst_continuation_predicted_at_limit",
        "predicted burst continuation at the limit",
        Unit::Ratio,
        TakenAt::Decisions,
        "Burst continuation as predicted at the limit, with decision feedback or sequence detection.",
        |l| l.burst_continuation_predicted_at_limit.into(),
    )
    .lower(),
    LaneMetric::new(
        "longest_burst_at_limit",
        "longest burst at the limit",
        Unit::Count,
        TakenAt::Decisions,
        "Longest burst at the limit, symbols.",
        |l| l.longest_burst_at_limit.into(),
    )
    .lower(),
];

/// Reason for a lane without figures.
pub(super) static NOT_EVALUATED: &[LaneMetric] = &[LaneMetric::new(
    "not_evaluated",
    "reason for no figures",
    Unit::Text,
    TakenAt::Decisions,
    "Reason why the lane was not evaluated.",
    |l| l.not_evaluated.clone().into(),
)];
