//! Metrics of the margin.

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
        "loss_margin_not_evaluated",
        "reason for no loss margin",
        Unit::Text,
        TakenAt::Slicer,
        "Reason for an absent counted margin.",
        |l| l.loss_margin_not_evaluated.clone().into(),
    ),
    LaneMetric::new(
        "floor_ber",
        "error floor",
        Unit::Ratio,
        TakenAt::Slicer,
        "Lowest bit error ratio with up to 10 dB more power, if none reaches the limit.",
        |l| l.floor_ber.into(),
    )
    .error_ratio()
    .limit(pre_fec_ber),
];
