//! Metrics of the transmitter: settled levels, and the measurement after the standard.

use crate::link::result::metrics::limit::LaneMetric;
use crate::table::{TakenAt, Unit};

/// Of the settled levels at TP2.
pub(super) static LEVELS: &[LaneMetric] = &[
    LaneMetric::new(
        "oma_tp2_dbm",
        "OMAouter at TP2",
        Unit::Dbm,
        TakenAt::Tp2,
        "Outer optical modulation amplitude at TP2.",
        |l| l.oma_tp2_dbm.into(),
    )
    .target(),
    LaneMetric::new(
        "er_tp2_db",
        "extinction ratio at TP2",
        Unit::Db,
        TakenAt::Tp2,
        "Extinction ratio at TP2.",
        |l| l.er_tp2_db.into(),
    )
    .target(),
    LaneMetric::new(
        "launch_power_dbm",
        "average launch power",
        Unit::Dbm,
        TakenAt::Tp2,
        "Average power at TP2.",
        |l| l.launch_power_dbm.into(),
    )
    .target(),
    LaneMetric::new(
        "level_1_drive",
        "drive of level 1",
        Unit::Ratio,
        TakenAt::Tp2,
        "Drive of level 1 in the transmit DSP, between -1 and 1 of the outer levels.",
        |l| l.levels.level_1_drive.into(),
    ),
    LaneMetric::new(
        "level_2_drive",
        "drive of level 2",
        Unit::Ratio,
        TakenAt::Tp2,
        "Drive of level 2.",
        |l| l.levels.level_2_drive.into(),
    ),
];

/// Measured with the test pattern, with `tdecq.enabled`.
pub(in crate::link) static MEASURED: &[LaneMetric] = &[
    LaneMetric::new(
        "tecq_db",
        "TECQ",
        Unit::Db,
        TakenAt::Tp2,
        "Transmitter eye closure at TP2.",
        |l| l.tecq_db.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "tdecq_db",
        "TDECQ",
        Unit::Db,
        TakenAt::Tp2,
        "Transmitter and dispersion eye closure after the test fibre, the worse of \
         both extremes.",
        |l| l.tdecq_db.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "tdecq_minus_ceq_db",
        "TDECQ - 10 log10(Ceq)",
        Unit::Db,
        TakenAt::Tp2,
        "TDECQ without the noise enhancement of the reference equaliser, the worse of \
         both extremes.",
        |l| l.tdecq_minus_ceq_db.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "rlm_tp2",
        "RLM at TP2",
        Unit::Ratio,
        TakenAt::Tp2,
        "Ratio of level mismatch at TP2 (120D.3.1.2), after the reference filter.",
        |l| l.rlm_tp2.into(),
    )
    .higher()
    .target(),
    LaneMetric::new(
        "transition_time_ps",
        "transition time",
        Unit::Ps,
        TakenAt::Tp2,
        "Slower transition time from 20 to 80 % at TP2, after the reference filter.",
        |l| l.transition_time_ps.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "overshoot_percent",
        "overshoot",
        Unit::Percent,
        TakenAt::Tp2,
        "Overshoot at TP2, after the reference filter, % of the OMA.",
        |l| l.overshoot_percent.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "undershoot_percent",
        "undershoot",
        Unit::Percent,
        TakenAt::Tp2,
        "Undershoot at TP2, after the reference filter, % of the OMA.",
        |l| l.undershoot_percent.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "rin_oma_db_per_hz",
        "RIN_xOMA",
        Unit::DbPerHz,
        TakenAt::Tp2,
        "RIN relative to OMA as an instrument reads it: noise of laser, driver and converter \
         with the modulation off, over the band of the reference filter.",
        |l| l.rin_oma_db_per_hz.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "rin_oma_intrinsic_db_per_hz",
        "RIN_OMA, laser alone",
        Unit::DbPerHz,
        TakenAt::Tp2,
        "RIN relative to OMA, of the intrinsic RIN of the laser over the band of the \
         reference filter.",
        |l| l.rin_oma_intrinsic_db_per_hz.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "eecq_tp1a_db",
        "EECQ at TP1a",
        Unit::Db,
        TakenAt::Tp1a,
        "Eye closure of the host output after its channel, at the input of a linear \
         module, by the method of TECQ.",
        |l| l.eecq_tp1a_db.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "eecq_tp4_db",
        "EECQ at TP4",
        Unit::Db,
        TakenAt::Tp4,
        "Eye closure of the output of a linear module towards its host.",
        |l| l.eecq_tp4_db.into(),
    )
    .lower()
    .target(),
];
