//! Variants side by side from a user's view: each is a `run`, differences are paired, known ones
//! are found, bad input is reported.

use crate::cli::{Folder, good, refused};
use lightlane::link::{CancelToken, LayeredConfig, Link, LinkResult, RunOptions};
use lightlane::sweep::{Axis, Compared, Comparison};
use serde_json::Value;

/// Few lanes, short blocks.
const SMALL: [&str; 3] =
    ["lanes=2", "simulation.block_symbols=1024", "simulation.symbols_at_limit=2048"];

fn stack(assignments: &[&str]) -> LayeredConfig {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    SMALL.iter().chain(assignments).for_each(|assignment| stack.set(assignment).unwrap());
    stack
}

fn run(stack: &LayeredConfig) -> LinkResult {
    Link::new(stack.resolve().unwrap()).run(&RunOptions::default()).unwrap()
}

fn compare(stack: &LayeredConfig, lists: &[&str]) -> Compared {
    let axes = lists.iter().map(|list| Axis::parse_by("--vary", list).unwrap()).collect();
    Comparison::new(stack, axes).unwrap().run(&RunOptions::default()).unwrap()
}

fn json(of: &impl serde::Serialize) -> Value {
    serde_json::to_value(of).unwrap()
}

#[test]
fn a_variant_is_what_run_says_of_it_to_the_last_bit() {
    let base = stack(&["simulation.symbols=4096"]);
    let compared = compare(&base, &["transmitter.kind=eml,mzm", "fibre.connector_loss_db=2,10"]);
    let mut variants = compared.variants.iter();
    for kind in ["eml", "mzm"] {
        for loss in ["2", "10"] {
            let mut alone = base.clone();
            alone.set(&format!("transmitter.kind={kind}")).unwrap();
            alone.set(&format!("fibre.connector_loss_db={loss}")).unwrap();
            let variant = variants.next().unwrap();
            assert_eq!(
                json(&variant.at),
                serde_json::json!({"transmitter.kind": kind, "fibre.connector_loss_db": loss.parse::<u64>().unwrap()})
            );
            assert_eq!(json(&variant.result), json(&run(&alone)), "{kind} {loss}");
        }
    }
    assert!(variants.next().is_none() && compared.complete && compared.same_seeds);
    assert!(
        compared.variants.iter().any(|variant| variant.result.port.errors > 0),
        "something was counted"
    );
}

#[test]
fn a_link_differs_from_itself_by_exactly_nothing() {
    for list in ["simulation.seed=1,1", "limits.pmd_ber=2.4e-4,2.4e-4"] {
        let compared =
            compare(&stack(&["simulation.symbols=0", "simulation.symbols_at_limit=0"]), &[list]);
        assert!(compared.variants[0].difference.is_none());
        let found = compared.variants[1].difference.as_ref().unwrap();
        let figures = [
            found.loss_margin_db,
            found.loss_margin_db_low,
            found.loss_margin_db_high,
            found.ln_ber,
            found.ln_ber_low,
            found.ln_ber_high,
        ];
        assert_eq!(figures, [Some(0.0); 6], "{list}");
        assert_eq!((found.margin_lanes, found.ln_ber_lanes, found.same_seeds), (2, 2, true));
        assert_eq!(
            compared.variants.iter().map(|variant| variant.rank).collect::<Vec<_>>(),
            [1, 1],
            "equals share a place"
        );
    }
}

/// A dB of connectors is a dB of the extra loss to the limit, as long as the optical signal is the
/// same; each margin is found to 0.001 dB. Crosstalk is off: it keeps its strength when the search
/// takes power from a lane, but is weaker in a link with more loss.
#[test]
fn a_decibel_more_of_loss_is_a_decibel_less_of_margin() {
    let quiet = [
        "lanes=4",
        // more loss between reflectors weakens what they reflect
        "fibre.reflections.enabled=false",
        "receiver.crosstalk.lane_db=-200",
        "receiver.crosstalk.tx_db=-200",
        "simulation.symbols=0",
    ];
    let compared = compare(
        &stack(&[&quiet[..], &["simulation.symbols_at_limit=0"]].concat()),
        &["fibre.connector_loss_db=2,3"],
    );
    let found = compared.variants[1].difference.as_ref().unwrap();
    println!("{found:?}");
    assert_eq!(found.margin_lanes, 4);
    assert!(
        found.lanes.iter().all(|lane| (lane.loss_margin_db.unwrap() + 1.0).abs() < 0.01),
        "{found:?}"
    );
    assert!(
        (found.loss_margin_db_low.unwrap()..=found.loss_margin_db_high.unwrap()).contains(&-1.0),
        "{found:?}"
    );
    assert!(found.ln_ber_low.unwrap() > 0.0, "{found:?}");
    // unpaired, the lanes' own scatter would hide it
    let own = compared.variants[1].loss_margin_mean_db_high.unwrap()
        - compared.variants[1].loss_margin_mean_db_low.unwrap();
    assert!(
        found.loss_margin_db_high.unwrap() - found.loss_margin_db_low.unwrap() < 0.1 * own,
        "{own} {found:?}"
    );
    assert_eq!(compared.variants.iter().map(|variant| variant.rank).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn another_seed_is_said_to_be_no_pair() {
    let compared = compare(
        &stack(&["simulation.symbols=0", "simulation.symbols_at_limit=0"]),
        &["simulation.seed=1,2"],
    );
    let found = compared.variants[1].difference.as_ref().unwrap();
    assert!(!found.same_seeds && !compared.same_seeds);
    assert!(
        found.ln_ber.unwrap() != 0.0
            && found.loss_margin_db_low.unwrap() < found.loss_margin_db_high.unwrap()
    );
}

#[test]
fn what_reaches_the_limit_with_no_power_or_has_no_figure_comes_last_and_does_not_pass() {
    let base = stack(&["simulation.symbols=0", "simulation.symbols_at_limit=0"]);
    let compared = compare(&base, &["receiver.tia.bandwidth_ghz=5,20,40"]);
    let passes: Vec<Option<bool>> =
        compared.variants.iter().map(|variant| variant.result.port.passes).collect();
    let ranks: Vec<usize> = compared.variants.iter().map(|variant| variant.rank).collect();
    assert_eq!(ranks, [3, 2, 1], "{passes:?}");
    assert!(passes[0] != Some(true) && passes[2] == Some(true), "{passes:?}");
}

#[test]
fn a_comparison_that_is_cancelled_keeps_whole_variants() {
    let axes = vec![Axis::parse_by("--vary", "fibre.length_km=0:9:1").unwrap()];
    let comparison =
        Comparison::new(&stack(&["simulation.symbols=0", "simulation.symbols_at_limit=0"]), axes)
            .unwrap();
    let cancel = CancelToken::default();
    let report = |progress: lightlane::link::Progress| {
        if progress.share() > 0.2 {
            cancel.cancel();
        }
    };
    let compared =
        comparison.run(&RunOptions { cancel: cancel.clone(), progress: Some(&report) }).unwrap();
    assert_eq!((compared.variants.len(), compared.total, compared.complete), (2, 10, false));
}

#[test]
fn json_has_the_agreed_names_and_does_not_depend_on_the_threads() {
    let folder = Folder::new("compare-json");
    let sets = SMALL.iter().flat_map(|assignment| ["--set", assignment]);
    let arguments: Vec<&str> = [
        "compare",
        "800gbase-dr8",
        "--vary",
        "fibre.length_km=0.5,4",
        "--vary",
        "transmitter.kind=eml,mzm",
    ]
    .into_iter()
    .chain(["--symbols", "4096", "--seed", "7"])
    .chain(sets)
    .collect();
    let table = good(&folder.run(&arguments));
    assert!(
        table.lines().all(|line| line.chars().count() <= 120 || line.contains("warning: ")),
        "{table}"
    );
    assert!(
        table.contains("4 variants of 2 lanes of 53.125 GBd, seed 7")
            && table.contains("same seeds"),
        "{table}"
    );
    let texts = ["1", "3"].map(|threads| {
        good(&folder.run(&[&arguments[..], &["--json", "--threads", threads]].concat()))
    });
    assert_eq!(texts[0], texts[1]);
    let json: Value = serde_json::from_str(&texts[0]).unwrap();
    assert_eq!(
        (json["schema"].as_u64(), json["complete"].as_bool(), json["total"].as_u64()),
        (Some(2), Some(true), Some(4))
    );
    assert_eq!(json["keys"], serde_json::json!(["fibre.length_km", "transmitter.kind"]));
    let variants = json["variants"].as_array().unwrap();
    let at: Vec<String> = variants
        .iter()
        .map(|variant| {
            format!("{} {}", variant["at"]["fibre.length_km"], variant["at"]["transmitter.kind"])
        })
        .collect();
    assert_eq!(at, ["0.5 \"eml\"", "0.5 \"mzm\"", "4 \"eml\"", "4 \"mzm\""]);
    assert!(variants[0]["difference"].is_null());
    let difference = variants[3]["difference"].as_object().unwrap();
    for key in "same_seeds margin_lanes loss_margin_db loss_margin_db_low loss_margin_db_high \
                ln_ber_lanes ln_ber ln_ber_low ln_ber_high lanes"
        .split(' ')
    {
        assert!(!difference[key].is_null(), "{key}");
    }
    for key in "at rank loss_margin_mean_db loss_margin_mean_db_low loss_margin_mean_db_high \
                port lanes config_hash seed transmitter warnings"
        .split(' ')
    {
        assert!(!variants[3][key].is_null(), "{key}");
    }
    assert_eq!(variants[3]["seed"], 7);
}

#[test]
fn one_value_is_run_and_said_to_have_nothing_beside_it() {
    let folder = Folder::new("compare-one");
    let text =
        good(&folder.run(&["compare", "800gbase-dr8", "--vary", "lanes=1", "--symbols", "0"]));
    assert!(text.contains("one variant, nothing to compare"), "{text}");
}

#[test]
fn what_is_wrong_is_one_line_each_and_names_the_flag() {
    let folder = Folder::new("compare-bad");
    for (lists, expected) in [
        (
            &["fibre.lenght_km=0,1"][..],
            "--vary fibre.lenght_km=0,1: fibre.lenght_km: unknown key, did you mean length_km?",
        ),
        (&["fibre.length_km="], "--vary fibre.length_km=: an axis needs values"),
        (&["fibre.length_km=1,,2"], "an axis needs values"),
        (&["fibre.length_km"], "--vary fibre.length_km: must be KEY=A:B:STEP or KEY=V1,V2,.."),
        (&["fibre.length_km=1,two"], "fibre.length_km = \"two\": must be a number"),
        (
            &["fibre.length_km=1,2000"],
            "--vary fibre.length_km=1,2000: fibre.length_km = 2000: must be from 0 to 1000",
        ),
        (&["transmitter.kind=eml,mmz"], "did you mean mzm?"),
        (&["lanes=1,2", "lanes=3,4"], "lanes: is varied twice"),
        (&["targets.rlm=[0,1],[0.5,1]"], "targets.rlm: is used by check only"),
        (&["pattern.kind=ssprq,file"], "pattern.file"),
        (&["simulation.seed=1:65:1"], "these lists make 65 variants; add --yes to run them"),
    ] {
        let words: Vec<&str> = lists.iter().flat_map(|list| ["--vary", list]).collect();
        let lines = refused(
            &folder.run(&[&["compare", "800gbase-dr8", "--set", "lanes=2"][..], &words].concat()),
        );
        assert!(lines.len() == 1 && lines[0].contains(expected), "{expected}: {lines:#?}");
    }
    let lines = refused(&folder.run(&["compare", "1.6tbase-dr9", "--vary", "lanes=1,2"]));
    assert!(lines.len() == 1 && lines[0].contains("did you mean 1.6tbase-dr8?"), "{lines:#?}");
    assert_eq!(
        folder.run(&["compare", "800gbase-dr8"]).status.code(),
        Some(2),
        "--vary is required"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_prints_the_finished_variants() {
    use std::process::{Command, Stdio};
    let arguments = [
        "compare",
        "800gbase-dr8",
        "--set",
        "lanes=1",
        "--vary",
        "simulation.symbols=0,1000000000000",
        "--json",
    ];
    let quick = ["--set", "simulation.symbols_at_limit=0"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(arguments)
        .args(quick)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // the first takes a tenth of a second, the second would take a day
    crate::support::interrupt_at_work(&mut child, 3);
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let done = json["variants"].as_array().unwrap().len();
    // the first may not be done yet
    assert!(done < 2 && json["complete"] == false, "{json}");
    assert!(words.contains(&format!("stopped early: {done} of 2 variants are done")), "{words}");
}
