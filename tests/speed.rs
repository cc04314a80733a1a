//! Report of `lightlane bench`, and that speed changes no result.

use std::io::Write;
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
    let read: lightlane::benchmark::Report =
        serde_json::from_slice(&out.stdout).expect("it reads back");
    assert_eq!(read.schema, 2);
    assert_eq!(lightlane::report::json(&read).into_bytes(), out.stdout);
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).expect("it is JSON");
    let rows = report["rows"].as_array().expect("it has rows");
    assert_eq!(
        rows.iter().map(|row| row["name"].as_str().expect("it has a name")).collect::<Vec<_>>(),
        ["inner_loop", "normals"]
    );
    for row in rows {
        let [fastest, median] = ["per_second", "per_second_median"]
            .map(|key| row[key].as_f64().expect("it is a number"));
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
        let out =
            command(&arguments).env("LIGHTLANE_VECTORS", vectors).output().expect("it starts");
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    };
    let widest = result("");
    assert!(result("portable") == widest && result("avx2") == widest);
    // past the capture of the test runner: copies that the processor cannot run fall back to a
    // narrower one
    writeln!(std::io::stderr(), "vectors: {}", compared(&vector_units()))
        .expect("stderr is writable");
}

/// The copies of the kernels that this processor can run, the narrowest first.
fn vector_units() -> Vec<&'static str> {
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
    let mut units = vec!["portable"];
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        units.push("avx2");
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
        {
            units.push("avx512");
        }
    }
    units
}

fn compared(units: &[&str]) -> String {
    match units {
        [_] => "nothing compared: the processor has no AVX2".to_owned(),
        [.., "avx512"] => format!("{} compared", units.join(", ")),
        _ => format!(
            "{} compared; avx512 not compared: the processor has no AVX-512",
            units.join(", ")
        ),
    }
}

/// Peak memory of a run, MiB, sampled while it runs, so that a peak at the very end may be missed.
#[cfg(target_os = "linux")]
fn most_memory_mib(arguments: &[&str]) -> f64 {
    let mut child =
        command(arguments).stdout(std::process::Stdio::null()).spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most_kib = 0f64;
    while child.try_wait().expect("it is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()
        });
        most_kib = most_kib.max(peak.unwrap_or(0.0));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    most_kib / 1024.0
}

/// 64 MiB and 8 for each thread; a run four times as long needs no more than a tenth of that beyond
/// what it had.
#[test]
#[cfg(target_os = "linux")]
fn memory_is_small_and_does_not_grow_with_the_symbols() {
    for threads in ["1", "2"] {
        let of = |symbols: &str| {
            most_memory_mib(&["run", "800gbase-dr8", "--threads", threads, "--symbols", symbols])
        };
        let [short, long] = ["200k", "800k"].map(of);
        let most = 64.0 + 8.0 * threads.parse::<f64>().expect("it is a number");
        assert!(
            short > 5.0 && long < most && long < short + 0.1 * most,
            "{threads} threads: {short} and {long} MiB"
        );
    }
}
