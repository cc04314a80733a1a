//! Failing and refused points of a sweep, and the intervals of its rows.

use crate::sweep::{Folder, QUICK, good, refused, rows, words};
use lightlane::link::{LayeredConfig, Link, RunOptions};
use serde_json::Value;

/// Every 256-symbol block is too short for 60 taps: those points are kept as failures with the
/// reason, and the others have their figures; a link that is refused everywhere ends the sweep.
#[test]
fn refused_points_are_kept_as_failures_with_their_reason() {
    let folder = Folder::new("keep-refused");
    let sweep = |more: &[&str]| {
        let axes = [
            "--axis",
            "simulation.block_symbols=256,4096",
            "--axis",
            "receiver.dsp.ffe.taps=21,60",
            "--keep-refused",
        ];
        folder.sweep(&[&QUICK[..5], &axes, more].concat())
    };
    let output = sweep(&["--out", "a.jsonl", "--plot", "a.svg"]);
    good(&output);
    assert!(words(&output).contains("1 of 4 points are refused"), "{}", words(&output));
    let found = rows(&folder.read("a.jsonl"));
    assert_eq!(found.len(), 4);
    for row in &found {
        let is_refused =
            row["simulation.block_symbols"] == 256 && row["receiver.dsp.ffe.taps"] == 60;
        let expected = "simulation.block_symbols = 256: must be at least eight times";
        for key in ["reason", "not_evaluated"] {
            let reason = row[key].as_str();
            assert_eq!(
                reason.is_some_and(|text| text.contains(expected)),
                is_refused,
                "{reason:?}"
            );
        }
        assert_eq!(row["loss_margin_db"].is_null(), is_refused);
        assert!(row["passes"].is_boolean() && (!is_refused || row["passes"] == false), "{row:?}");
    }
    assert!(folder.read("a.svg").contains("fails without a value at 1 of them"));
    good(&sweep(&["--out", "a.csv"]));
    assert!(folder.read("a.csv").contains("must be at least eight times"));
    let all = ["--axis", "fibre.length_km=-1,-2", "--keep-refused", "--out", "b.csv"];
    let lines = refused(&folder.sweep(&[&QUICK[..], &all].concat()));
    assert!(lines.iter().all(|line| line.contains("fibre.length_km")), "{lines:#?}");
}

/// More loss than the link bears: the row fails and names the limit and the largest contribution.
#[test]
fn a_point_that_fails_names_the_limit_that_it_misses() {
    let folder = Folder::new("reason");
    let axis = ["--axis", "fibre.connector_loss_db=1,14", "--out", "a.jsonl"];
    good(&folder.sweep(&[&QUICK[..], &axis].concat()));
    let found = rows(&folder.read("a.jsonl"));
    assert_eq!((&found[0]["passes"], &found[0]["reason"]), (&Value::Bool(true), &Value::Null));
    assert_eq!(found[1]["passes"], false);
    let reason = found[1]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("pre-FEC BER of ")
            && reason.contains(" above the limit of 2.4e-4; ")
            && reason.contains("limited by "),
        "{reason}"
    );
}

/// One lane near the limit, counted: the row of the sweep, the lane and the port of a run, and a
/// variant of a comparison have the same interval to the last bit.
#[test]
fn a_count_has_one_interval_on_every_screen() {
    let folder = Folder::new("one-interval");
    let counted = [
        "800gbase-dr8",
        "--set",
        "lanes=1",
        "--set",
        "simulation.block_symbols=1024",
        "--set",
        "fibre.connector_loss_db=9.5",
        "--set",
        "simulation.symbols=65536",
        "--set",
        "simulation.symbols_at_limit=65536",
    ];
    good(&folder.sweep(&[&counted[..], &["--axis", "lanes=1", "--out", "a.jsonl"]].concat()));
    let row = &rows(&folder.read("a.jsonl"))[0];
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    let sets = counted[1..].iter().filter(|word| **word != "--set");
    sets.for_each(|set| stack.set(set).unwrap());
    let result = Link::new(stack.resolve().unwrap()).run(&RunOptions::default()).unwrap();
    let (lane, port) = (&result.lanes[0], &result.port);
    assert!(lane.errors > 10 && lane.errors_at_limit > 10, "{}", lane.errors);
    for (name, of_lane, of_port) in [
        ("ber_counted_low", lane.ber_counted_low, port.ber_counted_low),
        ("ber_counted_high", lane.ber_counted_high, port.ber_counted_high),
        ("ber_counted_at_limit_low", lane.ber_counted_at_limit_low, port.ber_counted_at_limit_low),
        (
            "ber_counted_at_limit_high",
            lane.ber_counted_at_limit_high,
            port.ber_counted_at_limit_high,
        ),
    ] {
        assert!(of_lane.is_some(), "{name}");
        assert_eq!((of_lane, row[name].as_f64()), (of_port, of_lane), "{name}");
    }
}
