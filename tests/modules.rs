//! Hosts and modules: segments, their electrical channels, and changes that must have no effect.

use crate::support::{Folder, agreement, preset, quiet, run, run_lane, share};
use lightlane::chain::Shape;
use lightlane::error::Problems;
use lightlane::host::{ChannelKind, ElectricalChannel, Network, Package, PcbTrace};
use lightlane::link::{Config, LaneResult, ModuleKind};
use lightlane::math::prototype::Family;
use lightlane::pattern::PatternKind;
use lightlane::receiver::Limiting;
use lightlane::serdes::{Ctle, SerdesRx, SerdesTx};

/// An analogue equaliser without effect, apart from a pole at 500 GHz.
fn flat() -> Ctle {
    Ctle { adapt: false, gain_db: 0.0, low_gain_db: 0.0, pole_2_ghz: 500.0, ..Ctle::default() }
}

/// A transmitter and a receiver without noise, apart from 14 bits, and an ideal line between them.
pub(crate) fn perfect(config: &mut Config) {
    let tx = SerdesTx {
        adapt: false,
        sndr_db: 200.0,
        rlm: 1.0,
        transition_ps: 0.0,
        jitter_fs: 0.0,
        ..SerdesTx::default()
    };
    let mut rx = SerdesRx { noise_nv_per_rthz: 0.0, ctle: flat(), ..SerdesRx::default() };
    (rx.dsp.adc.bandwidth_ghz, rx.dsp.adc.effective_bits, rx.dsp.adc.jitter_fs) =
        (500.0, 14.0, 0.0);
    (config.host.tx, config.module.tx) = (tx.clone(), tx);
    (config.host.rx, config.module.rx) = (rx.clone(), rx);
    config.host.channel = ElectricalChannel::thru();
    config.module.output.noise_nv_per_rthz = 0.0;
    config.module.output.bandwidth_ghz = 500.0;
    config.module.output.peaking_db = 0.0;
    config.module.input.noise_nv_per_rthz = 0.0;
    config.module.input.drive_percent = 80.0;
    config.module.input.ctle = flat();
}

/// Optical power so low that errors are counted.
pub(crate) fn dim(name: &str, kind: ModuleKind) -> Config {
    let mut config = preset(name);
    config.fibre.connector_loss_db += 8.5;
    config.module.kind = kind;
    config.simulation.symbols_at_limit = 0;
    config
}

/// A retimed module between ideal hosts gives the result of the optical segment alone: the same bit
/// errors in the same codewords, on every lane.
#[test]
fn retimed_between_perfect_hosts_is_the_light_alone_bit_for_bit() {
    let counted = |kind: ModuleKind| {
        let mut config = dim("800gbase-dr8", kind);
        perfect(&mut config);
        config.lanes = 2;
        config.simulation.symbols = 131_072;
        run(&config)
    };
    let [light, retimed] = [ModuleKind::Optics, ModuleKind::Retimed].map(counted);
    for (light, retimed) in light.lanes.iter().zip(&retimed.lanes) {
        assert!(light.errors > 50, "{}", light.errors);
        assert_eq!(
            (light.bits, light.errors, light.corrected_bits),
            (retimed.bits, retimed.errors, retimed.corrected_bits)
        );
        assert_eq!(light.fec_bins, retimed.fec_bins);
        assert_eq!(light.snr_counted_db, retimed.snr_counted_db);
        let segments: Vec<(u64, u64)> =
            retimed.segments.iter().map(|s| (s.bits, s.errors)).collect();
        assert_eq!(segments, [(light.bits, 0), (light.bits, light.errors), (light.bits, 0)]);
        assert!(
            (retimed.ber_semi_analytic.unwrap() / light.ber_semi_analytic.unwrap() - 1.0).abs()
                < 1e-9
        );
    }
}

/// A linear module between ideal hosts gives the result of the optical segment alone, when the
/// module's own converters are ideal too. The remaining two poles and two low-passes at 500 GHz
/// cost each less than (26.6 / 500)^2 of a signal's power at the Nyquist frequency, and an
/// equaliser takes it back.
#[test]
fn linear_between_perfect_hosts_is_the_light_alone() {
    let lane = |kind: ModuleKind| {
        let mut config = dim("800gbase-dr8", kind);
        crate::support::memoryless(&mut config);
        perfect(&mut config);
        (
            config.transmitter.dac.bandwidth_ghz,
            config.transmitter.dac.effective_bits,
            config.transmitter.dac.jitter_fs,
        ) = (500.0, 14.0, 0.0);
        config.transmitter.ffe.taps = vec![-0.05, 0.9, -0.05];
        config.host.tx.ffe.taps = vec![0.0, 0.0, -0.05, 0.9, -0.05, 0.0, 0.0];
        config.receiver.dsp.adc = config.host.rx.dsp.adc.clone();
        config.pattern.kind = PatternKind::Prbs31q;
        run_lane(&config, 262_144)
    };
    let [light, lro, lpo] = [ModuleKind::Optics, ModuleKind::Lro, ModuleKind::Lpo].map(lane);
    for (name, linear) in [("lro", &lro), ("lpo", &lpo)] {
        let db = |of: fn(&LaneResult) -> Option<f64>| of(linear).unwrap() - of(&light).unwrap();
        assert!(db(|l| l.snr_db).abs() < 0.05, "{name}: {}", db(|l| l.snr_db));
        assert!(db(|l| l.oma_tp2_dbm).abs() < 0.02 && db(|l| l.er_tp2_db).abs() < 0.02, "{name}");
        agreement(name, linear);
    }
    assert!((lpo.ber_semi_analytic.unwrap() / light.ber_semi_analytic.unwrap()).ln().abs() < 0.05);
}

/// SNDR alone on an ideal line: levels of variance 5/9 in noise of 10^(-SNDR/10), which an
/// equaliser of the pulse scales with the signal. 262 144 symbols know an SNR to 0.02 dB.
#[test]
fn a_sender_in_noise_has_the_snr_of_its_sndr() {
    for sndr_db in [22.0, 26.0] {
        let mut config = preset("800gbase-dr8");
        config.module.kind = ModuleKind::Retimed;
        perfect(&mut config);
        config.host.tx.sndr_db = sndr_db;
        let lane = run_lane(&config, 131_072);
        let expected_db = sndr_db + 10.0 * (5.0f64 / 9.0).log10();
        let snr_db = lane.segments[0].snr_db.unwrap();
        assert!((snr_db - expected_db).abs() < 0.03, "{sndr_db}: {snr_db}");
        // and the errors follow: Q of the half eye over the noise, three quarters of it
        let sigma = 10f64.powf(-sndr_db / 20.0);
        let expected = lightlane::math::gaussian::pam4_ber(1.0 / 3.0 / sigma);
        // 0.03 dB move the logarithm by 0.0035 of (half eye / sigma)^2
        let known = 0.05 + 0.0035 * (1.0 / 3.0 / sigma).powi(2);
        assert!(
            (lane.segments[0].ber_semi_analytic.unwrap() / expected).ln().abs() < known,
            "{sndr_db}"
        );
    }
}

/// The noise of a SerDes receiver alone, through its filter: S times the filter's noise bandwidth,
/// S one-sided in V^2/Hz, over levels of swing/2 whose mean square is 5/9. What symbols leave in
/// each other adds up with it and is known from a run without noise. The tap that scales volts to
/// levels cancels; what the error takes off the main cursor is below 0.3 %.
#[test]
fn a_receivers_noise_has_the_power_of_its_one_sided_density() {
    let lane = |noise_nv_per_rthz: f64| {
        let mut config = preset("800gbase-dr8");
        config.module.kind = ModuleKind::Retimed;
        perfect(&mut config);
        (config.module.rx.dsp.ffe.taps, config.module.rx.dsp.ffe.precursors) = (1, Some(0));
        (config.module.rx.dsp.adc.bandwidth_ghz, config.module.rx.noise_nv_per_rthz) =
            (26.5625, noise_nv_per_rthz);
        let segment = run_lane(&config, 8192).segments.remove(0);
        (10f64.powf(-segment.snr_db.unwrap() / 10.0), segment.rx_taps[0])
    };
    let filters = [
        Shape::low_pass(Family::Bessel, 4, 26.5625e9, 0.0),
        Shape::low_pass(Family::Bessel, 1, 500e9, 0.0),
    ];
    let power = |f: f64| filters.iter().map(|shape| shape.at(f).norm_sqr()).product::<f64>();
    let noise_bandwidth_hz: f64 =
        (0..20_000).map(|i| power((f64::from(i) + 0.5) * 5e6) * 5e6).sum();
    let (left, _) = lane(0.0);
    for noise_nv_per_rthz in [20.0f64, 60.0] {
        let (all, tap) = lane(noise_nv_per_rthz);
        let expected = (noise_nv_per_rthz * 1e-9 * tap).powi(2) * noise_bandwidth_hz / (5.0 / 9.0);
        let ratio = (all - left) / expected;
        assert!((ratio - 1.0).abs() < 0.01, "{noise_nv_per_rthz}: {ratio}");
    }
}

/// Writes the differential two-port of a trace.
fn s2p(folder: &Folder, name: &str, trace: &PcbTrace) -> String {
    let f_hz: Vec<f64> = (0..=4400).map(|k| f64::from(k) * 25e6).collect();
    let network: Network = trace.network(&f_hz, 100.0).expect("a trace");
    let mut text = "# Hz S RI R 100\n".to_owned();
    for (k, f) in f_hz.iter().enumerate() {
        let s = |i, j| network.at(k, i, j);
        let [s11, s21, s12, s22] = [s(1, 1), s(2, 1), s(1, 2), s(2, 2)];
        text += &format!(
            "{f:e} {:.15e} {:.15e} {:.15e} {:.15e} {:.15e} {:.15e} {:.15e} {:.15e}\n",
            s11.re, s11.im, s21.re, s21.im, s12.re, s12.im, s22.re, s22.im
        );
    }
    folder.write(name, text)
}

/// The same line as a trace, as its file and as the files of its two halves; only rounding differs.
#[test]
fn a_trace_its_file_and_the_files_of_its_halves_are_one_channel() {
    let folder = Folder::new("modules-halves");
    let half = |near: Package, far: Package, share: f64| PcbTrace {
        loss_db: 12.0 * share,
        delay_ps: 1000.0 * share,
        impedance_ohm: 92.0,
        near,
        far,
        ..PcbTrace::default()
    };
    let package = || Package { length_mm: 12.0, ..Package::default() };
    let whole = half(package(), Package::none(), 1.0);
    let file = s2p(&folder, "whole.s2p", &whole);
    let halves = vec![
        s2p(&folder, "one.s2p", &half(package(), Package::none(), 0.5)),
        s2p(&folder, "two.s2p", &half(Package::none(), Package::none(), 0.5)),
    ];
    let lane = |channel: ElectricalChannel| {
        let mut config = preset("800gbase-dr8");
        config.module.kind = ModuleKind::Lpo;
        config.host.channel = channel;
        config.host.tx.adapt = false;
        for ctle in [&mut config.host.rx.ctle, &mut config.module.input.ctle] {
            ctle.adapt = false;
        }
        run_lane(&config, 8192)
    };
    let trace = lane(ElectricalChannel::of_trace(whole));
    for (name, other) in [
        ("file", lane(ElectricalChannel::of_files(vec![file]))),
        ("halves", lane(ElectricalChannel::of_files(halves))),
    ] {
        for of in [
            |l: &LaneResult| l.snr_db,
            |l: &LaneResult| l.segments[0].channel_loss_db,
            |l: &LaneResult| l.oma_tp2_dbm,
        ] {
            assert!(
                (of(&other).unwrap() - of(&trace).unwrap()).abs() < 1e-3,
                "{name}: {:?} {:?}",
                of(&other),
                of(&trace)
            );
        }
    }
    assert!(trace.segments[0].channel_loss_db.unwrap() > 12.0);
}

/// Each source of a host alone makes most of the noise of a linear lane, and both estimators see
/// the same of it.
#[test]
fn every_source_of_a_host_is_foreseen() {
    type Change = (&'static str, fn(&mut Config));
    let sources: [Change; 7] = [
        ("host.tx.noise", |c| c.host.tx.sndr_db = 24.0),
        ("host.tx.jitter", |c| c.host.tx.jitter_fs = 370.0),
        ("host.tx.dual_dirac_jitter", |c| c.host.tx.dual_dirac_jitter_fs = 370.0),
        ("module.input.noise", |c| c.module.input.noise_nv_per_rthz = 30.0),
        ("module.output.noise", |c| c.module.output.noise_nv_per_rthz = 60.0),
        ("host.rx.noise", |c| c.host.rx.noise_nv_per_rthz = 16.0),
        ("", |c| {
            c.host.tx.even_odd_jitter_fs = 1000.0;
            (c.host.channel.fext_db, c.host.channel.next_db) = (-34.0, -36.0);
        }),
    ];
    let mut sum = 0.0;
    for (entity, change) in sources {
        let mut config = preset("800gbase-dr8");
        config.module.kind = ModuleKind::Lpo;
        quiet(&mut config);
        config.fibre.connector_loss_db = 0.5;
        (config.host.tx.sndr_db, config.host.tx.jitter_fs, config.host.rx.noise_nv_per_rthz) =
            (50.0, 0.0, 0.5);
        (config.host.rx.dsp.adc.effective_bits, config.host.rx.dsp.adc.jitter_fs) = (8.0, 0.0);
        (config.host.channel.fext_db, config.host.channel.next_db) = (-300.0, -300.0);
        (config.host.tx.ffe.taps, config.host.tx.adapt) =
            (vec![0.0, 0.04, -0.16, 0.80, 0.0, 0.0, 0.0], false);
        (config.module.input.ctle.gain_db, config.module.input.ctle.adapt) = (-12.0, false);
        (config.host.rx.ctle.gain_db, config.host.rx.ctle.adapt) = (-12.0, false);
        change(&mut config);
        let lane = run_lane(&config, 262_144);
        if !entity.is_empty() {
            assert!(
                share(&lane, entity) > 0.5,
                "{entity}: {} of {:?}",
                share(&lane, entity),
                lane.slicer.map(|s| s.noise_shares)
            );
        }
        let difference_db = lane.snr_counted_db.unwrap() - lane.snr_db.unwrap();
        println!("{entity}: {difference_db:.3} dB of {:?}", lane.snr_db);
        assert!(
            difference_db.abs() < 0.1,
            "{entity}: counted and predicted differ by {difference_db} dB"
        );
        sum += difference_db;
    }
    assert!((sum / 7.0).abs() < 0.04, "a bias of {} dB", sum / 7.0);
}

/// Noise after the linear output's gain keeps its strength relative to the signal when optical
/// power is lost: the margin found with a host receiver that makes most of the noise is the one
/// counted at the limit.
#[test]
fn noise_behind_the_output_gain_does_not_take_the_margin() {
    let mut config = preset("800gbase-dr8");
    config.module.kind = ModuleKind::Lpo;
    config.lanes = 1;
    config.spread.launch_power_db = 0.0;
    config.host.rx.noise_nv_per_rthz = 20.0;
    let lane = run(&config).lanes.remove(0);
    assert!(share(&lane, "host.rx.noise") > 0.35, "{}", share(&lane, "host.rx.noise"));
    // were it fixed, it alone would meet the limit after the first decibel or two
    assert!(
        lane.loss_margin_db.unwrap() > 3.0 && lane.estimators_agree == Some(true),
        "{:?} {:?}",
        lane.loss_margin_db,
        lane.estimators_agree
    );
}

/// The same after an amplifier that limits, whose signal already includes the loss: noise after the
/// gain still follows the optical power.
#[test]
fn noise_behind_the_gain_follows_the_light_through_an_amplifier_that_limits() {
    let mut config = preset("800gbase-dr8");
    (config.module.kind, config.lanes, config.spread.launch_power_db) = (ModuleKind::Lro, 1, 0.0);
    config.receiver.tia.limiting = Limiting::Tanh;
    config.simulation.symbols = 0;
    let lane = run(&config).lanes.remove(0);
    assert!(
        lane.estimators_agree == Some(true) && lane.errors_at_limit > 50,
        "{:?} {}",
        lane.ber_counted_at_limit,
        lane.errors_at_limit
    );
}

/// More loss in the host costs a linear lane margin, and a retimed one nothing until its own
/// segment fails.
#[test]
fn host_loss_costs_a_linear_module_margin_and_a_retimed_one_its_segment() {
    let lane = |kind: ModuleKind, loss_db: f64| {
        let mut config = preset("800gbase-dr8");
        config.module.kind = kind;
        config.host.channel.trace.loss_db = loss_db;
        run_lane(&config, 8192)
    };
    let losses = [4.0, 12.0, 20.0];
    let margins = |kind: ModuleKind| losses.map(|loss_db| lane(kind, loss_db).loss_margin_db);
    let (lpo, retimed) = (margins(ModuleKind::Lpo), margins(ModuleKind::Retimed));
    assert!(
        lpo[0].unwrap() > lpo[1].unwrap() + 0.2
            && lpo[2].is_none_or(|last| last < lpo[1].unwrap() - 0.5),
        "{lpo:?}"
    );
    assert!((retimed[0].unwrap() - retimed[1].unwrap()).abs() < 1e-3, "{retimed:?}");
    let closed = lane(ModuleKind::Retimed, 34.0);
    assert_eq!(
        (closed.passes, closed.segments[0].passes),
        (Some(false), Some(false)),
        "{:?}",
        closed.segments[0].ber_semi_analytic
    );
    assert!(closed.loss_margin_db.is_none() && closed.least_ber.unwrap() > 2.8e-4);
    // a segment above its own limit fails, though the sum keeps that of the link
    let missed = lane(ModuleKind::Retimed, 28.0);
    assert!(
        missed.ber_semi_analytic.unwrap() < 2.8e-4
            && missed.segments[0].ber_semi_analytic.unwrap() > 1e-5,
        "{:?}",
        missed.ber_semi_analytic
    );
    assert_eq!(
        (missed.passes, missed.loss_margin_db, missed.loss_margin_not_evaluated.is_some()),
        (Some(false), None, true)
    );
}

/// A search ends where no step improves it; its result is at least as good as a careful engineer's
/// starting point.
#[test]
fn the_taps_that_are_found_are_within_their_limits_and_better_than_none() {
    let lane = |adapt: bool| {
        let mut config = preset("1.6tbase-dr8");
        config.module.kind = ModuleKind::Lpo;
        config.host.tx.adapt = adapt;
        let lane = run_lane(&config, 8192);
        let taps = lane.segments[0].tx_taps.clone();
        let tx = config.host.tx;
        for (i, tap) in taps.iter().enumerate() {
            assert!((tx.tap_low[i] - 1e-9..=tx.tap_high[i] + 1e-9).contains(tap), "{taps:?}");
            assert!(
                i == 3 || (tap / tx.tap_step - (tap / tx.tap_step).round()).abs() < 1e-6,
                "{taps:?}"
            );
        }
        assert!((taps.iter().map(|tap| tap.abs()).sum::<f64>() - 1.0).abs() < 1e-9);
        (taps, lane.ber_semi_analytic.unwrap())
    };
    let (none, found) = (lane(false), lane(true));
    assert_eq!(none.0, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    assert!(found.1 < none.1 && found.0 != none.0, "{found:?} {none:?}");
}

#[test]
fn what_no_host_can_drive_is_refused_in_one_line() {
    let problems = |change: fn(&mut Config), name: &str| {
        let mut config = preset(name);
        config.module.kind = ModuleKind::Retimed;
        change(&mut config);
        let mut problems = Problems::new();
        config.check(&lightlane::measured::Library::default(), &mut problems);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let taps = problems(|c| c.host.tx.tap_low = vec![0.0], "800gbase-dr8");
    assert!(
        taps.len() == 1
            && taps[0].starts_with("host.tx.ffe.taps = ")
            && taps[0].contains("as many as tap_low and tap_high, 1 and 7"),
        "{taps:?}"
    );
    let files = problems(|c| c.host.channel.kind = ChannelKind::Files, "800gbase-dr8");
    assert!(files.len() == 1 && files[0].contains("must name Touchstone files"), "{files:?}");
}
