//! What `lightlane bench` says, and that speed changes no result.

use std::process::{Command, Output};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lightlane"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("it starts")
}

#[test]
fn bench_times_what_it_is_asked_for_and_names_what_it_knows() {
    let out = run(&["bench", "--only", "normals", "inner_loop", "--seconds", "0.01", "--json"]);
    assert_eq!(out.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).expect("it is JSON");
    let rows = report["rows"].as_array().expect("it has rows");
    assert_eq!(rows.iter().map(|row| row["name"].as_str().expect("it has a name")).collect::<Vec<_>>(), ["inner_loop", "normals"]);
    for row in rows {
        let [fastest, median] = ["per_second", "per_second_median"].map(|key| row[key].as_f64().expect("it is a number"));
        assert!(fastest >= median && median > 1e5, "{row}");
    }
    let out = run(&["bench", "--only", "warp"]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(said.contains("--only = warp: must be one of inner_loop, normals"), "{said}");
}

/// Every copy of the kernels gives the same bits, so the same errors and the same digits.
#[test]
fn a_run_is_the_same_with_every_vector_unit() {
    let result = |vectors: &str| {
        let arguments = ["run", "800gbase-dr8", "--set", "lanes=1", "--symbols", "16384", "--json"];
        let out = command(&arguments).env("LIGHTLANE_VECTORS", vectors).output().expect("it starts");
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    };
    let widest = result("");
    assert!(result("portable") == widest && result("avx2") == widest);
}
