//! Metrics of the receiver: slicer, input, clock.

use crate::link::result::metrics::limit::LaneMetric;
use crate::table::{TakenAt, Unit};

/// At the slicer.
pub(super) static SLICER: &[LaneMetric] = &[
    LaneMetric::new(
        "converged",
        "converged",
        Unit::Flag,
        TakenAt::Slicer,
        "True if the adaptation loop settled; absent for training in closed form.",
        |l| l.converged.into(),
    ),
    LaneMetric::new(
        "pattern_limited",
        "pattern-limited",
        Unit::Flag,
        TakenAt::Slicer,
        "True if 1 % of the symbols cause more than half of the errors.",
        |l| l.pattern_limited.into(),
    ),
    LaneMetric::new(
        "snr_db",
        "SNR",
        Unit::Db,
        TakenAt::Slicer,
        "Signal-to-noise ratio at the slicer.",
        |l| l.snr_db.into(),
    )
    .higher()
    .target(),
    LaneMetric::new(
        "snr_counted_db",
        "counted SNR",
        Unit::Db,
        TakenAt::Slicer,
        "Signal-to-noise ratio of the counted blocks.",
        |l| l.snr_counted_db.into(),
    )
    .higher()
    .target(),
    LaneMetric::new(
        "rlm",
        "RLM",
        Unit::Ratio,
        TakenAt::Slicer,
        "Ratio of level mismatch at the slicer.",
        |l| l.rlm.into(),
    )
    .higher()
    .target(),
];

/// At the receiver's input.
pub(super) static TP3: &[LaneMetric] = &[
    LaneMetric::new(
        "oma_tp3_dbm",
        "OMAouter at TP3",
        Unit::Dbm,
        TakenAt::Tp3,
        "Outer optical modulation amplitude at TP3.",
        |l| l.oma_tp3_dbm.into(),
    )
    .target(),
    LaneMetric::new(
        "er_tp3_db",
        "extinction ratio at TP3",
        Unit::Db,
        TakenAt::Tp3,
        "Extinction ratio at TP3.",
        |l| l.er_tp3_db.into(),
    )
    .target(),
    LaneMetric::new(
        "received_power_dbm",
        "average received power",
        Unit::Dbm,
        TakenAt::Tp3,
        "Average power at TP3.",
        |l| l.received_power_dbm.into(),
    )
    .target(),
    LaneMetric::new(
        "sensitivity_oma_dbm",
        "receiver sensitivity (OMA)",
        Unit::Dbm,
        TakenAt::Tp3,
        "Outer optical modulation amplitude at TP3 at which the limit is just kept, \
         with the transmitter of the lane.",
        |l| l.sensitivity_oma_dbm.into(),
    )
    .lower()
    .target(),
];

/// Clock recovery, in stream mode.
pub(super) static CLOCK: &[LaneMetric] = &[
    LaneMetric::new(
        "clock_locked",
        "clock locked",
        Unit::Flag,
        TakenAt::Clock,
        "True if the clock stayed locked; without a lock nothing is counted.",
        |l| l.clock.locked.into(),
    ),
    LaneMetric::new(
        "clock_phase_error_rms_ui",
        "clock phase error, rms",
        Unit::Ui,
        TakenAt::Clock,
        "Sampling phase against the transmitter, without whole slips.",
        |l| l.clock.phase_error_rms_ui.into(),
    )
    .lower()
    .target(),
    LaneMetric::new(
        "clock_phase_error_predicted_rms_ui",
        "clock phase error, predicted rms",
        Unit::Ui,
        TakenAt::Clock,
        "Sampling phase against the transmitter as predicted: the loop's noise and the jitter \
         that it leaves.",
        |l| l.clock.phase_error_predicted_rms_ui.into(),
    )
    .lower(),
    LaneMetric::new(
        "clock_offset_ppm",
        "clock frequency offset",
        Unit::Ppm,
        TakenAt::Clock,
        "Mean frequency offset found by the loop.",
        |l| l.clock.offset_ppm.into(),
    ),
    LaneMetric::new(
        "clock_slips_forward",
        "clock slips forward",
        Unit::Count,
        TakenAt::Clock,
        "Symbols lost by sampling a whole symbol later.",
        |l| l.clock.slips_forward.into(),
    )
    .lower(),
    LaneMetric::new(
        "clock_slips_backward",
        "clock slips backward",
        Unit::Count,
        TakenAt::Clock,
        "Symbols sampled twice.",
        |l| l.clock.slips_backward.into(),
    )
    .lower(),
    LaneMetric::new(
        "clock_bandwidth_mhz",
        "clock bandwidth",
        Unit::Mhz,
        TakenAt::Clock,
        "Bandwidth of the jitter transfer with the slope of the detector in the \
         present noise and jitter.",
        |l| l.clock.bandwidth_mhz.into(),
    ),
];
