//! Metrics of the margin.

use crate::link::result::limited_by::LimitedBy;
use crate::link::result::metrics::limit::{LaneMetric, no_margin, pre_fec_ber};
use crate::table::{TakenAt, Unit};

/// Extra loss to the limit.
pub(super) static MARGIN: &[LaneMetric] = &[
    LaneMetric::new(
        "loss_margin_db",
        "loss margin",
        Unit::Db,
        TakenAt::Slicer,
        "Extra loss to the limit; negative if the limit is missed.",
        |l| l.loss_margin_db.into(),
    )
    .higher()
    .limit(no_margin)
    .target(),
    LaneMetric::new(
        "loss_margin_db_low",
        "loss margin, lower end",
        Unit::Db,
        TakenAt::Slicer,
        "Lower end of its 95 % interval; absent where it is not counted.",
        |l| l.loss_margin_db_low.into(),
    )
    .higher()
    .limit(no_margin),
    LaneMetric::new(
        "loss_margin_db_high",
        "loss margin, upper end",
        Unit::Db,
        TakenAt::Slicer,
        "Upper end of its 95 % interval.",
        |l| l.loss_margin_db_high.into(),
    )
    .higher()
    .limit(no_margin),
    LaneMetric::new(
        "corner_worst_loss_margin_db",
        "loss margin at the worst corner",
        Unit::Db,
        TakenAt::Slicer,
        "Smaller loss margin of the fibre's corners of dispersion, with `simulation.corners`.",
        |l| l.corner_worst_loss_margin_db.into(),
    )
    .higher()
    .limit(no_margin)
    .target(),
    LaneMetric::new(
        "corner_worst",
        "worst corner",
        Unit::Text,
        TakenAt::Slicer,
        "The corner of that margin: `min`, the most negative dispersion, or `max`.",
        |l| l.corner_worst.map(|corner| corner.name().to_owned()).into(),
    ),
    LaneMetric::new(
        "compliant_loss_margin_db",
        "loss margin, worst compliant",
        Unit::Db,
        TakenAt::Slicer,
        "Smallest loss margin with transmitters that just comply, at the channel's largest loss \
         and both corners, with `simulation.worst_compliant`.",
        |l| l.compliant.compliant_loss_margin_db.into(),
    )
    .higher()
    .limit(no_margin)
    .target(),
    LaneMetric::new(
        "compliant_worst",
        "worst compliant case",
        Unit::Text,
        TakenAt::Slicer,
        "The case of that margin: transmitter and corner.",
        |l| l.compliant.compliant_worst.clone().into(),
    ),
    LaneMetric::new(
        "compliant_not_evaluated",
        "reason for no compliant margin",
        Unit::Text,
        TakenAt::Slicer,
        "Reason for a missing case.",
        |l| l.compliant.compliant_not_evaluated.clone().into(),
    ),
    LaneMetric::new(
        "loss_margin_not_evaluated",
        "reason for no loss margin",
        Unit::Text,
        TakenAt::Slicer,
        "Reason for an absent counted margin.",
        |l| l.loss_margin_not_evaluated.clone().into(),
    ),
    LaneMetric::new(
        "least_ber",
        "least BER",
        Unit::Ratio,
        TakenAt::Slicer,
        "Lowest bit error ratio over all losses and up to 10 dB more power, if none reaches the \
        limit.",
        |l| l.least_ber.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
    LaneMetric::new(
        "overload_margin_db",
        "overload margin",
        Unit::Db,
        TakenAt::Slicer,
        "Less loss to the limit; the gain to the largest OMA of the PMD where it is kept there.",
        |l| l.overload_margin_db.into(),
    )
    .higher()
    .limit(no_margin)
    .target(),
    LaneMetric::new(
        "overload_margin_is_bound",
        "overload margin is a bound",
        Unit::Flag,
        TakenAt::Slicer,
        "True where the limit is kept at the largest OMA of the PMD.",
        |l| l.overload_margin_is_bound.into(),
    ),
    LaneMetric::new(
        "passes_from_loss_db",
        "passes from loss",
        Unit::Db,
        TakenAt::Slicer,
        "Of an overloaded lane, the extra loss from which it keeps the limit.",
        |l| l.passes_from_loss_db.into(),
    ),
    LaneMetric::new(
        "passes_to_loss_db",
        "passes to loss",
        Unit::Db,
        TakenAt::Slicer,
        "Of an overloaded lane, the extra loss up to which it keeps the limit.",
        |l| l.passes_to_loss_db.into(),
    ),
    LaneMetric::new(
        "snr_margin_db",
        "SNR margin",
        Unit::Db,
        TakenAt::Slicer,
        "Growth of all noise variances to the limit; negative if the limit is missed.",
        |l| l.snr_margin_db.into(),
    )
    .higher()
    .limit(no_margin)
    .target(),
    LaneMetric::new(
        "limited_by",
        "limited by",
        Unit::Text,
        TakenAt::Slicer,
        "Largest contribution at the limit: thermal, shot, rin, converters, driver, jitter, host, \
        crosstalk, isi or overload.",
        |l| l.limited_by.map(LimitedBy::as_str).into(),
    ),
];
