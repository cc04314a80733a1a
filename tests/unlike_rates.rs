//! Modules that add an inner code to what their hosts send and decode it: segments of unlike rates.

use crate::modules::{dim, perfect};
use crate::support::{agreement, preset, run, run_lane};
use lightlane::error::Problems;
use lightlane::link::{Config, LinkResult, ModuleKind};
use lightlane::measured::Library;
use lightlane::pattern::PatternKind;

const NAME: &str = "1.6tbase-dr8-2";

/// All lanes, with so many symbols of light counted.
fn counted(mut config: Config, symbols: u64) -> LinkResult {
    config.simulation.symbols = symbols;
    config.simulation.symbols_at_limit = 0;
    run(&config)
}

/// Between ideal hosts the light has the symbols, draws and errors of the optics alone, and the
/// last host what the inner code leaves of them, in the same codewords.
#[test]
fn between_perfect_hosts_the_last_one_has_what_the_inner_code_leaves() {
    let link = |kind: ModuleKind| {
        let mut config = dim(NAME, kind);
        config.fibre.connector_loss_db -= 3.5;
        perfect(&mut config);
        counted(config, 8 * 8192)
    };
    let [light, retimed] = [ModuleKind::Optics, ModuleKind::Retimed].map(link);
    for (light, retimed) in light.lanes.iter().zip(&retimed.lanes) {
        assert!(light.errors > 1000, "{}", light.errors);
        let errors: Vec<u64> = retimed.segments.iter().map(|s| s.errors).collect();
        assert_eq!(errors, [0, light.errors, 0]);
        assert_eq!(retimed.bits, light.bits * 60 / 64);
        assert_eq!(retimed.ber_inner_counted, light.ber_inner_counted);
        assert_eq!(retimed.ber_counted, light.ber_inner_counted);
        assert_eq!(retimed.fec_bins, light.fec_bins);
        assert_eq!(retimed.snr_counted_db, light.snr_counted_db);
    }
    let [light, retimed] = [&light, &retimed].map(|link| link.port.fec.clone().unwrap());
    assert!(light.codewords > 100, "{}", light.codewords);
    assert_eq!((retimed.fec_bins, retimed.pre_fec_ber), (light.fec_bins, light.pre_fec_ber));
}

/// With light enough for no error, the last host has those of both electrical segments, one for
/// one but for what lies in the interleaver when the count ends: 3 branches of 23 turns of 20
/// symbols, two times, and a block. A bit wrong twice, one in 1000, is right.
#[test]
fn errors_of_the_hosts_reach_the_last_one() {
    let mut config = preset(NAME);
    config.module.kind = ModuleKind::Retimed;
    config.fibre.connector_loss_db -= 3.0;
    config.host.channel.trace.loss_db = 30.0;
    config.lanes = 1;
    let lane = counted(config, 64 * 8192).lanes.remove(0);
    let [to_module, light, to_host] = &lane.segments[..] else { panic!("three segments") };
    assert_eq!(light.errors, 0);
    let sum = to_module.errors + to_host.errors;
    let beyond = (8192.0 + 2.0 * 1380.0) / (60.0 * 8192.0);
    let ratio = lane.errors as f64 / sum as f64;
    assert!(
        sum > 500 && ratio < 1.0 && ratio > 1.0 - beyond - 5.0 / (sum as f64).sqrt(),
        "{ratio}"
    );
    agreement("hosts alone", &lane);
}

/// The electrical segments of hosts and modules of the same description, at the same rate, have
/// their own ratio whatever the light's rate: 363/340 of theirs with the inner code.
#[test]
fn hosts_run_at_the_rate_without_the_inner_code() {
    let link = |name: &str| {
        let mut config = preset(name);
        config.module.kind = ModuleKind::Retimed;
        let other = preset("1.6tbase-dr8");
        (config.host, config.module.rx, config.module.tx) =
            (other.host, other.module.rx, other.module.tx);
        config.host.channel.trace.loss_db = 30.0;
        run_lane(&config, 0)
    };
    let [plain, inner] = ["1.6tbase-dr8", NAME].map(link);
    for (plain, inner) in plain.segments.iter().zip(&inner.segments) {
        if !plain.name.has_light() {
            assert_eq!(plain.channel_loss_db, inner.channel_loss_db);
            // other symbols: two intervals of one prediction
            let ratio = plain.ber_semi_analytic.unwrap() / inner.ber_semi_analytic.unwrap();
            assert!(ratio.ln().abs() < 0.3, "{ratio}");
        }
    }
    assert_eq!(preset(NAME).symbol_rate_gbd * 340.0 / 363.0, 106.25);
}

/// At the limit the count of the last host is the predicted ratio: light through the inner code,
/// and both electrical segments. The search leaves up to 3 % of the light's ratio, 10 % after the
/// inner code. Four wrong bits to a block that the code leaves wrong: twice the deviation of
/// independent errors. Noise and interference that are not quite white leave up to 15 % more of
/// 10 000 errors (LRO), as 0.05 dB of SNR would.
#[test]
fn the_ratio_at_the_limit_is_counted_as_predicted() {
    for (kind, loss_db) in [(ModuleKind::Retimed, 27.0), (ModuleKind::Lro, 16.0)] {
        let mut config = preset(NAME);
        (config.module.kind, config.lanes) = (kind, 1);
        config.host.channel.trace.loss_db = loss_db;
        config.simulation.symbols = 0;
        config.simulation.symbols_at_limit = 4 << 20;
        let lane = run(&config).lanes.remove(0);
        let (predicted, counted) =
            (lane.ber_semi_analytic_at_limit.unwrap(), lane.ber_counted_at_limit.unwrap());
        assert!((predicted / 2.921e-4 - 1.0).abs() < 0.1, "{kind:?}: {predicted:e}");
        let deviation = 2.0 / (lane.errors_at_limit as f64).sqrt();
        let off = (counted / predicted).ln();
        assert!(off.abs() < 0.2 + 4.0 * deviation, "{kind:?}: {counted:e} {predicted:e}");
        assert_eq!(lane.estimators_agree, Some(true), "{kind:?}");
    }
}

/// Ratios before and after the code are not alike, and `compare` says so.
#[test]
fn a_comparison_says_which_ratios_are_after_the_inner_code() {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(["compare", NAME, "--vary", "module.kind=retimed,lpo", "--symbols", "0"])
        .args(["--set", "lanes=1"])
        .output()
        .expect("it starts");
    let said = String::from_utf8(out.stdout).expect("it is text");
    let line = "error ratios are after the inner code in variants 1, before it in 2\n";
    assert!(said.contains(line), "{said}");
}

/// What the description lacks for it is said with its remedy.
#[test]
fn what_modules_need_to_decode_is_said() {
    let said = |change: fn(&mut Config)| {
        let mut config = preset(NAME);
        config.module.kind = ModuleKind::Retimed;
        change(&mut config);
        let mut problems = Problems::new();
        config.check(&Library::default(), &mut problems);
        problems.finish().map_err(|error| error.to_string())
    };
    assert_eq!(said(|_| ()), Ok(()));
    let refused = |change: fn(&mut Config)| said(change).expect_err("refused");
    assert!(refused(|c| c.pattern.kind = PatternKind::Prbs13q).contains("must be \"payload\""));
    assert!(refused(|c| c.fec.inner_positions = Some(3)).contains("inner_positions = 3"));
    assert!(refused(|c| c.limits.link_outer_ber = None).contains("2.921e-4"));
}

/// Phases of strong reflections stand still while the inner code decodes, and its curve is steep:
/// the mean of what it leaves in each state, not what it leaves of the mean, here a third of it.
/// Counted blocks have phases of their own. Their scatter and that of the curve is 20 %.
#[test]
fn what_the_code_leaves_is_the_mean_over_frozen_phases() {
    let mut config = preset(NAME);
    (config.module.kind, config.lanes) = (ModuleKind::Retimed, 1);
    (config.fibre.reflections.transmitter_db, config.fibre.reflections.receiver_db) =
        (-10.0, -10.0);
    config.fibre.connector_loss_db = 5.0;
    let lane = counted(config, 8 << 20).lanes.remove(0);
    let light = lane.segments[1].ber_semi_analytic.unwrap();
    let relative = lane.ber_reflections_p99.unwrap() / light;
    assert!(relative > 1.5, "{relative}");
    let (counted, predicted) = (lane.ber_counted.unwrap(), lane.ber_semi_analytic.unwrap());
    let off = (counted / predicted).ln();
    assert!(off.abs() < 0.25, "{counted:e} {predicted:e} of {light:e}");
}
