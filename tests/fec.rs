//! FEC curves: counts agree with closed forms, and the command from a user's view.

use crate::cli::{Folder, good, refused};
use lightlane::fec::curve::{CancelToken, CurvePoint, FecCurve, Progress, RunOptions, Scheme};
use lightlane::fec::errors::ErrorModel;
use lightlane::fec::reed_solomon::Code;
use lightlane::fec::{Coding, FecReceiver, FecSender, FecTally, tail};
use lightlane::seed::Seed;

/// A curve of KP4 that counts all its codewords.
fn kp4(ber: &str, burst: &str, codewords: u64) -> FecCurve {
    let (ber, burst) = (ber.parse().unwrap(), burst.parse().unwrap());
    FecCurve { ber, burst, codewords, errors: u64::MAX, ..FecCurve::default() }
}

fn points(curve: &FecCurve) -> Vec<CurvePoint> {
    curve.build().unwrap().run(&RunOptions::default())
}

fn one(curve: &FecCurve) -> CurvePoint {
    points(curve).remove(0)
}

fn failed(point: &CurvePoint) -> f64 {
    (point.uncorrectable + point.miscorrected) as f64
}

/// Five ratios, 40 000 codewords each: 45 to 22 000 of them beyond the code, |z| < 5 of their
/// binomial scatter. Bits left wrong come 17 or so a codeword.
#[test]
fn random_errors_leave_as_many_codewords_as_the_closed_form_says() {
    for point in points(&kp4("1.2e-3:3e-3:5", "none", 40_000)) {
        let closed = point.codeword_error_ratio_analytic.unwrap();
        let (mean, error) = (40_000.0 * closed, (40_000.0 * closed * (1.0 - closed)).sqrt());
        assert!(
            (failed(&point) - mean).abs() < 5.0 * error,
            "{}: {} of {mean}",
            point.pre_fec_ber,
            failed(&point)
        );
        assert_eq!(point.codeword_error_ratio_counted, Some(failed(&point) / 40_000.0));
        let bits = 40_000.0 * 5440.0;
        let (left, expected) = (
            point.post_fec_ber_counted.unwrap() * bits,
            point.post_fec_ber_analytic.unwrap() * bits,
        );
        assert!(
            (left - expected).abs() < 6.0 * 18.0 * error + 18.0,
            "{}: {left} of {expected}",
            point.pre_fec_ber
        );
    }
}

/// The closed column is the tail's, from 1e-31 on.
#[test]
fn the_closed_column_is_the_closed_form() {
    for scheme in [Scheme::Kp4, Scheme::Kr4] {
        let coding = scheme.on("800gbase-df").unwrap();
        let curve = FecCurve { coding, ..kp4("1e-8:0.5:9", "none", 0) };
        for point in points(&curve) {
            let expected = tail::random_errors(&curve.coding.outer, point.pre_fec_ber).unwrap();
            assert_eq!(point.codeword_error_ratio_analytic, Some(expected.codeword_error_ratio()));
            assert_eq!(point.post_fec_ber_analytic, Some(expected.post_fec_ber()));
            let lost = expected.ln_frame_loss_ratio(&curve.coding.outer, 4, 64.0).exp();
            let found = point.frame_loss_ratio_analytic.unwrap();
            assert!((found / lost.min(1.0) - 1.0).abs() < 1e-12, "{found:e} {lost:e}");
            assert_eq!(
                (
                    point.codewords,
                    point.codeword_error_ratio_counted,
                    point.codeword_error_ratio_high
                ),
                (0, None, None)
            );
        }
        assert!(points(&curve)[0].codeword_error_ratio_analytic.unwrap() < 1e-30);
    }
}

/// 8192 codewords of 5440 bits. Wrong bits over their mean scatter by one alone; in bursts of a tap
/// of one, geometric with a mean of four, by seven; in bad states of 20 symbols, ten bits wrong on
/// average, by 21.
#[test]
fn the_ratio_at_the_slicer_is_the_one_that_was_asked_for() {
    for (burst, scatter) in [("none", 1.0f64), ("dfe:1", 7.0), ("ge:20", 21.0)] {
        for precoder in [false, true] {
            let curve = kp4("2e-3", burst, 8192);
            let coding = Coding { precoder, ..curve.coding.clone() };
            let found = one(&FecCurve { coding, ..curve }).pre_fec_ber_counted.unwrap();
            let error = (scatter / (8192.0 * 5440.0 * 2e-3)).sqrt();
            assert!((found / 2e-3 - 1.0).abs() < 5.0 * error, "{burst} {precoder}: {found:e}");
        }
    }
}

/// Errors drawn from one to the next against every symbol sent, corrupted and received: after a tap
/// of 0.7 at 2.4e-3 one of thirteen codewords of 800G is lost. 2000 and 40 000 codewords, |z| < 5,
/// those of a set counted as one: four times the binomial variance.
#[test]
fn codewords_are_lost_as_they_are_symbol_by_symbol() {
    let curve = kp4("2.4e-3", "dfe:0.7", 40_000);
    let (layout, code) = (curve.coding.build().unwrap(), Code::KP4.build().unwrap());
    let errors: ErrorModel = curve.burst.errors(2.4e-3).unwrap();
    let sender = FecSender::new(&layout, Seed::new(5));
    let mut receiver = FecReceiver::new(&layout);
    let mut sources: Vec<_> =
        (0..8).map(|lane| errors.build(Seed::new(6).index(lane)).unwrap()).collect();
    let mut tally = FecTally::new(code.code());
    let mut levels = vec![0; layout.set_symbols()];
    for set in 0..500 {
        for (lane, source) in sources.iter_mut().enumerate() {
            sender.fill(lane, set * levels.len() as u64, &mut levels);
            source.corrupt(&mut levels);
            receiver.push(lane, &levels);
        }
        while receiver.take(|set, words| {
            let sent = sender.set(set, <[u16]>::to_vec);
            for (sent, received) in sent.chunks_exact(544).zip(words.chunks_exact(544)) {
                tally.push_genie(code.code(), sent, received);
            }
        }) {}
    }
    let (dense, sparse) =
        (tally.uncorrectable as f64 / 2000.0, one(&curve).codeword_error_ratio_counted.unwrap());
    let error = (4.0 * sparse * (1.0 - sparse) / 2000.0).sqrt();
    assert!((dense - sparse).abs() < 5.0 * error, "{dense} and {sparse} +- {error}");
}

/// Gaps of more than five standard errors of the codewords beyond the code, those of a set counted
/// as one.
#[track_caller]
fn assert_fewer(few: &CurvePoint, many: &CurvePoint) {
    let (few, many) = (failed(few), failed(many));
    assert!(many - few > 5.0 * (4.0 * (few + many)).sqrt(), "{few} and {many}");
}

/// A tap of one: precoded, a burst is its two ends, where 800G deals its bits to many symbols.
#[test]
fn the_precoder_helps_after_a_tap_of_one() {
    let bare = kp4("2.4e-3", "dfe:1", 20_000);
    let precoded =
        FecCurve { coding: Coding { precoder: true, ..bare.coding.clone() }, ..bare.clone() };
    assert_fewer(&one(&precoded), &one(&bare));
    // random errors it makes twice as many
    let random = FecCurve { burst: "none".parse().unwrap(), ..precoded };
    assert_fewer(&one(&kp4("2.4e-3", "none", 20_000)), &one(&random));
}

#[test]
fn interleaving_helps_against_bursts() {
    for (burst, coding) in [("ge:20", "800gbase-df"), ("dfe:1", "1.6tbase-dr8")] {
        let interleaved =
            FecCurve { coding: Scheme::Kp4.on(coding).unwrap(), ..kp4("2.4e-3", burst, 40_000) };
        let alone = FecCurve { coding: Scheme::Kp4.single_lane(), ..interleaved.clone() };
        assert_fewer(&one(&interleaved), &one(&alone));
    }
}

/// `docs/physics.md` section 4: 2.2e-4 to 2.7e-4 after 64 patterns, 2.15e-3 to 2.25e-3 after hard
/// decisions. 512 codewords hold 680 and 6100 wrong bits, about four a block that is left wrong:
/// five standard errors of the blocks on top.
#[test]
fn the_inner_code_leaves_what_the_physics_sheet_says() {
    for (decoder, low, high) in
        [("positions = 6", 2.2e-4, 2.7e-4), ("positions = 0", 2.15e-3, 2.25e-3)]
    {
        let mut coding = Scheme::Kp4Inner.on("1.6tbase-dr8-2").unwrap();
        coding.inner.as_mut().unwrap().decoder = toml::from_str(decoder).unwrap();
        let point = one(&FecCurve { coding, ..kp4("4.85e-3", "none", 512) });
        let ber = point.inner.unwrap().inner_ber_counted.unwrap();
        let error = 2.0 / (ber * 512.0 * 5440.0).sqrt();
        assert!(
            low * (1.0 - 5.0 * error) < ber && ber < high * (1.0 + 5.0 * error),
            "{decoder}: {ber:e}"
        );
        let expected = tail::random_errors(&Code::KP4, ber).unwrap().codeword_error_ratio();
        assert_eq!(point.codeword_error_ratio_analytic, Some(expected));
        assert!(
            (point.pre_fec_ber_counted.unwrap() / 4.85e-3 - 1.0).abs()
                < 5.0 / (4.85e-3f64 * 512.0 * 5440.0).sqrt()
        );
    }
}

#[test]
fn a_trial_that_is_cancelled_gives_what_it_has() {
    let trial = kp4("1e-3:3e-3:3", "none", 1 << 30).build().unwrap();
    let cancel = CancelToken::default();
    let progress = |at: Progress| {
        if at.done >= 9.0 * 1024.0 {
            cancel.cancel();
        }
    };
    let stopped = trial.run(&RunOptions { cancel: cancel.clone(), progress: Some(&progress) });
    let cancelled = trial.run(&RunOptions::cancelled_by(&cancel));
    assert!(cancelled.iter().all(|point| point.codewords == 0));
    assert!(
        stopped.iter().all(|point| point.codewords >= 3 * 1024 && point.codewords < 1 << 20),
        "{stopped:?}"
    );
}

/// Counting ends between rounds, when there are enough errors.
#[test]
fn a_point_has_codewords_until_it_has_errors_enough() {
    let points = points(&FecCurve { errors: 20, ..kp4("2e-4:3e-3:2", "none", 10_000) });
    assert_eq!((points[0].codewords, points[1].codewords), (10_000, 1024));
    assert_eq!(
        (points[0].codeword_error_ratio_counted, points[0].codeword_error_ratio_low),
        (None, Some(0.0))
    );
    assert!(
        points[0]
            .codeword_error_ratio_high
            .is_some_and(|high| (high / 3.688e-4 - 1.0).abs() < 1e-3),
        "1 - 0.025^(1 / 10 000)"
    );
    assert!(points[0].codeword_error_ratio_extrapolated.is_some_and(|ratio| ratio < 1e-10));
}

const COLUMNS: &str = "pre_fec_ber,codeword_error_ratio_analytic,\
                       codeword_error_ratio_counted,codeword_error_ratio_low,\
                       codeword_error_ratio_high,codeword_error_ratio_extrapolated,\
                       codeword_error_ratio_extrapolated_low,\
                       codeword_error_ratio_extrapolated_high,post_fec_ber_analytic,\
                       post_fec_ber_counted,frame_loss_ratio_analytic,\
                       pre_fec_ber_counted,codewords,uncorrectable,miscorrected";

#[test]
fn a_curve_is_a_table_a_file_and_a_figure_whatever_the_threads() {
    let folder = Folder::new("fec");
    let arguments = [
        "fec",
        "--ber",
        "2e-4:2e-3:3",
        "--burst",
        "dfe:0.7",
        "--precoder",
        "--codewords",
        "20k",
        "--threads",
    ];
    let run = |threads: &str, more: &[&str]| {
        good(&folder.run(&[&arguments[..], &[threads], more].concat()))
    };
    assert_eq!(run("1", &["--out", "one.csv", "--plot", "a.svg"]), "");
    run("2", &["--out", "two.csv"]);
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();
    let text = read("one.csv");
    assert_eq!(text, read("two.csv"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines.len()), (COLUMNS, 4));
    let cells: Vec<&str> = lines[1].split(',').collect();
    assert_eq!(
        (cells[0], cells[2], cells[12]),
        ("0.0002", "", "20000"),
        "no codeword lost: counted is empty"
    );
    assert!(read("a.svg").contains("analytic, random errors"));
    let table = run("2", &[]);
    assert!(
        table.contains("2.00e-4") && table.lines().all(|line| line.chars().count() <= 120),
        "{table}"
    );
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Document {
        points: Vec<CurvePoint>,
    }
    let json = run("2", &["--json"]);
    let document: Document = serde_json::from_str(&json).unwrap();
    assert_eq!(lightlane::report::json(&document), json);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["points"][0]["codeword_error_ratio_counted"].is_null());
    assert_eq!(
        json["points"][2]["codewords"].as_u64().map(|n| n.to_string()).as_deref(),
        lines[3].split(',').nth(12)
    );
    assert_ne!(text, {
        run("2", &["--seed", "2", "--out", "three.csv"]);
        read("three.csv")
    });
}

#[test]
fn the_inner_code_has_a_column_of_its_own() {
    let folder = Folder::new("fec-inner");
    let arguments = [
        "fec",
        "--code",
        "kp4+inner",
        "--ber",
        "1.2e-2",
        "--codewords",
        "64",
        "--no-interleave",
        "--positions",
        "2",
    ];
    good(&folder.run(&[&arguments[..], &["--out", "a.csv"]].concat()));
    let text = std::fs::read_to_string(folder.0.join("a.csv")).unwrap();
    assert!(
        text.starts_with(&COLUMNS.replace(
            "pre_fec_ber,",
            "pre_fec_ber,inner_ber_counted,inner_symbol_error_ratio_counted,"
        )),
        "{text}"
    );
    assert!(good(&folder.run(&arguments)).contains("  inner"));
}

#[test]
fn what_makes_no_curve_is_refused_with_the_remedy() {
    let folder = Folder::new("fec-bad");
    for (arguments, expected) in [
        (
            &["--ber", "1e-3", "--code", "kp5"][..],
            "--code = kp5: no such code; there are kp4, kp4+inner, kr4",
        ),
        (&[], "--ber: must be given: A:B:POINTS"),
        (
            &["--ber", "-1e-3:1e-2:3"],
            "--ber = -1e-3:1e-2:3: -1e-3 is not a bit error ratio: must be above 0, up to 0.5",
        ),
        (&["--ber", "1e-3:0.6:3"], "6e-1 is not a bit error ratio"),
        (&["--ber", "1e-3:1e-4:3"], "the first ratio is above the second"),
        (&["--ber", "1e-4:1e-3:0"], "0 points: must be from 1 to 1000"),
        (&["--ber", "1e-4:1e-3"], "must be A:B:POINTS"),
        (
            &["--ber", "0.3", "--burst", "ge:20"],
            "--burst = ge:20:0.25: makes no bit error ratio of 0.3: it makes up to 0.2381",
        ),
        (
            &["--ber", "1e-3", "--burst", "dfe:2"],
            "--burst = dfe:2: the tap is 2: must be from -1 to 1",
        ),
        (&["--ber", "1e-3", "--burst", "long"], "--burst = long: must be none, ge:SYMBOLS"),
        (
            &["--ber", "1e-3", "--coding", "x"],
            "--coding = x: no such coding; there are 400gbase-r, 800gbase-df, 800gbase-dr4, 800gbase-dr4-2, 1.6tbase-dr8, 1.6tbase-dr8-2",
        ),
        (
            &["--ber", "1e-3", "--coding", "1.6tbase-dr8", "--code", "kp4+inner"],
            "has no inner code, which kp4+inner needs",
        ),
        (
            &["--ber", "1e-3", "--coding", "1.6tbase-dr8", "--no-interleave"],
            "--no-interleave: contradicts --coding 1.6tbase-dr8",
        ),
        (&["--ber", "1e-3", "--hard"], "--hard: kp4 has no inner code to decode"),
        (
            &["--ber", "1e-3", "--code", "kp4+inner", "--hard", "--soft"],
            "--hard: contradicts --soft",
        ),
        (
            &["--ber", "1e-3", "--code", "kp4+inner", "--positions", "17"],
            "--positions = 17: must be from 0 to 16",
        ),
        (
            &["--ber", "1e-3", "--code", "kp4+inner", "--burst", "dfe:1"],
            "--burst = dfe:1: must be none with an inner code",
        ),
        (&["--ber", "1e-3", "--codewords", "-5"], "--codewords = -5: must be a whole number"),
        (&["--ber", "1e-3", "--errors", "0"], "--errors = 0: must be at least 1"),
        (&["--ber", "1e-3", "--out", "a.txt"], "--out = a.txt: a table ends in .csv or .jsonl"),
        (&["--ber", "1e-3", "--out", "none/a.csv"], "none/a.csv: No such file"),
        (&["--ber", "1e-3", "--plot", "a.pdf"], "a figure's file must end in .png or .svg"),
    ] {
        let lines = refused(&folder.run(&[&["fec"][..], arguments].concat()));
        assert!(lines.len() == 1 && lines[0].contains(expected), "{arguments:?}: {lines:#?}");
    }
    let lines = refused(&folder.run(&[
        "fec",
        "--ber",
        "2",
        "--code",
        "x",
        "--hard",
        "--burst",
        "dfe:3",
        "--codewords",
        "many",
    ]));
    assert_eq!(lines.len(), 5, "all at once: {lines:#?}");
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0, "no file remains");
}

#[cfg(unix)]
#[test]
fn ctrl_c_gives_what_is_counted() {
    let folder = Folder::new("fec-stop");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(["fec", "--ber", "1e-5:1e-4:3", "--codewords", "100G", "--out", "a.csv"])
        .current_dir(&folder.0)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    crate::support::interrupt_at_work(&mut child, 2);
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(
        words.contains("stopped early: ")
            && std::fs::read_to_string(folder.0.join("a.csv")).unwrap().lines().count() == 4,
        "{words}"
    );
}
