//! Decision feedback and sequence detection in whole links.

use crate::support::{Folder, preset, run, run_lane};
use lightlane::dsp::DetectorKind;
use lightlane::fec::reed_solomon::Code;
use lightlane::fec::tail;
use lightlane::link::{
    CancelToken, Config, LaneResult, LayeredConfig, Link, Node, Resolved, RunOptions, View,
};
use lightlane::pattern::PatternKind;
use lightlane::serdes::dsp::AdaptationKind;

/// 1.6T after a converter of 30 GHz, one lane's worth of a test pattern.
fn starved(decision: DetectorKind) -> Config {
    let mut config = preset("1.6tbase-dr8");
    config.pattern.kind = PatternKind::Prbs31q;
    config.receiver.dsp.adc.bandwidth_ghz = 30.0;
    config.receiver.dsp.detector = decision;
    config.lanes = 1;
    config.spread.launch_power_db = 0.0;
    config
}

fn with_margin(mut config: Config, symbols_at_limit: u64) -> LaneResult {
    config.simulation.symbols = 0;
    config.simulation.symbols_at_limit = symbols_at_limit;
    run(&config).lanes.remove(0)
}

/// Every bit of a slicer's decisions and measurements; zero feedback is set by fixed taps and by a
/// limit.
#[test]
fn feedback_of_nothing_is_the_slicer_bit_for_bit() {
    let mut config = preset("800gbase-dr8");
    config.fibre.connector_loss_db += 8.0;
    let slicer = run_lane(&config, 1 << 17);
    config.receiver.dsp.detector = DetectorKind::Dfe;
    let mut fixed = config.clone();
    fixed.receiver.dsp.dfe.fixed = vec![0.0];
    let mut limited = config;
    (limited.receiver.dsp.dfe.limit, limited.receiver.dsp.dfe.taps) = (0.0, 5);
    assert!(slicer.errors > 100);
    for fed in [run_lane(&fixed, 1 << 17), run_lane(&limited, 1 << 17)] {
        assert_eq!(
            (fed.errors, fed.bits, fed.snr_counted_db),
            (slicer.errors, slicer.bits, slicer.snr_counted_db)
        );
        let [a, b] = [&slicer, &fed].map(|lane| lane.slicer.clone().expect("trained"));
        assert_eq!((a.taps, a.thresholds, a.level_means), (b.taps, b.thresholds, b.level_means));
        assert_eq!(fed.ber_ideal_feedback, slicer.ber_semi_analytic);
        assert_eq!(
            (fed.ber_semi_analytic, fed.burst_lengths, fed.ber_counted_low),
            (slicer.ber_semi_analytic, slicer.burst_lengths.clone(), slicer.ber_counted_low)
        );
        assert!(b.postcursors.iter().all(|&b| b == 0.0));
    }
}

/// At 1e-6 a wrong decision in a million changes no moment; 131 072 symbols know a variance to 0.4
/// %, 0.02 dB, and the predicted one is of four blocks and of sources in closed form (0.1 dB, as
/// for a slicer).
#[test]
fn the_signal_to_noise_ratio_with_ideal_feedback_is_the_counted_one() {
    for decision in [DetectorKind::Slicer, DetectorKind::Dfe, DetectorKind::Mlse] {
        let lane = run_lane(&starved(decision), 1 << 17);
        let (predicted, counted) =
            (lane.snr_db.expect("trained"), lane.snr_counted_db.expect("counted"));
        println!("{decision:?}: {predicted:.3} {counted:.3} dB, {} errors", lane.errors);
        assert!((predicted - counted).abs() < 0.1, "{decision:?}: {predicted} {counted}");
    }
}

/// The lane of a sequence detector with the limit of 8e-3, where its errors are not rare and its
/// margin is counted.
fn counted_margin() -> Config {
    let mut config = starved(DetectorKind::Mlse);
    config.limits.pmd_ber = 8e-3;
    config
}

/// A sequence detector for a response without postcursors decides as a slicer and has its margin by
/// counting: that of the estimator for the slicer. 131 072 symbols show 2100 errors at 8e-3: their
/// interval of 4 % is 0.03 dB each way, which is widened to four standard deviations.
#[test]
fn the_counted_margin_is_the_semi_analytic_one_within_its_interval() {
    let mut config = starved(DetectorKind::Slicer);
    config.limits.pmd_ber = 8e-3;
    let semi = with_margin(config, 0).loss_margin_db.expect("found");
    let mut config = counted_margin();
    config.receiver.dsp.mlse.fixed = vec![0.0];
    let counted = with_margin(config, 1 << 17);
    let (low, high) = (
        counted.loss_margin_db_low.expect("counted"),
        counted.loss_margin_db_high.expect("counted"),
    );
    let margin = counted.loss_margin_db.expect("found");
    println!("semi-analytic {semi:.3}, counted {margin:.3} ({low:.3}..{high:.3})");
    assert!(low < margin + 0.01 && margin - 0.01 < high && high - low < 0.3 && high - low > 0.01);
    let middle = 0.5 * (low + high);
    assert!((semi - middle).abs() < high - low, "{semi} {low}..{high}");
    // the search ended at the limit: it is what is counted there
    let there = counted.ber_counted_at_limit.expect("errors");
    assert!((there / 8e-3).ln().abs() < 0.05, "{there}");
    assert!(counted.ber_semi_analytic_at_limit.is_none() && counted.ber_semi_analytic.is_some());
}

/// A link with a narrow converter: each receiver is better than the one before by more than the
/// intervals.
#[test]
fn a_starved_link_gains_by_feedback_and_more_by_sequences() {
    let [slicer, fed, sequence] = [DetectorKind::Slicer, DetectorKind::Dfe, DetectorKind::Mlse]
        .map(|d| {
            let mut config = starved(d);
            config.receiver.dsp.adc.bandwidth_ghz = 26.0;
            with_margin(config, if d == DetectorKind::Dfe { 1 << 20 } else { 1 << 18 })
        });
    println!(
        "{:?} {:?} {:?}, goes on {:?} (predicted {:?})",
        slicer.loss_margin_db,
        fed.loss_margin_db,
        sequence.loss_margin_db,
        fed.burst_continuation_at_limit,
        fed.burst_continuation_predicted_at_limit
    );
    assert!(fed.loss_margin_db.unwrap() > slicer.loss_margin_db.unwrap() + 0.5);
    assert!(sequence.loss_margin_db.unwrap() > fed.loss_margin_db.unwrap() + 0.2);
    assert_eq!((sequence.loss_margin_db_low, sequence.estimators_agree), (None, Some(true)));
    assert_eq!((fed.loss_margin_db_low, fed.estimators_agree), (None, Some(true)));
    // bursts: the tap carries on about half, for neighbouring noises are opposite, and the
    // detector's errors come together too
    assert!(
        (0.4..0.8).contains(&fed.burst_continuation_at_limit.unwrap()),
        "{:?}",
        fed.burst_continuation_at_limit
    );
    // above 400 wrong symbols: five binomial deviations are 0.12
    let apart = fed.burst_continuation_at_limit.unwrap()
        - fed.burst_continuation_predicted_at_limit.unwrap();
    assert!(apart.abs() < 0.12, "{apart}");
    assert!(
        fed.burst_lengths_at_limit[0] > fed.burst_lengths_at_limit[1]
            && fed.longest_burst_at_limit >= 3
    );
    assert_eq!((fed.passes, fed.pattern_limited.is_some()), (Some(true), true));
    assert!(slicer.burst_continuation_at_limit.unwrap() < fed.burst_continuation_at_limit.unwrap());
}

#[test]
fn a_margin_that_cannot_be_counted_is_null_with_its_reason() {
    let lane = with_margin(counted_margin(), 100);
    assert_eq!((lane.loss_margin_db, lane.passes), (None, Some(true)));
    assert!(lane.loss_margin_not_evaluated.unwrap().contains("simulation.symbols_at_limit = 100 "));
    // a floor: optical power hardly changes the effect of the converter's jitter
    let mut config = starved(DetectorKind::Dfe);
    config.receiver.dsp.adc.effective_bits = 3.0;
    let lane = with_margin(config, 1 << 17);
    assert_eq!((lane.loss_margin_db, lane.passes), (None, Some(false)));
    assert!(lane.least_ber.unwrap() > 2.28e-4, "{:?}", lane.least_ber);
    // cancelled before it began: no margin, no verdict, no panic
    let config = counted_margin();
    let resolved = Resolved {
        warnings: Vec::new(),
        changes: Vec::new(),
        base: config.clone(),
        lanes: vec![config],
        hash: String::new(),
        library: lightlane::measured::Library::default(),
    };
    let cancel = CancelToken::default();
    cancel.cancel();
    let result = Link::new(resolved).run(&RunOptions::cancelled_by(&cancel)).unwrap();
    assert_eq!(result.lanes[0].loss_margin_db, None);
    let lane = &result.lanes[0];
    let said = lane.not_evaluated.as_ref().or(lane.loss_margin_not_evaluated.as_ref());
    assert!(said.unwrap().contains("stopped") && lane.passes.is_none(), "{said:?}");
}

/// Many threads, one result.
#[test]
fn counted_margins_are_the_same_bits_for_any_number_of_threads() {
    for mut config in [starved(DetectorKind::Dfe), counted_margin()] {
        let decision = config.receiver.dsp.detector;
        config.lanes = 2;
        (
            config.simulation.symbols,
            config.simulation.symbols_at_limit,
            config.simulation.block_symbols,
        ) = (1 << 14, 1 << 16, 2048);
        let with = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            serde_json::to_string(&pool.install(|| run(&config))).expect("results are JSON")
        };
        assert_eq!(with(1), with(3), "{decision:?}");
    }
}

/// One codeword on the lane, or four in turn, after feedback of 0.85: the mean number of wrong
/// symbols a codeword, and the share of codewords with more than 15.
fn codewords(codewords: usize, loss_db: f64) -> (LaneResult, f64) {
    let mut config = starved(DetectorKind::Dfe);
    config.receiver.dsp.dfe.fixed = vec![0.85];
    config.fibre.connector_loss_db += loss_db;
    config.simulation.block_symbols = 16_384;
    config.simulation.symbols = 4 << 20;
    config.simulation.symbols_at_limit = 0;
    let mut stack = LayeredConfig::open("1.6tbase-dr8").expect("it ships");
    let keys =
        [format!("fec.custom.codewords={codewords}"), format!("fec.custom.pcs_lanes={codewords}")];
    let fixed = [
        "fec.coding=custom",
        "fec.custom.flows=1",
        "fec.custom.lanes=1",
        "fec.custom.mux=symbol",
        "fec.decoding=genie",
        "lanes=1",
    ];
    fixed
        .into_iter()
        .chain(keys.iter().map(String::as_str))
        .for_each(|key| stack.set(key).expect("it can be set"));
    config.fec = stack.resolve().expect("it fits").base.fec;
    config.fec.added_ber = 0.0;
    let lane = run(&config).lanes.remove(0);
    let words: u64 = lane.fec_bins.iter().sum();
    let wrong: u64 =
        lane.fec_bins.iter().enumerate().map(|(wrong, count)| wrong as u64 * count).sum();
    (lane, wrong as f64 / words as f64)
}

/// Feedback's bursts cross from one symbol of ten bits into the next. With one codeword on the lane
/// both belong to it: for the same mean number of wrong symbols ten times as many codewords fail as
/// were they independent. Four codewords in turn share a burst, and the excess goes. Against
/// independent *bits* of the same ratio it depends: several wrong bits share a symbol, so that at
/// 3e-3 fewer codewords fail; far below, where only bursts can make sixteen of them, many more.
#[test]
fn bursts_of_feedback_fail_more_codewords_than_independent_symbols_unless_they_take_turns() {
    let independent = |mean: f64| {
        // the closed form takes bits: those that make symbols wrong as often
        let ber = -f64::exp_m1(f64::ln_1p(-mean / 544.0) / 10.0);
        tail::random_errors(&Code::KP4, ber).expect("a ratio").codeword_error_ratio()
    };
    let (alone, mean) = codewords(1, 4.85);
    let failed = alone.block_error_ratio.expect("some fail");
    println!(
        "alone: BER {:.3e}, {mean:.3} wrong, {failed:.3e} fail, independent symbols {:.3e}",
        alone.ber_counted.unwrap(),
        independent(mean)
    );
    assert!(
        failed * alone.test_blocks as f64 > 10.0
            && alone.block_error_ratio_low.unwrap() > 3.0 * independent(mean)
    );
    assert!(alone.block_error_ratio_high.unwrap() < alone.codeword_error_ratio_analytic.unwrap());
    let (turns, mean) = codewords(4, 4.85);
    println!(
        "in turn: {mean:.3} wrong, {:?} fail, independent symbols {:.3e}",
        turns.block_error_ratio,
        independent(mean)
    );
    assert!(turns.block_error_ratio_high.unwrap() < alone.block_error_ratio_low.unwrap());
    assert_eq!(turns.errors, alone.errors);
    let (low, _) = codewords(1, 2.35);
    let (predicted, closed) = (
        low.block_error_ratio_extrapolated_low.unwrap(),
        low.codeword_error_ratio_analytic.unwrap(),
    );
    println!(
        "at {:.3e}: at least {predicted:.3e} extrapolated, independent bits {closed:.3e}",
        low.ber_counted.unwrap()
    );
    assert!(predicted > 100.0 * closed);
}

/// LMS in a link: the result says that it settled, or warns.
#[test]
fn a_lane_says_whether_its_loop_settled() {
    let mut config = starved(DetectorKind::Dfe);
    config.simulation.symbols_at_limit = 0;
    config.simulation.symbols = 0;
    assert_eq!(run(&config).lanes[0].converged, None);
    config.receiver.dsp.ffe.adaptation = AdaptationKind::Lms;
    let settled = run(&config);
    assert_eq!(settled.lanes[0].converged, Some(true), "{:?}", settled.warnings);
    assert!(!settled.warnings.iter().any(|warning| warning.contains("LMS")));
    config.receiver.dsp.ffe.lms_step = 1e-5;
    let slow = run(&config);
    assert_eq!(slow.lanes[0].converged, Some(false));
    assert!(
        slow.warnings.iter().any(|warning| warning.contains("LMS has not settled")),
        "{:?}",
        slow.warnings
    );
}

/// A figure after feedback shows the slicer's input: its samples lie on the levels, its thresholds
/// between them.
#[test]
fn eyes_histograms_and_waterfalls_show_what_is_after_the_feedback() {
    for decision in [DetectorKind::Dfe, DetectorKind::Mlse] {
        let mut config = starved(decision);
        config.simulation.symbols_at_limit = 1 << 16;
        let resolved = Resolved {
            warnings: Vec::new(),
            changes: Vec::new(),
            base: config.clone(),
            lanes: vec![config.clone()],
            hash: String::new(),
            library: lightlane::measured::Library::default(),
        };
        let mut view = View::new(&resolved, 0).unwrap();
        let histogram = view.histogram(1 << 16).unwrap();
        assert!(histogram.ber.is_some());
        // counted and predicted densities overlap but for noise: half the sum of differences is the
        // share that lies elsewhere
        let width = histogram.amplitudes[1] - histogram.amplitudes[0];
        for level in 0..4 {
            let pairs = histogram.counted[level].iter().zip(&histogram.predicted[level]);
            let apart: f64 = pairs.map(|(a, b)| (a - b).abs()).sum::<f64>() * width / 2.0;
            assert!(apart < 0.02, "{decision:?}, level {level}: {apart}");
        }
        let eye = view.eye(Node::Slicer, 1 << 13).unwrap();
        assert!(
            eye.ber.is_some() && eye.levels.windows(2).all(|l| l[1] > l[0] + 0.4),
            "{:?}",
            eye.levels
        );
        let waterfall = view.waterfall().unwrap();
        assert!(waterfall.loss_margin_db.is_some() && waterfall.counted.len() >= 3);
        // 1000 errors in bursts know the ratio to 6 %, and four deviations
        let nearest = |dbm: f64| {
            waterfall
                .curve
                .iter()
                .min_by(|a, b| (a.0 - dbm).abs().total_cmp(&(b.0 - dbm).abs()))
                .unwrap()
                .1
        };
        let ratios: Vec<f64> = waterfall
            .counted
            .iter()
            .filter(|point| point.errors > 100 && point.ber < 5e-3)
            .map(|point| point.ber / nearest(point.dbm))
            .collect();
        assert!(
            !ratios.is_empty() && ratios.iter().all(|&r| r.ln().abs() < 0.05 + 4.0 * 0.06),
            "{ratios:?}"
        );
    }
}

#[test]
fn the_command_line_runs_sweeps_compares_and_checks_them() {
    let folder = Folder::new("decision");
    let quick = [
        "pattern.kind=prbs31q",
        "lanes=1",
        "receiver.dsp.adc.bandwidth_ghz=30",
        "simulation.symbols=16384",
        "simulation.symbols_at_limit=65536",
    ];
    let lightlane = |arguments: &[&str]| {
        let sets = quick.iter().flat_map(|set| ["--set", set]);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_lightlane"))
            .args(arguments)
            .args(sets)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, _) = lightlane(&["run", "1.6tbase-dr8", "--set", "receiver.dsp.detector=dfe"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("DFE")
            && out.contains("ideal feedback")
            && out.contains("at limit")
            && out.contains("PASS"),
        "{out}"
    );
    assert!(out.lines().all(|line| line.chars().count() <= 120), "{out}");
    let (_, json, _) =
        lightlane(&["run", "1.6tbase-dr8", "--json", "--set", "receiver.dsp.detector=mlse"]);
    let lane = &serde_json::from_str::<serde_json::Value>(&json).unwrap()["lanes"][0];
    assert!(
        lane["ber_semi_analytic"].is_number()
            && lane["ber_ideal_feedback"].as_f64() > lane["ber_semi_analytic"].as_f64()
            && lane["loss_margin_db"].is_number()
            && lane["loss_margin_db_low"].is_null(),
        "{lane}"
    );
    assert_eq!(
        (&lane["slicer"]["detector"], lane["slicer"]["postcursors"].as_array().unwrap().len()),
        (&"mlse".into(), 1)
    );
    let out = folder.path("out.jsonl");
    let (code, _, err) = lightlane(&[
        "sweep",
        "1.6tbase-dr8",
        "--axis",
        "receiver.dsp.detector=slicer,dfe,mlse",
        "--out",
        &out,
    ]);
    assert_eq!(code, Some(0), "{err}");
    let table = std::fs::read_to_string(&out).unwrap();
    let margin = |row: &str| {
        serde_json::from_str::<serde_json::Value>(row).unwrap()["loss_margin_db"].as_f64().unwrap()
    };
    let margins: Vec<f64> = table.lines().map(margin).collect();
    assert_eq!(margins.len(), 3);
    assert!(margins.windows(2).all(|m| m[1] > m[0] + 0.3), "{margins:?}");
    let (code, out, err) =
        lightlane(&["compare", "1.6tbase-dr8", "--vary", "receiver.dsp.detector=slicer,dfe,mlse"]);
    assert_eq!(code, Some(0), "{err}");
    let ranks = out.lines().find(|line| line.starts_with("rank by loss margin")).unwrap();
    assert_eq!(ranks.split_whitespace().skip(4).collect::<Vec<_>>(), ["3", "2", "1"], "{out}");
    let file = folder.write(
        "link.toml",
        "preset = \"1.6tbase-dr8\"\nlanes = 1\npattern.kind = \"prbs31q\"\nsimulation.symbols_at_limit = 65536\n[receiver]\n\
         dsp.detector = \"dfe\"\ndsp.adc.bandwidth_ghz = 30.0\n[targets]\n\
         loss_margin_db = [3.5, 6.0]\n",
    );
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(["check", &file])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    // each inconsistency is reported in one line
    for (set, said) in [
        ("receiver.dsp.detector=viterbi", "must be \"slicer\" or \"dfe\" or \"mlse\""),
        ("receiver.dsp.dfe.taps=17", "receiver.dsp.dfe.taps = 17: must be from 1 to 16"),
        (
            "receiver.dsp.dfe.fixed=[0.1,0.2]",
            "must be as many values as there are taps, 1, or none",
        ),
        (
            "receiver.dsp.dfe.fixed=[0.9]",
            "receiver.dsp.dfe.fixed = [0.9]: must keep the limit of 0.85",
        ),
        ("receiver.dsp.mlse.memory=3", "receiver.dsp.mlse.memory = 3: must be from 1 to 2"),
        (
            "receiver.dsp.ffe.fixed=[1.0]",
            "receiver.dsp.ffe.fixed = [1.0]: must be as many values as there are taps, 21, or none",
        ),
    ] {
        let (code, _, err) = lightlane(&["run", "1.6tbase-dr8", "--set", set]);
        assert!(code == Some(2) && err.contains(said), "{set}: {err}");
    }
}

/// The inner code takes the values after the feedback as it takes a slicer's; for sequences it
/// would need more, which is reported.
#[test]
fn an_inner_code_decodes_what_feedback_leaves_and_refuses_sequences() {
    let mut config = preset("1.6tbase-dr8-2");
    config.receiver.dsp.detector = DetectorKind::Dfe;
    config.receiver.dsp.adc.bandwidth_ghz = 32.0;
    config.lanes = 1;
    config.fibre.connector_loss_db += 3.7;
    config.simulation.symbols = 1 << 19;
    config.simulation.symbols_at_limit = 0;
    let lane = run(&config).lanes.remove(0);
    let (before, after) = (lane.ber_counted.unwrap(), lane.ber_inner_counted.unwrap_or(0.0));
    println!(
        "{before:.2e} before the inner code, {after:.2e} after, continuation {:?}",
        lane.burst_continuation
    );
    assert!(before > 1e-3 && before < 1e-2 && after < 0.3 * before, "{before} {after}");
    config.receiver.dsp.detector = DetectorKind::Mlse;
    let mut problems = lightlane::error::Problems::new();
    config.check(&lightlane::measured::Library::default(), &mut problems);
    let said = problems.to_string();
    assert!(
        said.contains("receiver.dsp.detector = mlse: must be slicer or dfe")
            && said.lines().count() == 1,
        "{said}"
    );
}
