//! Clock recovery in the chain.

use crate::support::{preset, run, run_lane};
use lightlane::chain::{
    Count, LaneCount, Method, PlanCache, Predictor, SegmentRun, Stop, Workspace, WorkspacePool,
    count,
};
use lightlane::dsp::cdr::{LoopGains, damping_from_peaking_db};
use lightlane::link::{Config, JitterTolerance, Lane, LaneResult, LayeredConfig, mask_ui};
use lightlane::pattern::PatternKind;
use lightlane::run_options::{CancelToken, RunOptions};
use lightlane::serdes::dsp::ClockRecovery;
use std::f64::consts::PI;

/// An 800G lane with more loss than its preset and a recovered clock.
fn recovered(loss_db: f64, recovery: ClockRecovery) -> Config {
    let mut config = preset("800gbase-dr8");
    config.fibre.connector_loss_db += loss_db;
    config.pattern.kind = PatternKind::Prbs31q;
    config.receiver.dsp.clock.recovery = recovery;
    config
}

/// Loss at which some 1e-3 of the bits are wrong.
const NOISY_DB: f64 = 8.2;

/// A lane through the engine, `symbols` of it.
fn counted(config: &Config, symbols: u64) -> LaneCount {
    let lane = Lane::build(config, 0, &mut PlanCache::default()).expect("it builds");
    let mut workspace = Workspace::new(&lane.optical().plan);
    let (training, scoring) = (lane.blocks(2, true), lane.blocks(1, false));
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        training,
        scoring,
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
    let segments = vec![SegmentRun {
        name: "light",
        plan: &lane.optical().plan,
        trained: &trained,
        streams: lane.lane_seed,
    }];
    let first_symbol = lane.first_symbol();
    let count_of = Count {
        segments,
        pattern: &lane.pattern,
        first_symbol,
        precoder: false,
        shared_seed: lane.shared_seed,
        lane_seed: lane.lane_seed,
        symbols: None,
        method: Method::Chain,
    };
    let stop = Stop { round_blocks: 64, symbols, bit_errors: u64::MAX };
    count(&[count_of], &stop, &WorkspacePool::default(), &mut (), &CancelToken::default()).remove(0)
}

fn gains(config: &Config) -> LoopGains {
    let clock = &config.receiver.dsp.clock;
    LoopGains::new(
        clock.bandwidth_mhz * 1e-3 / config.symbol_rate_gbd,
        damping_from_peaking_db(clock.peaking_db),
    )
}

/// Below, at and above the bandwidth, over whole periods of 2^19 symbols. The loop's own noise of
/// 0.003 UI lasts as long as its 2100 symbols: on 0.05 UI of 2^19 it is 0.003 * sqrt(2 * 2 * 2100 /
/// 2^19) / 0.05 = 0.008 of each part, four standard deviations 0.03. The equaliser's ten symbols
/// turn the open loop by 2 pi f 11, which moves H by less than 0.005 |1 - H|; the detector's curve
/// is straight to 2 % over a twentieth of a symbol.
#[test]
fn the_loop_in_the_chain_has_the_jitter_transfer_of_its_gains() {
    for (bandwidth_mhz, peaking_db) in [(4.0, 0.1), (8.0, 2.0)] {
        for per_half_million in [8, 40, 160] {
            let mut config = recovered(2.0, ClockRecovery::MuellerMuller);
            let frequency = f64::from(per_half_million) / f64::from(1 << 19);
            let clock = &mut config.receiver.dsp.clock;
            (clock.bandwidth_mhz, clock.peaking_db) = (bandwidth_mhz, peaking_db);
            (clock.sinusoidal_ui, clock.sinusoidal_mhz) =
                (0.1, frequency * 1e3 * config.symbol_rate_gbd);
            let clock = counted(&config, 1 << 19).clocks.remove(0);
            let (found, expected) =
                (clock.jitter_transfer.expect("shaken"), gains(&config).jitter_transfer(frequency));
            println!(
                "{bandwidth_mhz} MHz, {:.2} MHz: {found:.4} for {expected:.4}",
                config.receiver.dsp.clock.sinusoidal_mhz
            );
            assert!((found - expected).norm() < 0.04, "{found} {expected}");
            assert_eq!(
                (clock.slips_forward, clock.slips_backward, clock.locked),
                (0, 0, Some(true))
            );
        }
    }
}

/// A second-order loop follows a frequency without error. Two phases of 0.003 UI at the ends of
/// 2^19 symbols determine it to 0.01 ppm; the error of the acquiring loop, a few ppm, decays over
/// 160 000 symbols. Its phase has no effect on errors: the same noise, other instants.
#[test]
fn a_hundred_ppm_are_found_without_slips_and_cost_nothing() {
    let at = |offset_ppm: f64| {
        let mut config = recovered(NOISY_DB, ClockRecovery::MuellerMuller);
        config.receiver.dsp.clock.offset_ppm = offset_ppm;
        run_lane(&config, 1 << 19)
    };
    let none = at(0.0);
    assert!(none.errors > 500, "{}", none.errors);
    let mut ideal = recovered(NOISY_DB, ClockRecovery::Ideal);
    ideal.simulation.stream = true;
    let ideal = run_lane(&ideal, 1 << 19);
    for (offset_ppm, lane) in [(0.0, &none), (100.0, &at(100.0)), (-100.0, &at(-100.0))] {
        println!("{offset_ppm}: {} errors against {}, {:?}", lane.errors, ideal.errors, lane.clock);
        assert!(
            (lane.clock.offset_ppm.expect("recovered") - offset_ppm).abs() < 2.0,
            "{:?}",
            lane.clock
        );
        assert_eq!(
            (lane.clock.slips_forward, lane.clock.slips_backward, lane.clock.locked),
            (Some(0), Some(0), Some(true))
        );
        let sigma = ((lane.errors + ideal.errors) as f64).sqrt();
        assert!(
            (lane.errors as f64 - ideal.errors as f64).abs() < 5.0 * sigma,
            "{} {}",
            lane.errors,
            ideal.errors
        );
        // its phase noise: white noise of the detector through the loop, far below a sixtieth of a
        // symbol
        assert!(lane.clock.phase_error_rms_ui.expect("recovered") < 1.0 / 64.0);
    }
}

/// Clocks with jitter above and below the loop: 2^20 symbols show 2000 errors, ln of the ratio
/// within 5 % and four deviations of 2.3 %. The phase's rms is that of the sine the loop leaves, or
/// of noise that lasts as long as the loop's 2100 symbols: its variance is known to sqrt(2 * 2100 /
/// 2^20) = 6 %, its rms to 3 %. The count has the phase's offset, too, for the detector's mean is
/// that of 2^14 symbols of training: 0.36 of the noise's rms, three of which are ln 1.47 = 0.39.
#[test]
fn errors_and_phase_of_a_recovered_clock_are_the_predicted_ones() {
    let mm = ClockRecovery::MuellerMuller;
    for (recovery, sinusoidal_ui, sinusoidal_mhz, phase) in [
        (mm, 0.0, 1.0, 0.4),
        (mm, 0.15, 20.0, 0.06),
        (mm, 0.2, 2.0, 0.06),
        (ClockRecovery::BangBang, 0.0, 1.0, 0.4),
        (ClockRecovery::BangBang, 0.1, 12.0, 0.1),
        (ClockRecovery::Ideal, 0.15, 5.0, 0.02),
    ] {
        let mut config = recovered(NOISY_DB, recovery);
        let clock = &mut config.receiver.dsp.clock;
        (clock.sinusoidal_ui, clock.sinusoidal_mhz) = (sinusoidal_ui, sinusoidal_mhz);
        let lane = run_lane(&config, 1 << 20);
        let predicted_ui = lane.clock.phase_error_predicted_rms_ui.expect("it moves");
        let counted_ui = lane.clock.phase_error_rms_ui.expect("counted");
        let ratio =
            (lane.ber_semi_analytic.expect("predicted") / lane.ber_counted.expect("errors")).ln();
        println!(
            "{recovery:?}, {sinusoidal_ui} UI at {sinusoidal_mhz} MHz: predicted {:.4e}, counted {:.4e} of {} errors, ln ratio {ratio:+.4}; phase {predicted_ui:.5} and {counted_ui:.5} UI rms",
            lane.ber_semi_analytic.expect("predicted"),
            lane.ber_counted.expect("errors"),
            lane.errors
        );
        assert!((predicted_ui / counted_ui).ln().abs() < phase, "{predicted_ui} {counted_ui}");
        assert!(ratio.abs() < 0.05 + 4.0 / (lane.errors as f64).sqrt(), "{ratio}");
        assert_eq!(lane.estimators_agree, Some(true));
    }
}

/// Its margins are those of an ideal clock but for the phase's 0.003 UI, which costs less than 0.02
/// dB; jitter of 0.15 UI above the loop takes some of each.
#[test]
fn a_lane_with_a_recovered_clock_has_its_margins_and_jitter_takes_of_them() {
    let margins = |recovery: ClockRecovery, sinusoidal_ui: f64| {
        let mut config = recovered(0.0, recovery);
        config.simulation.stream = true;
        config.simulation.symbols_at_limit = 0;
        let clock = &mut config.receiver.dsp.clock;
        (clock.sinusoidal_ui, clock.sinusoidal_mhz) = (sinusoidal_ui, 20.0);
        let lane = run_lane(&config, 1 << 14);
        assert!(lane.passes == Some(true) && lane.snr_db.is_some(), "{lane:?}");
        [lane.loss_margin_db, lane.snr_margin_db].map(|db| db.expect("predicted"))
    };
    let ideal = margins(ClockRecovery::Ideal, 0.0);
    let clocked = margins(ClockRecovery::MuellerMuller, 0.0);
    let shaken = margins(ClockRecovery::MuellerMuller, 0.15);
    println!("ideal {ideal:?}, recovered {clocked:?}, with jitter {shaken:?} dB");
    for i in 0..2 {
        assert!((ideal[i] - clocked[i]).abs() < 0.02, "{ideal:?} {clocked:?}");
        assert!(shaken[i] < clocked[i] - 0.05, "{shaken:?} {clocked:?}");
    }
}

/// Where the baseline wanders there is a count alone, with its reason.
#[test]
fn a_lane_whose_baseline_wanders_is_judged_by_its_count_and_says_why() {
    let wandering = |loss_db: f64| {
        let mut config = recovered(loss_db, ClockRecovery::MuellerMuller);
        config.receiver.dsp.clock.ac_coupling_khz = 1000.0;
        config
    };
    let lanes: Vec<LaneResult> =
        [0.0, NOISY_DB].map(|loss_db| run_lane(&wandering(loss_db), 1 << 17)).into();
    for lane in &lanes {
        assert_eq!(
            (lane.ber_semi_analytic, lane.loss_margin_db, lane.snr_db, lane.estimators_agree),
            (None, None, None, None)
        );
        assert!(
            lane.ber_semi_analytic_not_evaluated
                .as_ref()
                .is_some_and(|because| because.contains("baseline wanders"))
        );
        assert!(lane.not_evaluated.is_none() && lane.snr_counted_db.is_some());
    }
    let config = wandering(0.0);
    let resolved = lightlane::link::Resolved {
        warnings: Vec::new(),
        changes: Vec::new(),
        base: config.clone(),
        lanes: vec![config],
        hash: String::new(),
        library: lightlane::measured::Library::default(),
    };
    let drawn =
        lightlane::link::View::new(&resolved, 0).and_then(|view| view.waterfall().map(|_| ()));
    assert!(drawn.is_err_and(|because| {
        because.to_string().contains("has no waterfall: the baseline wanders")
    }));
    assert_eq!(lanes.iter().map(|lane| lane.passes).collect::<Vec<_>>(), [Some(true), Some(false)]);
}

/// 5000 ppm pass a loop of 4 MHz a period every 200 symbols, where it moves 0.0015 UI a symbol at
/// most.
#[test]
fn beyond_its_pull_in_a_clock_has_no_lock_and_its_lane_no_error_ratio() {
    for recovery in [ClockRecovery::MuellerMuller, ClockRecovery::BangBang] {
        let mut config = recovered(0.0, recovery);
        config.receiver.dsp.clock.offset_ppm = 5000.0;
        config.lanes = 1;
        let result = run(&config);
        let lane = &result.lanes[0];
        assert_eq!(
            (lane.bits, lane.errors, lane.ber_counted, lane.ber_counted_high, lane.passes),
            (0, 0, None, None, None)
        );
        assert!(
            lane.not_evaluated
                .as_ref()
                .is_some_and(|because| because.contains("the clock is not locked")),
            "{:?}",
            lane.not_evaluated
        );
        assert_eq!(lane.clock.locked, Some(false));
        assert_eq!((result.port.ber_counted, result.port.passes), (None, None));
        let text = lightlane::report::table(&result);
        assert!(text.contains("NOT JUDGED") && text.contains("clock: NOT LOCKED"), "{text}");
    }
}

/// Jitter that leaves half a symbol of error makes slips or ends the lock, and never half of the
/// bits wrong.
#[test]
fn jitter_far_beyond_the_tolerance_is_no_error_ratio_of_a_half() {
    let mut config = recovered(0.0, ClockRecovery::MuellerMuller);
    (config.receiver.dsp.clock.sinusoidal_ui, config.receiver.dsp.clock.sinusoidal_mhz) =
        (4.0, 5.0);
    let lane = run_lane(&config, 1 << 18);
    println!("{:?} {:?} {:?}", lane.clock, lane.ber_counted, lane.not_evaluated);
    assert!(lane.not_evaluated.is_some() && lane.ber_counted.is_none());
}

/// The sign's slope is that of its noise: planned so, the loop is as wide as asked. Of the transfer
/// at the bandwidth |1 - H| is found to 1 % by the noise; a slope of 0.7 to 1.3 times moves it from
/// 0.8 to 0.55. The jitter of 0.02 UI is small against the sign's noise.
#[test]
fn a_bang_bang_loop_locks_and_is_about_as_wide_as_its_noise_lets_the_sign_be() {
    let mut config = recovered(NOISY_DB, ClockRecovery::BangBang);
    config.receiver.dsp.clock.offset_ppm = -50.0;
    let frequency = 40.0 / f64::from(1 << 19);
    (config.receiver.dsp.clock.sinusoidal_ui, config.receiver.dsp.clock.sinusoidal_mhz) =
        (0.04, frequency * 1e3 * config.symbol_rate_gbd);
    let clock = counted(&config, 1 << 19).clocks.remove(0);
    assert_eq!((clock.locked, clock.slips_forward, clock.slips_backward), (Some(true), 0, 0));
    assert!((clock.drift.expect("recovered") * 1e6 + 50.0).abs() < 3.0, "{clock:?}");
    let found = clock.jitter_transfer.expect("shaken");
    let at = |slope: f64| gains(&config).with_slope(slope).jitter_transfer(frequency).norm();
    println!(
        "{found:.4} for {:.4} ({:.4} to {:.4})",
        gains(&config).jitter_transfer(frequency),
        at(0.7),
        at(1.3)
    );
    assert!((at(0.7)..at(1.3)).contains(&found.norm()), "{found}");
    let bandwidth_mhz = clock.bandwidth.expect("recovered") * config.symbol_rate_gbd * 1e3;
    assert!((0.7 * 4.0..4.1).contains(&bandwidth_mhz), "{bandwidth_mhz}");
}

/// A loop of hardly any peaking is of first order above 10 kHz: its tolerance is the margin
/// over |1 - H|, 20 dB a decade. A search to 4 % at both ends and a count of some 250 errors, whose
/// ratio goes with a high power of the phase error: 10 %.
#[test]
fn the_tolerance_falls_by_twenty_decibels_a_decade_below_the_bandwidth() {
    let mut config = recovered(5.5, ClockRecovery::MuellerMuller);
    config.receiver.dsp.clock.peaking_db = 0.01;
    config.simulation.symbols = 1 << 17;
    let limit_ber = 1e-3;
    let mut tolerance = JitterTolerance::new(&config, 0).expect("it trains");
    let go_on = CancelToken::default();
    let mut at = |mhz: f64, limit_ber: f64| tolerance.at(mhz, limit_ber, &go_on);
    let found =
        [0.2, 2.0, 40.0].map(|mhz| at(mhz, limit_ber).expect("it keeps the limit without jitter"));
    // peak to peak of the remainder where the loop does not follow
    let expected =
        |mhz: f64| gains(&config).jitter_tolerance_ui(mhz * 1e-3 / config.symbol_rate_gbd, 1.0);
    println!(
        "{found:?} UI, over 1/|1 - H| {:?}",
        [found[0] / expected(0.2), found[1] / expected(2.0), found[2] / expected(40.0)]
    );
    let decade_db = 20.0 * (found[0] / found[1]).log10();
    assert!(
        (decade_db - 20.0 * (expected(0.2) / expected(2.0)).log10()).abs() < 1.2,
        "{decade_db} dB"
    );
    assert!((decade_db - 20.0).abs() < 2.2, "{decade_db} dB");
    assert!(
        (found[2] / found[1] * expected(2.0) / expected(40.0)).ln().abs() < 0.2,
        "far above, the same margin"
    );
    assert!(found[0] > mask_ui(0.2) && mask_ui(0.2) == 1.0 && mask_ui(40.0) == 0.05);
    // the same numbers again, and a limit that it misses by itself
    assert_eq!(at(2.0, limit_ber), Some(found[1]));
    assert_eq!(at(2.0, 1e-9), None);
    // a cancelled search has no result
    go_on.cancel();
    assert_eq!(at(2.0, limit_ber), None);
}

/// Variance of the baseline after a pole at f: <l^2> pi f T of independent levels; the count gives
/// it to sqrt(2 * 2 * 170 / 2^20) = 3 %, and the noise, 17 dB below the levels, adds 2 %. The
/// equaliser passes it like the levels' own mean.
#[test]
fn ac_coupling_costs_its_baseline_and_at_a_hundred_kilohertz_nothing() {
    let tally = |ac_coupling_khz: f64| {
        let mut config = recovered(NOISY_DB, ClockRecovery::Ideal);
        config.simulation.stream = true;
        config.receiver.dsp.clock.ac_coupling_khz = ac_coupling_khz;
        counted(&config, 1 << 20).end
    };
    // mean variance around the levels: noises are the same draws, so their difference is the
    // baseline
    let variance = |moments: &[[f64; 3]; 4]| {
        moments.iter().map(|[n, z, z2]| z2 / n - (z / n).powi(2)).sum::<f64>() / 4.0
    };
    let (none, usual, high) = (tally(0.0), tally(100.0), tally(50_000.0));
    let wander = |khz: f64| 5.0 / 9.0 * PI * khz * 1e-6 / 53.125;
    let added = variance(&high.moments) - variance(&none.moments);
    println!(
        "{added:.4e} for {:.4e}; {} {} {} errors",
        wander(50_000.0),
        none.bit_errors,
        usual.bit_errors,
        high.bit_errors
    );
    assert!((added / wander(50_000.0) - 1.0).abs() < 0.15, "{added}");
    assert!((variance(&usual.moments) - variance(&none.moments)).abs() < 20.0 * wander(100.0));
    assert!((usual.bit_errors as f64 / none.bit_errors as f64 - 1.0).abs() < 0.02);
    assert!(high.bit_errors > none.bit_errors + none.bit_errors / 10);
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line() {
    let mm = "receiver.dsp.clock.recovery=mueller-muller";
    for (flags, expected) in [
        (
            vec!["receiver.dsp.clock.offset_ppm=100"],
            "receiver.dsp.clock.offset_ppm = 100: needs receiver.dsp.clock.recovery",
        ),
        (vec!["receiver.dsp.clock.recovery=mueller"], "receiver.dsp.clock.recovery"),
        (
            vec![mm, "receiver.dsp.clock.bandwidth_mhz=54"],
            "receiver.dsp.clock.bandwidth_mhz = 54: must be from 0.1 to 53.1",
        ),
        (
            vec![mm, "receiver.dsp.clock.offset_ppm=6000"],
            "receiver.dsp.clock.offset_ppm = 6000: must be from -5000 to 5000",
        ),
        (
            vec![mm, "receiver.dsp.clock.peaking_db=0"],
            "receiver.dsp.clock.peaking_db = 0: must be from 0.01 to 6",
        ),
        (
            vec![mm, "receiver.dsp.clock.sinusoidal_ui=5", "receiver.dsp.clock.sinusoidal_mhz=40"],
            "receiver.dsp.clock.sinusoidal_ui = 5: must be at most 4.228",
        ),
        (
            vec![mm, "simulation.samples_per_symbol=2"],
            "simulation.samples_per_symbol = 2: must be from 4 in stream mode",
        ),
        (
            vec![mm, "simulation.guard_symbols=80"],
            "simulation.guard_symbols = 80: must be at least 85",
        ),
        (
            vec![mm, "simulation.block_symbols=256", "simulation.guard_symbols=300"],
            "simulation.guard_symbols = 300: must be at least 85",
        ),
    ] {
        let mut stack = LayeredConfig::open("800gbase-dr8").expect("it ships");
        let said = flags
            .iter()
            .try_for_each(|flag| stack.set(flag))
            .and_then(|()| stack.resolve())
            .expect_err(expected)
            .to_string();
        assert!(said.contains(expected) && said.lines().count() == 1, "{flags:?}: {said}");
    }
}

#[test]
fn a_sweep_over_jitter_has_the_clock_in_its_columns() {
    use lightlane::sweep::{Axis, Sweep};
    let mut stack = LayeredConfig::open("800gbase-dr8").expect("it ships");
    for assignment in [
        "lanes=1",
        "receiver.dsp.clock.recovery=mueller-muller",
        "simulation.symbols=20000",
        "fibre.connector_loss_db=8",
    ] {
        stack.set(assignment).expect("a key");
    }
    let axes =
        ["receiver.dsp.clock.sinusoidal_mhz=1,10", "receiver.dsp.clock.sinusoidal_ui=0.05,0.2"]
            .map(|axis| Axis::parse(axis).expect("an axis"));
    let sweep = Sweep::new(&stack, axes.into()).expect("links");
    let names = lightlane::sweep::lane_columns();
    let column = |name: &str| {
        names
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| panic!("no {name} in {names:?}"))
    };
    let mut errors_ui = Vec::new();
    let write = |row: &lightlane::table::Row| {
        assert_eq!(row.cells[column("clock_locked")], true);
        assert_eq!(row.cells[column("clock_slips_forward")], 0);
        errors_ui.push(row.cells[column("clock_phase_error_rms_ui")].as_f64().expect("a number"));
        Ok(())
    };
    let mut sink = lightlane::table::InOrder::new(lightlane::table::EachRow::new(write));
    sweep.run(&mut sink, &RunOptions::default()).expect("it runs");
    let [slow, slow_more, fast, fast_more] = errors_ui[..] else { panic!("{errors_ui:?}") };
    assert!(slow < slow_more && fast < fast_more && slow_more < fast_more, "{errors_ui:?}");
}
