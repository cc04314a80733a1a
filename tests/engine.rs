//! Properties of the engine that hold for any link.

use crate::support::{preset, run, run_lane};
use lightlane::link::{
    Config, LaneResult, LayeredConfig, LimitedBy, Link, LinkResult, Resolved, RunOptions,
};
use lightlane::serdes::dsp::AdaptationKind;
use lightlane::transmitter::TransmitterKind;

const KINDS: [TransmitterKind; 2] = [TransmitterKind::Eml, TransmitterKind::Mzm];

/// physics.md 1: SNR at 2, 4 and 8 samples per symbol within 0.1, 0.03 and 0.01 dB of 16.
#[test]
fn the_snr_of_every_preset_converges_in_samples_per_symbol() {
    for name in ["800gbase-dr8", "1.6tbase-dr8"] {
        for kind in KINDS {
            let snr_db = |samples_per_symbol: usize| {
                let mut c = preset(name);
                c.transmitter.kind = kind;
                c.simulation.samples_per_symbol = samples_per_symbol;
                // the crosstalk's data is the same at every rate
                run_lane(&c, 0).snr_db.expect("predicted")
            };
            let reference = snr_db(16);
            for (samples_per_symbol, bound_db) in [(2, 0.1), (4, 0.03), (8, 0.01)] {
                let difference = snr_db(samples_per_symbol) - reference;
                println!(
                    "{name} {kind:?} {samples_per_symbol}: {difference:.4} dB of {reference:.3}"
                );
                assert!(
                    difference.abs() < bound_db,
                    "{name} {kind:?} {samples_per_symbol}: {difference} dB"
                );
            }
        }
    }
}

#[test]
fn one_two_and_three_threads_give_the_same_bits() {
    for kind in KINDS {
        let mut c = preset("800gbase-dr8");
        c.transmitter.kind = kind;
        c.lanes = 3;
        c.fibre.connector_loss_db = 10.0;
        let with = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            serde_json::to_string(&pool.install(|| run(&c))).expect("results are JSON")
        };
        let one = with(1);
        assert_eq!(one, with(2));
        assert_eq!(one, with(3));
    }
}

#[test]
fn the_seed_changes_the_noise_and_nothing_else_and_the_same_seed_nothing() {
    let mut c = preset("800gbase-dr8");
    c.fibre.connector_loss_db = 11.0;
    let first = run_lane(&c, 1 << 17);
    assert_eq!(first.errors, run_lane(&c, 1 << 17).errors);
    c.simulation.seed = 2;
    let second = run_lane(&c, 1 << 17);
    assert_ne!(first.errors, second.errors);
    assert_eq!(first.oma_tp2_dbm, second.oma_tp2_dbm);
}

/// Switching one source off rescales the others' draws: paired runs differ by that source alone.
#[test]
fn a_source_less_never_adds_errors_on_average() {
    let mut c = preset("800gbase-dr8");
    c.fibre.connector_loss_db = 10.0;
    c.receiver.dsp.adc.jitter_fs = 250.0;
    let with = run_lane(&c, 1 << 18);
    c.receiver.dsp.adc.jitter_fs = 0.0;
    let without = run_lane(&c, 1 << 18);
    assert!(without.errors < with.errors, "{} {}", without.errors, with.errors);
}

/// Crosstalk's power in the residual goes with the coupling: odds of 10 dB are a factor of ten, as
/// far as the receiver is trained to about the same taps; without aggressors there is none.
#[test]
fn crosstalk_has_its_share_of_the_interference_and_can_limit_a_lane() {
    let at = |db: f64| {
        let mut c = preset("800gbase-dr8");
        c.receiver.crosstalk.lane_db = db;
        c.receiver.crosstalk.tx_db = -300.0;
        c.simulation.symbols_at_limit = 0;
        run_lane(&c, 0)
    };
    let share = |lane: &LaneResult| lane.slicer.as_ref().unwrap().crosstalk_share.unwrap();
    let odds = |lane: &LaneResult| share(lane) / (1.0 - share(lane));
    let (weak, strong, loud) = (at(-45.0), at(-35.0), at(-20.0));
    println!("{} {} {:?}", share(&weak), share(&strong), loud.limited_by);
    assert!((odds(&strong) / odds(&weak) / 10.0 - 1.0).abs() < 0.1);
    assert_eq!(share(&at(-300.0)), 0.0);
    assert_eq!(loud.limited_by, Some(LimitedBy::Crosstalk));
    let all = strong.slicer.as_ref().unwrap().interference_share.unwrap();
    assert!(share(&strong) < 1.02 * all, "{} of {all}", share(&strong));
}

#[test]
fn lanes_differ_by_their_patches_and_their_spread_only() {
    let mut c = preset("800gbase-dr8");
    c.lanes = 3;
    let mut patched = c.clone();
    patched.fibre.connector_loss_db += 1.0;
    let resolved = Resolved {
        warnings: Vec::new(),
        changes: Vec::new(),
        base: c.clone(),
        lanes: vec![c.clone(), c.clone(), patched],
        hash: String::new(),
        library: lightlane::measured::Library::default(),
    };
    let result = Link::new(resolved).run(&RunOptions::default()).expect("it runs");
    let plain = run(&c);
    assert_eq!(result.lanes[0].ber_semi_analytic, plain.lanes[0].ber_semi_analytic);
    // the neighbour of the patched lane receives less crosstalk from it
    assert!(result.lanes[1].ber_semi_analytic < plain.lanes[1].ber_semi_analytic);
    let moved = plain.lanes[2].loss_margin_db.expect("found")
        - result.lanes[2].loss_margin_db.expect("found");
    // crosstalk does not follow the lane's own loss: a decibel of loss is a decibel of margin
    assert!((0.99..1.01).contains(&moved), "{moved}");
    assert_ne!(plain.lanes[0].launch_power_dbm, plain.lanes[1].launch_power_dbm);
}

/// Loss that is written into one lane is the loss of its margin search: neighbours and own
/// transmitters couple as before, so a second search finds the limit where the lane is, to 3 % of
/// the error ratio. Per decibel its logarithm moves by about 3 at the limit: 0.01 dB. The error
/// ratio that is reported is of other blocks than the search's, which differ by 5 % or so.
#[test]
fn a_lane_with_its_margin_written_into_its_fibre_is_at_the_limit() {
    for (name, kind) in [("800gbase-dr8", "eml"), ("1.6tbase-dr8", "mzm")] {
        let run = |more_db: f64| {
            let mut stack = LayeredConfig::open(name).expect("it ships");
            let mut set = |assignment: &str| stack.set(assignment).expect("it is a key");
            set("lanes=5");
            set("simulation.symbols=0");
            set("simulation.symbols_at_limit=0");
            set(&format!("transmitter.kind={kind}"));
            set(&format!("lane.3.fibre.connector_loss_db={:?}", 2.75 + more_db));
            Link::new(stack.resolve().expect("it is right")).run(&RunOptions::default()).unwrap()
        };
        let here = run(0.0);
        let margin_db = here.lanes[3].loss_margin_db.expect("found");
        let there = run(margin_db);
        let ratio = there.lanes[3].ber_semi_analytic.expect("predicted") / there.limit_ber;
        let left_db = there.lanes[3].loss_margin_db.expect("found");
        println!("{name} {kind}: {margin_db:.3} dB, then {left_db:.4} dB, {ratio:.4} of the limit");
        assert!(left_db.abs() < 0.01, "{name} {kind}: {left_db}");
        assert!((ratio - 1.0).abs() < 0.15, "{name} {kind}: {ratio}");
        // lanes 2 and 4 receive less from it, the others the same
        let ber = |of: &LinkResult, n: usize| of.lanes[n].ber_semi_analytic.expect("predicted");
        for n in [0, 1] {
            assert_eq!(ber(&here, n), ber(&there, n));
        }
        for n in [2, 4] {
            assert!(ber(&there, n) < ber(&here, n), "{name} {kind}: lane {n}");
        }
    }
}

/// physics.md 3: T-spaced within 0.1 dB of the closed form after four blocks, T/2 after twenty.
#[test]
fn lms_comes_within_a_tenth_of_a_decibel_of_the_closed_form() {
    for samples_per_symbol in [1, 2] {
        let snr_db = |adaptation: AdaptationKind| {
            let mut c: Config = preset("800gbase-dr8");
            c.receiver.dsp.adc.samples_per_symbol = samples_per_symbol;
            c.receiver.dsp.ffe.adaptation = adaptation;
            run_lane(&c, 0).snr_db.expect("predicted")
        };
        let (mmse, lms) = (snr_db(AdaptationKind::Mmse), snr_db(AdaptationKind::Lms));
        println!("{samples_per_symbol}: MMSE {mmse:.3}, LMS {lms:.3}");
        assert!((mmse - lms).abs() < 0.1, "{samples_per_symbol}: {mmse} {lms}");
    }
}

#[test]
fn the_precoder_costs_a_factor_of_two_and_the_estimators_agree_with_it() {
    let mut c = preset("800gbase-dr8");
    c.fibre.connector_loss_db = 11.5;
    let plain = run_lane(&c, 1 << 19);
    c.pattern.precoder = true;
    let precoded = run_lane(&c, 1 << 19);
    let ratio = precoded.ber_counted.expect("errors") / plain.ber_counted.expect("errors");
    assert!((1.7..2.1).contains(&ratio), "{ratio}");
    crate::support::agreement("precoded", &precoded);
    // where interference dominates, the two errors come from neighbours of very different risk
    (c.receiver.dsp.ffe.taps, c.receiver.dsp.ffe.precursors) = (1, Some(0));
    c.fibre.connector_loss_db = 2.75;
    crate::support::agreement("precoded, one tap", &run_lane(&c, 1 << 19));
}

/// physics.md 6: no leading term is missing or dominates alone, and the presets lie in their
/// windows.
#[test]
fn every_preset_lies_in_its_window_with_every_source_in_its_place() {
    for (name, kind, loss_margin_db, ber) in [
        ("800gbase-dr8", TransmitterKind::Eml, 4.5..7.5, 1e-12..1e-7),
        ("800gbase-dr8", TransmitterKind::Mzm, 4.5..7.5, 1e-12..1e-7),
        ("1.6tbase-dr8", TransmitterKind::Eml, 3.0..5.5, 1e-9..1e-6),
        ("1.6tbase-dr8", TransmitterKind::Mzm, 2.0..4.5, 1e-9..1e-6),
    ] {
        let mut c = preset(name);
        c.transmitter.kind = kind;
        let result = run(&c);
        let worst = &result.lanes[result.port.worst_lane.expect("there is one")];
        println!("{name} {kind:?}: {:?} dB, {:?}", worst.loss_margin_db, worst.ber_semi_analytic);
        assert!(loss_margin_db.contains(&worst.loss_margin_db.expect("found")));
        assert!(ber.contains(&worst.ber_semi_analytic.expect("predicted")));
        for lane in &result.lanes {
            assert_ne!(lane.estimators_agree, Some(false), "{name} {kind:?} lane {}", lane.lane);
            for entity in ["tia.thermal", "laser", "adc", "photodiode.shot"] {
                let share = crate::support::share(lane, entity);
                assert!((0.03..0.6).contains(&share), "{name} {kind:?}: {entity} {share}");
            }
        }
        assert!(result.warnings.is_empty(), "{:?}", result.warnings);
    }
}

/// A limit a thousand times above the signal has no effect: the overloaded receiver is the linear
/// one. Of the noise before the limit lags below 1e-4 of its variance are left out, some thirty on
/// each side: up to 0.6 % of it, 0.026 dB of SNR were it alone, 0.013 dB of loss. Responses are cut
/// by as much: the loss margin may miss 0.026 dB, too. The blocks' lengths do not matter.
#[test]
fn an_amplifier_far_from_overload_is_the_linear_one() {
    for block_symbols in [2048, 8192] {
        let mut c = preset("800gbase-dr8");
        c.simulation.block_symbols = block_symbols;
        let linear = run_lane(&c, 0);
        c.receiver.tia.limiting = lightlane::receiver::Limiting::Tanh;
        c.receiver.tia.overload_ma_pp = 1000.0;
        let limited = run_lane(&c, 0);
        let difference_db = limited.snr_db.expect("predicted") - linear.snr_db.expect("predicted");
        assert!(difference_db.abs() < 0.026, "{block_symbols}: {difference_db} dB");
        let loss_margin_db =
            limited.loss_margin_db.expect("found") - linear.loss_margin_db.expect("found");
        assert!(loss_margin_db.abs() < 0.026, "{block_symbols}: margin {loss_margin_db} dB");
    }
}

/// Too much optical power: more loss helps, less does not, and the margins are negative by the loss
/// that is missing.
#[test]
fn an_overloaded_receiver_finds_its_margin_at_more_loss() {
    let mut c = preset("800gbase-dr8");
    c.receiver.tia.limiting = lightlane::receiver::Limiting::Tanh;
    c.receiver.tia.overload_ma_pp = 0.3;
    c.fibre.connector_loss_db = 0.0;
    let lane = run_lane(&c, 0);
    assert_eq!(lane.passes, Some(false));
    assert!(
        lane.passes_to_loss_db.is_some_and(|db| (5.0..12.0).contains(&db))
            && lane.loss_margin_db.is_some_and(|db| (-5.0..0.0).contains(&db)),
        "{:?} {:?}",
        lane.passes_to_loss_db,
        lane.loss_margin_db
    );
}

#[test]
fn a_pattern_that_lacks_a_level_is_refused_not_passed() {
    let mut c = preset("800gbase-dr8");
    let file = std::env::temp_dir().join(format!("lightlane-{}-levels.txt", std::process::id()));
    std::fs::write(&file, "0 1 2 1 0 2\n").expect("writable");
    c.pattern.kind = lightlane::pattern::PatternKind::File;
    c.pattern.file = file.to_string_lossy().into_owned();
    let lane = run_lane(&c, 0);
    std::fs::remove_file(&file).expect("was there");
    assert!(lane.not_evaluated.is_some_and(|r| r.contains("level 3")));
    assert_eq!((lane.passes, lane.ber_semi_analytic), (None, None));
}

/// Links, sweeps, captures and figures go to any thread: a notebook's, a server's.
#[test]
fn whatever_a_user_holds_may_cross_threads() {
    fn crosses<T: Send>() {}
    crosses::<lightlane::link::LayeredConfig>();
    crosses::<lightlane::link::Link>();
    crosses::<lightlane::link::LinkResult>();
    crosses::<lightlane::link::Lane>();
    crosses::<lightlane::link::View>();
    crosses::<lightlane::link::Waveform>();
    crosses::<lightlane::sweep::Sweep>();
    crosses::<lightlane::chart::ChartBuilder>();
    crosses::<lightlane::measure::scope::Measured>();
    crosses::<lightlane::chain::Plan>();
    crosses::<lightlane::chain::Workspace>();
    crosses::<lightlane::chain::PlanCache>();
    crosses::<lightlane::Error>();
}
