//! Memory of the module: reflections on its lines, and converters whose sub-converters take turns.

use crate::support::{ln_predicted_over_counted, memoryless, preset, run, run_lane};
use lightlane::link::{Config, LaneResult};
use lightlane::pattern::PatternKind;
use lightlane::serdes::{Echo, Interleave};
use lightlane::transmitter::TransmitterKind;

/// Error ratio to which extra loss brings each link.
const BER: f64 = 1.5e-4;

type Change = fn(&mut Config);

/// Errors of eight sub-converters that take 1 dB of margin and more.
fn interleave(gain_rms_percent: f64, offset_rms_percent: f64, skew_rms_fs: f64) -> Interleave {
    Interleave {
        converters: 8,
        gain_rms_percent,
        offset_rms_percent,
        skew_rms_fs,
        ..Interleave::default()
    }
}

fn echo(delay_ps: f64, reflection_db: f64) -> Option<Echo> {
    Some(Echo {
        delay_ps,
        reflection_near_db: reflection_db,
        reflection_far_db: reflection_db,
        ..Echo::default()
    })
}

const LINKS: [(&str, Change); 5] = [
    ("echoes", |c| {
        c.transmitter.dac.echo = echo(110.0, -14.0);
        c.transmitter.eml.driver.echo = echo(16.0, -12.0);
        c.receiver.tia.echo = echo(90.0, -14.0);
    }),
    ("sampling", |c| c.receiver.dsp.adc.interleave = Some(interleave(2.5, 0.8, 120.0))),
    ("holding", |c| c.transmitter.dac.interleave = Some(interleave(2.5, 0.8, 120.0))),
    ("both, interferometer, T/2", |c| {
        c.transmitter.kind = TransmitterKind::Mzm;
        c.transmitter.dac.interleave = Some(interleave(1.5, 0.5, 80.0));
        c.receiver.dsp.adc.interleave = Some(interleave(1.5, 0.5, 80.0));
        c.receiver.dsp.adc.samples_per_symbol = 2;
    }),
    ("both, stream mode", |c| {
        c.transmitter.dac.interleave = Some(interleave(1.5, 0.5, 80.0));
        c.receiver.dsp.adc.interleave = Some(interleave(1.5, 0.5, 80.0));
        c.simulation.stream = true;
    }),
];

fn link(change: Change) -> Config {
    let mut c = preset("1.6tbase-dr8");
    (c.lanes, c.spread.launch_power_db, c.limits.pmd_ber) = (1, 0.0, BER);
    c.pattern.kind = PatternKind::Random;
    (c.transmitter.dac.jitter_fs, c.receiver.dsp.adc.jitter_fs) = (40.0, 40.0);
    (c.simulation.symbols, c.simulation.symbols_at_limit) = (0, (2600.0 / BER) as u64);
    change(&mut c);
    c
}

/// 5200 errors have a spread of 1.4 %, four scoring blocks of random symbols one of about 1.5 %.
#[test]
fn echoes_and_interleaved_converters_are_predicted_as_they_are_counted() {
    let ratio = |(name, change): (&'static str, Change)| {
        let lane = run(&link(change)).lanes.remove(0);
        let ratio = ln_predicted_over_counted(name, &lane);
        (name, ratio)
    };
    for (name, ratio) in LINKS.map(ratio) {
        assert!(ratio.abs() < 0.05, "{name}: ln ratio {ratio}");
    }
}

/// SNR at the slicer after so many taps, half of them before the main one.
fn snr_db(config: &Config, taps: usize) -> f64 {
    let mut config = config.clone();
    config.receiver.dsp.ffe.taps = taps;
    run_lane(&config, 0).snr_db.expect("trained")
}

/// An echo of 100 ps is 10.6 symbols of 106.25 GBd late: the taps before the main one reach it
/// with 31 in all, not with nine.
#[test]
fn an_echo_is_equalised_where_taps_reach_it() {
    let mut plain = preset("1.6tbase-dr8");
    memoryless(&mut plain);
    let mut echoing = plain.clone();
    echoing.transmitter.dac.echo = echo(100.0, -13.0);
    let loss = |taps| snr_db(&plain, taps) - snr_db(&echoing, taps);
    let (few, many) = (loss(9), loss(31));
    println!("loss with 9 taps {few:.3} dB, with 31 {many:.3} dB");
    assert!(few > 0.1 && many < 0.3 * few, "{few} and {many} dB");
}

/// A table without errors, and a line that reflects nothing, are a link without them: the same to
/// single precision.
#[test]
fn converters_without_errors_are_one_converter() {
    let of = |change: fn(&mut Config)| -> LaneResult {
        let mut c = preset("800gbase-dr8");
        memoryless(&mut c);
        c.fibre.connector_loss_db += 9.5;
        change(&mut c);
        run_lane(&c, 1 << 15)
    };
    let plain = of(|_| ());
    let none = of(|c| {
        c.transmitter.dac.interleave = Some(interleave(0.0, 0.0, 0.0));
        c.receiver.dsp.adc.interleave = Some(interleave(0.0, 0.0, 0.0));
    });
    assert!(plain.errors > 100);
    assert_eq!((plain.errors, plain.ber_semi_analytic), (none.errors, none.ber_semi_analytic));
    let still = of(|c| c.transmitter.dac.echo = echo(50.0, -100.0));
    let ratio = (plain.ber_semi_analytic.unwrap() / still.ber_semi_analytic.unwrap()).ln();
    assert!(ratio.abs() < 1e-3, "{ratio}");
}
