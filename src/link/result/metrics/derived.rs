//! Quantities that limits are written for and that no field of a lane holds: computed from fields.

use crate::link::describe::segments::SegmentKind;
use crate::link::result::figures::SegmentResult;
use crate::link::result::metrics::limit::LaneMetric;
use crate::table::{TakenAt, Unit};

/// The quantities.
pub(in crate::link) static DERIVED: &[LaneMetric] = &[
    LaneMetric::new(
        "oma_minus_tdecq_dbm",
        "OMAouter - max(TECQ, TDECQ)",
        Unit::Dbm,
        TakenAt::Tp2,
        "OMAouter less the larger of TECQ and TDECQ.",
        |l| (|| Some(l.oma_tp2_dbm? - l.tecq_db?.max(l.tdecq_db?)))().into(),
    )
    .higher(),
    LaneMetric::new(
        "tdecq_minus_tecq_db",
        "|TDECQ - TECQ|",
        Unit::Db,
        TakenAt::Tp2,
        "Distance of TDECQ and TECQ.",
        |l| (|| Some((l.tdecq_db? - l.tecq_db?).abs()))().into(),
    )
    .lower(),
    LaneMetric::new(
        "overshoot_or_undershoot_percent",
        "over- and undershoot",
        Unit::Percent,
        TakenAt::Tp2,
        "The larger of overshoot and undershoot.",
        |l| (|| Some(l.overshoot_percent?.max(l.undershoot_percent?)))().into(),
    )
    .lower(),
    LaneMetric::new(
        "ber_optical",
        "pre-FEC BER, optical",
        Unit::Ratio,
        TakenAt::Decisions,
        "Bit error ratio of the optical segment.",
        |l| {
            match l.segments.as_slice() {
                [] => l.reported_ber(),
                segments => segments
                    .iter()
                    .find(|segment| segment.name == SegmentKind::OPTICAL)
                    .and_then(SegmentResult::reported_ber),
            }
            .into()
        },
    )
    .error_ratio(),
    LaneMetric::new(
        "ber_electrical",
        "pre-FEC BER, host and module",
        Unit::Ratio,
        TakenAt::Decisions,
        "The larger bit error ratio of the segments between a host and a module.",
        |l| {
            let electrical = l.segments.iter().filter(|segment| !segment.name.has_light());
            electrical.filter_map(SegmentResult::reported_ber).reduce(f64::max).into()
        },
    )
    .error_ratio(),
    LaneMetric::new(
        "ber_host_to_host",
        "pre-FEC BER, host to host",
        Unit::Ratio,
        TakenAt::Decisions,
        "Bit error ratio of all segments together.",
        |l| l.reported_ber().into(),
    )
    .error_ratio(),
    LaneMetric::new(
        "sensitivity_minus_tecq_dbm",
        "receiver sensitivity (OMA) - TECQ",
        Unit::Dbm,
        TakenAt::Tp3,
        "Receiver sensitivity less the TECQ of the transmitter it is measured with.",
        |l| (|| Some(l.sensitivity_oma_dbm? - l.tecq_db?))().into(),
    )
    .lower(),
    LaneMetric::new(
        "stressed_sensitivity_dbm",
        "stressed sensitivity (OMA), by lightlane srs",
        Unit::Dbm,
        TakenAt::Tp3,
        "Stressed receiver sensitivity, which a run does not measure.",
        |_| None::<f64>.into(),
    )
    .lower(),
];
