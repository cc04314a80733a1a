//! Metrics of a channel's file.

use super::inspection::Inspection;
use crate::table::{Metric, TakenAt, Unit};

/// A metric of a channel.
pub type ChannelMetric = Metric<Inspection>;

/// Metrics in the order of the fields of [`Inspection`].
pub static CHANNEL_METRICS: &[ChannelMetric] = &[
    ChannelMetric::new("file", "file", Unit::Text, TakenAt::Channel, "File.", |l| {
        l.file.clone().into()
    }),
    ChannelMetric::new("ports", "ports", Unit::Count, TakenAt::Channel, "Number of ports.", |l| {
        l.ports.into()
    }),
    ChannelMetric::new(
        "points",
        "frequencies",
        Unit::Count,
        TakenAt::Channel,
        "Number of frequencies.",
        |l| l.points.into(),
    ),
    ChannelMetric::new(
        "lowest_ghz",
        "lowest frequency",
        Unit::Ghz,
        TakenAt::Channel,
        "Lowest frequency.",
        |l| l.lowest_ghz.into(),
    ),
    ChannelMetric::new(
        "highest_ghz",
        "highest frequency",
        Unit::Ghz,
        TakenAt::Channel,
        "Highest frequency.",
        |l| l.highest_ghz.into(),
    ),
    ChannelMetric::new(
        "port_map",
        "port map",
        Unit::Text,
        TakenAt::Channel,
        "Ports of the differential channel; absent for two ports.",
        |l| serde_json::to_value(l.port_map).unwrap_or_default(),
    ),
    ChannelMetric::new(
        "nyquist_ghz",
        "Nyquist frequency",
        Unit::Ghz,
        TakenAt::Channel,
        "Half the symbol rate.",
        |l| l.nyquist_ghz.into(),
    ),
    ChannelMetric::new(
        "reference_ohm",
        "reference impedance",
        Unit::Ohm,
        TakenAt::Channel,
        "Reference impedance of the figures: of the differential ports, or of both single ones.",
        |l| l.reference_ohm.into(),
    ),
    ChannelMetric::new(
        "dc_loss_db",
        "loss at 0 Hz",
        Unit::Db,
        TakenAt::Channel,
        "Loss at 0 Hz.",
        |l| l.dc_loss_db.into(),
    )
    .lower(),
    ChannelMetric::new(
        "dc_extrapolated",
        "loss at 0 Hz extrapolated",
        Unit::Flag,
        TakenAt::Channel,
        "True if the loss at 0 Hz is extrapolated, false if the file has it.",
        |l| l.dc_extrapolated.into(),
    ),
    ChannelMetric::new(
        "nyquist_loss_db",
        "loss at Nyquist",
        Unit::Db,
        TakenAt::Channel,
        "Loss at the Nyquist frequency; absent if the file does not reach it.",
        |l| l.nyquist_loss_db.into(),
    )
    .lower(),
    ChannelMetric::new(
        "near_return_loss_db",
        "near-end return loss",
        Unit::Db,
        TakenAt::Channel,
        "Smallest return loss of the near end.",
        |l| l.near_return_loss_db.into(),
    )
    .higher(),
    ChannelMetric::new(
        "far_return_loss_db",
        "far-end return loss",
        Unit::Db,
        TakenAt::Channel,
        "Smallest return loss of the far end.",
        |l| l.far_return_loss_db.into(),
    )
    .higher(),
    ChannelMetric::new(
        "conversion_db",
        "mode conversion",
        Unit::Db,
        TakenAt::Channel,
        "Largest conversion of a differential wave into a common one at the far end.",
        |l| l.conversion_db.into(),
    )
    .lower(),
    ChannelMetric::new(
        "delay_ps",
        "delay",
        Unit::Ps,
        TakenAt::Channel,
        "Delay, weighted by the power that passes.",
        |l| l.delay_ps.into(),
    ),
    ChannelMetric::new(
        "early_percent",
        "early energy",
        Unit::Percent,
        TakenAt::Channel,
        "Energy of the impulse response before its delay, % of all.",
        |l| l.early_percent.into(),
    )
    .lower(),
    ChannelMetric::new(
        "largest_singular_value",
        "largest singular value",
        Unit::Ratio,
        TakenAt::Channel,
        "Largest singular value of S; the network is active above 1.",
        |l| l.largest_singular_value.into(),
    )
    .lower(),
    ChannelMetric::new(
        "largest_singular_value_ghz",
        "frequency of the largest singular value",
        Unit::Ghz,
        TakenAt::Channel,
        "Frequency of the largest singular value.",
        |l| l.largest_singular_value_ghz.into(),
    ),
    ChannelMetric::new(
        "largest_asymmetry",
        "largest asymmetry",
        Unit::Ratio,
        TakenAt::Channel,
        "Largest |S - S^T|.",
        |l| l.largest_asymmetry.into(),
    )
    .lower(),
    ChannelMetric::new(
        "causality_percent",
        "causality",
        Unit::Percent,
        TakenAt::Channel,
        "Share of the phase that rotates as that of a delay.",
        |l| l.causality_percent.into(),
    )
    .higher(),
];
