//! Modules between hosts: detectors and clocks of every segment, measured channels.

use crate::modules::dim;
use crate::support::{agreement, preset, run_lane};
use lightlane::dsp::DetectorKind;
use lightlane::host::ElectricalChannel;
use lightlane::link::ModuleKind;
use lightlane::serdes::dsp::ClockRecovery;

/// Feedback and sequences decide in a stream as they do block by block. Bursts of a DFE, two errors
/// long on average, scatter a count by up to twice the root of its errors.
#[test]
fn feedback_and_sequences_count_in_a_stream_as_in_blocks() {
    for decision in [DetectorKind::Dfe, DetectorKind::Mlse] {
        let errors = |stream: bool| {
            let mut config = dim("1.6tbase-dr8", ModuleKind::Optics);
            config.fibre.connector_loss_db = 10.0;
            config.receiver.dsp.adc.bandwidth_ghz = 30.0;
            config.receiver.dsp.detector = decision;
            config.simulation.stream = stream;
            let lane = run_lane(&config, 1 << 18);
            (lane.errors as f64, lane.bits as f64)
        };
        let (blocks, stream) = (errors(false), errors(true));
        let ratio = (stream.0 / stream.1 / (blocks.0 / blocks.1)).ln();
        println!("{decision:?}: {} and {} errors, ln ratio {ratio:.3}", blocks.0, stream.0);
        assert!(blocks.0 > 150.0, "{decision:?}: {} errors", blocks.0);
        assert!(
            ratio.abs() < 0.05 + 5.0 * (4.0 / blocks.0 + 4.0 / stream.0).sqrt(),
            "{decision:?}: {ratio}"
        );
    }
}

/// Three segments in stream mode, each clock recovered on its own with an offset of its own: all
/// lock, find their offsets, lose no symbol, and the errors are those of ideal clocks.
#[test]
fn every_segment_recovers_its_own_clock() {
    let lane = |recovered: bool| {
        let mut config = dim("800gbase-dr8", ModuleKind::Retimed);
        if recovered {
            for (clock, ppm) in [
                (&mut config.module.rx.dsp.clock, 40.0),
                (&mut config.receiver.dsp.clock, -60.0),
                (&mut config.host.rx.dsp.clock, 90.0),
            ] {
                (clock.recovery, clock.offset_ppm) = (ClockRecovery::MuellerMuller, ppm);
            }
        }
        run_lane(&config, 131_072)
    };
    let (ideal, recovered) = (lane(false), lane(true));
    for (segment, ppm) in recovered.segments.iter().zip([40.0, -60.0, 90.0]) {
        let clock = &segment.clock;
        assert_eq!(
            (clock.locked, clock.slips_forward, clock.slips_backward),
            (Some(true), Some(0), Some(0)),
            "{}",
            segment.name
        );
        assert!(
            (clock.offset_ppm.unwrap() - ppm).abs() < 2.0,
            "{}: {:?}",
            segment.name,
            clock.offset_ppm
        );
    }
    assert_eq!((recovered.segments[0].errors, recovered.segments[2].errors), (0, 0));
    let ratio = (recovered.errors as f64 / ideal.errors as f64).ln();
    assert!(
        ideal.errors > 50 && ratio.abs() < 0.05 + 5.0 * (2.0 / ideal.errors as f64).sqrt(),
        "{} {}",
        ideal.errors,
        recovered.errors
    );
}

/// A real channel with its own aggressors: 14 dB, both ways. Skipped where the files are not.
#[test]
fn a_measured_channel_closes_and_both_estimators_see_the_same() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data/channels", "../../shared/data/channels"]
        .iter()
        .map(|beside| root.join(beside))
        .find(|folder| folder.is_dir());
    let Some(folder) = found else {
        println!("skipped: no ../shared/data/channels beside the project");
        return;
    };
    let file = |name: &str| vec![folder.join(name).to_str().expect("a path").to_owned()];
    let mut config = preset("800gbase-dr8");
    config.module.kind = ModuleKind::Lpo;
    config.fibre.connector_loss_db += 3.0;
    let channel = &mut config.host.channel;
    *channel = ElectricalChannel::of_files(file("c2m_il14_thru.s4p"));
    (channel.fext_files, channel.next_files) =
        (file("c2m_il14_fext1.s4p"), file("c2m_il14_next1.s4p"));
    (channel.fext_db, channel.next_db) = (-300.0, -300.0);
    let map = || Some("1-2/3-4".parse().expect("a map"));
    (channel.ports, channel.fext_ports, channel.next_ports) = (map(), map(), map());
    let lane = run_lane(&config, 1 << 20);
    agreement("measured channel", &lane);
    // SDD21 alone loses 13.94 dB (tests/oracle/channels)
    assert!(
        (lane.segments[0].channel_loss_db.unwrap() - 13.94).abs() < 0.05,
        "{:?}",
        lane.segments[0].channel_loss_db
    );
}
