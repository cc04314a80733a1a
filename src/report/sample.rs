//! A result for tests, with values of every kind at their largest width.

use crate::dsp::DetectorKind;
use crate::link::{LaneResult, LinkResult, NoiseShare, PortResult, SlicerResult, TransmitterUsed};
use crate::transmitter::TransmitterKind;

pub(super) fn lane(lane: usize) -> LaneResult {
    let shares = [
        ("laser.eml0.rin", 0.41),
        ("adc.quantisation", 0.33),
        ("tia.thermal", 0.14),
        ("photodiode.shot", 0.12),
    ];
    LaneResult {
        lane,
        bits: 262_144,
        errors: 12,
        ber_counted: Some(4.6e-5),
        ber_counted_low: Some(2.4e-5),
        ber_counted_high: Some(1.8e-4),
        interval_kind: crate::math::interval::IntervalKind::ClopperPearson,
        ber_semi_analytic: Some(1.234e-112),
        ber_semi_analytic_low: Some(1.1e-112),
        ber_semi_analytic_high: Some(9.4e-111),
        pattern_limited: Some(true),
        snr_db: Some(21.74),
        rlm: Some(0.987),
        oma_tp2_dbm: Some(-11.94),
        er_tp2_db: Some(14.11),
        launch_power_dbm: Some(-12.53),
        received_power_dbm: Some(-20.61),
        loss_margin_db: Some(-10.02),
        bits_at_limit: 524_288,
        errors_at_limit: 126,
        ber_counted_at_limit: Some(2.4e-4),
        passes: Some(true),
        slicer: Some(SlicerResult {
            level_means: [-1.0, -0.33, 0.33, 1.0].map(Some),
            level_sigmas: [Some(0.05); 4],
            thresholds: [-0.66, 0.0, 0.66].map(Some),
            delay_ui: 0.1,
            taps: vec![1.0],
            detector: DetectorKind::Slicer,
            postcursors: vec![],
            noise_shares: shares
                .map(|(entity, share)| NoiseShare { source: entity.to_owned(), share: Some(share) })
                .into(),
            interference_share: Some(0.1),
            crosstalk_share: Some(0.02),
        }),
        ..LaneResult::default()
    }
}

pub(super) fn result(lanes: Vec<LaneResult>) -> LinkResult {
    let port = PortResult {
        bits: 2_097_152,
        errors: 96,
        ber_counted: Some(4.6e-5),
        ber_counted_low: Some(3.7e-5),
        ber_counted_high: Some(5.6e-5),
        ber_semi_analytic: Some(1.2e-9),
        loss_margin_db: Some(5.9),
        worst_lane: Some(1),
        passes: lanes
            .iter()
            .map(|lane| lane.passes)
            .collect::<Option<Vec<_>>>()
            .map(|passes| passes.iter().all(|&p| p)),
        ..PortResult::default()
    };
    LinkResult {
        schema: 2,
        version: "0.1.0".to_owned(),
        seed: 1,
        config_hash: "0123456789abcdef".to_owned(),
        config: crate::link::Config::default().into(),
        preset: Some("800gbase-dr8".to_owned()),
        changed: Default::default(),
        transmitter: TransmitterUsed::Described(TransmitterKind::Eml),
        module: crate::link::ModuleKind::Optics,
        symbol_rate_gbd: 53.125,
        limit_ber: 2.4e-4,
        lanes,
        port,
        files: Vec::new(),
        spec: Vec::new(),
        warnings: vec!["the light is dim".to_owned()],
    }
}
